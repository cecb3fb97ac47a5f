"""The desk at which stories are joined: questions and changes of one transaction.

Its statements are made once: for one new post, making them would cost more than running them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    Connection,
    Integer,
    TextClause,
    bindparam,
    delete,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)

from aggregator.models import Policy, Post, Work
from aggregator.store import schema
from aggregator.store import story_schema as tables
from aggregator.store.rows import post_of
from aggregator.store.selecting import posts
from aggregator.store.story_facets import free_slugs, put_facets
from aggregator.story import (
    Anchor,
    Facet,
    Mention,
    MentionRole,
    Ruling,
    RulingKind,
    Story,
    StoryPost,
)

_MOST_NAMES = 900
"""Names in one question; SQLite before 3.32 takes 999."""
_PARTS = (20, 120)
"""Parts of a compound question, few or many; SQLite takes 500. Each size is made once."""


def _of(statement: str) -> TextClause:
    return text(statement).bindparams(bindparam("names", expanding=True))


_DUE = text("SELECT entry_id FROM story_due ORDER BY entry_id LIMIT :count")
_DONE = _of("DELETE FROM story_due WHERE entry_id IN :names")
_BONDS = _of("SELECT node, bond FROM story_bond WHERE node IN :names")
_PLACED = _of("SELECT node, story_id FROM story_node WHERE node IN :names")
_KNOWN = "SELECT id, uid, slug, merged_into FROM story WHERE "
_BY_NUMBER, _BY_UID = _of(f"{_KNOWN} id IN :names"), _of(f"{_KNOWN} uid IN :names")
_ADD_BOND = text(
    "INSERT INTO story_bond (bond, node, posts) VALUES (:bond, :node, 1) "
    "ON CONFLICT (bond, node) DO UPDATE SET posts = story_bond.posts + 1"
)
_PLACE_NODE = text(
    "INSERT INTO story_node (node, story_id) VALUES (:node, :story_id) "
    "ON CONFLICT (node) DO UPDATE SET story_id = excluded.story_id"
)
_NEW_STORY = text("INSERT INTO story (uid, slug) VALUES (:uid, :uid)")
_FOUNDERS = _of(
    "SELECT m.node, m.entry_id, m.place, e.uid FROM story_member m "
    "JOIN entry e ON e.id = m.entry_id WHERE m.node IN :names AND m.entry_id = "
    "(SELECT min(o.entry_id) FROM story_member o WHERE o.node = m.node)"
)
_names: Any = bindparam("names", expanding=True)
_SAID = select(tables.member).where(tables.member.c.entry_id.in_(_names))
_ADD_MEMBER = insert(tables.member)
_story = tables.story
_FIELDS = (
    "title", "artist", "song", "year", "posts", "videos", "subjects", "first_seen", "news_at",
    "untold",
)  # fmt: skip
_PUT_STORY = (
    update(_story)
    .where(_story.c.id == bindparam("number"))
    .values({name: bindparam(f"new_{name}", type_=_story.c[name].type) for name in _FIELDS})
)
_TAKEN = _of("SELECT slug FROM story WHERE slug IN :names")
_RENAME = text("UPDATE story SET slug = :new_slug WHERE id = :number")
MAKE_DUE = text(
    "INSERT INTO story_due (entry_id) VALUES (:entry_id) ON CONFLICT (entry_id) DO NOTHING"
)
_RULINGS = select(tables.ruling).order_by(tables.ruling.c.id)
_TITLES = _of("SELECT provider, id, title FROM video_check WHERE title <> '' AND id IN :names")
_LEAVE_UNTOLD = _of("UPDATE story SET untold = 1 WHERE id IN :names")
_UNTOLD = text("SELECT id FROM story WHERE untold = 1 ORDER BY id LIMIT :count")
_DUE_POSTS = posts(reasons=False).where(schema.entry.c.id.in_(_names)).order_by(schema.entry.c.id)
_Item = TypeVar("_Item")


def _members(light: bool) -> Any:
    member, node = tables.member.c, tables.node.c
    said = (member.node, member.role, member.work, member.bonds, member.videos.label("shown"))
    rows = posts(light=light).add_columns(*said, node.story_id)
    rows = rows.join(tables.member, member.entry_id == schema.entry.c.id)
    return rows.join(tables.node, node.node == member.node).where(node.story_id.in_(_names))


_MEMBERS, _LIGHT_MEMBERS = _members(light=False), _members(light=True)


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch of posts changed.

    Args:
        placed: the stories of the nodes that any post gained, lost or states differently.
        loose: those of these nodes whose bonds changed, so that they are to be joined anew.
        gone: nodes that no post has any more.
        fresh: nodes by the bond that they have only now.
        lost: how many nodes lost a bond, by the bond.
    """

    placed: Mapping[str, int]
    loose: frozenset[str]
    gone: frozenset[str]
    fresh: Mapping[str, Collection[str]]
    lost: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A story as it is remembered: its number, permanent id, slug and where it redirects to."""

    number: int
    uid: str
    slug: str
    merged_into: int | None


class Founder(NamedTuple):
    """The oldest post of a node: its number, the mention's place in it, its permanent id."""

    number: int
    place: int
    uid: str


@dataclass(frozen=True, slots=True)
class Telling:
    """A story as told, to be kept.

    Args:
        story: the story.
        subjects: how many of its posts are about it.
        facets: what it is found by.
        name: its slug from now on, if it is free; empty keeps the one it has.
    """

    story: Story
    subjects: int
    facets: tuple[Facet, ...]
    name: str


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
        numbers = list(self._connection.execute(_DUE, {"count": limit}).scalars())
        found: list[Post] = []
        for batch in _batches(numbers):
            self._connection.execute(_DONE, {"names": batch})
            rows = self._connection.execute(_DUE_POSTS, {"names": batch})
            found += [post_of(row, self._policy) for row in rows]
        return found

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
        left = {m.node for _, m in lost}
        without, gone = self._sweep(left)
        nodes = left | {m.node for _, _, m in gained}
        placed = self.placed(nodes)
        loose = {node for found in fresh.values() for node in found}
        loose |= left | {node for node in nodes if node not in placed}
        return Change(placed, frozenset(loose - gone), frozenset(gone), fresh, without)

    def rulings(self) -> list[Ruling]:
        """What an editor decided, in its order."""
        return [
            Ruling(
                row.id,
                RulingKind(row.kind),
                row.made_at,
                tuple(Anchor(*anchor) for anchor in row.anchors),
                tuple(row.nodes),
            )
            for row in self._connection.execute(_RULINGS)
        ]

    def rule(
        self, kind: RulingKind, anchors: Sequence[Anchor], nodes: Sequence[str], now: datetime
    ) -> None:
        """Keep an editor's word; the posts that it concerns are due.

        Args:
            kind, anchors, nodes: as in `Ruling`.
            now: when the editor said so.
        """
        said = [[anchor.feed, anchor.id, anchor.node] for anchor in anchors]
        row = {"kind": kind.value, "made_at": now, "anchors": said, "nodes": list(nodes)}
        self._connection.execute(insert(tables.ruling).values(row))
        member = tables.member.c
        for batch in _batches({anchor.node for anchor in anchors}):
            concerned = select(member.entry_id).where(member.node.in_(batch)).distinct()
            for number in self._connection.execute(concerned).scalars():
                self._connection.execute(MAKE_DUE, {"entry_id": number})

    def titles(self, videos: Iterable[str]) -> dict[str, str]:
        """What providers call videos with these ids, by ``provider:id``."""
        return {f"{provider}:{id}": title for provider, id, title in self._ask(_TITLES, videos)}

    def bonds_of(self, nodes: Iterable[str]) -> dict[str, set[str]]:
        """The bonds of nodes; a node without any is not among them."""
        found: dict[str, set[str]] = defaultdict(set)
        for node, bond in self._ask(_BONDS, nodes):
            found[node].add(bond)
        return found

    def sharing(
        self, bonds: Iterable[str], most: int, more: Mapping[str, Collection[str]]
    ) -> dict[str, set[str]]:
        """The nodes that have each of these bonds.

        Args:
            bonds: the bonds.
            most: of each at most so many nodes,
            more: ... and as many more as here.
        """
        found: dict[str, set[str]] = {bond: set() for bond in bonds}
        parts = _PARTS[len(found) > _PARTS[0]]
        for batch in _batches(found, parts):
            values: dict[str, object] = {f"b{place}": "" for place in range(parts)}
            values |= {f"n{place}": 0 for place in range(parts)}
            for place, bond in enumerate(batch):
                values |= {f"b{place}": bond, f"n{place}": most + len(more.get(bond, ()))}
            for bond, node in self._connection.execute(_compound(parts), values).all():
                found[bond].add(node)
        return found

    def placed(self, nodes: Iterable[str]) -> dict[str, int]:
        """The numbers of the stories that nodes belong to, where they do."""
        return {node: number for node, number in self._ask(_PLACED, nodes)}

    def nodes_of(self, numbers: Iterable[int]) -> set[str]:
        """The nodes of stories."""
        node = tables.node.c
        rows = select(node.node).where(node.story_id.in_(_names))
        return {row[0] for row in self._ask(rows, set(numbers))}

    def founders(self, nodes: Iterable[str]) -> dict[str, Founder]:
        """The oldest post of each node."""
        return {node: Founder(*rest) for node, *rest in self._ask(_FOUNDERS, nodes)}

    def with_uids(self, uids: Iterable[str]) -> dict[str, Known]:
        """Stories by permanent id, redirected ones too."""
        return {row[1]: Known(*row) for row in self._ask(_BY_UID, uids)}

    def stories(self, numbers: Iterable[int]) -> dict[int, Known]:
        """Stories by number."""
        return {row[0]: Known(*row) for row in self._ask(_BY_NUMBER, numbers)}

    def new_stories(self, uids: Sequence[str]) -> dict[str, int]:
        """Make stories with permanent ids that none has; their slug is the id until they are named.

        Returns:
            Their numbers, ascending in the given order, by id.
        """
        if uids:
            self._connection.execute(_NEW_STORY, [{"uid": uid} for uid in uids])
        return {uid: known.number for uid, known in self.with_uids(uids).items()}

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

    def drop_nodes(self, nodes: Iterable[str]) -> None:
        """Take nodes that are gone out of their stories."""
        node = tables.node
        for batch in _batches(nodes):
            self._connection.execute(delete(node).where(node.c.node.in_(batch)))

    def members(self, numbers: Iterable[int]) -> dict[int, list[StoryPost]]:
        """The posts of stories with what they say, without their bodies."""
        return read_members(self._connection, self._policy, numbers, light=True)

    def put_stories(self, told: Sequence[Telling]) -> None:
        """Keep what is asked of stories without reading their posts."""
        if not told:
            return
        self._connection.execute(_PUT_STORY, [_story_row(telling) for telling in told])
        self._name({telling.story.number: telling.name for telling in told if telling.name})
        put_facets(self._connection, {telling.story.number: telling.facets for telling in told})

    def leave_untold(self, numbers: Iterable[int]) -> None:
        """Remember stories that are to be told anew."""
        for batch in _batches(numbers):
            self._connection.execute(_LEAVE_UNTOLD, {"names": batch})

    def untold(self, limit: int) -> list[int]:
        """Stories that are to be told anew."""
        return list(self._connection.execute(_UNTOLD, {"count": limit}).scalars())

    def empty(self, number: int) -> None:
        """Keep a story that has no post any more; its id stays taken."""
        table = tables.story
        row = {"posts": 0, "videos": 0, "subjects": 0, "news_at": None, "untold": 0}
        self._connection.execute(update(table).where(table.c.id == number).values(row))
        put_facets(self._connection, {number: ()})

    def _name(self, names: Mapping[int, str]) -> None:
        """Give stories their slugs for good; one that is taken gets a number."""
        if not names:
            return
        free = free_slugs(names, self._taken)
        rows = [{"number": number, "new_slug": slug} for number, slug in free.items()]
        self._connection.execute(_RENAME, rows)

    def _taken(self, slugs: Iterable[str]) -> list[str]:
        return [row[0] for row in self._ask(_TAKEN, slugs)]

    def _mentions(self, numbers: Iterable[int]) -> dict[int, dict[str, tuple[int, Mention]]]:
        found: dict[int, dict[str, tuple[int, Mention]]] = defaultdict(dict)
        for row in self._ask(_SAID, numbers):
            found[row.entry_id][row.node] = (row.place, mention_of(row, row.videos))
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
            self._connection.execute(_ADD_MEMBER, [_member_row(*item) for item in gained])
        if pairs:
            rows = [{"bond": bond, "node": node} for bond, node in pairs]
            self._connection.execute(_ADD_BOND, rows)
        return fresh

    def _sweep(self, nodes: Collection[str]) -> tuple[dict[str, int], set[str]]:
        """Remove bonds and nodes that no post has any more.

        Returns:
            How many nodes lost a bond, by the bond, and the nodes that are gone.
        """
        bond, member = tables.bond, tables.member
        lost: dict[str, int] = defaultdict(int)
        left: set[str] = set()
        for batch in _batches(nodes):
            gone = delete(bond).where(bond.c.node.in_(batch), bond.c.posts <= 0)
            for name in self._connection.execute(gone.returning(bond.c.bond)).scalars():
                lost[name] += 1
            rows = select(member.c.node).where(member.c.node.in_(batch)).distinct()
            left |= set(self._connection.execute(rows).scalars())
        return lost, set(nodes) - left

    def _ask(self, statement: Any, names: Iterable[Any]) -> Iterator[Any]:
        for batch in _batches(names):
            yield from self._connection.execute(statement, {"names": batch}).all()


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
    for batch in _batches(numbers):
        for row in connection.execute(_LIGHT_MEMBERS if light else _MEMBERS, {"names": batch}):
            found[row.story_id].append(StoryPost(post_of(row, policy), mention_of(row, row.shown)))
    return found


def mention_of(row: Any, videos: Sequence[str]) -> Mention:
    """A row of `story_member` as a mention."""
    work = {**row.work, "directors": tuple(row.work["directors"])}
    return Mention(row.node, MentionRole(row.role), Work(**work), tuple(row.bonds), tuple(videos))


@cache
def _compound(count: int) -> Any:
    """A question for so many bonds that takes only so many nodes of each."""
    bond = tables.bond.c
    parts = [
        select(bond.bond, bond.node)
        .where(bond.bond == bindparam(f"b{place}"))
        .limit(bindparam(f"n{place}", type_=Integer))
        .subquery()
        for place in range(count)
    ]
    return union_all(*(select(part) for part in parts))


def _story_row(telling: Telling) -> dict[str, Any]:
    story = telling.story
    row = {
        "title": story.title,
        "artist": story.artist,
        "song": story.song,
        "year": story.year,
        "posts": len(story.posts),
        "videos": len(story.videos),
        "subjects": telling.subjects,
        "first_seen": story.first_seen,
        "news_at": story.news_at,
        "untold": 0,
    }
    return {"number": story.number, **{f"new_{name}": row[name] for name in _FIELDS}}


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


def _batches(items: Iterable[_Item], size: int = _MOST_NAMES) -> Iterator[list[_Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
