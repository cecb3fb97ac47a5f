"""A web of many feeds on many loopback hosts, in a process of its own.

Feed N at version V holds the posts V to V+9, each made from its number, so the same feed is always
the same bytes. A tenth of the feeds moves on by one post for each request of ``/move-on``.
"""

import asyncio
import gzip
import random
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path

_EPOCH = 1_790_000_000
_POSTS = 10
_WORDS = """
the band has shared a new video for its single directed by two friends who shot it on film in
one night near the harbour the singer walks through an empty arcade while rain falls on neon
signs and a choir of strangers joins her on the roof it premiered this morning with a note about
the record that comes out in spring we spoke to the drummer about tape echo old cameras small
rooms long drives and why nobody dances in the last scene the label says a tour will follow
tickets are on sale from friday their first album was made in a barn with one microphone this
one took four years three studios and a broken organ that still plays out of tune in every
chorus watch it below and tell us what you think
""".split()


def host_of(number: int) -> str:
    """The loopback address that a feed has to itself (of 2.5 million)."""
    return f"127.{20 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


def url_of(number: int, port: int, scheme: str = "http") -> str:
    """The address of a feed."""
    return f"{scheme}://{host_of(number)}:{port}/{number}.xml"


@contextmanager
def farm(certificate: Path | None = None) -> Iterator[int]:
    """Serve; gives the port. With a certificate (key and chain in one file), over TLS."""
    command = [sys.executable, "-m", "tests.benchmarks.feed_farm", str(certificate or "")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def move_on(port: int) -> None:
    """Have a tenth of the feeds bring a new post."""
    urllib.request.urlopen(f"http://127.0.0.1:{port}/move-on").read()


class _Feeds(asyncio.Protocol):
    version = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.decode("latin-1")))

    def _answer(self, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        if path == "/move-on":
            _Feeds.version += 1
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        number = int(path[1:].partition(".")[0])
        version = _Feeds.version if number % 10 == 0 else 0
        tag, date = f'"{number}-{version}"', formatdate(_EPOCH + version, usegmt=True)
        said = f"ETag: {tag}\r\nLast-Modified: {date}\r\nDate: {formatdate(usegmt=True)}\r\n"
        lines = {name.lower(): text.strip() for name, _, text in
                 (line.partition(":") for line in head.split("\r\n")[1:])}  # fmt: skip
        if tag in lines.get("if-none-match", "") or lines.get("if-modified-since") == date:
            return f"HTTP/1.1 304 Not Modified\r\n{said}\r\n".encode()
        body, coding = _packed(number, version), "Content-Encoding: gzip\r\n"
        if "gzip" not in lines.get("accept-encoding", ""):
            body, coding = gzip.decompress(body), ""
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n{said}{coding}"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


@lru_cache(20_000)
def _packed(number: int, version: int) -> bytes:
    items = "".join(_item(number, post) for post in range(version + _POSTS, version, -1))
    return gzip.compress(
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Blog {number}</title><link>https://b{number}.example/</link>"
        f"<description>d</description>{items}</channel></rss>".encode(),
        6,
        mtime=0,
    )


def _item(number: int, post: int) -> str:
    """A post of some 2 KB whose words are drawn from a real one."""
    draw = random.Random(f"{number}/{post}")
    body = "".join(
        f"<p>{' '.join(draw.choices(_WORDS, k=60))}.</p>" for _ in range(draw.randint(3, 7))
    )
    link = f"https://b{number}.example/{post}"
    date = formatdate(_EPOCH + number % 997 + post * 7200, usegmt=True)
    return (
        f"<item><title>{' '.join(draw.choices(_WORDS, k=7))}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{number}-{post}</guid><pubDate>{date}</pubDate>'
        f"<description>{' '.join(draw.choices(_WORDS, k=20))}</description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
    )


async def _serve(certificate: str) -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Feeds, "0.0.0.0", 0, ssl=context, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1] if len(sys.argv) > 1 else ""))
