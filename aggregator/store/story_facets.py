"""Facets of stories and the names that stand in addresses: kept for good, never twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, TextClause, bindparam, insert, select, text

from aggregator.store import story_schema as tables
from aggregator.story import Facet

_BATCH = 900
_NUMBERS = 50
_Key = TypeVar("_Key")

_table = tables.facet.c
_KNOWN = select(_table.id, _table.facet, _table.key).where(
    _table.key.in_(bindparam("names", expanding=True))
)
_TAKEN = text("SELECT facet, slug FROM facet WHERE slug IN :names").bindparams(
    bindparam("names", expanding=True)
)
_ADD = insert(tables.facet)
_HELD = text("SELECT story_id, facet_id FROM story_facet WHERE story_id IN :names").bindparams(
    bindparam("names", expanding=True)
)
_HOLD = text("INSERT INTO story_facet (story_id, facet_id) VALUES (:story, :facet)")
_LEAVE = text("DELETE FROM story_facet WHERE story_id = :story AND facet_id = :facet")


def put_facets(connection: Connection, facets: Mapping[int, Iterable[Facet]]) -> None:
    """Keep what stories are found by, in the place of what they were found by before.

    Args:
        connection: in a writing transaction.
        facets: by the story's number.
    """
    ids = _ids(connection, {facet for found in facets.values() for facet in found})
    has = {
        (number, ids[facet.facet, facet.key]) for number, found in facets.items() for facet in found
    }
    had = {(row[0], row[1]) for row in _ask(connection, _HELD, list(facets))}
    for statement, pairs in ((_LEAVE, had - has), (_HOLD, has - had)):
        if rows := [{"story": story, "facet": facet} for story, facet in sorted(pairs)]:
            connection.execute(statement, rows)


def free_slugs(
    wanted: Mapping[_Key, str], taken: Callable[[Sequence[str]], Iterable[str]]
) -> dict[_Key, str]:
    """Give every slug, or the first number after it, to one only.

    Args:
        wanted: the slugs by whose they are to be; the first ones choose first.
        taken: tells those of some slugs that are taken already.
    """
    used = set(taken(list(dict.fromkeys(wanted.values()))))
    free: dict[_Key, str] = {}
    for key, slug in wanted.items():
        free[key] = slug if slug not in used else _numbered(slug, used, taken)
        used.add(free[key])
    return free


def _numbered(slug: str, used: set[str], taken: Callable[[Sequence[str]], Iterable[str]]) -> str:
    start = 2
    while True:
        names = [f"{slug}-{number}" for number in range(start, start + _NUMBERS)]
        lost = used | set(taken(names))
        if free := next((name for name in names if name not in lost), ""):
            return free
        start += _NUMBERS


def _ids(connection: Connection, facets: set[Facet]) -> dict[tuple[str, str], int]:
    """The numbers of facets, new ones made."""
    keys = sorted({facet.key for facet in facets})
    found = {(row.facet, row.key): row.id for row in _ask(connection, _KNOWN, keys)}
    new = {
        (facet.facet, facet.key): facet
        for facet in sorted(facets, key=lambda facet: (facet.facet, facet.key))
        if (facet.facet, facet.key) not in found
    }
    if not new:
        return found
    for kind in sorted({facet for facet, _ in new}):
        _make(
            connection, kind, {key: value for (facet, key), value in new.items() if facet == kind}
        )
    return {(row.facet, row.key): row.id for row in _ask(connection, _KNOWN, keys)}


def _make(connection: Connection, kind: str, facets: Mapping[str, Facet]) -> None:
    def taken(slugs: Sequence[str]) -> list[str]:
        return [row.slug for row in _ask(connection, _TAKEN, slugs) if row.facet == kind]

    slugs = free_slugs({key: facet.slug for key, facet in facets.items()}, taken)
    rows = [
        {"facet": kind, "key": key, "slug": slugs[key], "label": facet.label}
        for key, facet in facets.items()
    ]
    connection.execute(_ADD, rows)


def _ask(
    connection: Connection, statement: TextClause | Any, names: Sequence[Any]
) -> Iterable[Any]:
    for start in range(0, len(names), _BATCH):
        yield from connection.execute(statement, {"names": list(names[start : start + _BATCH])})
