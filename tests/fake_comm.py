"""The wire between the kernel and a page, without a page: what is sent is recorded as the
protocol carries it, and what a page would send is delivered as the protocol does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from comm.base_comm import BaseComm


@dataclass(frozen=True)
class Message:
    """One message to a widget in the page.

    Attributes:
        data: its JSON part.
        buffers: its binary parts.
    """

    data: dict[str, Any]
    buffers: tuple[bytes, ...] = ()

    @property
    def parts(self) -> dict[str, bytes]:
        """What it carries of the widget's state, JSON and buffers, by the name of the state."""
        parts = {name: _json(value) for name, value in self.data.get("state", {}).items()}
        for path, buffer in zip(self.data.get("buffer_paths", ()), self.buffers, strict=True):
            parts[path[0]] = parts.get(path[0], b"") + buffer
        return parts

    @property
    def size(self) -> int:
        """Its bytes, without the envelope that every message has."""
        return len(_json(self.data)) + sum(map(len, self.buffers))


@dataclass
class Wire:
    """All that was sent since this was opened, each message with the comm that it went by."""

    sent: list[tuple[str, Message]] = field(default_factory=list)

    def to(self, widget: Any) -> list[Message]:
        """The messages to a widget in their order; the first one opened it."""
        return [message for comm_id, message in self.sent if comm_id == widget.model_id]

    def held(self, widget: Any) -> dict[str, bytes]:
        """What the page knows by now of a widget's state."""
        known: dict[str, bytes] = {}
        for message in self.to(widget):
            known |= message.parts
        return known


class FakeComm(BaseComm):
    """A comm whose other end is a list."""

    def __init__(self, wire: Wire, **options: Any) -> None:
        self.wire = wire
        super().__init__(**options)

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,
    ) -> None:
        """Record a message, as it is at this moment."""
        if msg_type != "comm_close":
            message = Message(json.loads(_json(data)), tuple(map(bytes, buffers or ())))
            self.wire.sent.append((self.comm_id, message))


@contextmanager
def recorded() -> Iterator[Wire]:
    """Let all widgets that are made in here send to a wire, for as long as they live."""
    wire = Wire()
    with mock.patch("comm.create_comm", lambda **options: FakeComm(wire, **options)):
        yield wire


def tell(widget: Any, content: object) -> None:
    """Deliver a widget's own message from the page, such as an action."""
    _deliver(widget, {"method": "custom", "content": content})


def write(widget: Any, **state: Any) -> None:
    """Deliver a change of a widget's state from the page, such as a value that was typed."""
    _deliver(widget, {"method": "update", "state": state, "buffer_paths": []})


def _deliver(widget: Any, data: dict[str, Any]) -> None:
    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
