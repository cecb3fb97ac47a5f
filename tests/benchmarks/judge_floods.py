"""Measures that a megabyte of hostile text costs the judge no more than its length.

Usage: ``python -m tests.benchmarks.judge_floods [PIECE...]``: a piece is repeated to a
quarter, a half and a whole megabyte, as a title, as HTML and as plain text. The ratio
compares the whole with the quarter: 4 is linear, 16 is quadratic; less than 4 tells that
only the beginning is read. Works are read of every post, whatever its verdict.

Python's own `str.split` of the same megabyte stands beside it: once through the text.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

from aggregator.models import Entry, Policy
from aggregator.videos.verdict.judge import Judge

MEGABYTE = 1_000_000
SIZES = (MEGABYTE // 4, MEGABYTE // 2, MEGABYTE)
FLOODS = {
    "one letter": "a",
    "one digit": "1",
    "spaces": " ",
    "line ends": "\n",
    "quotes": '"',
    "curly quotes": "“a” ",
    "apostrophes": "’",
    "dashes": "- ",
    "open brackets": "(",
    "asides": "((a)",
    "combining marks": "e\u0301",
    "kana": "の",
    "wide quotes": "「あ",
    "possessives": "X’s ",
    "names": "Jo Doe. ",
    "cues": "official music video ",
    "credits": "directed by Jo Doe, ",
    "addresses": "https://youtu.be/dQw4w9WgXcQ ",
    "entities": "&amp;",
    "short codes": "[embed]",
    "open tags": "<b>",
    "items": "<li>A – “S” (1994)",
    "players": "<iframe src=//youtu.be/dQw4w9WgXcQ></iframe>",
}


def main() -> None:
    """Print seconds and ratios, the peer's first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", nargs="*")
    pieces = parser.parse_args().pieces
    judge = Judge(Policy(threshold=0.0))
    judge.judge(Entry(id="0", title="A – “B”", html="<p>The video.</p>"))
    print(f"{'':16}  {'peer':>10}  {'title':>14}  {'html':>14}  {'text':>14}")
    for name, piece in [(piece, piece) for piece in pieces] or FLOODS.items():
        peer = _seconds(_flood(piece, MEGABYTE).split)
        shown = [_row(judge, place, piece) for place in ("title", "html", "text")]
        print(f"{name:16.16}  {peer:7.3f} s   {'  '.join(shown)}", flush=True)


def _row(judge: Judge, place: str, piece: str) -> str:
    """Seconds for a megabyte in one place, and how that compares with a quarter of it."""
    told = [_seconds(partial(judge.judge, _entry(place, piece, size))) for size in SIZES]
    return f"{told[-1]:7.3f} s ×{told[-1] / max(told[0], 0.001):4.1f}"


def _entry(place: str, piece: str, size: int) -> Entry:
    flood = {place: _flood(piece, size)}
    return Entry(id="1", **{"title": "Jo Doe – “Song” (Official Video)", **flood})


def _flood(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
