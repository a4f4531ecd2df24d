PATIENCE = 60
"""Seconds in which any text is read: one that takes exponential time would not end at all."""
