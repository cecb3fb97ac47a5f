"""Runs commands in forks of a process that has imported everything already.

Each command is a process of its own with files as standard streams; only the start of the
interpreter is saved, which is most of a short command's time. One request a line on standard
input: words, folder, and the path that its streams' names begin with.
"""

import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

READY = (
    "aggregator.cli.house",
    "aggregator.demo.server",
    "aggregator.videos.verdict.evaluation",
    "alembic.command",
    "feedparser",
    "sqlalchemy.dialects.sqlite",
)


def serve() -> None:
    """Answer every request with the command's exit code."""
    for name in READY:
        importlib.import_module(name)
    main = importlib.import_module("aggregator.cli").main
    importlib.import_module("aggregator.videos.model").shipped_model()
    for line in sys.stdin:
        words, folder, streams = json.loads(line)
        child = os.fork()
        if not child:
            _become(words, folder, streams)
            _leave(main)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(words: list[str], folder: str, streams: str) -> None:
    os.chdir(folder)
    for number, ending in enumerate(("in", "out", "err")):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(f"{streams}.{ending}", flags, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, mode) for n, mode in enumerate("rww"))
    sys.argv = ["aggregator", *words]


def _leave(main: Callable[[], NoReturn]) -> NoReturn:
    """Leave at once: tearing down what was only got ready costs more than a short command."""
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
