"""A user's whole model: its calls recorded, what its result reads measured, silent bugs named."""
