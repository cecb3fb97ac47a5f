"""The store: everything read, judged and remembered, in one database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Self

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
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
    FeedState,
    HostState,
    Policy,
    PollRecord,
    Post,
    Subscription,
    Verdict,
)
from aggregator.store import schema
from aggregator.store.corrections import CorrectionTable
from aggregator.store.engine import open_engine, reading, writing
from aggregator.store.polls import in_batches, write_polls
from aggregator.store.rows import STATE_COLUMNS, post_of, state_of, verdict_row
from aggregator.store.selecting import kept_by, posts
from aggregator.store.stories import StoryTable, make_due
from aggregator.store.video_checks import VideoCheckTable

_BATCH = 200


class Store:
    """All tables behind the questions that the program asks.

    Args:
        engine: an open engine, see `open_engine`.
        policy: what the editor wants kept; decides at reading, so a changed
            threshold needs no new judging.

    Attributes:
        corrections: the editor's.
        stories: which posts tell of one work.
        checks: what providers said of videos.
        policy: what the editor wants kept.
    """

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self._engine, self.policy = engine, policy
        self.corrections = CorrectionTable(engine)
        self.stories = StoryTable(engine, policy)
        self.checks = VideoCheckTable(engine)

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

    def release(self) -> None:
        """Close all connections, such as before a fork; the next question opens one again."""
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
        added, renamed = [], []
        with self._writing() as connection:
            known = connection.execute(select(feed.c.url, feed.c.title))
            titles = {url: title for url, title in known}
            for asked in subscriptions:
                row = {"url": asked.url, "address": asked.url, "title": asked.title}
                if asked.url not in titles:
                    added.append(row | {"language": asked.language})
                elif asked.title and asked.title != titles[asked.url]:
                    renamed.append({"of_url": asked.url, "new_title": asked.title})
            if added:
                connection.execute(insert(feed), added)
            if renamed:
                named = update(feed).where(feed.c.url == bindparam("of_url"))
                connection.execute(named.values(title=bindparam("new_title")), renamed)

    def titles(self) -> dict[str, str]:
        """What each feed is called, by address."""
        feed = schema.feed.c
        with self._reading() as connection:
            return {url: title for url, title in connection.execute(select(feed.url, feed.title))}

    def states(self, urls: Sequence[str]) -> list[FeedState]:
        """What is remembered of the feeds at these addresses, in their order."""
        feed = schema.feed.c
        rows = select(*(feed[name] for name in STATE_COLUMNS))
        found: dict[str, FeedState] = {}
        with self._reading() as connection:
            for batch in in_batches(urls):
                states = map(state_of, connection.execute(rows.where(feed.url.in_(batch))))
                found |= {state.url: state for state in states}
        return [found[url] for url in urls if url in found]

    def due(self, now: datetime) -> set[str]:
        """Addresses of the feeds that are due, those never polled included."""
        feed = schema.feed.c
        never = select(feed.url).where(feed.next_poll.is_(None))
        with self._reading() as connection:
            rows = never.union_all(select(feed.url).where(feed.next_poll <= now))
            return set(connection.execute(rows).scalars())

    def known_entries(self, url: str) -> list[Known]:
        """What is needed to tell new entries of a feed from those it had before."""
        entry = schema.entry.c
        rows = (
            select(
                entry.entry_id,
                entry.link,
                entry.title,
                entry.fingerprint,
                entry.published,
                entry.updated,
                entry.edits,
            )
            .join_from(schema.entry, schema.feed)
            .where(schema.feed.c.url == url)
            .order_by(entry.id)
        )
        with self._reading() as connection:
            return [Known.of(*row) for row in connection.execute(rows)]

    def hosts(self) -> dict[str, HostState]:
        """What is remembered of hosts, by name."""
        host = schema.host.c
        rows = select(host.name, host.rests_until, host.why, host.distrusted_until)
        with self._reading() as connection:
            return {row.name: HostState(*row) for row in connection.execute(rows)}

    def remember_host(self, state: HostState) -> None:
        """Keep what a host asked for or did; what is None stays as it was."""
        host = schema.host
        values = {
            name: value
            for name, value in (
                ("rests_until", state.rests_until),
                ("why", state.why or None),
                ("distrusted_until", state.distrusted_until),
            )
            if value is not None
        }
        with self._writing() as connection:
            change = update(host).where(host.c.name == state.name).values(values)
            if not connection.execute(change).rowcount:
                connection.execute(insert(host).values({"name": state.name} | values))

    def keep(self, records: Sequence[PollRecord]) -> None:
        """Keep what polls of different feeds brought, all of it or nothing."""
        with self._writing() as connection:
            write_polls(connection, records)

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
        for batch in in_batches(numbers, _BATCH):
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
        return sum(self._judge_batch(batch, now) for batch in in_batches(verdicts, _BATCH))

    def _judge_batch(self, batch: Sequence[tuple[Post, Verdict]], now: datetime) -> int:
        entry, verdict, written = schema.entry.c, schema.verdict, 0
        with self._writing() as connection:
            for post, made in batch:
                same = exists().where(entry.id == post.number, entry.changed_at == post.changed_at)
                change = update(verdict).where(verdict.c.entry_id == post.number, same)
                done = connection.execute(change.values(verdict_row(made, now))).rowcount
                written += done
                if done:
                    make_due(connection, [post.number])
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
