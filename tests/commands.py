"""Running the command line as people do: as a process of its own, with real files."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
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
        assert self.out.endswith("\n")
        return json.loads(self.out)


def run(*words: str | Path, cwd: Path, stdin: bytes = b"") -> Done:
    """Run the program to its end."""
    done = subprocess.run(
        [*PROGRAM, *map(str, words)],
        cwd=cwd, input=stdin, capture_output=True, timeout=60, env=ENVIRONMENT, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def write_config(folder: Path, *urls: str, more: str = "") -> Path:
    """A feeds.yaml that may poll this machine."""
    path = folder / "feeds.yaml"
    feeds = "".join(f"  - {url}\n" for url in urls) or "  []\n"
    allow = "polling: {allow_networks: [127.0.0.0/8], pause: 0, timeout: 10}\n"
    path.write_text(f"{allow}{more}feeds:\n{feeds}", "utf-8")
    return path
