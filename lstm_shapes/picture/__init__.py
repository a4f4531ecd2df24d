"""The network unrolled over time: its slices, their places, their sentences and their SVG.

``unroll`` makes a scene from the settings, ``layout`` gives each of its slices a place,
``svg`` draws the result and ``sentences`` says in words what each slice is. Nothing here runs
the module; ``statements.slices`` compares a scene with a run.
"""
