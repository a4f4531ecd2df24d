"""How much memory a kernel that serves a page may keep for speed."""

from __future__ import annotations

import os

SERVED = "VOILA_SERVER_URL"
"""An environment variable that Voila sets for the kernels of its pages."""

CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
"""An environment variable that oneDNN reads when it is first used, which torch uses for RNNs."""

FEW = "64"
"""As many as one state of the page needs several times over."""


def keep_few_primitives() -> None:
    """Let oneDNN keep few of the programs that it compiles, one for each size of a tensor.

    By default it keeps 1024, which is some 270 MiB once a user has seen as many sizes. A kernel
    that serves a page does nothing else. The kernel of a notebook is its user's, who may count on
    them, and so is a value that was set before.
    """
    if SERVED in os.environ:
        os.environ.setdefault(CAPACITY, FEW)
