"""The interactive page: the only place that needs ipywidgets and anywidget."""
