"""Measures how many feed documents are read a second, in one process, beside feedparser.

Usage: ``python -m tests.benchmarks.parse_speed [FOLDER]`` where the folder holds feed
documents; without one, the real feeds beside the checkout are read where there are any,
else the sample feeds of the demo. Every round reads all documents in every way; the ratios
are of medians of the processor's time, ours and its child's.

- feedparser as people use it: ``feedparser.parse`` with its sanitiser and its dates.
- ours, every entry cleaned: what the first poll of a feed costs.
- ours, one entry cleaned: what a poll costs that brings one new entry.
- ours, nothing cleaned: reading alone.
"""

import argparse
import io
import os
import statistics
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from aggregator.demo.server import load_feeds, render
from aggregator.errors import ParseError
from aggregator.feeds.clean import clean_html
from aggregator.feeds.parse import parse_feed

REAL = Path(__file__).parents[3] / "shared" / "data" / "real-feeds"
URL = "https://blog.example/feed"
ROUNDS = 7


def main() -> None:
    """Print documents a second for each way of reading them, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    report(documents(parser.parse_args().folder))


def documents(folder: Path | None = None) -> Sequence[bytes]:
    """The documents to read."""
    if folder is None and not REAL.exists():
        noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
        feeds = [feed for feed in load_feeds() if feed.file]
        return [render(feed, noon, "http://127.0.0.1:8000") for feed in feeds]
    return [path.read_bytes() for path in sorted((folder or REAL).glob("[0-9]*.*"))]


def report(bodies: Sequence[bytes]) -> None:
    """Run the rounds and print a table."""
    ways: dict[str, Callable[[], object]] = {
        f"feedparser {feedparser.__version__}": lambda: _peer(bodies),
        "ours, every entry cleaned": lambda: _ours(bodies, None),
        "ours, one entry cleaned": lambda: _ours(bodies, 1),
        "ours, nothing cleaned": lambda: _ours(bodies, 0),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    _ours(bodies, 0)  # starts the child process, as any process does once
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = _spent()
            way()
            times[name].append(_spent() - start)
    size = sum(map(len, bodies)) / 2**20
    print(f"{len(bodies)} documents, {size:.1f} MB, medians of {ROUNDS} rounds")
    peer = statistics.median(next(iter(times.values())))
    for name, taken in times.items():
        middle = statistics.median(taken)
        rate = len(bodies) / middle
        print(f"  {name:28}{middle:8.3f} s {rate:8,.0f} a second {peer / middle:7.1f} x")


def _spent() -> float:
    """Seconds of processor time of this process and of the children that it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _peer(bodies: Iterable[bytes]) -> None:
    for body in bodies:
        feedparser.parse(io.BytesIO(body))


def _ours(bodies: Iterable[bytes], most: int | None) -> None:
    for body in bodies:
        try:
            feed = parse_feed(body, url=URL)
        except ParseError:
            continue
        for entry in feed.entries[:most]:
            clean_html(entry.html or entry.summary, entry.link or URL)


if __name__ == "__main__":
    main()
