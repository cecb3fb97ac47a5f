"""The demo's web: sample feeds served over real HTTP on loopback, good and bad manners included."""

import gzip
import hashlib
import socket
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import TracebackType
from typing import Any, Self, cast
from weakref import WeakSet

from jinja2 import Environment, StrictUndefined

HOST = "127.0.0.1"
DRIP_PIECES = 8
DRIP_PAUSE_SECONDS = 0.05
WRONG_CHARSET = "ISO-8859-1"
BAD_BYTE = "\udce9"


class Behaviour(StrEnum):
    """How an address of the demo answers."""

    PLAIN = "plain"
    ETAG = "etag"
    LAST_MODIFIED = "last-modified"
    UNCHANGED = "unchanged"
    GZIP = "gzip"
    TRUNCATED = "truncated"
    SLOW = "slow"
    MOVED = "moved"
    WRONG_CHARSET = "wrong-charset"
    BROKEN = "broken"
    HTML = "html"
    NOT_FOUND = "not-found"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """One address of the demo; `file` is None where there is no document to serve."""

    name: str
    title: str
    path: str
    behaviour: Behaviour
    shows: str
    file: str | None = None
    content_type: str = ""
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asked for, as far as the demo looks at it; header names are lower case."""

    path: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """One answer on the wire; with `drip` the body goes out in small pieces."""

    status: HTTPStatus
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip: bool = False


def load_feeds() -> tuple[DemoFeed, ...]:
    """Read the manifest of the sample feeds."""
    manifest = tomllib.loads((files("aggregator.demo") / "feeds.toml").read_text("utf-8"))
    return tuple(
        DemoFeed(**{**row, "behaviour": Behaviour(row["behaviour"])}) for row in manifest["feed"]
    )


def render(feed: DemoFeed, now: datetime, base: str) -> bytes:
    """Fill in the dates and addresses of one sample document.

    Args:
        feed: the feed whose document is wanted.
        now: the moment that the document's dates count back from.
        base: the address under which the feed's own host is reached.

    Raises:
        ValueError: the feed has no document.
    """
    if feed.file is None:
        raise ValueError(f"{feed.name} has no document")

    def ago(days: int, hours: int) -> datetime:
        return now - timedelta(days=days, hours=hours)

    def rfc822(days: int = 0, hours: int = 0) -> str:
        return format_datetime(ago(days, hours))

    def rfc3339(days: int = 0, hours: int = 0) -> str:
        return ago(days, hours).isoformat(timespec="seconds")

    # The documents are the project's own and are XML: escaping their mark-up would destroy them.
    environment = Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    source = (files("aggregator.demo") / "feeds" / feed.file).read_text("utf-8")
    document = environment.from_string(source).render(
        base=base, rfc822=rfc822, rfc3339=rfc3339, bad_byte=lambda: BAD_BYTE
    )
    return document.encode(feed.charset, "surrogateescape")


class DemoSite:
    """Decides what each address answers; knows nothing of sockets."""

    def __init__(self, feeds: tuple[DemoFeed, ...], now: datetime, root: str) -> None:
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._feeds = {feed.path: feed for feed in feeds}
        self._moved = {_new_path(feed): feed for feed in feeds if feed.behaviour is Behaviour.MOVED}
        self._bodies = {
            feed.name: render(feed, self._now, f"{root}/{feed.name}")
            for feed in feeds
            if feed.file is not None
        }

    def answer(self, request: Request) -> Response:
        """Answer one GET or HEAD request."""
        if moved := self._moved.get(request.path):
            return self._document(moved)
        feed = self._feeds.get(request.path)
        if feed is None:
            return _plain_text(HTTPStatus.NOT_FOUND)
        match feed.behaviour:
            case Behaviour.NOT_FOUND:
                return _plain_text(HTTPStatus.NOT_FOUND)
            case Behaviour.GONE:
                return _plain_text(HTTPStatus.GONE)
            case Behaviour.MOVED:
                return _plain_text(HTTPStatus.MOVED_PERMANENTLY, {"Location": _new_path(feed)})
            case Behaviour.ETAG | Behaviour.LAST_MODIFIED | Behaviour.UNCHANGED:
                return self._conditional(feed, request)
            case Behaviour.GZIP | Behaviour.TRUNCATED:
                return self._compressed(feed, request)
            case _:
                return self._document(feed)

    def _document(self, feed: DemoFeed) -> Response:
        wrong = feed.behaviour is Behaviour.WRONG_CHARSET
        charset = WRONG_CHARSET if wrong else feed.charset
        headers = {"Content-Type": f"{feed.content_type}; charset={charset}"}
        drip = feed.behaviour is Behaviour.SLOW
        return Response(HTTPStatus.OK, headers, self._bodies[feed.name], drip)

    def _conditional(self, feed: DemoFeed, request: Request) -> Response:
        whole = self._document(feed)
        if feed.behaviour is Behaviour.LAST_MODIFIED:
            validator = {"Last-Modified": format_datetime(self._now, usegmt=True)}
            fresh = _not_older(request.headers.get("if-modified-since"), self._now)
        else:
            etag = f'"{hashlib.sha256(whole.body).hexdigest()[:16]}"'
            validator = {"ETag": etag}
            fresh = _names(request.headers.get("if-none-match"), etag)
        if feed.behaviour is Behaviour.UNCHANGED:
            fresh = not {"if-none-match", "if-modified-since"}.isdisjoint(request.headers)
        if fresh:
            return Response(HTTPStatus.NOT_MODIFIED, validator)
        return Response(whole.status, whole.headers | validator, whole.body)

    def _compressed(self, feed: DemoFeed, request: Request) -> Response:
        whole = self._document(feed)
        packed = gzip.compress(whole.body, mtime=0)
        headers = whole.headers | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if feed.behaviour is Behaviour.TRUNCATED:
            return Response(whole.status, headers, packed[: len(packed) // 2])
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(whole.status, whole.headers | {"Vary": "Accept-Encoding"}, whole.body)
        return Response(whole.status, headers, packed)


class DemoServer:
    """Serve the sample feeds on one loopback port for as long as the context is open.

    Args:
        now: the moment that all dates in the documents count back from, with a time zone.
        port: the port to listen on; 0 takes a free one.

    Raises:
        ValueError: `now` has no time zone.
        OSError: the port is taken.
    """

    def __init__(self, now: datetime, port: int = 0) -> None:
        if now.tzinfo is None:
            raise ValueError("now needs a time zone")
        self.feeds = load_feeds()
        self.requests: list[tuple[str, int]] = []
        self._now = now
        self._port = port
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def root(self) -> str:
        """The server's address without a path; RuntimeError while it is not running."""
        if self._listener is None:
            raise RuntimeError("the demo server is not running")
        return f"http://{HOST}:{self._listener.server_port}"

    def url_of(self, name: str) -> str:
        """Give the address of a feed; KeyError if there is none of that name."""
        paths = {feed.name: feed.path for feed in self.feeds}
        return self.root + paths[name]

    def __enter__(self) -> Self:
        self._listener = _Listener((HOST, self._port), self.requests)
        self._listener.site = DemoSite(self.feeds, self._now, self.root)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.02,), name="demo-server", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._listener is None or self._thread is None:
            return
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()
        self._listener = self._thread = None


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64
    site: DemoSite

    def __init__(self, address: tuple[str, int], log: list[tuple[str, int]]) -> None:
        super().__init__(address, _Handler)
        self.log = log
        self._connections: WeakSet[socket.socket] = WeakSet()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def server_close(self) -> None:
        """Hang up on every reader, then wait for the threads that served them."""
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent when a reader hangs up in the middle of an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "HeavyRotationDemo"
    sys_version = ""
    timeout = 10
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with the body."""
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers alone."""
        self._respond(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log lines."""

    def _respond(self, *, with_body: bool) -> None:
        listener = cast(_Listener, self.server)
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = listener.site.answer(Request(self.path.partition("?")[0], headers))
        listener.log.append((self.path, int(response.status)))
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if with_body:
            for piece in _pieces(response):
                self.wfile.write(piece)


def _pieces(response: Response) -> Iterator[bytes]:
    if not response.drip:
        yield response.body
        return
    size = -(-len(response.body) // DRIP_PIECES)
    for start in range(0, len(response.body), size):
        time.sleep(DRIP_PAUSE_SECONDS)
        yield response.body[start : start + size]


def _plain_text(status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    every = {"Content-Type": "text/plain; charset=utf-8"} | (headers or {})
    return Response(status, every, f"{status.phrase}\n".encode())


def _new_path(feed: DemoFeed) -> str:
    return f"/{feed.name}/new/feed"


def _names(header: str | None, etag: str) -> bool:
    known = [part.strip().removeprefix("W/") for part in (header or "").split(",")]
    return etag in known or "*" in known


def _not_older(header: str | None, moment: datetime) -> bool:
    try:
        return header is not None and parsedate_to_datetime(header) >= moment
    except (TypeError, ValueError):
        return False
