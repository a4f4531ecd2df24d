"""The answer by running: a real module, variants of its run, and torch's own words."""
