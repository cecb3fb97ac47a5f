"""Running the command line as people do: as a process of its own, with real files."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "aggregator")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}


@dataclass(frozen=True)
class Done:
    """What a finished command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as the one JSON document that it has to be."""
        assert self.out.endswith("\n"), self
        return json.loads(self.out)


def run(*words: str | Path, cwd: Path, stdin: bytes = b"") -> Done:
    """Run the program to its end, in a process of its own."""
    forker = _forker()
    assert forker.stdin is not None
    assert forker.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        streams = Path(folder) / "stream"
        streams.with_suffix(".in").write_bytes(stdin)
        request = json.dumps(([*map(str, words)], str(cwd), str(streams)))
        forker.stdin.write(f"{request}\n".encode())
        forker.stdin.flush()
        code = int(forker.stdout.readline())
        out, err = (
            streams.with_suffix(ending).read_bytes().decode() for ending in (".out", ".err")
        )
    return Done(code, out, err)


@cache
def _forker() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.forker"],
        cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def write_config(folder: Path, *urls: str, more: str = "") -> Path:
    """A feeds.yaml that may poll this machine."""
    path = folder / "feeds.yaml"
    feeds = "".join(f"  - {url}\n" for url in urls) or "  []\n"
    allow = "polling: {allow_networks: [127.0.0.0/8], pause: 0, timeout: 10}\n"
    path.write_text(f"{allow}{more}feeds:\n{feeds}", "utf-8")
    return path
