"""The table of corrections: what the editor said of single posts."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from aggregator.models import Correction
from aggregator.store import schema
from aggregator.store.engine import reading, writing

_MARK = "corrections"


class CorrectionTable:
    """The editor's corrections, one a post.

    Args:
        engine: an open engine, see `aggregator.store.engine.open_engine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Correction]:
        """All of them, the oldest first."""
        table = schema.correction
        with reading(self._engine) as connection:
            rows = connection.execute(select(table).order_by(table.c.taught_at, table.c.id))
            return [_correction_of(row) for row in rows]

    def mark(self) -> str:
        """Something that is different after every change; tells whether to read again."""
        with reading(self._engine) as connection:
            return _mark(connection)

    def put(self, corrections: Iterable[Correction]) -> int:
        """Keep corrections, all or none; of two on one post the later one stays.

        Returns:
            How many are new or differ from what was there.
        """
        with writing(self._engine) as connection:
            changed = sum(_put(connection, correction) for correction in corrections)
            _change_mark(connection)
        return changed

    def remove(self, corrections: Iterable[Correction]) -> None:
        """Forget corrections without a trace, all or none."""
        with writing(self._engine) as connection:
            for correction in corrections:
                connection.execute(delete(schema.correction).where(*_is(correction)))
            _change_mark(connection)


def _put(connection: Connection, correction: Correction) -> bool:
    table = schema.correction
    found = connection.execute(select(table).where(*_is(correction))).first()
    if found is None:
        connection.execute(insert(table).values(_row_of(correction)))
        return True
    known = _correction_of(found)
    if known == correction or known.taught_at > correction.taught_at:
        return False
    connection.execute(update(table).where(*_is(correction)).values(_row_of(correction)))
    return True


def _is(correction: Correction) -> tuple[Any, Any]:
    table = schema.correction.c
    return table.feed == correction.feed, table.entry_id == correction.id


def _row_of(correction: Correction) -> dict[str, Any]:
    row = asdict(correction)
    row["entry_id"] = row.pop("id")
    return row | {name: list(row[name]) for name in ("videos", "sketch")}


def _correction_of(row: Row[Any]) -> Correction:
    found = dict(row._mapping)
    del found["id"]
    return Correction(
        id=found.pop("entry_id"),
        videos=tuple(found.pop("videos")),
        sketch=tuple(found.pop("sketch")),
        **found,
    )


def _mark(connection: Connection) -> str:
    setting = schema.setting.c
    value = connection.execute(select(setting.value).where(setting.name == _MARK)).scalar()
    return str(value or "0")


def _change_mark(connection: Connection) -> None:
    before = _mark(connection)
    changed = str(int(before) + 1)
    table = schema.setting
    done = connection.execute(update(table).where(table.c.name == _MARK).values(value=changed))
    if not done.rowcount:
        connection.execute(insert(table).values(name=_MARK, value=changed))
