"""A served page without a browser: it opens the dashboard and speaks Jupyter's protocol with its
kernel, as the page's JavaScript does."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ipywidgets._version import __control_protocol_version__
from jupyter_client.session import Session, new_id
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 120
"""Seconds that a kernel may take to start, where many start at once."""

MOVED = "num_layers"

# As the page does. Voila reads messages in the older protocol wrongly, and stands still over them.
V1 = "v1.kernel.websocket.jupyter.org"


class Message(NamedTuple):
    """What a message says, without its envelope."""

    content: dict[str, Any]
    buffers: list[bytes]


class Moved(NamedTuple):
    """Seconds from a slider's new value until its shapes came, and until they were measured."""

    shapes: float
    measured: float


@dataclass
class Client:
    """One open page.

    Attributes:
        kernel_id: its kernel.
        arrived: messages that are still to be read. A page takes all that come at once; the
            server would close the connection of one that does not.
        shape: the newest shape of h_n.
        measured: whether it was measured.
    """

    kernel_id: str
    connection: WebSocketClientConnection
    session: Session
    arrived: asyncio.Queue[str | bytes | None]
    slider: str = ""
    stage: str = ""
    shape: str = ""
    measured: bool = False

    async def move(self, layers: int) -> Moved:
        """Set num_layers, and wait for the shapes that a module with two directions has."""
        start, shapes = time.perf_counter(), 0.0
        content = {"method": "update", "state": {"value": layers}, "buffer_paths": []}
        await self._send("comm_msg", {"comm_id": self.slider, "data": content})
        while not (shapes and self.measured):
            self._read(await self._received())
            if not shapes and self.shape.startswith(f"{2 * layers},"):
                shapes = time.perf_counter() - start
        return Moved(shapes, time.perf_counter() - start)

    async def find_widgets(self) -> None:
        """Ask for all widgets, as a page does that has just been opened."""
        comm_id = new_id()
        opened = {"comm_id": comm_id, "target_name": "jupyter.widget.control", "data": {}}
        await self._send("comm_open", opened, {"version": __control_protocol_version__})
        await self._send("comm_msg", {"comm_id": comm_id, "data": {"method": "request_states"}})
        states = None
        while states is None:
            states = (await self._received()).content.get("data", {}).get("states")
        found = {each: widget["state"] for each, widget in states.items()}
        self.stage = next(each for each, state in found.items() if "svg_style" in state)
        field = next(each for each, state in found.items() if state.get("description") == MOVED)
        row = next(
            state["children"]
            for state in found.values()
            if f"IPY_MODEL_{field}" in state.get("children", ())
        )
        self.slider = row[0].removeprefix("IPY_MODEL_")

    def close(self) -> None:
        """Close the page, of which its kernel is not told."""
        self.connection.close()

    async def _send(
        self, kind: str, content: Mapping[str, Any], metadata: Mapping[str, Any] | None = None
    ) -> None:
        message = self.session.msg(kind, content, metadata=metadata)
        raw = serialize_msg_to_ws_v1(message, "shell", self.session.pack)
        await self.connection.write_message(raw, binary=True)

    async def _received(self) -> Message:
        raw = await self.arrived.get()
        assert isinstance(raw, bytes), "the server closed the connection"
        _, (_header, _parent, _metadata, content, *buffers) = deserialize_msg_from_ws_v1(raw)
        return Message(json.loads(content), buffers)

    def _read(self, message: Message) -> None:
        """Take the shape of h_n from a message to the stage."""
        if message.content.get("comm_id") == self.stage:
            paths = [path[0] for path in message.content["data"].get("buffer_paths", ())]
            if "view" in paths:
                view = json.loads(message.buffers[paths.index("view")])
                cards = {card["tensor"]: card["shape"] for card in view["cards"]}
                self.shape, self.measured = (
                    cards["h_n"]["shape"],
                    cards["h_n"]["state"] == "measured",
                )


async def opened(url: str, cookies: str = "") -> Client:
    """Open the dashboard.

    Args:
        url: its address.
        cookies: what the browser sends with every request, where one has to log in first.

    Returns:
        The page, whose kernel has answered.
    """
    headers = {"Cookie": cookies} if cookies else {}
    page = await AsyncHTTPClient().fetch(url, headers=headers, request_timeout=PATIENCE)
    told = {name: _told(page.body.decode(), name) for name in ("kernelId", "baseUrl")}
    session = Session(key=b"")
    origin = re.sub(r"^http(s?://[^/]+).*", r"ws\1", page.effective_url)
    path = f"{told['baseUrl']}api/kernels/{told['kernelId']}/channels?session_id={session.session}"
    request = HTTPRequest(origin + path, headers=headers, request_timeout=PATIENCE)
    arrived: asyncio.Queue[str | bytes | None] = asyncio.Queue()
    connection = await websocket_connect(
        request, on_message_callback=arrived.put_nowait, subprotocols=[V1]
    )
    client = Client(told["kernelId"], connection, session, arrived)
    await client.find_widgets()
    return client


def _told(page: str, name: str) -> str:
    found = re.search(rf'"{name}": "([^"]+)"', page)
    assert found, f"the page does not tell its {name}: {page[:400]}"
    return found[1]
