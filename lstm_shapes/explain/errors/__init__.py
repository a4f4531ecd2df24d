"""What an error of torch means, in plain sentences: its cause, a cure, and the code of the cure."""
