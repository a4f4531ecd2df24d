"""A cable between a browser and a server, which a test can hold or pull."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit


class _Wire(BaseRequestHandler):
    """One connection, carried both ways until an end closes it."""

    server: Cable

    def handle(self) -> None:
        target = self.server.target
        if target is None:
            return
        try:
            other = socket.create_connection(target)
        except ConnectionRefusedError:
            return
        with other, selectors.DefaultSelector() as ready:
            ready.register(self.request, selectors.EVENT_READ, other)
            ready.register(other, selectors.EVENT_READ, self.request)
            while self.server.target is not None:
                # Looks up from time to time: the cable may have been pulled meanwhile.
                for key, _ in ready.select(0.1):
                    self.server.flowing.wait()
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)


class Cable(ThreadingTCPServer):
    """Listens at an address of its own.

    Attributes:
        target: host and port that it leads to; ``None`` while it is pulled: connections are closed.
        flowing: cleared, nothing goes through, and no end hears of it.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Wire)
        self.target: tuple[str, int] | None = None
        self.flowing = threading.Event()
        self.flowing.set()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_address[1]}"

    def lead_to(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self.target = (parts.hostname, parts.port)

    def handle_error(self, request: object, client_address: object) -> None:
        """An end that goes away while it is written to is what this is for."""


@contextmanager
def cable() -> Iterator[Cable]:
    with Cable() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.flowing.set()
        made.target = None
        made.shutdown()
