"""What commands print: tables and colour on a terminal, plain lines in a pipe, JSON on request."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

_JOINERS = "\u200c\u200d"


class Step(Protocol):
    """Called after each finished item of a long work."""

    def __call__(self, note: str = "") -> None:
        """Advance by one; `note` says what was finished."""


def print_json(value: object) -> None:
    """Print one JSON document, a line of its own, at once."""
    document = json.dumps(value, ensure_ascii=False, default=str)
    try:
        print(document, flush=True)
    except UnicodeEncodeError:  # a lone surrogate in it, or an output that is not UTF-8
        print(json.dumps(value, default=str), flush=True)


def shown(text: str) -> str:
    """Foreign text on one line, without the control characters that steer a terminal."""
    sound = "".join(sign if sign.isprintable() or sign in _JOINERS else " " for sign in text)
    encoding = sys.stdout.encoding or "utf-8"
    return sound.encode(encoding, "replace").decode(encoding)


def say(text: str = "", *, style: str = "") -> None:
    """Print a line for people; `style` is a colour that only a terminal shows."""
    text = shown(text)
    if style and sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(text, style=style, markup=False, soft_wrap=True)
    else:
        print(text, flush=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows: a table on a terminal, tab-separated lines without a heading in a pipe."""
    rows = [[shown(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(drawn)


@contextmanager
def progress(title: str, total: int) -> Iterator[Step]:
    """Show a progress bar on a terminal's standard error; nothing in a pipe.

    Args:
        title: what is going on.
        total: how many items there are.
    """
    if not sys.stderr.isatty() or total == 0:
        yield lambda note="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", style="dim", table_column=Column(no_wrap=True)),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=total, note="")
        yield lambda note="": bar.update(task, advance=1, note=note)
