"""The story of stories: posts that are new or judged anew find the works they tell of.

::

    posts due -> mentions -> the nodes they touch -> join -> which story is which -> tell -> store

Nothing here decides or touches anything itself: `videos.stories` decides, `store` acts. The
outcome depends on the posts alone, not on the order or the batches in which they came;
only which of several ids survives does: the oldest.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from aggregator.models import Post
from aggregator.store.store import Store
from aggregator.store.stories import StoryRow
from aggregator.store.story_desk import Change, Known, StoryDesk
from aggregator.story import Mention, MentionRole, Story, StoryPost
from aggregator.videos.stories.facets import facets_of, slug_of
from aggregator.videos.stories.joining import join, neighbours
from aggregator.videos.stories.mentions import mentions_of
from aggregator.videos.stories.telling import Identity, tell

BATCH = 500
_RULES = "1"
"""To be raised when posts are to be joined anew by all stores."""


def settle(store: Store, batch: int = BATCH) -> int:
    """Join every post that is new, changed or judged anew; gives how many.

    Args:
        store: what is known; a post that its policy drops is in no story.
        batch: posts in one transaction; an interruption leaves whole batches.
    """
    kinds = ",".join(sorted(store.policy.kinds))
    store.stories.heed(f"{_RULES} {store.policy.threshold} {kinds}")
    settled = 0
    while not store.stories.is_settled():
        with store.stories.desk() as desk:
            posts = desk.due_posts(batch)
            _settle(desk, posts)
            settled += len(posts)
    return settled


def stories(store: Store, rows: Sequence[StoryRow]) -> list[Story]:
    """Tell stories in full.

    Args:
        store: what is known.
        rows: such as `aggregator.store.stories.StoryTable.newest` gives, in their order.
    """
    members = store.stories.members(row.number for row in rows)
    return [
        tell(Identity(row.number, row.uid, row.slug), members[row.number])
        for row in rows
        if row.number in members
    ]


def _settle(desk: StoryDesk, posts: Sequence[Post]) -> None:
    said: dict[int, Sequence[Mention]] = {
        post.number: mentions_of(post) if post.verdict.keep else () for post in posts
    }
    change = desk.put_mentions(said)
    touched = set(desk.placed(change.nodes).values())
    if change.loose or change.gone:
        touched |= _join(desk, change)
    touched |= set(desk.placed(change.nodes).values())
    _tell(desk, touched)


def _join(desk: StoryDesk, change: Change) -> set[int]:
    """Join the nodes that a change touches; gives the numbers of the stories that differ."""
    facts = _region(desk, change)
    before = desk.placed(facts)
    desk.drop_nodes(change.gone)
    after = {
        node: number
        for nodes, number in _Chooser(desk, before).choose(join(facts))
        for node in nodes
    }
    moved = {node: number for node, number in after.items() if before.get(node) != number}
    desk.place(moved)
    return {*moved.values(), *(before[node] for node in moved if node in before)}


def _region(desk: StoryDesk, change: Change) -> dict[str, set[str]]:
    """The nodes whose joining could depend on what changed, with their bonds."""
    facts: dict[str, set[str]] = {}
    sharing: dict[str, set[str]] = {}
    # What was of one story with a changed node may part from it.
    front = {*change.loose, *_companions(desk, change)} - change.gone
    while front:
        found = desk.bonds_of(front)
        facts |= {node: found.get(node, set()) for node in front}
        unknown = {bond for bonds in found.values() for bond in bonds} - sharing.keys()
        sharing |= desk.sharing(unknown)
        front = {
            near
            for node in front
            for near in neighbours(node, {b: sharing[b] for b in facts[node]}, change.fresh)
        } - facts.keys()
    return facts


def _companions(desk: StoryDesk, change: Change) -> set[str]:
    return desk.nodes_of(desk.placed(change.loose | change.gone).values())


class _Chooser:
    """Decides which story each group of nodes is.

    The story with the lowest number survives; the others of its group redirect to it. A
    story whose nodes are parted stays with its oldest post.
    """

    def __init__(self, desk: StoryDesk, before: Mapping[str, int]) -> None:
        self._desk, self._before = desk, before

    def choose(self, groups: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], int]]:
        """The groups with the numbers of their stories, those with the oldest post first."""
        founders = self._desk.founders(node for nodes in groups for node in nodes)
        groups = sorted(groups, key=lambda nodes: min(founders[node] for node in nodes))
        owned = self._owned(groups, founders)
        known = self._desk.stories(number for numbers in owned.values() for number in numbers)
        chosen = []
        for place, nodes in enumerate(groups):
            mine = [known[number] for number in sorted(owned[place])]
            kept = mine[0] if mine else self._new(min(nodes, key=lambda n: founders[n]), founders)
            for other in mine[1:]:
                self._desk.redirect(other.number, kept.number)
            chosen.append((nodes, kept.number))
        return chosen

    def _owned(
        self, groups: Sequence[Sequence[str]], founders: Mapping[str, tuple[int, int, str]]
    ) -> dict[int, list[int]]:
        """The numbers of the stories that each group takes over, by the group's place."""
        owner: dict[int, tuple[tuple[int, int, str], int]] = {}
        for place, nodes in enumerate(groups):
            for node in nodes:
                if (story := self._before.get(node)) is not None:
                    owner[story] = min(
                        owner.get(story, (founders[node], place)), (founders[node], place)
                    )
        owned: dict[int, list[int]] = defaultdict(list)
        for story, (_, place) in owner.items():
            owned[place].append(story)
        return owned

    def _new(self, node: str, founders: Mapping[str, tuple[int, int, str]]) -> Known:
        """A story named after its oldest post; one that was emptied or redirects lives again."""
        _, place, uid = founders[node]
        if place:
            uid = _derived(uid, node)
        known = self._desk.story(uid)
        if known is not None and self._desk.nodes_of([known.number]):
            uid = _derived(uid, node)
            known = self._desk.story(uid)
        if known is None:
            return self._desk.new_story(uid)
        if known.merged_into is not None:
            self._desk.redirect(known.number, None)
        return known


def _derived(uid: str, node: str) -> str:
    return hashlib.sha256(f"{uid}\0{node}".encode()).hexdigest()[:20]


def _tell(desk: StoryDesk, numbers: Iterable[int]) -> None:
    """Tell stories anew from their posts."""
    members = desk.members(numbers)
    known = desk.stories(numbers)
    for number, story in sorted(known.items()):
        if number in members:
            told = tell(Identity(number, story.uid, story.slug), members[number])
            if story.slug == story.uid:
                desk.name(
                    number, slug_of(f"{told.artist} {told.song}".strip() or told.title) or "story"
                )
            desk.put_story(told, _subjects(members[number]), facets_of(told))
        else:
            desk.empty(number)


def _subjects(members: Iterable[StoryPost]) -> int:
    return sum(member.mention.role is MentionRole.SUBJECT for member in members)
