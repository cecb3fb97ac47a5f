"""The store: everything read, judged and remembered, in one database."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any, Self, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from aggregator.feeds.changes import EARLIEST, Known
from aggregator.models import (
    FeedInfo,
    FeedState,
    JudgedEntry,
    Policy,
    Post,
    Problem,
    Subscription,
    Verdict,
)
from aggregator.store import schema
from aggregator.store.corrections import CorrectionTable
from aggregator.store.engine import open_engine, reading, writing
from aggregator.store.rows import STATE_COLUMNS, entry_row, post_of, state_of, verdict_row
from aggregator.store.selecting import kept_by, posts
from aggregator.store.stories import StoryTable, make_due

_BATCH = 200
_Item = TypeVar("_Item")


class Store:
    """All tables behind the questions that the program asks.

    Args:
        engine: an open engine, see `open_engine`.
        policy: what the editor wants kept; decides at reading, so a changed
            threshold needs no new judging.

    Attributes:
        corrections: the editor's.
        stories: which posts tell of one work.
        policy: what the editor wants kept.
    """

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self._engine, self.policy = engine, policy
        self.corrections = CorrectionTable(engine)
        self.stories = StoryTable(engine, policy)

    @classmethod
    def open(cls, url: str, policy: Policy) -> Self:
        """Open the database at an SQLAlchemy URL, made or migrated where needed.

        Raises:
            StoreError: it can't be used; the message says why.
        """
        return cls(open_engine(url), policy)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """A value that stays the same for the life of the store, made on first use."""
        with self._writing() as connection:
            rows = select(schema.setting.c.value).where(schema.setting.c.name == name)
            found = connection.execute(rows).scalar()
            if found is None:
                found = make()
                connection.execute(insert(schema.setting).values(name=name, value=found))
            return found

    def subscribe(self, subscriptions: Iterable[Subscription]) -> None:
        """Add the feeds that are not in the store yet; the editor's titles win."""
        feed = schema.feed
        with self._writing() as connection:
            known = connection.execute(select(feed.c.url, feed.c.title))
            titles = {url: title for url, title in known}
            for asked in subscriptions:
                if asked.url not in titles:
                    row = {"address": asked.url, "title": asked.title, "language": asked.language}
                    connection.execute(insert(feed).values(row | {"url": asked.url}))
                elif asked.title and asked.title != titles[asked.url]:
                    named = update(feed).where(feed.c.url == asked.url)
                    connection.execute(named.values(title=asked.title))

    def states(self, urls: Iterable[str], due_at: datetime | None = None) -> list[FeedState]:
        """What is remembered of these feeds, in their order.

        Args:
            urls: addresses of subscriptions.
            due_at: leave out the feeds that are not due by then.
        """
        feed = schema.feed.c
        rows = select(*(feed[name] for name in STATE_COLUMNS))
        if due_at is not None:
            rows = rows.where(or_(feed.next_poll.is_(None), feed.next_poll <= due_at))
        with self._reading() as connection:
            found = {state.url: state for state in map(state_of, connection.execute(rows))}
        return [found[url] for url in urls if url in found]

    def known_entries(self, url: str) -> list[Known]:
        """What is needed to tell new entries of a feed from those it had before."""
        entry = schema.entry.c
        rows = (
            select(entry.entry_id, entry.link, entry.title, entry.fingerprint)
            .join_from(schema.entry, schema.feed)
            .where(schema.feed.c.url == url)
            .order_by(entry.id)
        )
        with self._reading() as connection:
            return [Known.of(*row) for row in connection.execute(rows)]

    def latest_dates(self, url: str, limit: int = 20) -> list[datetime]:
        """When a feed's latest entries were published, newest first."""
        entry = schema.entry.c
        rows = (
            select(entry.published)
            .join_from(schema.entry, schema.feed)
            .where(schema.feed.c.url == url, entry.published.is_not(None))
            .order_by(entry.published.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return list(connection.execute(rows).scalars())

    def remember(self, state: FeedState) -> None:
        """Keep the outcome of a poll that brought nothing new."""
        with self._writing() as connection:
            connection.execute(_update_feed(state))

    def record(
        self,
        state: FeedState,
        info: FeedInfo,
        problems: Sequence[Problem],
        entries: Sequence[JudgedEntry],
        now: datetime,
    ) -> None:
        """Keep what one poll brought, all of it or nothing.

        Args:
            state: the feed's new state.
            info: what the document says about its feed.
            problems: the document's oddities.
            entries: the new and the changed entries, oldest first.
            now: when they were read; `first_seen` of the new ones.
        """
        with self._writing() as connection:
            connection.execute(_update_feed(state))
            connection.execute(_update_info(state.url, info, problems))
            feed_id = connection.execute(
                select(schema.feed.c.id).where(schema.feed.c.url == state.url)
            ).scalar_one()
            for judged in entries:
                number = _write_entry(connection, feed_id, state.url, judged, now)
                _write_verdict(connection, number, judged, now)

    def kept(
        self,
        *,
        limit: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Post]:
        """The kept posts, newest first by date of publication (an implausible one counts as
        when it was first seen, see `aggregator.feeds.changes.tame`).

        Args:
            limit: at most so many.
            since: first seen at this time or later.
            until: first seen before this time.
        """
        entry = schema.entry.c
        implausible = or_(
            entry.published.is_(None),
            entry.published > entry.first_seen,
            entry.published < EARLIEST,
        )
        dated = case((implausible, entry.first_seen), else_=entry.published)
        rows = posts().where(kept_by(self.policy))
        rows = rows.order_by(dated.desc(), entry.id.desc())
        if since is not None:
            rows = rows.where(entry.first_seen >= since)
        if until is not None:
            rows = rows.where(entry.first_seen < until)
        return self._read_posts(rows.limit(limit))

    def newest_kept(self) -> datetime | None:
        """When the kept post that was first seen last was first seen."""
        rows = (
            select(schema.entry.c.first_seen)
            .join_from(schema.entry, schema.verdict)
            .where(kept_by(self.policy))
            .order_by(schema.entry.c.first_seen.desc())
            .limit(1)
        )
        with self._reading() as connection:
            return connection.execute(rows).scalar()

    def posts(self, name: str) -> list[Post]:
        """The posts with this number, link or id in their feed, kept or dropped."""
        entry = schema.entry.c
        wanted = and_(or_(entry.link == name, entry.entry_id == name), literal(name != ""))
        if name.isascii() and name.isdigit() and len(name) < 19:
            wanted = or_(entry.id == int(name), entry.entry_id == name)
        return self._read_posts(posts().where(wanted).order_by(entry.id))

    def outlines(self) -> list[tuple[int, str, str, tuple[str, ...]]]:
        """Of every post its number, title, link, and what it shows as ``provider:id``."""
        entry = schema.entry.c
        rows = select(entry.id, entry.title, entry.link, schema.verdict.c.videos)
        rows = rows.join_from(schema.entry, schema.verdict).order_by(entry.id)
        with self._reading() as connection:
            return [
                (number, title, link, tuple(f"{v['provider']}:{v['id']}" for v in videos))
                for number, title, link, videos in connection.execute(rows)
            ]

    def numbers(self) -> list[int]:
        """The numbers of all posts, ascending."""
        entry = schema.entry
        rows = select(entry.c.id).join_from(entry, schema.verdict).order_by(entry.c.id)
        with self._reading() as connection:
            return list(connection.execute(rows).scalars())

    def numbered(self, numbers: Iterable[int]) -> Iterator[Post]:
        """The posts with these numbers, read batch by batch; one that is gone is left out."""
        for batch in _batches(numbers):
            yield from self._read_posts(posts().where(schema.entry.c.id.in_(batch)))

    def judge_again(self, verdicts: Iterable[tuple[Post, Verdict]], now: datetime) -> int:
        """Replace verdicts, batch by batch: an interruption leaves whole batches.

        Args:
            verdicts: the posts as they were judged, with their new verdicts. One that has
                changed in the meantime has a newer verdict already, which stays.
            now: when they were judged.

        Returns:
            How many were replaced.
        """
        return sum(self._judge_batch(batch, now) for batch in _batches(verdicts))

    def _judge_batch(self, batch: Sequence[tuple[Post, Verdict]], now: datetime) -> int:
        entry, verdict, written = schema.entry.c, schema.verdict, 0
        with self._writing() as connection:
            for post, made in batch:
                same = exists().where(entry.id == post.number, entry.changed_at == post.changed_at)
                change = update(verdict).where(verdict.c.entry_id == post.number, same)
                done = connection.execute(change.values(verdict_row(made, now))).rowcount
                written += done
                if done:
                    make_due(connection, post.number)
        return written

    def counts(self) -> dict[str, int]:
        """How many feeds and entries there are, and how many entries are kept."""
        joined = schema.entry.join(schema.verdict)
        questions = {
            "feeds": select(func.count()).select_from(schema.feed),
            "entries": select(func.count()).select_from(schema.entry),
            "kept": select(func.count()).select_from(joined).where(kept_by(self.policy)),
        }
        with self._reading() as connection:
            return {name: connection.execute(q).scalar_one() for name, q in questions.items()}

    def _read_posts(self, rows: Select[Any]) -> list[Post]:
        with self._reading() as connection:
            return [post_of(row, self.policy) for row in connection.execute(rows)]

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing(self._engine)

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine)


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _update_feed(state: FeedState) -> Any:
    values = {name: value for name, value in asdict(state).items() if name != "url"}
    return update(schema.feed).where(schema.feed.c.url == state.url).values(values)


def _update_info(url: str, info: FeedInfo, problems: Sequence[Problem]) -> Any:
    said = {
        name: value
        for name, value in (
            ("title", info.title),
            ("link", info.link),
            ("format", info.format),
            ("language", info.language),
        )
        if value
    }
    values = {**said, "problems": [asdict(problem) for problem in problems]}
    return update(schema.feed).where(schema.feed.c.url == url).values(values)


def _write_entry(
    connection: Connection, feed_id: int, url: str, judged: JudgedEntry, now: datetime
) -> int:
    entry = schema.entry.c
    row = entry_row(judged.entry)
    row |= {"content": judged.content, "fingerprint": judged.fingerprint}
    if judged.known_as:
        # An entry that only came under a new id has not changed for a reader.
        same_words = entry.fingerprint == judged.fingerprint
        edited = case((same_words, entry.changed_at), else_=literal(now, schema.Instant))
        same = and_(entry.feed_id == feed_id, entry.entry_id == judged.known_as)
        change = update(schema.entry).where(same).values(row | {"changed_at": edited})
        return int(connection.execute(change.returning(entry.id)).scalar_one())
    uid = _free_uid(connection, f"{url}\0{judged.entry.id}")
    row |= {"feed_id": feed_id, "uid": uid, "first_seen": now, "changed_at": now}
    written = connection.execute(insert(schema.entry).values(row).returning(entry.id))
    return int(written.scalar_one())


def _free_uid(connection: Connection, name: str) -> str:
    """A permanent id; the obvious one may belong to an entry that has moved on to a new id."""
    uid = hashlib.sha256(name.encode()).hexdigest()[:20]
    taken = select(schema.entry.c.id).where(schema.entry.c.uid == uid)
    return _free_uid(connection, f"{name}\0") if connection.execute(taken).first() else uid


def _write_verdict(connection: Connection, number: int, judged: JudgedEntry, now: datetime) -> None:
    row = verdict_row(judged.verdict, now)
    verdict = schema.verdict
    changed = connection.execute(update(verdict).where(verdict.c.entry_id == number).values(row))
    if not changed.rowcount:
        connection.execute(insert(verdict).values(row | {"entry_id": number}))
    make_due(connection, number)
