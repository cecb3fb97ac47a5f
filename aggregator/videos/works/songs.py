"""Which songs a post is about, and whose they are."""

from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from aggregator.models import Entry, VideoKind, Work
from aggregator.videos.names import fold
from aggregator.videos.tables import words
from aggregator.videos.titles.cues import Cue, find_cues
from aggregator.videos.titles.titles import TitleReading
from aggregator.videos.works.artists import Roll
from aggregator.videos.works.cast import LONGEST, Cast, cast_weights, score, spans_of
from aggregator.videos.works.mentioned import parts_of
from aggregator.videos.works.witnesses import Witnesses

_TITLE = 3.0
_PLAYER = 2.0
_UNCONFIRMED = 0.35
_ENOUGH = 0.9
_SURE = 4.0
_FIRM = 1.9
_MOST = 12
_SURE_SONG = -0.6
_MISSED_SONG = 1.5
_LIKELY_SONG = -2.0
_GATHERING = frozenset({"award", "interview", "list"})
_CROSSED = ("ruled", "told", "title", "player", "tag", "bond", "in-title", "mentioned", "weight")
_NAMED = frozenset(
    "artist artist-title artist-player tag feed author person credit song-player".split()
)


@dataclass(slots=True)
class Candidate:
    """A song with all that speaks for it."""

    song: str
    weight: float = 0.0
    artists: dict[str, float] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    paragraph: int = -1
    told: bool = False
    features: set[str] = field(default_factory=set)

    def vote(self, artist: str, weight: float) -> None:
        """Take in that somebody may be the artist."""
        if artist:
            self.artists[artist] = self.artists.get(artist, 0.0) + weight


class Songs:
    """Gathers what the witnesses say about songs and weighs it."""

    def __init__(self, said: Witnesses, cast: Cast | None = None) -> None:
        self._said, self._cast = said, cast
        self._entry, self._title, self._paragraphs = said.entry, said.title, said.paragraphs
        self._roll = Roll(said.entry, said.paragraphs)
        self._roll.bar(said.credits.names)
        self._bodied = len(said.text) > 200
        self.candidates: dict[str, Candidate] = {}
        self._cues = {f"cue-{cue.kind}" for cue in self._all_cues()}
        self._quoted = {fold(mention.song) for mention in said.mentions}
        self._hear(said.title, _TITLE)
        self._hear_players()
        self._hear_prose()
        self._hear_names()
        self._hear_address()

    def works(self) -> list[Work]:
        """Give the works that the post is about, the surest first."""
        if self._cast is None or not self._said.text:
            return [self._work(candidate) for candidate in self.ruled()]
        weights = cast_weights()["song"]
        scores = {id(c): score(weights, f) for c, f in self.described().values()}
        ranked = sorted(self.candidates.values(), key=lambda c: -scores[id(c)])
        sure = [c for c in ranked if scores[id(c)] > _SURE_SONG]
        first = [c for c in ranked[:1] if scores[id(c)] > _LIKELY_SONG]
        return [self._work(candidate) for candidate in (sure or first)[:_MOST]]

    def missed(self) -> list[Work]:
        """Give the works that a list post names outside its heads, beyond doubt only."""
        weights, heads = cast_weights()["song"], {fold(work.song) for work in self._said.listed}
        return [
            self._work(candidate)
            for key, (candidate, features) in self.described().items()
            if candidate.told and key not in heads and score(weights, features) > _MISSED_SONG
        ]

    def ruled(self) -> list[Candidate]:
        """Give the songs that the rules alone choose."""
        ranked = sorted(self.candidates.values(), key=lambda candidate: -candidate.weight)
        if not ranked or ranked[0].weight < _ENOUGH:
            return []
        return [ranked[0], *self._others(ranked[0], ranked[1:])]

    def described(self) -> dict[str, tuple[Candidate, set[str]]]:
        """Give each song with what speaks for its being one that the post is about."""
        chosen = self.ruled()
        most = max((c.weight for c in self.candidates.values()), default=0.0)
        told = sum(c.told for c in self.candidates.values())
        found: dict[str, tuple[Candidate, set[str]]] = {}
        for key, candidate in self.candidates.items():
            features = candidate.features | self._seen(key, candidate)
            features |= {
                f"weight{round(2 * min(candidate.weight, 5))}",
                f"candidates{min(len(self.candidates), 8)}",
                f"behind{round(2 * min(most - candidate.weight, 4))}", f"all-told{min(told, 6)}",
                f"songs-ruled{min(len(chosen), 4)}",
            }  # fmt: skip
            if candidate.told:
                features.add("told")
            if candidate in chosen:
                features.add("ruled-first" if candidate is chosen[0] else "ruled")
            crossed = [f for f in features if f.startswith(_CROSSED)]
            features.update(f"{cue}&{f}" for cue in self._cues for f in crossed)
            features.update(f"told{min(told, 6)}&{f}" for f in crossed)
            found[key] = candidate, features
        return found

    def _seen(self, key: str, candidate: Candidate) -> set[str]:
        """Describe a song's form and its places in the text."""
        text, size = self._said.text[:LONGEST], len(candidate.song.split())
        spans = spans_of({candidate.song}, text)
        features = {f"size{min(size, 7)}", f"count{min(len(spans), 4)}"}
        if candidate.song[:1].islower():
            features.add("small")
        if self._cast and key in self._cast.names:
            features.update(f"name-{f}" for f in self._cast.names[key].features if f in _NAMED)
        if spans:
            features.add(f"at{4 * spans[0][0] // (len(text) + 1)}")
        for start, end in spans[:3]:
            before, after = text[max(0, start - 30) : start].split(), text[end : end + 30].split()
            quoted = text[start - 1 : start] if start else ""
            features |= {f"open{quoted}", f"close{text[end : end + 1]}"}
            features.update(f"<{word.casefold()[:6]}" for word in before[-3:])
            features.update(f">{word.casefold()[:6]}" for word in after[:3])
            features.update(
                f"<~{part}" for word in before[-3:] for part in parts_of(word.casefold())
            )
        return features

    def _others(self, first: Candidate, rest: list[Candidate]) -> list[Candidate]:
        """Give the songs that the post is about beside the first.

        A title that names the first names the others too; where it names none, all songs
        that the prose gives to an artist are subjects.
        """
        together = {fold(work.song) for work in self._title.works}
        named = fold(first.song) in together or fold(first.song) in fold(self._entry.title)
        if named and not self._gathers(rest):
            return [c for c in rest[:8] if fold(c.song) in together]
        return [c for c in rest[:_MOST] if c.told and c.weight >= 1.2]

    def _gathers(self, rest: list[Candidate]) -> bool:
        """Tell a post that speaks of several videos though its title names one."""
        told = sum(c.told and c.weight >= 1.2 for c in rest)
        return told > 0 and any(cue.kind in _GATHERING for cue in self._all_cues())

    def _all_cues(self) -> list[Cue]:
        tagged = [cue for tag in self._entry.tags for cue in find_cues(tag)]
        return [*self._title.cues, *tagged]

    def _hear_players(self) -> None:
        """Take in what the players' titles say."""
        for reading, kind in self._said.players:
            self._hear(reading, _PLAYER)
            for work in reading.works:
                shown = bool(work.artist) and reading.confidence >= 0.6
                self._candidate(work.song).told |= shown and kind is not VideoKind.LIVE

    def _hear(self, reading: TitleReading, weight: float) -> None:
        for work in reading.works:
            candidate = self._candidate(work.song)
            share = weight * reading.confidence
            candidate.weight += share * self._confirmed(work.song, weight)
            source = "title" if weight == _TITLE else "player"
            candidate.features |= {source, f"{source}:{reading.grammar}"}
            unnamed = self._bodied and weight == _TITLE and not self._roll.is_named(work.artist)
            candidate.vote(work.artist, share * (_UNCONFIRMED if unnamed else 1.0))
            if not candidate.work.song or (work.directors and not candidate.work.directors):
                candidate.work = work

    def _confirmed(self, song: str, weight: float) -> float:
        """Weigh a title's song less when a body of some length never names it."""
        if not self._bodied or weight != _TITLE:
            return 1.0
        return 1.0 if fold(song) in self._quoted or self._roll.is_named(song) else 0.5

    def _hear_prose(self) -> None:
        """Take in the songs that the prose quotes."""
        folded_title = fold(self._entry.title)
        for mention in self._said.mentions:
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
            candidate.features |= {
                "mentioned", f"mention{mention.weight:.1f}", f"bond{mention.bond:.1f}",
                "record" if mention.record else "no-record",
            }  # fmt: skip
            candidate.told = candidate.told or bool(mention.bond > 1 and not mention.record)

    def _hear_names(self) -> None:
        """Take in tags and names of the title, which may be songs that nobody quotes."""
        if not self._said.text or self._cast is None:
            return
        for tag in self._entry.tags:
            if fold(tag) not in words("titles", "no-artist") and self._roll.is_named(tag):
                self._candidate(tag).features.add("tagged")
        for name in self._cast.titled.values():
            if self._roll.is_named(name.shown):
                self._candidate(name.shown).features.add("title-name")

    def _hear_address(self) -> None:
        """Take in what the post's address and tags name."""
        slug = fold(unquote(_path(self._entry.link)))
        tags = {fold(tag) for tag in self._entry.tags}
        title = fold(self._entry.title)
        for key, candidate in self.candidates.items():
            if len(key) > 3 and key in slug:
                candidate.weight += 0.7
                candidate.features.add("slug")
            if key in tags:
                candidate.weight += 0.8
                candidate.features.add("tag")
            if key in title:
                candidate.features.add("in-title")

    def _candidate(self, song: str) -> Candidate:
        return self.candidates.setdefault(fold(song), Candidate(song))

    def _work(self, candidate: Candidate) -> Work:
        stated = candidate.work.artist
        if not stated and _is_fan_room(self._entry):
            return replace(candidate.work, artist=self._entry.feed_title)
        if stated and (not self._bodied or candidate.artists.get(stated, 0.0) >= _SURE):
            return candidate.work
        artist = self.favourite(candidate)
        if self._cast and self._said.text and not self._is_bound(candidate, artist):
            artist = self._cast.artist(candidate.song, artist)
        return replace(candidate.work, artist=artist, song=candidate.work.song or candidate.song)

    def _is_bound(self, candidate: Candidate, artist: str) -> bool:
        """Tell whether a rule binds the artist firmly to the song and nobody else."""
        firm = {fold(name) for name, weight in candidate.artists.items() if weight >= _FIRM}
        return fold(artist) in firm and len(firm) == 1

    def favourite(self, candidate: Candidate) -> str:
        """Give the artist whom the rules choose for a song."""
        place = candidate.paragraph
        around = self._paragraphs[place][:1500] if place >= 0 else ""
        return self._roll.best(candidate.artists, candidate.song, around)


def _is_fan_room(entry: Entry) -> bool:
    """Tell whether a post stands in one artist's subreddit, not in a genre's."""
    name = fold(entry.feed_title)
    if "reddit.com/r/" not in f"{entry.feed} {entry.link}" or len(name) < 3:
        return False
    return not any(word in name for word in words("titles", "general-rooms"))


def _path(url: str) -> str:
    """Give an address's path; nothing for one that can't be split."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
