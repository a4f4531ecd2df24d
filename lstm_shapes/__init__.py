"""See, verify and debug the tensors of ``torch.nn.LSTM``.

What people use in their own code stands here, listed in ``__init__.pyi`` alone; all else is
reached through its room, as in ``from lstm_shapes.statements import cell``. Importing this
loads neither torch nor ipywidgets: each name is fetched when it is first asked for.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
