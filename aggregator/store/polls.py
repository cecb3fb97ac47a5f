"""Writing what polls brought: many feeds in one transaction, many rows in one statement."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, bindparam, case, func, insert, literal, select, update

from aggregator.models import JudgedEntry, PollRecord
from aggregator.store import schema
from aggregator.store.rows import STATE_COLUMNS, entry_row, state_row, verdict_row
from aggregator.store.stories import make_due

_ROWS = 500  # bound parameters in one statement, at the most
_INFO = ("title", "link", "format", "language")
_Item = TypeVar("_Item")


def write_polls(connection: Connection, records: Sequence[PollRecord]) -> None:
    """Write what polls of different feeds brought.

    Args:
        connection: in a transaction that writes.
        records: at most one a feed; entries with the oldest first.
    """
    if records:
        connection.execute(_STATE, [_renamed(state_row(r.state)) for r in records])
    told = [record for record in records if record.info is not None]
    if told:
        connection.execute(_SAID, [_said(record) for record in told])
    urls = [record.state.url for record in records if record.entries]
    ids = _feed_ids(connection, urls)
    fresh: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for record in records:
        for judged in record.entries:
            row = _entry_row(judged, record, ids[record.state.url])
            verdict = verdict_row(judged.verdict, record.now)
            if judged.known_as:
                _change(connection, judged, row, verdict)
            else:
                fresh.append((row, verdict))
    _add(connection, fresh)


def in_batches(items: Iterable[_Item], size: int = _ROWS) -> Iterator[list[_Item]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


_STATE = (
    update(schema.feed)
    .where(schema.feed.c.url == bindparam("of_url"))
    .values({name: bindparam(f"new_{name}") for name in STATE_COLUMNS if name != "url"})
)
_SAID = (
    update(schema.feed)
    .where(schema.feed.c.url == bindparam("of_url"))
    .values(
        {
            name: func.coalesce(func.nullif(bindparam(f"new_{name}"), ""), schema.feed.c[name])
            for name in _INFO
        }
        | {"problems": bindparam("new_problems")}
    )
)


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    """Bound names of their own: SQLAlchemy keeps those of columns for itself."""
    return {"of_url" if name == "url" else f"new_{name}": row[name] for name in row}


def _said(record: PollRecord) -> dict[str, Any]:
    said = {f"new_{name}": getattr(record.info, name) for name in _INFO}
    problems = [asdict(problem) for problem in record.problems]
    return said | {"of_url": record.state.url, "new_problems": problems}


def _feed_ids(connection: Connection, urls: Iterable[str]) -> dict[str, int]:
    feed = schema.feed.c
    found: dict[str, int] = {}
    for batch in in_batches(urls):
        rows = connection.execute(select(feed.url, feed.id).where(feed.url.in_(batch)))
        found |= {url: number for url, number in rows}
    return found


def _entry_row(judged: JudgedEntry, record: PollRecord, feed_id: int) -> dict[str, Any]:
    row = entry_row(judged.entry)
    row |= {"content": judged.content, "fingerprint": judged.fingerprint, "feed_id": feed_id}
    if judged.known_as:
        return row | {"changed_at": record.now}
    uid = _uid(f"{record.state.url}\0{judged.entry.id}")
    return row | {"uid": uid, "first_seen": record.now, "changed_at": record.now}


def _change(
    connection: Connection, judged: JudgedEntry, row: dict[str, Any], verdict: dict[str, Any]
) -> None:
    """Write an entry over the one it was known as; its uid and when it was first seen stay."""
    entry, made = schema.entry.c, schema.verdict
    # An entry that only came under a new id has not changed for a reader.
    same_words = entry.fingerprint == judged.fingerprint
    now = literal(row["changed_at"], schema.Instant)
    row |= {
        "changed_at": case((same_words, entry.changed_at), else_=now),
        "edits": entry.edits + case((same_words, 0), else_=1),
    }
    same = and_(entry.feed_id == row["feed_id"], entry.entry_id == judged.known_as)
    changed = update(schema.entry).where(same).values(row).returning(entry.id)
    number = connection.execute(changed).scalar_one()
    connection.execute(update(made).where(made.c.entry_id == number).values(verdict))
    make_due(connection, [number])


def _add(connection: Connection, fresh: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    entry = schema.entry
    for batch in in_batches(fresh):
        _free_uids(connection, [row for row, _ in batch])
        rows = insert(entry).returning(entry.c.id, sort_by_parameter_order=True)
        numbers = connection.execute(rows, [row for row, _ in batch]).scalars().all()
        verdicts = [
            verdict | {"entry_id": number}
            for number, (_, verdict) in zip(numbers, batch, strict=True)
        ]
        connection.execute(insert(schema.verdict), verdicts)
        make_due(connection, numbers)


def _free_uids(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Permanent ids; the obvious one may belong to an entry that has moved on to a new id."""
    uid = schema.entry.c.uid
    while True:
        wanted = [row["uid"] for row in rows]
        taken = set(connection.execute(select(uid).where(uid.in_(wanted))).scalars())
        if not taken:
            return
        for row in rows:
            if row["uid"] in taken:
                row["uid"] = _uid(f"{row['uid']}\0{row['entry_id']}")


def _uid(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:20]
