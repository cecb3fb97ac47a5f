"""The process in which feedparser reads what nothing else could: bounded, and worth nothing.

It is run by path, imports nothing of ours and may open no file once it has begun: it reads
documents from standard input and writes what feedparser makes of them to standard output,
each behind its length. Whoever starts it may kill it at any time.
"""

import io
import json
import resource
import signal
import struct
import sys

import feedparser

SECONDS = 1.5
_MEMORY = 256 * 2**20
_OPEN_FILES = 3
_MOST_ENTRIES = 2_000
_LENGTH = struct.Struct(">Q")


def main() -> None:
    """Serve documents until the input ends; a document over the limits ends the process."""
    _read(b"<rss><channel><item><title>&eacute;</titel></item>")  # whatever is imported late
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(_LENGTH.size)) == _LENGTH.size:
        document = source.read(_LENGTH.unpack(head)[0])
        # The kernel counts the processor's time and kills: no code of feedparser's is asked.
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        answer = _read(document)
        signal.setitimer(signal.ITIMER_PROF, 0)
        target.write(_LENGTH.pack(len(answer)) + answer)
        target.flush()


def _read(document: bytes) -> bytes:
    """What feedparser makes of a document, as JSON; empty where it raises.

    Of a file object it opens no path and fetches no address, whatever the bytes say.
    """
    try:
        parsed = feedparser.parse(
            io.BytesIO(document),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        made = {
            "version": parsed.get("version", ""),
            "feed": parsed.feed,
            "entries": parsed.entries[:_MOST_ENTRIES],
        }
        return json.dumps(made, default=str).encode()
    except Exception:  # feedparser lets many kinds through on hostile input
        return b""


if __name__ == "__main__":
    main()
