"""A post as people see it: the words and addresses every rendering shares."""

import re
from dataclasses import dataclass
from datetime import datetime

from aggregator.feeds.changes import tame
from aggregator.feeds.clean import plain_text
from aggregator.models import Kind, Post, Video, VideoKind, Work

EXCERPT_CHARACTERS = 280

KIND_LABELS = {
    Kind.PREMIERE: "Premiere",
    Kind.LYRIC: "Lyric video",
    Kind.VISUALIZER: "Visualizer",
    Kind.MAKING_OF: "Behind the scenes",
    Kind.INTERVIEW: "Interview",
    Kind.RETROSPECTIVE: "From the vault",
    Kind.LIST: "List",
    Kind.AWARD: "Awards",
    Kind.RESTORATION: "Restored",
    Kind.NEWS: "News",
    Kind.FAN: "Fan made",
    Kind.LIVE: "Live",
}
VIDEO_LABELS = {
    VideoKind.OFFICIAL: "Music video",
    VideoKind.LYRIC: "Lyric video",
    VideoKind.MAKING_OF: "Making-of",
    VideoKind.LIVE: "Live",
    VideoKind.OTHER: "Video",
}
PROVIDER_LABELS = {"youtube": "YouTube", "vimeo": "Vimeo", "dailymotion": "Dailymotion"}
_LEAD_ORDER = (VideoKind.OFFICIAL, VideoKind.LYRIC, VideoKind.OTHER, VideoKind.MAKING_OF)


@dataclass(frozen=True, slots=True)
class WatchLink:
    """One video to watch: its role and provider in words, and where."""

    label: str
    provider: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows; every string is plain text, to be escaped where it is rendered.

    Args:
        uid: the post's permanent id.
        headline: ``Artist – “Song”`` where the post names one work, else its title.
        title: the post's own title.
        artist, song, year, directors: the credits the post states, empty where it is silent.
        credit: directors and year in a line, empty where the post states neither.
        works: headlines of all works, for posts that name several.
        kind: the kind's label.
        kind_slug: the kind's name, for styling.
        source: the blog.
        link: address of the post, or of its video where it has none.
        date: when it was published, or first seen.
        excerpt: its opening words.
        language: language of the post's words, empty when unknown.
        watch: the videos, leading one first.
        thumbnail: provider's still of the leading video, empty when there is none.
    """

    uid: str
    headline: str
    title: str
    artist: str
    song: str
    year: int | None
    directors: tuple[str, ...]
    credit: str
    works: tuple[str, ...]
    kind: str
    kind_slug: str
    source: str
    link: str
    date: datetime
    excerpt: str
    language: str
    watch: tuple[WatchLink, ...]
    thumbnail: str


def card_of(post: Post) -> Card:
    """Make the card of a post."""
    works, kind = post.verdict.works, post.verdict.kind
    work = works[0] if len(works) == 1 else Work()
    videos = _leading_first(post.verdict.videos)
    return Card(
        uid=post.uid,
        headline=work_line(work) or post.entry.title or "Untitled",
        title=post.entry.title,
        artist=work.artist,
        song=work.song,
        year=work.year,
        directors=work.directors,
        credit=credit_line(work),
        works=tuple(line for line in map(work_line, works) if line),
        kind=KIND_LABELS[kind] if kind else "",
        kind_slug=kind.value if kind else "",
        source=post.source,
        link=post.entry.link or (videos[0].url if videos else ""),
        date=tame(post.entry.published, post.first_seen),
        excerpt=excerpt(plain_text(post.content)),
        language=post.verdict.language or post.entry.language,
        watch=tuple(map(_watch_link, videos)),
        thumbnail=next((video.thumbnail for video in videos if video.thumbnail), ""),
    )


def work_line(work: Work) -> str:
    """``Artist – “Song”``, or what of it is known."""
    song = f"“{work.song}”" if work.song else ""
    return " – ".join(part for part in (work.artist, song) if part)


def credit_line(work: Work) -> str:
    """``Directed by A and B, 1994``, or what of it is known."""
    names = work.directors
    joined = " and ".join((", ".join(names[:-1]), names[-1]) if len(names) > 1 else names)
    parts = (f"Directed by {joined}" if joined else "", str(work.year or ""))
    return ", ".join(part for part in parts if part)


def excerpt(text: str, limit: int = EXCERPT_CHARACTERS) -> str:
    """The opening words of a text, cut at a sentence or a word.

    Args:
        text: plain text.
        limit: most characters.
    """
    flat = re.sub(r"\s+", " ", text[: 8 * limit]).strip()
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    sentence = max(cut.rfind(mark) for mark in (". ", "! ", "? ", "。"))
    if sentence > limit // 2:
        return cut[: sentence + 1]
    word = cut.rfind(" ")
    return cut[: word if word > limit // 2 else None].rstrip(" ,;:–-") + "…"


def _leading_first(videos: tuple[Video, ...]) -> tuple[Video, ...]:
    rank = {kind: place for place, kind in enumerate(_LEAD_ORDER)}
    return tuple(sorted(videos, key=lambda video: rank.get(video.kind, len(rank))))


def _watch_link(video: Video) -> WatchLink:
    provider = PROVIDER_LABELS.get(video.provider, video.provider)
    return WatchLink(VIDEO_LABELS[video.kind], provider, video.url)
