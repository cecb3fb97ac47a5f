"""The story of stories: posts that are new or judged anew find the works they tell of.

::

    posts due -> mentions -> the nodes they touch -> join -> which story is which -> tell -> store

Nothing here decides or touches anything itself: `videos.stories` decides, `store` acts. The
outcome depends on the posts alone, not on the order or the batches in which they came;
only which of several ids survives does: the oldest.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.errors import ConfigError
from aggregator.models import Post
from aggregator.store.store import Store
from aggregator.store.stories import StoryRow
from aggregator.store.story_desk import Change, Founder, Known, StoryDesk, Telling
from aggregator.story import Anchor, Mention, MentionRole, Ruling, RulingKind, Story, StoryPost
from aggregator.videos.stories.facets import facets_of, slug_of
from aggregator.videos.stories.joining import MOST_NODES, is_hollow, join, neighbours
from aggregator.videos.stories.mentions import named_by_provider
from aggregator.videos.stories.rulings import ruled
from aggregator.videos.stories.telling import Identity, tell

BATCH = 500
_FEW = 8
"""Of so many nodes it is asked first whether they can join anything at all."""
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
    if store.stories.is_settled():
        return 0
    settled, found = 0, batch
    while found == batch:
        with store.stories.desk() as desk:
            posts = desk.due_posts(batch)
            found = len(posts)
            touched = _settle(desk, posts)
            # A long backlog touches one story many times: it is told once, at the end.
            if found == batch:
                desk.leave_untold(touched)
            else:
                _tell(desk, touched)
        settled += found
    while not store.stories.is_settled():
        with store.stories.desk() as desk:
            _tell(desk, desk.untold(batch))
    return settled


def stories(store: Store, rows: Sequence[StoryRow]) -> list[Story]:
    """Tell stories in full.

    Args:
        store: what is known.
        rows: such as `aggregator.store.stories.StoryTable.newest` gives, in their order.
    """
    members = store.stories.members(row.number for row in rows)
    shown = (video for found in members.values() for m in found for video in m.post.verdict.videos)
    checks = store.checks.of((video.provider, video.id) for video in shown)
    return [
        tell(Identity(row.number, row.uid, row.slug), members[row.number], checks)
        for row in rows
        if row.number in members
    ]


def merge(store: Store, rows: Sequence[StoryRow], now: datetime) -> Story:
    """Join stories for good: an editor's word; the oldest one's id stays.

    Args:
        store: what is known.
        rows: the stories, two or more.
        now: when the editor said so.

    Returns:
        The story that they are now.
    """
    members = store.stories.members(row.number for row in rows)
    every = [member for found in members.values() for member in found]
    nodes = {member.mention.node for member in every}
    _rule(store, RulingKind.MERGE, every, nodes, now)
    return stories(store, store.stories.find(rows[0].uid))[0]


def split(store: Store, row: StoryRow, posts: Collection[int], now: datetime) -> list[Story]:
    """Part posts from a story for good: an editor's word.

    Args:
        store: what is known.
        row: the story.
        posts: numbers of the posts that are to be a story of their own.
        now: when the editor said so.

    Returns:
        The stories that the story's posts are of now.

    Raises:
        ConfigError: a post is not of the story, or none would be left in it.
    """
    members = store.stories.members([row.number]).get(row.number, [])
    parted = [member for member in members if member.post.number in posts]
    if strangers := set(posts) - {member.post.number for member in parted}:
        raise ConfigError(f"post {min(strangers)} is not of story {row.number}")
    if len(parted) == len(members):
        raise ConfigError(f"these are all posts of story {row.number}", cure="leave one out")
    stay = {member.mention.node for member in members if member not in parted}
    nodes = {member.mention.node for member in parted} - stay
    _rule(store, RulingKind.SPLIT, parted, nodes, now)
    found = {r.uid: r for m in members for r in store.stories.of_post(m.post.number)}
    return stories(store, sorted(found.values(), key=lambda r: r.number))


def _rule(
    store: Store,
    kind: RulingKind,
    members: Iterable[StoryPost],
    nodes: Iterable[str],
    now: datetime,
) -> None:
    anchors = [Anchor(m.post.entry.feed, m.post.entry.id, m.mention.node) for m in members]
    with store.stories.desk() as desk:
        desk.rule(kind, anchors, sorted(nodes), now)
    settle(store)


def _settle(desk: StoryDesk, posts: Sequence[Post]) -> set[int]:
    """Join posts; gives the numbers of the stories to be told anew."""
    rulings = desk.rulings()
    nameless = [post for post in posts if not post.verdict.works]
    titles = desk.titles(v.id for post in nameless for v in post.verdict.videos)
    said = {post.number: _mentions(post, titles, rulings) for post in posts}
    change = desk.put_mentions(said)
    touched = set(change.placed.values())
    if change.loose or change.gone:
        touched |= _join(desk, change)
    return touched


def _mentions(
    post: Post, titles: Mapping[str, str], rulings: Sequence[Ruling]
) -> tuple[Mention, ...]:
    if not post.verdict.keep:
        return ()
    return ruled(named_by_provider(post, titles), post.entry.feed, post.entry.id, rulings)


def _join(desk: StoryDesk, change: Change) -> set[int]:
    """Join the nodes that a change touches; gives the numbers of the stories that differ."""
    if _joins_nothing(desk, change):
        return set()
    region = _region(desk, change)
    before = desk.placed(region.facts)
    desk.drop_nodes(change.gone)
    groups = join(region.facts, region.hollow)
    after = {
        node: number for nodes, number in _Chooser(desk, before).choose(groups) for node in nodes
    }
    moved = {node: number for node, number in after.items() if before.get(node) != number}
    desk.place(moved)
    return {*moved.values(), *(before[node] for node in moved if node in before)}


def _joins_nothing(desk: StoryDesk, change: Change) -> bool:
    """Whether a few posts only add to known nodes what no other node has, as most posts do."""
    if change.lost or change.gone or len(change.loose) > _FEW:
        return False
    if any(node not in change.placed for node in change.loose):
        return False
    return all(len(nodes) < 2 for nodes in desk.sharing(change.fresh, 2, {}).values())


@dataclass(frozen=True, slots=True)
class _Region:
    """Nodes whose joining could depend on a change, with their bonds and the hollow ones."""

    facts: Mapping[str, set[str]]
    hollow: set[str]


def _region(desk: StoryDesk, change: Change) -> _Region:
    facts: dict[str, set[str]] = {}
    sharing: dict[str, set[str]] = {}
    front = _front(desk, change)
    while front:
        found = desk.bonds_of(front)
        facts |= {node: found.get(node, set()) for node in front}
        unknown = {bond for bonds in found.values() for bond in bonds} - sharing.keys()
        sharing |= desk.sharing(unknown, MOST_NODES + 1, change.fresh)
        front = {
            near
            for node in front
            for bond in facts[node]
            if not is_hollow(bond, len(sharing[bond]) - len(change.fresh.get(bond, ())))
            for near in neighbours(node, bond, sharing[bond])
        } - facts.keys()
    return _Region(facts, {bond for bond in sharing if is_hollow(bond, len(sharing[bond]))})


def _front(desk: StoryDesk, change: Change) -> set[str]:
    """The changed nodes, those of one story with them, and those that a bond joins again."""
    front = set(change.loose)
    if change.lost:
        changed = change.loose | change.gone
        front |= desk.nodes_of(desk.placed(changed).values())
        sharing = desk.sharing(change.lost, MOST_NODES + 1, {})
        for bond, nodes in sharing.items():
            if is_hollow(bond, len(nodes) + change.lost[bond]) and not is_hollow(bond, len(nodes)):
                front |= nodes
    return front - change.gone


class _Chooser:
    """Decides which story each group of nodes is.

    The story with the lowest number survives; the others of its group redirect to it. A
    story whose nodes are parted stays with its oldest post. A new one is named after its oldest
    post; if that had a story before, which was emptied or redirects, it lives again.
    """

    def __init__(self, desk: StoryDesk, before: Mapping[str, int]) -> None:
        self._desk, self._before = desk, before

    def choose(self, groups: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], int]]:
        """The groups with the numbers of their stories."""
        founders = self._desk.founders(node for nodes in groups for node in nodes)
        owned = self._owned(groups, founders)
        chosen, homeless = [], []
        for place, nodes in enumerate(groups):
            if mine := sorted(owned[place]):
                for other in mine[1:]:
                    self._desk.redirect(other, mine[0])
                chosen.append((nodes, mine[0]))
            else:
                homeless.append((min(nodes, key=lambda node: (founders[node], node)), nodes))
        homeless.sort(key=lambda pair: (founders[pair[0]], pair[0]))
        numbers = self._new([(node, founders[node]) for node, _ in homeless])
        return chosen + [(nodes, numbers[node]) for node, nodes in homeless]

    def _owned(
        self, groups: Sequence[Sequence[str]], founders: Mapping[str, Founder]
    ) -> dict[int, list[int]]:
        """The numbers of the stories that each group takes over, by the group's place."""
        owners: dict[int, list[tuple[Founder, int]]] = defaultdict(list)
        for place, nodes in enumerate(groups):
            for node in nodes:
                if node in self._before:
                    owners[self._before[node]].append((founders[node], place))
        owned: dict[int, list[int]] = defaultdict(list)
        for story, claims in owners.items():
            owned[min(claims)[1]].append(story)
        return owned

    def _new(self, homeless: Sequence[tuple[str, Founder]]) -> dict[str, int]:
        """Stories for groups that have none, by their oldest node."""
        wanted = {node: _derived(f.uid, node) if f.place else f.uid for node, f in homeless}
        known = self._desk.with_uids(wanted.values())
        taken: set[str] = {uid for uid, story in known.items() if not self._is_free(story)}
        for node, founder in homeless:
            if wanted[node] in taken:
                wanted[node] = _derived(founder.uid, node)
                known |= self._desk.with_uids([wanted[node]])
            taken.add(wanted[node])
        for uid, story in known.items():
            if story.merged_into is not None and uid in wanted.values():
                self._desk.redirect(story.number, None)
        made = self._desk.new_stories([uid for uid in wanted.values() if uid not in known])
        return {
            node: made[uid] if uid in made else known[uid].number for node, uid in wanted.items()
        }

    def _is_free(self, story: Known) -> bool:
        return not self._desk.nodes_of([story.number])


def _derived(uid: str, node: str) -> str:
    return hashlib.sha256(f"{uid}\0{node}".encode()).hexdigest()[:20]


def _tell(desk: StoryDesk, numbers: Iterable[int]) -> None:
    """Tell stories anew from their posts."""
    members = desk.members(numbers)
    told: list[Telling] = []
    for number, known in sorted(desk.stories(numbers).items()):
        if number not in members:
            desk.empty(number)
            continue
        story = tell(Identity(number, known.uid, known.slug), members[number])
        unnamed = known.slug == known.uid
        told.append(
            Telling(story, _subjects(story), facets_of(story), _name(story) if unnamed else "")
        )
    desk.put_stories(told)


def _name(story: Story) -> str:
    return slug_of(f"{story.artist} {story.song}") or slug_of(story.title) or "story"


def _subjects(story: Story) -> int:
    return sum(member.mention.role is MentionRole.SUBJECT for member in story.posts)
