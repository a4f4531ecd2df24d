"""What can be computed from the settings alone: shapes, parameters, cost and code.

Nothing here imports torch or allocates a tensor. The room ``live`` runs the real module, and
the tests compare the two.
"""
