"""The network unrolled: its slices, their places, their sentences, and the drawing as SVG."""
