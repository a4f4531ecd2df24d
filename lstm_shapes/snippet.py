"""Settings as code that can be copied and run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields

from lstm_shapes.config import Settings


def constructor(settings: Settings) -> str:
    """The call that builds the module; arguments at their default are left out.

    >>> constructor(Settings(4, 3, num_layers=2, bidirectional=True))
    'nn.LSTM(4, 3, num_layers=2, bidirectional=True)'
    """
    return constructor_of({field.name: getattr(settings, field.name) for field in fields(settings)})


def constructor_of(arguments: Mapping[str, object]) -> str:
    """The same for arguments that were not checked, as in an error's cure.

    >>> constructor_of({"kind": "GRU", "input_size": 4, "hidden_size": 3, "dropout": 0.5})
    'nn.GRU(4, 3, dropout=0.5)'
    """
    shown = []
    for field in fields(Settings):
        value = arguments.get(field.name, field.default)
        if field.default is MISSING:
            shown.append(repr(value))
        elif field.name != "kind" and value != field.default:
            shown.append(f"{field.name}={value!r}")
    return f"nn.{arguments.get('kind', 'LSTM')}({', '.join(shown)})"
