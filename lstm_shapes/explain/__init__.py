"""A call and an error of the user's own: read, tried, and explained."""
