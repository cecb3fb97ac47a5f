"""Options that every command shares, and what they set up."""

import logging
from pathlib import Path
from typing import Annotated

import typer


def _set_up_log(level: int) -> None:
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", force=True)


def _louder(count: int) -> int:
    if count:
        _set_up_log(logging.DEBUG if count > 1 else logging.INFO)
    return count


def _quieter(quiet: bool) -> bool:
    if quiet:
        _set_up_log(logging.ERROR)
    return quiet


Config = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", show_default=True)
]
Json = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, nothing else there.")
]
Verbose = Annotated[
    int,
    typer.Option("--verbose", "-v", count=True, callback=_louder, help="Log more (-vv: all)."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", callback=_quieter, help="Say only what went wrong.")
]
DEFAULT_CONFIG = Path("feeds.yaml")
