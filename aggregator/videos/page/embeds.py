"""The videos that a post shows, in reading order, each with the role it plays.

Which links are videos of the post (plain links outnumber players three to one):

- a player, a short code, a lazy loader and the post's own link always are;
- a link is when it stands alone in its line or item, follows a colon, is an address written
  out, wraps a picture, or its words offer to watch or name a title in quotes;
- any other link in running prose is one only in a post that shows no video in a stronger
  way; beside a player it is a remark about something else;
- a still counts last, and only when nothing else in the post is a video.

Links and players in furniture (related posts, share bars) and in code never count, and
links in the description that comes with a video's own page (a YouTube entry) neither.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from aggregator.models import Kind, Media, Video, VideoKind
from aggregator.videos.page import roles
from aggregator.videos.page.blocks import Block, Body, Link, Role
from aggregator.videos.page.providers import VideoRef, from_thumbnail, identify


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


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a video's role is read from.

    Args:
        blocks: the post's blocks.
        shown: the places of its videos.
        pointed: roles that sentences elsewhere give by pointing up or down.
        title: the post's title when it shows a single video, else empty.
    """

    blocks: tuple[Block, ...]
    shown: frozenset[int]
    pointed: dict[tuple[str, str], VideoKind]
    title: str


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
    return settle(found, roles.speaks_of_music_video(title, body.text[:_LONGEST_READ]))


def settle(found: Sequence[Found], about: bool, kind: Kind | None = None) -> tuple[Video, ...]:
    """Give the videos whose role nothing near them states the role that the post suggests.

    Args:
        found: the videos.
        about: whether the post is about a music video.
        kind: the post's kind, where it is known.
    """
    role = _ROLES.get(kind) if kind else None
    announced = any(item.video.kind is VideoKind.MAKING_OF for item in found)
    if kind is Kind.MAKING_OF and (announced or _has(found, VideoKind.OFFICIAL)):
        role = VideoKind.MAKING_OF
    role = role or (VideoKind.OFFICIAL if about else VideoKind.OTHER)
    return tuple(item.video if item.sure else replace(item.video, kind=role) for item in found)


def _has(found: Sequence[Found], kind: VideoKind) -> bool:
    """Whether one of the videos surely plays a role."""
    return any(item.sure and item.video.kind is kind for item in found)


_ROLES = {
    Kind.LIVE: VideoKind.LIVE,
    Kind.LYRIC: VideoKind.LYRIC,
    Kind.VISUALIZER: VideoKind.OTHER,
    Kind.FAN: VideoKind.OTHER,
}


def look(
    body: Body, *, link: str = "", media: Sequence[Media] = (), title: str = ""
) -> tuple[Found, ...]:
    """Find the videos as `find_videos` does, and say of which the role is sure."""
    seen = list(_sights(body, link, media, title))
    if not seen:
        return ()
    sights = _strongest_only(seen)
    scene = _Scene(
        blocks=body.blocks,
        shown=frozenset(sight.place for sight in sights),
        pointed=_pointed(body, sights),
        title=title if len(sights) == 1 else "",
    )
    return tuple(_found(sight, scene) for sight in sights)


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
    """The videos that a block's links lead to; one in a row with a shown one is shown too."""
    last: Link | None = None
    for link in block.links[:_MOST_LINKS]:
        if ref := identify(link.url, base):
            shown = _is_shown(block, link) or (last is not None and _in_row(block, last, link))
            last = link if shown else None
            words = "" if _is_address(link.text) else link.text
            yield _Sight(ref, _Strength.LINK if shown else _Strength.MENTION, place, words)


def _in_row(block: Block, first: Link, second: Link) -> bool:
    """Whether nothing but a comma or an "and" stands between two links."""
    if not first.text:
        return False
    after = block.text.partition(first.text)[2].lstrip()
    return 0 <= after.find(second.text) <= _LONGEST_JOINT


_LONGEST_JOINT = 5
_MOST_LINKS = 100

_ADDRESS = re.compile(r"(?:https?:)?//|www\.|youtu|vimeo\.com|dai\.?ly", re.IGNORECASE)
_QUOTED = re.compile(r"[“”„«»「『\"‘]|[–—-]\s")


def _is_address(text: str) -> bool:
    """Whether a link's words are an address themselves."""
    return bool(_ADDRESS.match(text)) and " " not in text


def _is_shown(block: Block, link: Link) -> bool:
    """Whether a link puts its video before the reader instead of mentioning it."""
    if link.image or not link.text or _is_address(link.text) or link.text == "[link]":
        return True
    if _is_alone(block, link) or _is_introduced(block, link):
        return True
    if len(link.text) > _LONGEST_OFFER:
        return False
    return bool(_QUOTED.search(link.text)) or roles.offers(link.text)


_LONGEST_OFFER = 120


def _is_alone(block: Block, link: Link) -> bool:
    """Whether a link is all there is in its line, or most of its item or heading."""
    text = link.text
    if sum(len(other.text) for other in block.links) >= 0.7 * len(block.text):
        return True
    if block.role in (Role.ITEM, Role.HEADING, Role.CAPTION):
        return len(text) >= 0.3 * len(block.text) or block.text.startswith(text)
    return "\n" in block.text and text in block.text.split("\n")


def _is_introduced(block: Block, link: Link) -> bool:
    """Whether a sentence's colon leads to a link; a label's ("Previously:") does not."""
    before = block.text.partition(link.text)[0].rstrip()
    return before.endswith((":", "：")) and before.count(" ") >= _SHORTEST_SENTENCE


_SHORTEST_SENTENCE = 4


def _strongest_only(sights: list[_Sight]) -> list[_Sight]:
    """Each video once, at its first place, without those that a stronger one outshines."""
    enough = min(max(sight.strength for sight in sights), _Strength.LINK)
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


def _found(sight: _Sight, scene: _Scene) -> Found:
    """A video with its role, by the nearest words that speak of it."""
    kind = _kind(sight, scene)
    announced = roles.of_sentence(scene.title) if kind is None else None
    guess = VideoKind.MAKING_OF if announced is VideoKind.MAKING_OF else VideoKind.OTHER
    ref = sight.ref
    video = Video(
        provider=ref.provider,
        id=ref.id,
        url=ref.watch_url,
        kind=kind or guess,
        title=sight.title,
        thumbnail=ref.thumbnail_url,
    )
    return Found(video, kind is not None)


def _kind(sight: _Sight, scene: _Scene) -> VideoKind | None:
    """The role of a video: by its title, by who points at it, by what stands beside it."""
    if sight.title and (kind := roles.of_title(sight.title)):
        return kind
    if kind := scene.pointed.get(sight.ref.key):
        return kind
    for text, reader in _beside(scene.blocks, sight.place, scene.shown):
        if kind := reader(text):
            return kind
    return _by_headline(scene.title)


def _by_headline(title: str) -> VideoKind | None:
    """The role that the post's title gives its only video; "video" alone gives none."""
    kind = roles.of_sentence(title)
    return None if kind in (VideoKind.OFFICIAL, VideoKind.MAKING_OF) else kind


def _beside(
    blocks: Sequence[Block], place: int, shown: frozenset[int]
) -> Iterator[tuple[str, _Reader]]:
    """What stands right beside a video, the most telling first.

    What stands between two videos leads to the second, unless it is a caption.
    """
    if not 0 <= place < len(blocks):
        return
    before, after = _neighbour(blocks, place, -1), _neighbour(blocks, place, 1)
    if after and blocks[after].role is Role.CAPTION:
        yield blocks[after].text, roles.of_title
    if blocks[place].text:
        yield blocks[place].text[:_NEAR], roles.of_sentence
    if before is not None and blocks[before].role is Role.HEADING:
        yield blocks[before].text, roles.of_title
    elif before is not None:
        yield _last_sentence(blocks[before].text), roles.of_sentence
    leads_on = after is None or after in shown or after + 1 in shown
    if after and not leads_on and blocks[after].role is not Role.HEADING:
        yield _first_sentence(blocks[after].text), roles.of_sentence


_NEAR = 300


def _neighbour(blocks: Sequence[Block], place: int, step: int) -> int | None:
    """The place of the nearest words before or after, unless a player is between."""
    for distance in (1, 2, 3):
        index = place + step * distance
        if not 0 <= index < len(blocks) or blocks[index].players:
            return None
        if blocks[index].text and not blocks[index].boilerplate:
            return index
    return None


_STOP = re.compile(r"[.!?…。！？\n][”\"»)\s]*")


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
    for place, sentence in _pointing_sentences(body):
        if kind := roles.of_sentence(sentence):
            for way in roles.pointing(sentence):
                if target := _target(sights, place, way):
                    found.setdefault(target.ref.key, kind)
    return found


def _pointing_sentences(body: Body) -> Iterator[tuple[int, str]]:
    """Sentences with a word in them that may point up or down, and their block's place."""
    words = roles.pointers_in(body.text[:_LONGEST_READ].casefold())
    if not words:
        return
    for place, block in enumerate(body.blocks):
        if block.boilerplate or block.role is Role.CODE:
            continue
        text = block.text[:_LONGEST_READ].casefold()
        if any(word in text for word in words):
            for sentence in _STOP.split(text):
                if any(word in sentence for word in words):
                    yield place, sentence


def _target(sights: Sequence[_Sight], place: int, way: str) -> _Sight | None:
    """The video that is nearest to a block, above or below it."""
    if way == "above":
        return next((s for s in reversed(sights) if s.place < place), None)
    return next((s for s in sights if s.place >= place), None)
