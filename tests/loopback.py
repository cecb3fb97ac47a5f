"""A web server on loopback for tests that can stream, drip and lie: every byte is the test's."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from aggregator.web.client import WebClient, WebSettings

Pieces = Iterable[bytes]


@dataclass
class Asked:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Loopback:
    """What a test answers with, and what it was asked."""

    answer: Callable[[Asked], Pieces]
    port: int = 0
    host: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/feed", host: str = "") -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    def serve(self, connection: socket.socket) -> None:
        with self.lock:
            self.connections += 1
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
        with suppress(OSError), connection:
            self._talk(connection)
        with self.lock:
            self.open_now -= 1

    def _talk(self, connection: socket.socket) -> None:
        waiting = b""
        while not self.stopped.is_set():
            while b"\r\n\r\n" not in waiting:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                waiting += chunk
            head, _, waiting = waiting.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            pairs = (line.partition(":")[::2] for line in lines[1:])
            headers = {name.lower(): value.strip() for name, value in pairs}
            asked = Asked(lines[0].split(" ")[1], headers, time.monotonic())
            self.asked.append(asked)
            for piece in self.answer(asked):
                connection.sendall(piece)
                if self.stopped.is_set() or piece == b"":
                    return


def reply(
    body: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None
) -> list[bytes]:
    """One whole answer."""
    every = {"Content-Length": str(len(body)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in every.items())
    return [f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body]


def drip(pieces: Pieces, pause: float = 0.05) -> Iterator[bytes]:
    """The pieces, slowly."""
    for piece in pieces:
        yield piece
        time.sleep(pause)


@contextmanager
def serving(answer: Callable[[Asked], Pieces], host: str = "127.0.0.1") -> Iterator[Loopback]:
    """Serve on every loopback address of the block when host is 0.0.0.0."""
    web = Loopback(answer, host="127.0.0.1" if host == "0.0.0.0" else host)
    listener = socket.create_server((host, 0), backlog=64)
    web.port = listener.getsockname()[1]

    def accept() -> None:
        while not web.stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=web.serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield web
    finally:
        web.stopped.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def client(**changes: object) -> WebClient:
    """A client that may reach loopback, without pauses."""
    settings: dict[str, object] = {
        "user_agent": "heavy-rotation-test/1 (+https://example.org)",
        "allow_networks": ("127.0.0.0/8",),
        "host_pause": 0.0,
        "deadline": 5.0,
    }
    return WebClient(WebSettings(**(settings | changes)))  # type: ignore[arg-type]
