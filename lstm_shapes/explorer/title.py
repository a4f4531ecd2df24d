"""The head of the page: its name, and what is behind the numbers."""

from __future__ import annotations

import html

from lstm_shapes.explorer.state import Snapshot


def title_html(snapshot: Snapshot) -> str:
    """Write the name of the page, the module, and the torch and the device that ran it."""
    module = f"torch.nn.{snapshot.question.settings.kind}"
    owner = "a live" if snapshot.own is None or snapshot.run is not snapshot.own else "your"
    about = f"{owner} <code>{module}</code>"
    if snapshot.run is not None:
        import torch

        version = ".".join(torch.__version__.split(".")[:2])
        about += f" · torch {html.escape(version)} · {html.escape(snapshot.run.device)}"
    else:
        about += " · predicted"
    return f"<h1>LSTM shapes</h1><p>{about}</p>"
