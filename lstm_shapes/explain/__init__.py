"""A user's own call, and a user's own error: read, tried, and explained."""
