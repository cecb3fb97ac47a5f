"""The tables of stories as they are read: for publishing, and for the editor."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, insert, or_, select, text, update

from aggregator.models import Policy
from aggregator.store import schema
from aggregator.store import story_schema as tables
from aggregator.store.engine import reading, writing
from aggregator.store.story_desk import MAKE_DUE, StoryDesk, read_members
from aggregator.story import FacetCount, StoryPost

_MARK = "stories"
_MAKE_DUE_WITH = text(
    "INSERT INTO story_due (entry_id) SELECT DISTINCT m.entry_id FROM story_member m "
    "JOIN story_bond b ON b.node = m.node WHERE b.bond = :bond "
    "AND m.entry_id NOT IN (SELECT entry_id FROM story_due)"
)
_WAITING = text(
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM story_due) "
    "OR EXISTS (SELECT 1 FROM story WHERE untold = 1)"
)


@dataclass(frozen=True, slots=True)
class StoryRow:
    """What is known of a story without reading its posts.

    Args:
        number, uid, slug: what it is called, see `aggregator.story.Story`.
        title, artist, song, year: what it tells.
        posts, videos: how many it has.
        subjects: how many posts are about it, not only list it.
        first_seen, news_at: as in `aggregator.story.Story`.
    """

    number: int
    uid: str
    slug: str
    title: str
    artist: str
    song: str
    year: int | None
    posts: int
    videos: int
    subjects: int
    first_seen: datetime
    news_at: datetime


class StoryTable:
    """Stories, and the posts they are made of.

    Args:
        engine: an open engine, see `aggregator.store.engine.open_engine`.
        policy: what the editor wants kept.
    """

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self._engine, self._policy = engine, policy
        self._heeded = ""

    @contextmanager
    def desk(self) -> Iterator[StoryDesk]:
        """A transaction in which stories are joined: all of it or nothing."""
        with writing(self._engine) as connection:
            yield StoryDesk(connection, self._policy)

    def is_settled(self) -> bool:
        """Whether no post waits to be joined, and no story to be told."""
        with reading(self._engine) as connection:
            return connection.execute(_WAITING).first() is None

    def heed(self, mark: str) -> None:
        """Make every post due when the rules they were joined by have changed.

        Args:
            mark: stands for the rules, such as what is kept.
        """
        if self._heeded == mark:
            return
        setting, due = schema.setting, tables.due
        with reading(self._engine) as connection:
            rows = select(setting.c.value).where(setting.c.name == _MARK)
            found = connection.execute(rows).scalar()
        self._heeded = mark
        if found == mark:
            return
        with writing(self._engine) as connection:
            done = connection.execute(
                update(setting).where(setting.c.name == _MARK).values(value=mark)
            )
            if not done.rowcount:
                connection.execute(insert(setting).values(name=_MARK, value=mark))
            waiting = select(due.c.entry_id)
            all_posts = select(schema.verdict.c.entry_id)
            others = all_posts.where(schema.verdict.c.entry_id.not_in(waiting))
            connection.execute(insert(due).from_select(["entry_id"], others))

    def make_due_with(self, provider: str, id: str) -> None:
        """Have the posts that show a video joined again: its provider told what it is called."""
        with writing(self._engine) as connection:
            connection.execute(_MAKE_DUE_WITH, {"bond": f"v:{provider}:{id}"})

    def newest(
        self,
        *,
        limit: int | None = None,
        offset: int = 0,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[StoryRow]:
        """The stories that are published, those with the newest news first.

        Args:
            limit: at most so many.
            offset: leave out so many of the newest.
            since: with a post about it first seen at this time or later.
            until: ... and before this time.
        """
        story = tables.story.c
        rows = _stories().where(story.subjects > 0)
        if since is not None or until is not None:
            rows = rows.where(story.id.in_(_with_posts(since, until)))
        rows = rows.order_by(story.news_at.desc(), story.id.desc())
        return self._read(rows.limit(limit).offset(offset))

    def under(self, facet: str, slug: str) -> list[StoryRow]:
        """The published stories with a facet's value, those with the newest news first."""
        story, value, held = tables.story.c, tables.facet.c, tables.story_facet.c
        rows = _stories().join(tables.story_facet, held.story_id == story.id)
        rows = rows.join(tables.facet, value.id == held.facet_id)
        rows = rows.where(value.facet == facet, value.slug == slug, story.subjects > 0)
        return self._read(rows.order_by(story.news_at.desc(), story.id.desc()))

    def of_years(self, years: Iterable[int]) -> list[StoryRow]:
        """The published stories of works of certain years."""
        story = tables.story.c
        rows = _stories().where(story.year.in_(list(years)), story.subjects > 0)
        return self._read(rows.order_by(story.id))

    def facets(self, facet: str) -> list[FacetCount]:
        """The values of a facet with how many published stories have each, the most first."""
        story, value, held = tables.story.c, tables.facet.c, tables.story_facet.c
        count = func.count(held.story_id).label("stories")
        rows = (
            select(value.facet, value.slug, value.label, count)
            .join(tables.story_facet, held.facet_id == value.id)
            .join(tables.story, story.id == held.story_id)
            .where(value.facet == facet, story.subjects > 0)
            .group_by(value.id, value.facet, value.slug, value.label)
            .order_by(count.desc(), value.slug)
        )
        with reading(self._engine) as connection:
            return [FacetCount(*row) for row in connection.execute(rows)]

    def find(self, name: str) -> list[StoryRow]:
        """The story with this number, permanent id or slug, or the stories of a post's address.

        A story that turned out to be another is found as that one.
        """
        story, entry = tables.story.c, schema.entry.c
        mine = or_(story.uid == name, story.slug == name)
        if name.isascii() and name.isdigit() and len(name) < 19:
            mine = or_(mine, story.id == int(name))
        named = select(func.coalesce(story.merged_into, story.id)).where(mine)
        found = self._read(_stories().where(story.id.in_(named)))
        if found or not name:
            return found
        posts = select(entry.id).where(or_(entry.link == name, entry.entry_id == name))
        return self._read(_stories().where(story.id.in_(_of_posts(posts))).order_by(story.id))

    def of_post(self, number: int) -> list[StoryRow]:
        """The stories that a post belongs to, those it is about first."""
        rows = _stories().where(tables.story.c.id.in_(_of_posts([number])))
        return self._read(rows.order_by(tables.story.c.id))

    def redirects(self) -> dict[str, str]:
        """The slugs of stories that turned out to be others, with the slugs of those."""
        story, target = tables.story, tables.story.alias()
        rows = select(story.c.slug, target.c.slug).join(target, target.c.id == story.c.merged_into)
        with reading(self._engine) as connection:
            return {old: new for old, new in connection.execute(rows.order_by(story.c.slug))}

    def members(self, numbers: Iterable[int]) -> dict[int, list[StoryPost]]:
        """The posts of stories with what they say, by the story's number."""
        with reading(self._engine) as connection:
            return read_members(connection, self._policy, numbers)

    def _read(self, rows: Select[Any]) -> list[StoryRow]:
        with reading(self._engine) as connection:
            return [StoryRow(*row) for row in connection.execute(rows)]


def make_due(connection: Connection, numbers: Iterable[int]) -> None:
    """Have posts joined again, within the transaction that changed them."""
    if due := [{"entry_id": number} for number in numbers]:
        connection.execute(MAKE_DUE, due)


def _stories() -> Select[Any]:
    story = tables.story.c
    return select(
        story.id, story.uid, story.slug, story.title, story.artist, story.song, story.year,
        story.posts, story.videos, story.subjects, story.first_seen, story.news_at,
    ).where(story.merged_into.is_(None), story.posts > 0)  # fmt: skip


def _of_posts(numbers: Any) -> Select[Any]:
    member, node = tables.member.c, tables.node.c
    rows = select(node.story_id).join(tables.member, member.node == node.node)
    return rows.where(member.entry_id.in_(numbers))


def _with_posts(since: datetime | None, until: datetime | None) -> Select[Any]:
    entry, member, node = schema.entry.c, tables.member.c, tables.node.c
    rows = select(node.story_id).join(tables.member, member.node == node.node)
    rows = rows.join(schema.entry, entry.id == member.entry_id).where(member.role == "subject")
    if since is not None:
        rows = rows.where(entry.first_seen >= since)
    if until is not None:
        rows = rows.where(entry.first_seen < until)
    return rows
