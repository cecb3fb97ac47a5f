"""The table of what providers said of videos."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Engine, select, text

from aggregator.store import story_schema as tables
from aggregator.store.engine import reading, writing
from aggregator.story import VideoCheck, VideoStatus

_COLUMNS = tuple(field.name for field in fields(VideoCheck))
_PUT = text(
    f"INSERT INTO video_check ({', '.join(_COLUMNS)}) "  # noqa: S608 - names of our own
    f"VALUES ({', '.join(f':{name}' for name in _COLUMNS)}) "
    "ON CONFLICT (provider, id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
)
_PUT_STILL = text(
    "INSERT INTO video_still (provider, id, jpeg, made_at) "
    "VALUES (:provider, :id, :jpeg, :made_at) ON CONFLICT (provider, id) "
    "DO UPDATE SET jpeg = excluded.jpeg, made_at = excluded.made_at"
)
_BATCH = 400


class VideoCheckTable:
    """What providers said of videos, one row a video.

    Args:
        engine: an open engine, see `aggregator.store.engine.open_engine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, videos: Iterable[tuple[str, str]]) -> dict[tuple[str, str], VideoCheck]:
        """What is known of videos, by provider and id; a video never asked for is left out."""
        check, found, rest = tables.video_check.c, {}, iter(dict.fromkeys(videos))
        with reading(self._engine) as connection:
            while batch := list(islice(rest, _BATCH)):
                rows = select(tables.video_check).where(check.id.in_([id for _, id in batch]))
                for row in connection.execute(rows):
                    if (row.provider, row.id) in batch:
                        found[row.provider, row.id] = _check_of(row)
        return found

    def with_status(self, *statuses: VideoStatus) -> list[VideoCheck]:
        """The videos of which this is known, in the order of their ids."""
        check = tables.video_check.c
        rows = select(tables.video_check).where(check.status.in_([str(s) for s in statuses]))
        with reading(self._engine) as connection:
            ordered = connection.execute(rows.order_by(check.provider, check.id))
            return [_check_of(row) for row in ordered]

    def put(self, checks: Iterable[VideoCheck]) -> None:
        """Keep what is known now, in the place of what was known."""
        rows = [_row_of(check) for check in checks]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(_PUT, rows)

    def stills(self, videos: Iterable[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """Our stills of videos, by provider and id; empty where the provider had none to give."""
        still, rest = tables.video_still.c, iter(dict.fromkeys(videos))
        found: dict[tuple[str, str], bytes] = {}
        with reading(self._engine) as connection:
            while batch := list(islice(rest, _BATCH)):
                rows = select(still.provider, still.id, still.jpeg)
                rows = rows.where(still.id.in_([id for _, id in batch]))
                for provider, id, jpeg in connection.execute(rows):
                    if (provider, id) in batch:
                        found[provider, id] = jpeg
        return found

    def put_still(self, provider: str, id: str, jpeg: bytes, now: datetime) -> None:
        """Keep a still of our own; an empty one says that there is none."""
        row = {"provider": provider, "id": id, "jpeg": jpeg, "made_at": int(now.timestamp())}
        with writing(self._engine) as connection:
            connection.execute(_PUT_STILL, row)


def _row_of(check: VideoCheck) -> dict[str, Any]:
    row = asdict(check) | {"status": check.status.value}
    return {name: _seconds(value) for name, value in row.items()}


def _seconds(value: Any) -> Any:
    return int(value.timestamp()) if isinstance(value, datetime) else value


def _check_of(row: Any) -> VideoCheck:
    found = dict(row._mapping)
    return VideoCheck(**found | {"status": VideoStatus(found["status"])})
