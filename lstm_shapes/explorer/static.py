"""What an explorer is where widgets are not drawn: its picture and shapes, as HTML and as text."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from lstm_shapes.config import Question
from lstm_shapes.explorer.panels.cards import MEANING
from lstm_shapes.formula.shapes import tensor_shapes

HINT = "This is a still picture. Where the notebook is run, the explorer itself stands here."


def shapes_text(question: Question) -> str:
    """Write the shape of each tensor that has a card, one a line.

    >>> from lstm_shapes.explorer.presets import FIRST_QUESTION
    >>> print(shapes_text(FIRST_QUESTION))
    input  (3, 5, 4)  (batch, seq, features)  (N, L, H_in)
    out  (3, 5, 6)  (batch, seq, features)  (N, L, D·H_out)
    h_n  (4, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_out)
    c_n  (4, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_cell)
    """
    shapes = tensor_shapes(question.settings, question.sizes)
    return "\n".join(str(shapes[name]) for name in MEANING if name in shapes)


def live_class(model_id: str) -> str:
    """Give the class name of the live explorer of this id, which the still picture looks for."""
    return f"ls-live-{model_id}"


def static_html(picture: str, alt: str, text: str, model_id: str) -> str:
    """Write the still picture with its text, hidden while the live explorer is or will be there.

    It is an image and not a part of the page: its style sheet stays its own, and hosts that take
    drawings and styles out of HTML, such as GitHub, leave an image in it.

    Args:
        picture: an SVG document.
        alt: what the picture shows, for those who do not see it.
        text: stands below the picture.
        model_id: the widget's, as the host knows it.
    """
    source = b64encode(picture.encode()).decode()
    return (
        f'<div class="{_static_class(model_id)}"><style>{_hiding(model_id)}</style>'
        f'<img src="data:image/svg+xml;base64,{source}" alt="{escape(alt, quote=True)}" '
        f'style="max-width: 100%; height: auto">'
        f"<pre>{escape(text)}</pre><p>{escape(HINT)}</p></div>"
    )


def _static_class(model_id: str) -> str:
    return f"ls-static-{model_id}"


def _hiding(model_id: str) -> str:
    """The rules that hide the still picture, with the box that Jupyter puts around an output."""
    box = ".jp-OutputArea-child"
    still = f".{_static_class(model_id)}"
    # The output before is the widget's: in Jupyter's hosts it has none of these two while it is
    # loaded and when it is drawn, and the class when it cannot be drawn.
    widget = ".jp-OutputArea-output:not([data-mime-type], .jupyter-widgets)"
    return (
        f"body:has(.{live_class(model_id)}) :is({still}, {box}:has({still})), "
        f"{box}:has(> {widget}) + {box}:has({still}) {{ display: none }}"
    )
