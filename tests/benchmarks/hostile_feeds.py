"""Measures how long hostile documents take, and how much memory, each in a process of its own.

Usage: ``python -m tests.benchmarks.hostile_feeds [FOLDER]`` where the folder holds documents;
without one, those of ``shared/bench/hostile/make_hostile.py`` are made where it stands beside
the checkout, else our own. Reading and cleaning count; the start of Python does not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.hostile_feeds import documents

MAKER = Path(__file__).parents[3] / "shared" / "bench" / "hostile" / "make_hostile.py"
# Runs in a process of its own: reads and cleans one document, tells what it took.
_WORK = """
import json, os, pathlib, sys, time
from aggregator.errors import ParseError
from aggregator.feeds import lenient
from aggregator.feeds.clean import clean_html
from aggregator.feeds.parse import parse_feed
def peak(process):
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return int(dict(line.split(":", 1) for line in lines)["VmHWM"].split()[0]) / 1024
body = pathlib.Path(sys.argv[1]).read_bytes()
start, spent = time.perf_counter(), os.times()
try:
    feed = parse_feed(body, url="https://blog.example/feed")
    entries = len(feed.entries)
    for entry in feed.entries:
        clean_html(entry.html or entry.summary, entry.link or "https://blog.example/")
    said = f"{entries} entries"
except ParseError as error:
    said = f"refused: {error}"[:70]
wall = time.perf_counter() - start
child = lenient._reader._child
memory = peak("self") + (peak(child.pid) if child else 0)
lenient._reader.stop()
after = os.times()
print(json.dumps({"wall": wall, "cpu": sum(after[:4]) - sum(spent[:4]), "memory": memory,
                  "said": said}))
"""


def main() -> None:
    """Print a line a document, and the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    with tempfile.TemporaryDirectory() as temporary:
        report(parser.parse_args().folder or made(Path(temporary)))


def made(folder: Path) -> Path:
    """Write the documents."""
    if MAKER.exists():
        subprocess.run([sys.executable, str(MAKER), str(folder)], check=True)
    else:
        for name, body in documents().items():
            (folder / name.replace(" ", "-")).write_bytes(body)
    return folder


def report(folder: Path) -> None:
    """Measure every document of a folder."""
    worst = {"wall": 0.0, "cpu": 0.0, "memory": 0.0}
    for path in sorted(folder.iterdir()):
        done = subprocess.run(
            [sys.executable, "-c", _WORK, str(path)], stdout=subprocess.PIPE, check=False
        )
        if done.returncode:
            print(f"{path.name:36}died with {done.returncode}")
            continue
        took = json.loads(done.stdout)
        print(
            f"{path.name:36}{took['wall']:7.2f} s{took['cpu']:7.2f} s of processor"
            f"{took['memory']:7.0f} MB  {took['said']}"
        )
        worst = {name: max(value, took[name]) for name, value in worst.items()}
    print(
        f"worst: {worst['wall']:.2f} s ({worst['cpu']:.2f} of processor), {worst['memory']:.0f} MB"
    )


if __name__ == "__main__":
    main()
