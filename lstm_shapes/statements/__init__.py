"""What is claimed of a run, each statement evaluated on it; one file a topic."""
