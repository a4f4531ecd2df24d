"""A call of the user's own: read, run, and explained where torch refuses it."""
