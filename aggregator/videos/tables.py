"""Word tables that the readers of titles and credits share, kept as TOML beside the code."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, Any]:
    """Load a word table once.

    Args:
        name: file name in ``aggregator/videos/data`` without its ending.

    Returns:
        The parsed table; callers don't change it.
    """
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))


@cache
def words(name: str, key: str) -> frozenset[str]:
    """Give one list of a table as a set; its lines may hold several words.

    Args:
        name: the table's name.
        key: the list's key in it.
    """
    return frozenset(word for line in table(name)["words"][key] for word in line.split())
