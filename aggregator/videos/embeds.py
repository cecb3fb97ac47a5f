"""The videos that a post shows, in reading order, each with the role it plays.

Which links are videos of the post (plain links outnumber players three to one):

- a player, a short code, a lazy loader and the post's own link always are;
- a link is when it stands alone in its line or item, is an address written out, wraps a
  picture, or its words offer to watch or name a title in quotes;
- a link in running prose is too, but plays the role ``other``, and only in a post that
  shows no video in a stronger way; beside a player it is a remark about something else;
- a still counts last, and only when nothing else in the post is a video.

Links and players in furniture (related posts, share bars) and in code never count, and
links in the description that comes with a video's own page (a YouTube entry) neither.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from aggregator.models import Media, Video, VideoKind
from aggregator.videos import roles
from aggregator.videos.body import Block, Body, Link, Role
from aggregator.videos.providers import VideoRef, from_thumbnail, identify


@dataclass(frozen=True, slots=True)
class Found:
    """A video of a post, and whether its own words or those beside it gave its role.

    Args:
        video: the video; its kind is the best guess.
        sure: False when nothing near the video speaks of its role, so that who knows
            whether the post is about a music video may settle it.
    """

    video: Video
    sure: bool


_Reader = Callable[[str], VideoKind | None]


class _Strength(IntEnum):
    """How plainly a post shows a video."""

    STILL = 0
    MENTION = 1
    LINK = 2
    PLAYER = 3


@dataclass(frozen=True, slots=True)
class _Sight:
    """One place where a post shows a video; `place` is its block, -1 for the post's link."""

    ref: VideoRef
    strength: _Strength
    place: int
    title: str = ""


def find_videos(
    body: Body, *, link: str = "", media: Sequence[Media] = (), title: str = ""
) -> tuple[Video, ...]:
    """Find the videos that a post shows.

    Args:
        body: the post's body.
        link: the post's own address; a video's page counts as its first video.
        media: what the feed states beside the post.
        title: the post's title.

    Returns:
        The videos in reading order, each once, with canonical addresses.
    """
    found = look(body, link=link, media=media, title=title)
    if all(item.sure for item in found):
        return tuple(item.video for item in found)
    text = f"{title}\n{body.text[:_LONGEST_READ]}"
    return settle(found, roles.leaning(text, frozenset(roles.words_of(text))) > 0)


def settle(found: Iterable[Found], about: bool) -> tuple[Video, ...]:
    """Give the videos whose role nothing near them states the role the post suggests.

    Args:
        found: the videos.
        about: whether the post is about a music video.
    """
    kind = VideoKind.OFFICIAL if about else VideoKind.OTHER
    return tuple(item.video if item.sure else replace(item.video, kind=kind) for item in found)


def look(
    body: Body, *, link: str = "", media: Sequence[Media] = (), title: str = ""
) -> tuple[Found, ...]:
    """Find the videos as `find_videos` does, and say of which the role is sure."""
    sights = _strongest_only(list(_sights(body, link, media, title)))
    pointed = _pointed(body, sights) if sights else {}
    alone = len(sights) == 1
    return tuple(_found(body, sight, title if alone else "", pointed) for sight in sights)


_LONGEST_READ = 6000


def _sights(body: Body, link: str, media: Sequence[Media], title: str) -> Iterator[_Sight]:
    """Every place where a post shows a video: its link, its body, what the feed adds."""
    own = identify(link) if link else None
    if own:
        yield _Sight(own, _Strength.PLAYER, -1, title)
    for place, block in enumerate(body.blocks):
        if not block.boilerplate and block.role is not Role.CODE:
            if block.players:
                yield from _players(block, place)
            if block.links and not own:
                yield from _links(block, place, link)
    for medium in media:
        if ref := identify(medium.url):
            yield _Sight(ref, _Strength.PLAYER, len(body.blocks), medium.title)
        elif ref := from_thumbnail(medium.thumbnail):
            yield _Sight(ref, _Strength.STILL, len(body.blocks), medium.title)


def _players(block: Block, place: int) -> Iterator[_Sight]:
    """The videos that a block's players and stills show."""
    for player in block.players:
        if player.how == "thumbnail":
            if ref := from_thumbnail(player.url):
                yield _Sight(ref, _Strength.STILL, place, player.title)
        elif ref := identify(player.url):
            yield _Sight(ref, _Strength.PLAYER, place, player.title)


def _links(block: Block, place: int, base: str) -> Iterator[_Sight]:
    """The videos that a block's links lead to."""
    for link in block.links:
        if ref := identify(link.url, base):
            shown = _is_shown(block, link)
            words = "" if _is_address(link.text) else link.text
            yield _Sight(ref, _Strength.LINK if shown else _Strength.MENTION, place, words)


_ADDRESS = re.compile(r"(?:https?:)?//|www\.|youtu|vimeo\.com|dai\.?ly", re.IGNORECASE)
_QUOTED = re.compile(r"[“”„«»「『\"‘]|[–—-]\s")


def _is_address(text: str) -> bool:
    """Whether a link's words are an address themselves."""
    return bool(_ADDRESS.match(text)) and " " not in text


def _is_shown(block: Block, link: Link) -> bool:
    """Whether a link puts its video before the reader instead of mentioning it."""
    if link.image or not link.text or _is_address(link.text) or link.text == "[link]":
        return True
    if _is_alone(block, link):
        return True
    if len(link.text) > _LONGEST_OFFER:
        return False
    return bool(_QUOTED.search(link.text)) or roles.offers(link.text)


_LONGEST_OFFER = 120


def _is_alone(block: Block, link: Link) -> bool:
    """Whether a link is all there is in its line, or most of its item or heading."""
    text = link.text
    if len(text) >= 0.8 * len(block.text):
        return True
    if block.role in (Role.ITEM, Role.HEADING, Role.CAPTION):
        return len(text) >= 0.3 * len(block.text) or block.text.startswith(text)
    return "\n" in block.text and text in block.text.split("\n")


def _strongest_only(sights: list[_Sight]) -> list[_Sight]:
    """Each video once, at its first place, without those that a stronger one outshines."""
    best = max((sight.strength for sight in sights), default=_Strength.STILL)
    least = {_Strength.STILL: _Strength.STILL, _Strength.MENTION: _Strength.MENTION}
    enough = least.get(best, _Strength.LINK)
    merged: dict[tuple[str, str], _Sight] = {}
    for sight in sights:
        known = merged.get(sight.ref.key)
        merged[sight.ref.key] = _merged(known, sight) if known else sight
    return [sight for sight in merged.values() if sight.strength >= enough]


def _merged(first: _Sight, again: _Sight) -> _Sight:
    """One sight of a video seen twice: the stronger place, whatever title there is."""
    stronger = again if again.strength > first.strength else first
    weaker = first if stronger is again else again
    ref = stronger.ref if stronger.ref.hash or not weaker.ref.hash else weaker.ref
    return replace(stronger, ref=ref, title=stronger.title or weaker.title)


def _found(
    body: Body, sight: _Sight, title: str, pointed: dict[tuple[str, str], VideoKind]
) -> Found:
    """A video with its role, by the nearest words that speak of it."""
    kind = _kind(body, sight, title, pointed)
    ref = sight.ref
    sure = kind is not None or sight.strength is _Strength.MENTION
    video = Video(
        provider=ref.provider,
        id=ref.id,
        url=ref.watch_url,
        kind=kind or VideoKind.OTHER,
        title=sight.title,
        thumbnail=ref.thumbnail_url,
    )
    return Found(video, sure)


def _kind(
    body: Body, sight: _Sight, title: str, pointed: dict[tuple[str, str], VideoKind]
) -> VideoKind | None:
    """The role of a video: by its title, by who points at it, by what stands beside it."""
    if sight.title and (kind := roles.of_title(sight.title)):
        return kind
    if sight.strength is _Strength.MENTION:
        return None
    if kind := pointed.get(sight.ref.key):
        return kind
    for text, reader in _beside(body.blocks, sight.place):
        if kind := reader(text):
            return kind
    return roles.of_title(title) if title else None


def _beside(blocks: Sequence[Block], place: int) -> Iterator[tuple[str, _Reader]]:
    """What stands right beside a video, the most telling first."""
    if place < 0 or place >= len(blocks):
        return
    before, after = _neighbour(blocks, place, -1), _neighbour(blocks, place, 1)
    if after and after.role is Role.CAPTION:
        yield after.text, roles.of_title
    if blocks[place].text:
        yield blocks[place].text[:_NEAR], roles.of_sentence
    if before and before.role is Role.HEADING:
        yield before.text, roles.of_title
    elif before:
        yield _last_sentence(before.text), roles.of_sentence
    if after and after.role is not Role.HEADING:
        yield _first_sentence(after.text), roles.of_sentence


_NEAR = 300


def _neighbour(blocks: Sequence[Block], place: int, step: int) -> Block | None:
    """The nearest block with words before or after a place, unless a player is between."""
    for distance in (1, 2, 3):
        index = place + step * distance
        if not 0 <= index < len(blocks) or blocks[index].players:
            return None
        if blocks[index].text and not blocks[index].boilerplate:
            return blocks[index]
    return None


_STOP = re.compile(r"(?<=[.!?…。！？])[\s”\"»)]+|(?<=[。！？])|\n")


def _last_sentence(text: str) -> str:
    """A text's last sentence."""
    parts = [part for part in _STOP.split(text[-_NEAR:]) if part and part.strip()]
    return parts[-1] if parts else ""


def _first_sentence(text: str) -> str:
    """A text's first sentence."""
    return next((part for part in _STOP.split(text[:_NEAR]) if part and part.strip()), "")


def _pointed(body: Body, sights: Sequence[_Sight]) -> dict[tuple[str, str], VideoKind]:
    """Roles given by sentences that point at a video: "the making-of shown above"."""
    found: dict[tuple[str, str], VideoKind] = {}
    for place, block in enumerate(body.blocks):
        if block.boilerplate or not block.text or block.role is Role.CODE:
            continue
        if not roles.pointing(roles.words_of(block.text), block.text):
            continue
        for sentence in _STOP.split(block.text[:_LONGEST_READ]):
            if sentence and (kind := roles.of_sentence(sentence)):
                for way in roles.pointing(roles.words_of(sentence), sentence):
                    if target := _target(sights, place, way):
                        found.setdefault(target.ref.key, kind)
    return found


def _target(sights: Sequence[_Sight], place: int, way: str) -> _Sight | None:
    """The video that is nearest to a block, above or below it."""
    if way == "above":
        return next((s for s in reversed(sights) if s.place < place), None)
    return next((s for s in sights if s.place >= place), None)
