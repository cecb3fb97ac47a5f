"""Whole programs poll a web of feeds on loopback: ours beside others in the same run.

Usage: ``python -m tests.benchmarks.polling [--feeds N] [--programs A,B] [--chart FILE]``, with
``FULL=1`` for 1,000 and 10,000 feeds. Rounds: `new` (nothing is known), `warm` and `same` (nothing
changed), `change` (a tenth of the feeds has a new post). All ask for each feed in each round; only
ours judges posts. Others are raced where they are installed: newsboat, sfeed, rss2email (Debian),
lemon24/reader (in the Python named by ``PEERS_PYTHON``), and always a loop of httpx, feedparser and
sqlite3. Then httpx as it comes against our client on the same feeds, and picking what is due.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.models import FeedState, Policy, PollRecord, Subscription
from aggregator.store.store import Store
from aggregator.visits import due
from tests.benchmarks import clients
from tests.benchmarks.chart import bars
from tests.benchmarks.feed_farm import farm, move_on, url_of

ROUNDS = ("new", "warm", "same", "change")
SHOWN = {"new": "first round", "same": "nothing changed", "change": "a tenth changed"}
_PEERS_PYTHON = os.environ.get("PEERS_PYTHON", sys.executable)

_LOOP = """
import sqlite3, sys, feedparser, httpx
db = sqlite3.connect(sys.argv[1])
db.execute("create table if not exists feed (url primary key, etag)")
db.execute("create table if not exists entry (feed, id, title, body, primary key (feed, id))")
known = dict(db.execute("select url, etag from feed"))
with httpx.Client(timeout=20) as web:
    for url in open(sys.argv[2]).read().split():
        answer = web.get(url, headers={"If-None-Match": known[url]} if url in known else {})
        if answer.status_code == 200:
            for e in feedparser.parse(answer.content).entries:
                row = (url, e.id, e.title, str(e.get("content")))
                db.execute("insert or replace into entry values (?, ?, ?, ?)", row)
            db.execute("insert or replace into feed values (?, ?)", (url, answer.headers["etag"]))
            db.commit()
"""
_READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for url in open(sys.argv[2]).read().split():
    reader.add_feed(url)
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One of those that are raced: what it needs once in a folder, and its command."""

    name: str
    prepare: Callable[[Path, Sequence[str]], None]
    command: Callable[[Path], list[str]]
    is_there: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """One round of one program: seconds, CPU seconds, and the memory of all its processes."""

    wall: float
    cpu: float
    megabytes: float


def _ours(folder: Path, urls: Sequence[str]) -> None:
    head = (
        "polling: {allow_networks: [127.0.0.0/8], pause: 0, contact: bench@example.org}\nfeeds:\n"
    )
    (folder / "feeds.yaml").write_text(head + "".join(f"- {url}\n" for url in urls), "utf-8")


def _newsboat(folder: Path, urls: Sequence[str]) -> None:
    (folder / "config").write_text("reload-threads 16\n")


def _sfeed(folder: Path, urls: Sequence[str]) -> None:
    (folder / "out").mkdir()
    feeds = "".join(f"feed 'f{number}' '{url}'\n" for number, url in enumerate(urls))
    (folder / "rc").write_text(f'sfeedpath="{folder}/out"\nmaxjobs=16\nfeeds() {{\n{feeds}}}\n')


def _rss2email(folder: Path, urls: Sequence[str]) -> None:
    feeds = "".join(f"[feed.f{number}]\nurl = {url}\n" for number, url in enumerate(urls))
    head = "[DEFAULT]\nto = a@localhost\nverbose = error\n"
    (folder / "config").write_text(head + feeds)


def _reader(folder: Path, urls: Sequence[str]) -> None:
    place = [str(folder / "db"), str(folder / "urls")]
    subprocess.run([_PEERS_PYTHON, "-c", _READER, *place], check=True)


def _nothing(folder: Path, urls: Sequence[str]) -> None:
    pass


def _has(module: str) -> bool:
    asked = [_PEERS_PYTHON, "-c", f"import {module}"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def programs() -> list[Program]:
    """Ours first, then all that could be here."""
    words = lambda text: lambda folder: text.format(d=folder).split()  # noqa: E731
    ours = [sys.executable, "-m", "aggregator", "fetch", "--all", "-q", "-c"]
    return [
        Program("ours", _ours, lambda folder: [*ours, f"{folder}/feeds.yaml"]),
        Program(
            "newsboat",
            _newsboat,
            words("newsboat -x reload -C {d}/config -u {d}/urls -c {d}/cache.db"),
            bool(shutil.which("newsboat")),
        ),
        Program("sfeed", _sfeed, words("sfeed_update {d}/rc"), bool(shutil.which("sfeed_update"))),
        Program(
            "rss2email",
            _rss2email,
            words("r2e -c {d}/config -d {d}/data run --no-send"),
            bool(shutil.which("r2e")),
        ),
        Program(
            "reader",
            _reader,
            words(_PEERS_PYTHON + " -m reader --db {d}/db update --no-scheduled --workers 16"),
            _has("reader._cli"),
        ),
        Program(
            "feedparser loop",
            _nothing,
            lambda d: [sys.executable, "-c", _LOOP, f"{d}/loop.db", f"{d}/urls"],
        ),
    ]


def race(chosen: Sequence[Program], count: int) -> dict[str, dict[str, Run]]:
    """Run all rounds of all programs, taking turns; gives the runs by program and round."""
    runs: dict[str, dict[str, Run]] = {program.name: {} for program in chosen}
    with farm() as port, tempfile.TemporaryDirectory() as top:
        urls = [url_of(number, port) for number in range(count)]
        for program in chosen:
            folder = Path(top) / program.name.replace(" ", "-")
            folder.mkdir()
            (folder / "urls").write_text("\n".join(urls) + "\n")
            program.prepare(folder, urls)
        for name in ROUNDS:
            if name == "change":
                move_on(port)
            for program in chosen:
                folder = Path(top) / program.name.replace(" ", "-")
                runs[program.name][name] = _timed(program.command(folder), folder)
    return runs


def _timed(command: Sequence[str], folder: Path) -> Run:
    environment = os.environ | {"HOME": str(folder)}
    with (folder / "log").open("w") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        peak = _Peak(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(
            f"{command[0]} ended with {process.returncode}: {(folder / 'log').read_text()[-300:]}"
        )
    return Run(wall, used.ru_utime + used.ru_stime, peak.end())


class _Peak:
    """The most memory that a process and its children held together, shared pages counted once."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._over = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> float:
        """Megabytes; 0 where the system doesn't tell."""
        self._over.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self._most = max(self._most, sum(_megabytes(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(found for child in children for found in _family(int(child)))]


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def report(runs: dict[str, dict[str, Run]], count: int) -> None:
    """Print feeds a second, CPU and memory, and what ours is to the best of the others."""
    print(f"\n{count} feeds: feeds a second (CPU ms a feed), most memory of all processes")
    for name, rounds in runs.items():
        cells = [
            f"{SHOWN[r]} {count / rounds[r].wall:7.0f} ({1000 * rounds[r].cpu / count:5.2f})"
            for r in SHOWN
        ]
        most = max(run.megabytes for run in rounds.values())
        print(f"  {name:16} {'   '.join(cells)}   {most:4.0f} MB")
    others = [rounds for name, rounds in runs.items() if name != "ours"]
    if others and "ours" in runs:
        for shown, words in SHOWN.items():
            best = min(rounds[shown].wall for rounds in others)
            least = min(rounds[shown].cpu for rounds in others)
            mine = runs["ours"][shown]
            print(
                f"  {words}: {best / mine.wall:.1f} times the fastest other, "
                f"with {mine.cpu / least:.2f} of the least CPU time of another"
            )


def picking(count: int = 100_000, times: int = 9) -> float:
    """Milliseconds to pick what is due of so many feeds, a hundredth of them due."""
    now = datetime(2026, 11, 18, tzinfo=UTC)
    feeds = [Subscription(f"https://b{number}.example/feed") for number in range(count)]
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(f"sqlite:///{folder}/a.db", Policy()) as store,
    ):
        store.subscribe(feeds)
        later = timedelta(hours=1)
        store.keep(
            [
                PollRecord(FeedState(feed.url, next_poll=now + later * (number % 100)), now)
                for number, feed in enumerate(feeds)
            ]
        )
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            picked = due(store, feeds, now)
            taken.append(1000 * (time.perf_counter() - started))
        assert len(picked) == count // 100
    return statistics.median(taken)


def main(arguments: Sequence[str] = ()) -> None:
    """Race, print, and draw the chart if one is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    full = bool(os.environ.get("FULL"))
    parser.add_argument("--feeds", type=int, nargs="*", default=[1000, 10_000] if full else [200])
    parser.add_argument("--programs", default="", help="names, with commas; all if not given")
    parser.add_argument("--chart", type=Path, help="an SVG to draw of the last race")
    asked = parser.parse_args(arguments)
    wanted = asked.programs.split(",") if asked.programs else []
    chosen = [p for p in programs() if (p.name in wanted if wanted else p.is_there)]
    for count in asked.feeds:
        runs = race(chosen, count)
        report(runs, count)
        if asked.chart:
            figures = {
                name: [count / rounds[r].wall for r in SHOWN] for name, rounds in runs.items()
            }
            asked.chart.write_text(bars(figures, [*SHOWN.values()], f"{count} feeds"), "utf-8")
    clients.main(1000 if full else 200)
    print(f"\npicking what is due of 100,000 feeds: {picking():.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
