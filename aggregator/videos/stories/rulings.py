"""What an editor decided about stories, carried out on the mentions of one post.

A merge gives mentions a bond that joins whatever they are called. A split gives them a node of
their own that no other bond reaches. Both hold for the posts they were made on, however those
are read later, and for later posts that call the work the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aggregator.story import Mention, Ruling, RulingKind
from aggregator.videos.stories.joining import Bond


def ruled(
    mentions: Sequence[Mention], feed: str, id: str, rulings: Iterable[Ruling]
) -> tuple[Mention, ...]:
    """Carry out rulings on the mentions of a post.

    Args:
        mentions: as read.
        feed: address of the post's feed.
        id: the post's id in it.
        rulings: all of them, in their order.
    """
    found = list(mentions)
    for ruling in rulings:
        anchored = {a.node for a in ruling.anchors if (a.feed, a.id) == (feed, id)}
        meant = {m.node for m in found} & (anchored | set(ruling.nodes))
        if anchored and not meant and len(found) == 1:
            meant = {found[0].node}
        found = [_carried_out(m, ruling) if m.node in meant else m for m in found]
    return tuple(found)


def _carried_out(mention: Mention, ruling: Ruling) -> Mention:
    bond = f"{Bond.TIE}{ruling.number}"
    if ruling.kind is RulingKind.MERGE:
        return replace(mention, bonds=(*mention.bonds, bond))
    return replace(mention, node=f"{mention.node}#{ruling.number}", bonds=(bond,))
