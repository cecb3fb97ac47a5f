"""Which names are one work: a pure function of a set of facts, whatever order they came in.

A **node** is what a post says a work is called: ``artist|song|`` where it names both, less
where it is silent. A **bond** is something two nodes can share: a name, a video, an address.
Nodes that state artist and song are joined bond by bond, the strongest kind first, and only
where their names allow it, so that one wrong embed glues nothing together. A node that
lacks a name is a follower: it goes to the one work that its bonds speak for most, and never
joins two works.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import pairwise

from aggregator.videos.stories.naming import names_of
from aggregator.videos.stories.nearness import (
    Likeness,
    artists_alike,
    same_with_link,
    same_with_video,
    same_without_proof,
    songs_alike,
)

MOST_NODES = 64
"""A bond that more nodes share is hollow: evidence of nothing; nobody is looked up by it."""


class Bond(StrEnum):
    """The kinds of bonds, as they begin; the strongest first."""

    TIE = "t:"
    NAME = "n:"
    MEMBER = "m:"
    SPELLING = "s:"
    VIDEO = "v:"
    ADDRESS = "u:"


_UNASKED = (Bond.TIE, Bond.NAME, Bond.MEMBER)

Facts = Mapping[str, Collection[str]]
"""The bonds of every node."""

Pair = tuple[str, str]

_RULES: tuple[tuple[Bond, Callable[[str, str], bool]], ...] = (
    (Bond.NAME, lambda one, other: True),
    (Bond.MEMBER, lambda one, other: True),
    (Bond.SPELLING, same_without_proof),
    (Bond.VIDEO, same_with_video),
    (Bond.ADDRESS, same_with_link),
)


def join(facts: Facts, hollow: Collection[str] = ()) -> list[list[str]]:
    """Join nodes into works.

    Args:
        facts: all nodes that are connected by bonds, with their bonds.
        hollow: those bonds that are evidence of nothing, see `is_hollow`.

    Returns:
        The nodes of each work, sorted; the works by their first node.
    """
    if hollow:
        facts = {node: set(bonds).difference(hollow) for node, bonds in facts.items()}
    groups = _Groups(facts)
    for one, other in _pairs(facts, Bond.TIE, lambda one, other: True):
        groups.join(one, other)
    named = {node: facts[node] for node in facts if is_named(node)}
    for rule in _RULES:
        for one, other in _pairs(named, *rule):
            groups.join(one, other)
    _follow(facts, groups)
    return groups.all()


def neighbours(node: str, bond: str, nodes: Iterable[str]) -> Iterable[str]:
    """The nodes whose joining could depend on a node.

    Args:
        node: the node.
        bond: one of its bonds, not hollow.
        nodes: those that share it.
    """
    kind = Bond(bond[:2])
    if kind in _UNASKED:
        return nodes
    if kind is Bond.SPELLING:
        return [near for near in nodes if same_without_proof(node, near)]
    return [near for near in nodes if _may_be_one(node, near)]


def is_named(node: str) -> bool:
    """Whether a node states artist and song."""
    artist, song = names_of(node)
    return bool(artist and song)


def is_hollow(bond: str, nodes: int) -> bool:
    """Whether a bond that so many nodes share is evidence of nothing."""
    return nodes > MOST_NODES and not bond.startswith(Bond.TIE)


class _Groups:
    """Nodes in disjoint groups."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self._root = {node: node for node in nodes}
        self._members = {node: [node] for node in self._root}

    def root(self, node: str) -> str:
        while self._root[node] != node:
            self._root[node] = node = self._root[self._root[node]]
        return node

    def with_(self, node: str) -> list[str]:
        """All nodes of a node's group."""
        return self._members[self.root(node)]

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        if first != second:
            self._root[second] = first
            self._members[first] += self._members.pop(second)

    def all(self) -> list[list[str]]:
        return sorted(sorted(members) for members in self._members.values())


def _pairs(facts: Facts, kind: Bond, allowed: Callable[[str, str], bool]) -> Iterator[Pair]:
    for nodes in _sharing(facts, kind).values():
        if kind in _UNASKED:
            yield from pairwise(nodes)
            continue
        for place, one in enumerate(nodes):
            yield from ((one, other) for other in nodes[place + 1 :] if allowed(one, other))


def _sharing(facts: Facts, *kinds: Bond) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for node in sorted(facts):
        for bond in facts[node]:
            if bond.startswith(kinds):
                found[bond].append(node)
    return {bond: found[bond] for bond in sorted(found) if len(found[bond]) > 1}


def _follow(facts: Facts, groups: _Groups) -> None:
    """Send every node that lacks a name after one work, or join it with its like."""
    sharing = _sharing(facts, Bond.VIDEO, Bond.ADDRESS)
    followers = sorted(node for node in facts if not is_named(node))
    leaders = {node: _leader(node, facts, sharing, groups) for node in followers}
    for node, leader in leaders.items():
        if leader:
            groups.join(node, leader)
    alone = {node: facts[node] for node in followers if not leaders[node]}
    for nodes in _sharing(alone, Bond.VIDEO).values():
        _gather(nodes, groups)


def _leader(
    node: str, facts: Facts, sharing: Mapping[str, list[str]], groups: _Groups
) -> str | None:
    """The named node of the work that shares most with a node, by bonds, then by names."""
    votes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for bond in facts[node]:
        allowed = same_with_link if bond.startswith(Bond.ADDRESS) else same_with_video
        for other in sharing.get(bond, ()):
            if is_named(other) and allowed(node, other):
                vote = votes[groups.root(other)]
                vote[0] += 1
                vote[1] += _closeness(node, other)
    return min(votes, key=lambda root: (-votes[root][0], -votes[root][1], root), default=None)


def _closeness(node: str, other: str) -> int:
    (artist, song), (artist_2, song_2) = names_of(node), names_of(other)
    return songs_alike(song, song_2) + artists_alike(artist, artist_2)


def _gather(nodes: list[str], groups: _Groups) -> None:
    """Join followers of one video whose groups contradict each other in nothing."""
    for place, one in enumerate(nodes):
        for other in nodes[place + 1 :]:
            if all(_agree(a, b) for a in groups.with_(one) for b in groups.with_(other)):
                groups.join(one, other)


def _agree(one: str, other: str) -> bool:
    (artist, song), (artist_2, song_2) = names_of(one), names_of(other)
    return Likeness.DIFFERENT not in (songs_alike(song, song_2), artists_alike(artist, artist_2))


def _may_be_one(one: str, other: str) -> bool:
    """Whether any rule of videos or addresses could join two nodes."""
    return same_with_video(one, other) or _agree(one, other)
