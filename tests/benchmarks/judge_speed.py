"""Measures how many entries the judge reads a second, on one core.

Usage: ``python -m tests.benchmarks.judge_speed [FILE...]`` where a file holds one post a
line, as `aggregator judge` reads them. Entries without HTML count as short ones. Without
files, the posts of the corpus and its headlines are judged.

Feedparser's own parse of the same bodies, wrapped in a minimal RSS document, stands
beside it: what the program does to an entry anyway before the judge sees it.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser

from aggregator.models import Entry, Policy
from aggregator.videos.posts import read_posts
from aggregator.videos.verdict.judge import Judge

CORPUS = Path(__file__).parents[1] / "corpus"
ROUNDS = 5

# Runs in a process of its own: start to first verdicts, in steps.
_START = """
import pathlib, resource, sys, time
def peak():
    status = pathlib.Path("/proc/self/status")  # getrusage tells of the parent's size, too
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
times = [time.perf_counter()]
from aggregator.models import Entry, Policy
from aggregator.videos.verdict.judge import Judge
times.append(time.perf_counter())
bare = peak()
judge = Judge(Policy())
judge.judge(Entry(id="1", title="Rosa Quill – “Wet Cement” (Dir. Ines Okafor)"))
times.append(time.perf_counter())
import lxml.etree
times.append(time.perf_counter())
judge.judge(Entry(id="2", title="Wet Cement", html="<p>Watch the new <b>video</b> below.</p>" * 3))
times.append(time.perf_counter())
code, headlines, _, bodies = (1000 * (end - start) for start, end in zip(times, times[1:]))
print(
    f"start: code {code:.0f} ms, then model and tables {headlines + bodies:.0f} ms"
    f" (for headlines {headlines:.0f} ms, more for bodies {bodies:.0f} ms);"
    f" peak memory {peak():.0f} MB, {peak() - bare:.0f} MB of it model and tables"
)
"""


def main() -> None:
    """Print entries a second, the time to start, and the peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files or default_files()
    entries = [entry for path in files for entry in _read(path)]
    posts = [entry for entry in entries if entry.html]
    report("full posts", posts)
    report("short entries", [entry for entry in entries if not entry.html])
    if posts:
        report_peer(posts)
    subprocess.run([sys.executable, "-c", _START], check=True)


def default_files() -> list[Path]:
    """The corpus's posts, and its headlines."""
    return [*sorted(CORPUS.glob("*.jsonl")), CORPUS / "measure" / "headlines.jsonl"]


def report(name: str, entries: Sequence[Entry]) -> None:
    """Print how fast entries are judged, as they come and when their words are known."""
    if not entries:
        return
    judge = Judge(Policy())
    first = seconds(lambda: [judge.judge(entry) for entry in entries])
    later = [seconds(lambda: [judge.judge(entry) for entry in entries]) for _ in range(ROUNDS)]
    kept = sum(judge.judge(entry).keep for entry in entries)
    size = sum(map(_size, entries)) / len(entries)
    print(
        f"{name}: {_rate(entries, statistics.median(later))} a second"
        f" (median of {ROUNDS} rounds; first {_rate(entries, first)});"
        f" {len(entries)} of {size:,.0f} characters, {kept} kept"
    )


def report_peer(posts: Sequence[Entry]) -> None:
    """Print how fast feedparser parses a feed of the same bodies, and the ratio."""
    feed = feed_of(posts)
    judge = Judge(Policy())
    peer = statistics.median(seconds(lambda: feedparser.parse(feed)) for _ in range(ROUNDS))
    ours = statistics.median(
        seconds(lambda: [judge.judge(post) for post in posts]) for _ in range(ROUNDS)
    )
    print(
        f"feedparser {feedparser.__version__} parses the same bodies: {_rate(posts, peer)}"
        f" a second; the judge is {peer / ours:.1f} times as fast"
    )


def feed_of(posts: Sequence[Entry]) -> bytes:
    """A minimal RSS document of the posts' titles and bodies."""
    items = "".join(
        f"<item><title>{escape(post.title)}</title><description>{escape(post.html)}</description>"
        "</item>"
        for post in posts
    )
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def seconds(work: Callable[[], object]) -> float:
    """Seconds of this process that a piece of work takes, waits not counted."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _read(path: Path) -> list[Entry]:
    with path.open(encoding="utf-8") as lines:
        return list(read_posts(lines, str(path)))


def _size(entry: Entry) -> int:
    return len(entry.title) + len(entry.html or entry.text or entry.summary)


def _rate(entries: Sequence[Entry], duration: float) -> str:
    return f"{len(entries) / duration:,.0f}"


if __name__ == "__main__":
    main()
