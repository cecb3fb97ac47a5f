"""The desk at which stories are joined: questions and changes of one transaction."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, text, update

from aggregator.models import Policy, Post, Work
from aggregator.store import schema
from aggregator.store import story_schema as tables
from aggregator.store.rows import post_of
from aggregator.store.selecting import posts
from aggregator.story import Facet, Mention, MentionRole, Story, StoryPost

_MOST_NAMES = 900
"""Names in one question; SQLite before 3.32 takes 999."""

_ADD_BOND = text(
    "INSERT INTO story_bond (bond, node, posts) VALUES (:bond, :node, 1) "
    "ON CONFLICT (bond, node) DO UPDATE SET posts = story_bond.posts + 1"
)
_PLACE_NODE = text(
    "INSERT INTO story_node (node, story_id) VALUES (:node, :story_id) "
    "ON CONFLICT (node) DO UPDATE SET story_id = excluded.story_id"
)
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch of posts changed.

    Args:
        nodes: nodes that any post gained, lost or states differently.
        loose: those of them whose bonds changed, so that they are to be joined anew.
        gone: nodes that no post has any more.
        fresh: nodes by the bond that they have only now.
    """

    nodes: frozenset[str]
    loose: frozenset[str]
    gone: frozenset[str]
    fresh: Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """A story as it is remembered: its number, permanent id, slug and where it redirects to."""

    number: int
    uid: str
    slug: str
    merged_into: int | None


class StoryDesk:
    """Questions and changes within one writing transaction.

    Args:
        connection: in the transaction.
        policy: what the editor wants kept.
    """

    def __init__(self, connection: Connection, policy: Policy) -> None:
        self._connection, self._policy = connection, policy

    def due_posts(self, limit: int) -> list[Post]:
        """Posts to be joined, the oldest first; they are due no longer."""
        due = tables.due
        numbers = select(due.c.entry_id).order_by(due.c.entry_id).limit(limit)
        found = list(self._connection.execute(numbers).scalars())
        self._connection.execute(delete(due).where(due.c.entry_id.in_(found)))
        rows = posts().where(schema.entry.c.id.in_(found)).order_by(schema.entry.c.id)
        return [post_of(row, self._policy) for row in self._connection.execute(rows)]

    def put_mentions(self, said: Mapping[int, Sequence[Mention]]) -> Change:
        """Keep what posts say of works, in the place of what they said before.

        Args:
            said: mentions by the number of the post.
        """
        before = self._mentions(said)
        gained: list[tuple[int, int, Mention]] = []
        lost: list[tuple[int, Mention]] = []
        for number, mentions in said.items():
            old = before.get(number, {})
            new = {mention.node: (place, mention) for place, mention in enumerate(mentions)}
            lost += [(number, m) for node, (_, m) in old.items() if new.get(node) != old[node]]
            gained += [(number, *new[node]) for node in new if new[node] != old.get(node)]
        self._forget(lost)
        fresh = self._add(gained)
        nodes = {m.node for _, m in lost} | {m.node for _, _, m in gained}
        gone = self._sweep({m.node for _, m in lost})
        loose = {node for found in fresh.values() for node in found}
        loose |= {m.node for _, m in lost} | self._unplaced(nodes)
        return Change(frozenset(nodes), frozenset(loose - gone), frozenset(gone), fresh)

    def bonds_of(self, nodes: Iterable[str]) -> dict[str, set[str]]:
        """The bonds of nodes; a node without any is not among them."""
        found: dict[str, set[str]] = defaultdict(set)
        bond = tables.bond.c
        for batch in _batches(nodes):
            rows = select(bond.node, bond.bond).where(bond.node.in_(batch))
            for node, name in self._connection.execute(rows):
                found[node].add(name)
        return found

    def sharing(self, bonds: Iterable[str]) -> dict[str, set[str]]:
        """The nodes that have each of these bonds."""
        found: dict[str, set[str]] = defaultdict(set)
        bond = tables.bond.c
        for batch in _batches(bonds):
            rows = select(bond.bond, bond.node).where(bond.bond.in_(batch))
            for name, node in self._connection.execute(rows):
                found[name].add(node)
        return found

    def placed(self, nodes: Iterable[str]) -> dict[str, int]:
        """The numbers of the stories that nodes belong to, where they do."""
        node = tables.node.c
        found: dict[str, int] = {}
        for batch in _batches(nodes):
            rows = select(node.node, node.story_id).where(node.node.in_(batch))
            found |= {name: number for name, number in self._connection.execute(rows)}
        return found

    def nodes_of(self, numbers: Iterable[int]) -> set[str]:
        """The nodes of stories."""
        node = tables.node.c
        found: set[str] = set()
        for batch in _batches(set(numbers)):
            rows = select(node.node).where(node.story_id.in_(batch))
            found |= set(self._connection.execute(rows).scalars())
        return found

    def founders(self, nodes: Iterable[str]) -> dict[str, tuple[int, int, str]]:
        """Of each node its oldest post: number, place of the mention in it, permanent id."""
        member, entry = tables.member.c, schema.entry.c
        found: dict[str, tuple[int, int, str]] = {}
        for batch in _batches(nodes):
            oldest = (
                select(member.node, func.min(member.entry_id).label("number"))
                .where(member.node.in_(batch))
                .group_by(member.node)
                .subquery()
            )
            same = and_(member.node == oldest.c.node, member.entry_id == oldest.c.number)
            rows = select(member.node, member.entry_id, member.place, entry.uid)
            rows = rows.join(oldest, same).join(schema.entry, entry.id == member.entry_id)
            found |= {node: tuple(rest) for node, *rest in self._connection.execute(rows)}
        return found

    def story(self, uid: str) -> Known | None:
        """The story with this permanent id, a redirected one too."""
        rows = _known().where(tables.story.c.uid == uid)
        return next((Known(*row) for row in self._connection.execute(rows)), None)

    def stories(self, numbers: Iterable[int]) -> dict[int, Known]:
        """Stories by number."""
        found: dict[int, Known] = {}
        for batch in _batches(numbers):
            rows = _known().where(tables.story.c.id.in_(batch))
            found |= {row[0]: Known(*row) for row in self._connection.execute(rows)}
        return found

    def new_story(self, uid: str) -> Known:
        """Make a story with a permanent id that none has; its slug is the id until it is named."""
        story = tables.story
        row = insert(story).values(uid=uid, slug=uid).returning(story.c.id)
        return Known(int(self._connection.execute(row).scalar_one()), uid, uid, None)

    def name(self, number: int, slug: str) -> str:
        """Give a story its name in addresses for good; one that is taken gets a number."""
        story = tables.story
        free = self._free(slug, story.c.slug, lambda column, like: column.like(like))
        self._connection.execute(update(story).where(story.c.id == number).values(slug=free))
        return free

    def redirect(self, number: int, into: int | None) -> None:
        """Send one story's readers to another, or take that back."""
        story = tables.story
        change = update(story).where(or_(story.c.id == number, story.c.merged_into == number))
        if into is None:
            change = update(story).where(story.c.id == number)
        self._connection.execute(change.values(merged_into=into))

    def place(self, nodes: Mapping[str, int]) -> None:
        """Put nodes into stories."""
        rows = [{"node": node, "story_id": number} for node, number in nodes.items()]
        if rows:
            self._connection.execute(_PLACE_NODE, rows)

    def members(self, numbers: Iterable[int]) -> dict[int, list[StoryPost]]:
        """The posts of stories with what they say, without their bodies."""
        return read_members(self._connection, self._policy, numbers, light=True)

    def put_story(self, story: Story, subjects: int, facets: Iterable[Facet]) -> None:
        """Keep what is asked of a story without reading its posts."""
        table = tables.story
        row = {
            "title": story.title,
            "artist": story.artist,
            "song": story.song,
            "year": story.year,
            "posts": len(story.posts),
            "videos": len(story.videos),
            "subjects": subjects,
            "first_seen": story.first_seen,
            "news_at": story.news_at,
        }
        self._connection.execute(update(table).where(table.c.id == story.number).values(row))
        self._put_facets(story.number, facets)

    def empty(self, number: int) -> None:
        """Keep a story that has no post any more; its id stays taken."""
        table = tables.story
        row = {"posts": 0, "videos": 0, "subjects": 0, "news_at": None}
        self._connection.execute(update(table).where(table.c.id == number).values(row))
        self._put_facets(number, ())

    def _put_facets(self, number: int, facets: Iterable[Facet]) -> None:
        table = tables.story_facet
        rows = select(table.c.facet_id).where(table.c.story_id == number)
        had = set(self._connection.execute(rows).scalars())
        has = {self._facet(facet) for facet in facets}
        if gone := had - has:
            mine = table.c.story_id == number
            self._connection.execute(delete(table).where(mine, table.c.facet_id.in_(gone)))
        if new := has - had:
            added = [{"story_id": number, "facet_id": facet} for facet in sorted(new)]
            self._connection.execute(insert(table), added)

    def _facet(self, facet: Facet) -> int:
        table = tables.facet
        same = (table.c.facet == facet.facet, table.c.key == facet.key)
        found = self._connection.execute(select(table.c.id).where(*same)).scalar()
        if found is not None:
            return int(found)
        slug = self._free(
            facet.slug,
            table.c.slug,
            lambda column, like: (table.c.facet == facet.facet) & column.like(like),
        )
        row = {"facet": facet.facet, "key": facet.key, "slug": slug, "label": facet.label}
        made = insert(table).values(row).returning(table.c.id)
        return int(self._connection.execute(made).scalar_one())

    def _free(self, slug: str, column: Any, near: Callable[[Any, str], Any]) -> str:
        """The slug, or with the first number after it that is free."""
        rows = select(column).where(near(column, f"{slug}%"))
        taken = set(self._connection.execute(rows).scalars())
        number = 2
        free = slug
        while free in taken:
            free, number = f"{slug}-{number}", number + 1
        return free

    def _mentions(self, numbers: Iterable[int]) -> dict[int, dict[str, tuple[int, Mention]]]:
        member = tables.member
        found: dict[int, dict[str, tuple[int, Mention]]] = defaultdict(dict)
        for batch in _batches(numbers):
            rows = select(member).where(member.c.entry_id.in_(batch))
            for row in self._connection.execute(rows):
                found[row.entry_id][row.node] = (row.place, mention_of(row))
        return found

    def _forget(self, lost: Sequence[tuple[int, Mention]]) -> None:
        member, bond = tables.member, tables.bond
        for number, mention in lost:
            mine = (member.c.entry_id == number, member.c.node == mention.node)
            self._connection.execute(delete(member).where(*mine))
            theirs = (bond.c.node == mention.node, bond.c.bond.in_(mention.bonds))
            fewer = update(bond).where(*theirs).values(posts=bond.c.posts - 1)
            self._connection.execute(fewer)

    def _add(self, gained: Sequence[tuple[int, int, Mention]]) -> dict[str, set[str]]:
        """Add mentions; gives the bonds that their nodes did not have."""
        pairs = [(bond, m.node) for _, _, m in gained for bond in m.bonds]
        before = self.bonds_of({node for _, node in pairs})
        fresh: dict[str, set[str]] = defaultdict(set)
        for bond, node in pairs:
            if bond not in before.get(node, ()):
                fresh[bond].add(node)
        if gained:
            rows = [_member_row(*item) for item in gained]
            self._connection.execute(insert(tables.member), rows)
        if pairs:
            rows = [{"bond": bond, "node": node} for bond, node in pairs]
            self._connection.execute(_ADD_BOND, rows)
        return fresh

    def _sweep(self, nodes: Collection[str]) -> set[str]:
        """Remove bonds that no post has any more, and nodes; gives those that are gone."""
        if not nodes:
            return set()
        bond, member = tables.bond, tables.member
        left: set[str] = set()
        for batch in _batches(nodes):
            gone = (bond.c.node.in_(batch), bond.c.posts <= 0)
            self._connection.execute(delete(bond).where(*gone))
            rows = select(member.c.node).where(member.c.node.in_(batch)).distinct()
            left |= set(self._connection.execute(rows).scalars())
        return set(nodes) - left

    def drop_nodes(self, nodes: Iterable[str]) -> None:
        """Take nodes that are gone out of their stories."""
        node = tables.node
        for batch in _batches(nodes):
            self._connection.execute(delete(node).where(node.c.node.in_(batch)))

    def _unplaced(self, nodes: Collection[str]) -> set[str]:
        return set(nodes) - set(self.placed(nodes))


def read_members(
    connection: Connection, policy: Policy, numbers: Iterable[int], *, light: bool = False
) -> dict[int, list[StoryPost]]:
    """The posts of stories with what they say.

    Args:
        connection: to read from.
        policy: what the editor wants kept.
        numbers: of the stories.
        light: leave the posts' bodies out.
    """
    found: dict[int, list[StoryPost]] = defaultdict(list)
    member, node = tables.member.c, tables.node.c
    said = (member.node, member.role, member.work, member.bonds, member.videos.label("shown"))
    for batch in _batches(numbers):
        rows = posts(light=light).add_columns(*said, node.story_id)
        rows = rows.join(tables.member, member.entry_id == schema.entry.c.id)
        rows = rows.join(tables.node, node.node == member.node).where(node.story_id.in_(batch))
        for row in connection.execute(rows):
            found[row.story_id].append(StoryPost(post_of(row, policy), mention_of(row, row.shown)))
    return found


def mention_of(row: Any, videos: Sequence[str] | None = None) -> Mention:
    """A row of `story_member` as a mention."""
    work = {**row.work, "directors": tuple(row.work["directors"])}
    shown = row.videos if videos is None else videos
    role = MentionRole(row.role)
    return Mention(row.node, role, Work(**work), tuple(row.bonds), tuple(shown))


def _member_row(number: int, place: int, mention: Mention) -> dict[str, Any]:
    return {
        "entry_id": number,
        "node": mention.node,
        "place": place,
        "role": mention.role.value,
        "work": asdict(mention.work),
        "bonds": list(mention.bonds),
        "videos": list(mention.videos),
    }


def _known() -> Any:
    story = tables.story.c
    return select(story.id, story.uid, story.slug, story.merged_into)


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _MOST_NAMES)):
        yield batch
