"""A small web on loopback for tests: fixed answers by path, and a log of what was asked."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Page:
    """One answer; `wait` holds it back until the event is set."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: threading.Event | None = None


class SmallWeb:
    """Serves pages by path while its context is open; `pages` may be changed at any time."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append(self.path)
                page = web.pages.get(self.path, Page(b"none", 404))
                if page.wait is not None:
                    page.wait.wait(20)
                self.send_response(page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def url(self, path: str) -> str:
        """Address of a path."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def rss(*items: str, title: str = "A Blog") -> bytes:
    """An RSS document of items given as XML."""
    head = f"<title>{title}</title><link>https://blog.example/</link><description>d</description>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}'
        f"{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int, title: str = "", words: str = "Words.") -> str:
    """One RSS item about a new music video, so that it is kept."""
    name = title or f"Watch the new music video for Song {number} by The Band {number}"
    link = f"https://blog.example/{number}"
    body = (
        f"<p>The Band {number} have shared the official music video for Song {number}, directed by "
        "Jane Doe. The clip was shot on 16mm film. Watch the video below.</p>"
        f'<iframe src="https://www.youtube.com/embed/abcdefgh{number:03}"></iframe><p>{words}</p>'
    )
    return (
        f"<item><title>{name}</title><link>{link}</link><guid>{link}</guid>"
        "<pubDate>Mon, 16 Nov 2026 10:00:00 +0000</pubDate>"
        f"<description><![CDATA[{body}]]></description></item>"
    )
