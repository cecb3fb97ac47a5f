"""A post as people see it: the words and addresses every rendering shares."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from aggregator.feeds.changes import tame
from aggregator.feeds.clean import plain_text
from aggregator.models import Issue, Kind, Post, Video, VideoKind, Work

EXCERPT_CHARACTERS = 280
TITLE_CHARACTERS = 200
NAME_CHARACTERS = 80
WORKS_SHOWN = 20
ART_FOLDER = "art"

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
# Control characters, lone surrogates and overrides of the reading direction.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\\x00-\x20\x7f-\x9f\ud800-\udfff]{1,2000}", re.I)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")


@dataclass(frozen=True, slots=True)
class WatchLink:
    """One video to watch: its role and provider in words, and where."""

    label: str
    provider: str
    url: str

    @property
    def words(self) -> str:
        """Such as ``Music video on YouTube``."""
        return f"{self.label} on {self.provider}"


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
        source_link: address of the blog, empty when unknown.
        link: address of the post, or of its video where it has none.
        date: when it was published, or first seen.
        excerpt: its opening words.
        language: language of the post's words, empty when unknown.
        watch: the videos, leading one first.
        picture: https address of a provider's still, or path of one drawn by us; empty for
            a post without video.
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
    source_link: str
    link: str
    date: datetime
    excerpt: str
    language: str
    watch: tuple[WatchLink, ...]
    picture: str

    @property
    def drawn(self) -> bool:
        """Whether the picture is one of ours; its play badge is drawn in."""
        return bool(self.picture) and not self.picture.startswith("https://")

    def picture_at(self, base: str) -> str:
        """Address of the picture, seen from a document.

        Args:
            base: what leads from the document to ``output/``, such as ``../``.
        """
        return base + self.picture if self.drawn else self.picture

    def opening(self, limit: int) -> str:
        """The opening words, cut to so many characters."""
        return shown(self.excerpt, limit)

    def wide_picture_at(self, base: str) -> str:
        """The same in 16:9 for programs that can't crop; YouTube's large still has bars."""
        return self.picture_at(base).replace("/hqdefault.jpg", "/mqdefault.jpg")


def card_of(post: Post, pictures: str = "provider") -> Card:
    """Make the card of a post.

    Args:
        post: the post.
        pictures: ``provider``, ``ours`` or ``drawn``, as in `Site`.
    """
    works, kind = post.verdict.works, post.verdict.kind
    work = works[0] if len(works) == 1 else Work()
    videos = leading_first(post.verdict.videos)
    title = shown(post.entry.title, TITLE_CHARACTERS)
    source = shown(post.source, NAME_CHARACTERS)
    return Card(
        uid=post.uid,
        headline=work_line(work) or title or f"Untitled, from {source or 'a blog'}",
        title=title,
        artist=shown(work.artist, NAME_CHARACTERS),
        song=shown(work.song, NAME_CHARACTERS),
        year=work.year,
        directors=work.directors,
        credit=credit_line(work),
        works=tuple(line for line in map(work_line, works[:WORKS_SHOWN]) if line),
        kind=KIND_LABELS[kind] if kind else "",
        kind_slug=kind.value if kind else "",
        source=source,
        source_link=_web_address(post.source_link),
        link=_web_address(post.entry.link) or (videos[0].url if videos else ""),
        date=tame(post.entry.published, post.first_seen),
        excerpt=shown(plain_text(post.content), EXCERPT_CHARACTERS),
        language=_language(post.verdict.language or post.entry.language),
        watch=_watch_links(videos),
        picture=_picture(post.uid, videos, pictures),
    )


@dataclass(frozen=True, slots=True)
class CardSection:
    """A headed group of cards."""

    slug: str
    heading: str
    cards: tuple[Card, ...]


def sections_of(issue: Issue, pictures: str) -> tuple[CardSection, ...]:
    """The sections of an issue with their cards."""
    return tuple(
        CardSection(part.slug, part.heading, tuple(card_of(post, pictures) for post in part.posts))
        for part in issue.sections
    )


def first_cards(sections: tuple[CardSection, ...], count: int) -> tuple[CardSection, ...]:
    """The sections with no more than so many cards altogether, empty ones left out."""
    kept = []
    for section in sections:
        if cards := section.cards[:count]:
            kept.append(CardSection(section.slug, section.heading, cards))
        count -= len(cards)
    return tuple(kept)


def work_line(work: Work) -> str:
    """``Artist – “Song”``, or what of it is known."""
    artist, song = (shown(name, NAME_CHARACTERS) for name in (work.artist, work.song))
    return " – ".join(part for part in (artist, f"“{song}”" if song else "") if part)


def credit_line(work: Work) -> str:
    """``Directed by A and B, 1994``, or what of it is known."""
    names = [_isolated(shown(name, NAME_CHARACTERS)) for name in work.directors[:4]]
    joined = " and ".join((", ".join(names[:-1]), names[-1]) if len(names) > 1 else names)
    parts = (f"Directed by {joined}" if joined else "", str(work.year or ""))
    return ", ".join(part for part in parts if part)


def _isolated(name: str) -> str:
    """A name that is read from right to left, kept from turning the words around it (UAX 9)."""
    turns = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in name)
    return f"\u2068{name}\u2069" if turns else name


def shown(text: str, limit: int) -> str:
    """A foreign text made fit to be shown in one paragraph, cut at a sentence or a word.

    Args:
        text: plain text.
        limit: most characters.
    """
    flat = re.sub(r"\s+", " ", _UNSHOWN.sub("", text[: 8 * limit])).strip()
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    sentence = max(cut.rfind(mark) for mark in (". ", "! ", "? ", "。"))
    if sentence > limit // 2:
        return cut[: sentence + 1]
    word = cut.rfind(" ")
    return cut[: word if word > limit // 2 else None].rstrip(" ,;:–-") + "…"


def leading_first(videos: tuple[Video, ...]) -> tuple[Video, ...]:
    """Videos in the order in which they are offered."""
    rank = {kind: place for place, kind in enumerate(_LEAD_ORDER)}
    return tuple(sorted(videos, key=lambda video: rank.get(video.kind, len(rank))))


def _watch_links(videos: tuple[Video, ...]) -> tuple[WatchLink, ...]:
    """Links to the videos; those that would read alike are numbered."""
    links: list[WatchLink] = []
    seen: Counter[tuple[str, str]] = Counter()
    for video in videos:
        label, provider = VIDEO_LABELS[video.kind], PROVIDER_LABELS.get(video.provider, "the web")
        seen[label, provider] += 1
        number = seen[label, provider]
        links.append(WatchLink(f"{label} {number}" if number > 1 else label, provider, video.url))
    return tuple(links)


def _picture(uid: str, videos: tuple[Video, ...], pictures: str) -> str:
    stills = (video.thumbnail for video in videos if video.thumbnail.startswith("https://"))
    still = _web_address(next(stills, "")) if pictures == "provider" else ""
    return still or (f"{ART_FOLDER}/{uid}.jpg" if videos else "")


def _web_address(url: str) -> str:
    return url if _WEB_ADDRESS.fullmatch(url) else ""


def _language(tag: str) -> str:
    return tag if _LANGUAGE.fullmatch(tag) else ""
