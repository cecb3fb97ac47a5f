"""What one post contributes to stories: a mention for each work it tells of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aggregator.models import Entry, Kind, Post, Video, Work
from aggregator.story import Mention, MentionRole
from aggregator.videos.names import folded_text
from aggregator.videos.page.providers import identify
from aggregator.videos.stories.joining import Bond
from aggregator.videos.stories.naming import Names, artist_names, name_node, song_names
from aggregator.videos.stories.nearness import Likeness, artists_alike, ends_of, songs_alike
from aggregator.videos.titles.titles import TitleReading, read_title

MOST_LINKS = 8
_HREF = re.compile(r"""<a\s[^>]*?href\s*=\s*["']?(https?://[^"'\s>]{4,500})""", re.IGNORECASE)
_COVER = re.compile("cover", re.IGNORECASE)
_MOST_HTML = 200_000
_LONGEST_LIST = 60


@dataclass(frozen=True, slots=True)
class _Named:
    """A work of a post, with the keys of its names."""

    work: Work
    artist: Names
    song: Names


def mentions_of(post: Post) -> tuple[Mention, ...]:
    """Find what a post contributes to stories.

    Args:
        post: as judged; its works and videos are what was read from it.

    Returns:
        A mention for each work it is about. A post that is about several as parts of a list
        is its own story, too, and so is one about none: the first mention is its `SUBJECT`.
        No content makes it raise.
    """
    named = _distinct(post.verdict.works[:_LONGEST_LIST])
    headline = folded_text(post.entry.title)
    subjects = _subjects(named, headline, post.verdict.kind)
    shown = _shared_out(post, named)
    found = [
        _mention(post, work, videos, work in subjects, alone=len(named) == 1)
        for work, videos in zip(named, shown, strict=True)
    ]
    if not subjects:
        found.insert(0, _itself(post, bool(named)))
    first: dict[str, Mention] = {}
    for mention in found:
        first.setdefault(mention.node, mention)
    return tuple(first.values())


def named_by_provider(post: Post, titles: Mapping[str, str]) -> tuple[Mention, ...]:
    """The mentions of a post that names no work, by what a provider calls its one video.

    Args:
        post: as judged.
        titles: providers' titles of videos, by `videos_key`.

    Returns:
        As `mentions_of`; the name joins the post with others, but is not taken for its word.
    """
    verdict = post.verdict
    if verdict.works or len(verdict.videos) != 1:
        return mentions_of(post)
    works = read_title(titles.get(videos_key(verdict.videos[0]), "")).works
    if len(works) != 1 or not (works[0].artist and works[0].song):
        return mentions_of(post)
    named = mentions_of(replace(post, verdict=replace(verdict, works=works)))
    return tuple(replace(mention, work=Work()) for mention in named)


def videos_key(video: Video) -> str:
    """The name of a video among bonds, without their kind."""
    return f"{video.provider}:{video.id}"


def _distinct(works: Sequence[Work]) -> list[_Named]:
    """The works of a post; the same one, named with more and with less, only once."""
    kept: list[_Named] = []
    for work in works:
        new = _Named(work, artist_names(work.artist), song_names(work.song))
        if not new.song.key:
            continue
        for place, old in enumerate(kept):
            if _is_same(new, old):
                kept[place] = _fuller(old, new)
                break
        else:
            kept.append(new)
    return kept


def _is_same(one: _Named, other: _Named) -> bool:
    songs = songs_alike(one.song.key, other.song.key)
    artists = artists_alike(one.artist.key, other.artist.key)
    if songs is Likeness.SAME:
        return artists is not Likeness.DIFFERENT
    return (
        songs >= Likeness.CONTAINED
        and Likeness.UNSAID in (artists,)
        and bool(one.artist.key or other.artist.key)
    )


def _fuller(one: _Named, other: _Named) -> _Named:
    """Both as one: the shorter name of the song, whatever either states."""
    work = one.work
    song = min((one.song, other.song), key=lambda names: len(names.key))
    merged = replace(
        work,
        artist=work.artist or other.work.artist,
        song=work.song if song is one.song else other.work.song,
        directors=work.directors or other.work.directors,
        year=work.year or other.work.year,
    )
    return _Named(merged, artist_names(merged.artist), song)


def _subjects(named: Sequence[_Named], headline: str, kind: Kind | None) -> list[_Named]:
    """The works that a post is about as a whole, not as items of a list."""
    if kind is Kind.LIST:
        return []
    if len(named) == 1:
        return list(named)
    return [work for work in named if _stands_in(work.song, headline)]


def _stands_in(names: Names, folded: str) -> bool:
    plain = names.key.partition("~")[0]
    return len(plain) > 2 and any(key.partition("~")[0] in folded for key in names.keys)


def _itself(post: Post, names_works: bool) -> Mention:
    """A post as a story of its own; its videos tell which, where it names no work."""
    videos = [] if names_works else [f"{Bond.VIDEO}{videos_key(v)}" for v in post.verdict.videos]
    alone = len(videos) == 1
    node = f"||{videos[0]}" if alone else f"||post:{post.uid}"
    shown = tuple(videos_key(video) for video in post.verdict.videos)
    return Mention(node, MentionRole.SUBJECT, Work(), tuple(videos) if alone else (), shown)


def _mention(
    post: Post, named: _Named, videos: Sequence[Video], subject: bool, *, alone: bool
) -> Mention:
    bonds = [f"{Bond.VIDEO}{videos_key(video)}" for video in videos]
    if named.artist.key:
        bonds += _name_bonds(named, videos)
        node = name_node(named.artist.key, named.song.key)
    else:
        node = f"{name_node('', named.song.key)}{','.join(sorted(bonds)) or post.uid}"
    if alone and subject:
        bonds += [f"{Bond.ADDRESS}{place}" for place in _addresses(post.entry)]
    role = MentionRole.SUBJECT if subject else MentionRole.LISTED
    keys = tuple(videos_key(video) for video in videos)
    return Mention(node, role, named.work, tuple(dict.fromkeys(bonds)), keys)


def _name_bonds(named: _Named, videos: Sequence[Video]) -> Iterator[str]:
    for song in named.song.keys:
        for artist in named.artist.keys:
            yield f"{Bond.NAME}{artist}|{song}"
        for member in named.artist.members or (named.artist.key,):
            yield f"{Bond.MEMBER}{member}|{song}"
    yield from (f"{Bond.NAME}{name}" for name in _titled(named, videos))
    artist, song = named.artist.key, named.song.key
    yield from (f"{Bond.SPELLING}{end}|{song}" for end in ends_of(artist))
    yield from (f"{Bond.SPELLING}{artist}|{end}" for end in ends_of(song) if len(song) >= 8)


def _titled(named: _Named, videos: Sequence[Video]) -> Iterator[str]:
    """Names that the titles of a post's videos give to the same song."""
    for video in videos:
        if _says_both(named, folded_text(video.title)):
            continue
        for artist, song in _names_in(read_title(video.title)):
            if song.key == named.song.key and artist.key:
                yield f"{artist.key}|{song.key}"


def _says_both(named: _Named, folded: str) -> bool:
    """Whether a folded title names artist and song, so that it need not be read."""
    return _stands_in(named.song, folded) and _stands_in(named.artist, folded)


def _names_in(reading: TitleReading) -> list[tuple[Names, Names]]:
    return [(artist_names(work.artist), song_names(work.song)) for work in reading.works]


def _shared_out(post: Post, named: Sequence[_Named]) -> list[list[Video]]:
    """The videos of a post by its works; one that is no work's is left out."""
    shares: list[list[Video]] = [[] for _ in named]
    cover = _is_cover(post.entry.title)
    for video in post.verdict.videos:
        place = _owner(video, post.entry, named)
        if place is not None and not (cover and _is_of_another(video, named[place])):
            shares[place].append(video)
    return shares


def _is_cover(title: str) -> bool:
    if not _COVER.search(title):
        return False
    return any(cue.kind == "cover" for cue in read_title(title).cues)


def _is_of_another(video: Video, named: _Named) -> bool:
    """Whether a video beside a cover isn't known to be the cover's."""
    return not any(
        artist.key == named.artist.key for artist, _ in _names_in(read_title(video.title))
    )


def _owner(video: Video, entry: Entry, named: Sequence[_Named]) -> int | None:
    title = folded_text(video.title)
    titled = [place for place, work in enumerate(named) if _stands_in(work.song, title)]
    by_both = [place for place in titled if _stands_in(named[place].artist, title)]
    if len(by_both) == 1 or len(titled) == 1:
        return (by_both or titled)[0]
    if len(named) == 1:
        return None if _contradicts(video, named[0]) else 0
    return _beside(video, entry, named) if named else None


def _contradicts(video: Video, named: _Named) -> bool:
    """Whether a video's own title names another song."""
    said = [pair for pair in _names_in(read_title(video.title)) if pair[0].key and pair[1].key]
    return bool(said) and not any(
        songs_alike(song.key, named.song.key) is not Likeness.DIFFERENT for _, song in said
    )


def _beside(video: Video, entry: Entry, named: Sequence[_Named]) -> int | None:
    """The work named last before a player in the post's text, or else first after it."""
    html = (entry.html or entry.summary)[:_MOST_HTML]
    at = html.find(video.id)
    if at < 0:
        return None
    low = html.casefold()
    songs = [work.work.song.casefold() for work in named]
    before = {place: low.rfind(song, 0, at) for place, song in enumerate(songs)}
    if max(before.values()) >= 0:
        return max(before, key=lambda place: before[place])
    after = {place: found for place, s in enumerate(songs) if (found := low.find(s, at)) >= 0}
    return min(after, key=lambda place: after[place], default=None)


def _addresses(entry: Entry) -> list[str]:
    """A post's own address and those of posts it links to, reduced for comparison."""
    html = (entry.html or entry.summary)[:_MOST_HTML]
    found = [entry.link] if entry.link else []
    found += [url for url in _HREF.findall(html) if identify(url) is None]
    places = dict.fromkeys(filter(None, map(_address, found)))
    return list(places)[: MOST_LINKS + 1]


def _address(url: str) -> str:
    """Host and path of a page, empty for a front page."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    if not path and not parts.query.startswith("p="):
        return ""
    return f"{host}{path}?{parts.query}" if parts.query.startswith("p=") else f"{host}{path}"
