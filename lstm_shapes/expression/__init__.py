"""What a user may type: its grammar, its value, and where its elements come from."""
