"""Which music videos a post is about, all its witnesses taken together.

The witnesses are the title, the players' titles, the prose, the tags, the address and,
in list posts, headings and items. A field that none of them states stays empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from aggregator.models import Entry, Video, VideoKind, Work
from aggregator.videos.artists import Roll
from aggregator.videos.body import Body, Role
from aggregator.videos.credits import find_credits
from aggregator.videos.cues import find_cues, tokens
from aggregator.videos.listing import listed_works, with_credits
from aggregator.videos.names import fold
from aggregator.videos.prose import Mention, mentions
from aggregator.videos.titles import TitleReading, read_title

_TITLE = 3.0
_PLAYER = 2.0
_UNCONFIRMED = 0.35
_ENOUGH = 0.9
_SURE = 4.0
_MOST = 12
_GATHERING = frozenset({"award", "interview", "list"})


def find_works(entry: Entry, body: Body, videos: Sequence[Video]) -> tuple[Work, ...]:
    """Find the music videos that a post is about.

    Args:
        entry: the post as the feed states it.
        body: its body, read.
        videos: the videos it shows.

    Returns:
        One work, several for a list post, none when no song is named.
    """
    title = read_title(entry.title, author=entry.author, feed_title=entry.feed_title)
    listed = listed_works(body, title)
    if listed:
        return listed
    paragraphs = [b.text for b in body.own if b.text and b.role is not Role.CODE]
    credits = find_credits([*_plain(entry.title), *paragraphs])
    evidence = _Evidence(entry, paragraphs, title)
    evidence.roll.bar(credits.names)
    evidence.hear_players(videos)
    evidence.hear_prose()
    evidence.hear_address()
    text = "\n".join(paragraphs)
    return tuple(with_credits(work, credits, text) for work in evidence.works())


def _plain(title: str) -> list[str]:
    """Give a title to read credits in, unless it capitalises every word."""
    parts = title.split()
    capitals = sum(part[:1].isupper() for part in parts)
    return [title] if 2 * capitals <= len(parts) + 1 or not title.isascii() else []


@dataclass(slots=True)
class _Candidate:
    """A song with all that speaks for it."""

    song: str
    weight: float = 0.0
    artists: dict[str, float] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    paragraph: int = -1
    told: bool = False

    def vote(self, artist: str, weight: float) -> None:
        if artist:
            self.artists[artist] = self.artists.get(artist, 0.0) + weight


class _Evidence:
    """Gathers what the witnesses say about songs and weighs it."""

    def __init__(self, entry: Entry, paragraphs: list[str], title: TitleReading) -> None:
        self.roll = Roll(entry, paragraphs)
        self._entry, self._title, self._paragraphs = entry, title, paragraphs
        self._bodied = sum(map(len, paragraphs)) > 200
        self._candidates: dict[str, _Candidate] = {}
        self._mentions: list[Mention] = mentions(paragraphs)
        self._quoted = {fold(mention.song) for mention in self._mentions}
        self._hear(title, _TITLE)

    def works(self) -> list[Work]:
        """Give the songs that the evidence is strongest for."""
        ranked = sorted(self._candidates.values(), key=lambda candidate: -candidate.weight)
        if not ranked or ranked[0].weight < _ENOUGH:
            return []
        first = ranked[0]
        return [self._work(candidate) for candidate in [first, *self._others(first, ranked[1:])]]

    def _others(self, first: "_Candidate", rest: "list[_Candidate]") -> "list[_Candidate]":
        """Give the songs that the post is about beside the first.

        A title that names the first names the others too; where it names none, all songs
        that the prose gives to an artist are subjects.
        """
        together = {fold(work.song) for work in self._title.works}
        named = fold(first.song) in together or fold(first.song) in fold(self._entry.title)
        if named and not self._gathers(rest):
            return [c for c in rest[:8] if fold(c.song) in together]
        return [c for c in rest[:_MOST] if c.told and c.weight >= 1.2]

    def _gathers(self, rest: "list[_Candidate]") -> bool:
        """Tell a post that speaks of several videos though its title names one."""
        kinds = {cue.kind for cue in self._title.cues}
        for tag in self._entry.tags:
            kinds |= {cue.kind for cue in find_cues(tag, tokens(tag))}
        told = sum(c.told and c.weight >= 1.2 for c in rest)
        return told > 0 and bool(kinds & _GATHERING)

    def hear_players(self, videos: Sequence[Video]) -> None:
        """Take in what the players' titles say."""
        for video in videos[:10]:
            if video.title and video.title != self._entry.title:
                reading = read_title(video.title)
                self._hear(reading, _PLAYER)
                for work in reading.works:
                    shown = bool(work.artist) and reading.confidence >= 0.6
                    self._candidate(work.song).told |= shown and video.kind is not VideoKind.LIVE

    def _hear(self, reading: TitleReading, weight: float) -> None:
        for work in reading.works:
            candidate = self._candidate(work.song)
            share = weight * reading.confidence
            candidate.weight += share * self._confirmed(work.song, weight)
            unnamed = self._bodied and weight == _TITLE and not self.roll.is_named(work.artist)
            candidate.vote(work.artist, share * (_UNCONFIRMED if unnamed else 1.0))
            if not candidate.work.song or (work.directors and not candidate.work.directors):
                candidate.work = work

    def _confirmed(self, song: str, weight: float) -> float:
        """Weigh a title's song less when a body of some length never names it."""
        if not self._bodied or weight != _TITLE:
            return 1.0
        return 1.0 if fold(song) in self._quoted or self.roll.is_named(song) else 0.5

    def hear_prose(self) -> None:
        """Take in the songs that the prose quotes."""
        folded_title = fold(self._entry.title)
        for mention in self._mentions:
            key = fold(mention.song)
            candidate = self._candidate(mention.song)
            if candidate.paragraph < 0:
                candidate.paragraph = mention.paragraph
                if len(key) > 3 and key in folded_title:
                    candidate.weight += 1.0
                candidate.weight += mention.weight + (0.3 if mention.artist else 0.0)
            else:
                candidate.weight += 0.4 * mention.weight
            candidate.vote(mention.artist, mention.bond)
            candidate.told = candidate.told or bool(mention.bond > 1 and not mention.record)

    def hear_address(self) -> None:
        """Take in what the post's address and tags name."""
        slug = fold(unquote(_path(self._entry.link)))
        tags = {fold(tag) for tag in self._entry.tags}
        for key, candidate in self._candidates.items():
            if len(key) > 3 and key in slug:
                candidate.weight += 0.7
            if key in tags:
                candidate.weight += 0.8

    def _candidate(self, song: str) -> _Candidate:
        return self._candidates.setdefault(fold(song), _Candidate(song))

    def _work(self, candidate: _Candidate) -> Work:
        stated = candidate.work.artist
        if stated and (not self._bodied or candidate.artists.get(stated, 0.0) >= _SURE):
            return candidate.work
        place = candidate.paragraph
        around = self._paragraphs[place][:1500] if place >= 0 else ""
        artist = self.roll.best(candidate.artists, candidate.song, around)
        return replace(candidate.work, artist=artist, song=candidate.work.song or candidate.song)


def _path(url: str) -> str:
    """Give an address's path; nothing for one that can't be split."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
