"""Who plays which part in a post: its artist, its directors, weighed by learned features.

The rules of the other modules are the strongest witnesses here; what stands around a
name, how often it returns and how near it is to a song decides where they are silent.
"""

import gzip
import json
from bisect import bisect
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from importlib.resources import files
from math import fsum
from pathlib import Path

from aggregator.videos.model import Weights
from aggregator.videos.names import fold, folded_text
from aggregator.videos.tables import words
from aggregator.videos.titles.prose import video_words
from aggregator.videos.titles.titles import TitleReading
from aggregator.videos.works.billing import Billing
from aggregator.videos.works.mentioned import Name, names_in, parts_of
from aggregator.videos.works.witnesses import Witnesses

CAST_FILE = Path("data") / "cast.json.gz"
LONGEST = 12_000

_SURE_DIRECTOR = 1.0
_LIKELY_DIRECTOR = 0.0
_ALIKE = 1.5
_MOST_PLACES = 3
_MOST_SONG_PLACES = 60
_DISTANCES = (30, 60, 120, 250, 600)
_FIRM_BOND = 1.9
_DIRECTING = ("<", ">", "sent~", "person&", "lead&")
_CROSSED = frozenset(
    "par-song sent-song sent-video sent-opens tag title early surname-repeats credit-weak "
    "author then-lower".split()
)


@cache
def cast_weights() -> dict[str, Weights]:
    """The weights that come with the program, by what they decide."""
    packed = files("aggregator.videos").joinpath(str(CAST_FILE)).read_bytes()
    return {name: Weights.of(part) for name, part in json.loads(gzip.decompress(packed)).items()}


def score(weights: Weights, features: Iterable[str]) -> float:
    """Sum up the weights of features, as log-odds; exactly, whatever the order of a set."""
    return fsum((weights.bias, *filter(None, map(weights.weights.get, features))))


def singing(features: Iterable[str]) -> Iterable[str]:
    """Choose the features that tell artists: the words around a name tell only directors."""
    return (feature for feature in features if not feature.startswith(_DIRECTING))


class Cast:
    """The names of one post with what speaks for each.

    Args:
        said: what the rules read in it.
    """

    def __init__(self, said: Witnesses) -> None:
        self._said = said
        self.text = said.text[:LONGEST]
        self._names: dict[str, Name] = {}
        self._sentences: dict[int, set[str]] = {}
        self._standings: dict[str, float] = {}
        self.song_spans = spans_of({mention.song for mention in said.mentions}, self.text)
        self.video_places = video_words(self.text)

    @cached_property
    def names(self) -> dict[str, Name]:
        """The names by their folded form, described when first asked for."""
        self._names = names_in(self.text)
        self._common = {part.strip(_MARKS) for part in self.text.split() if part[:1].islower()}
        self._quoted_places = [start for start, _ in self.song_spans]
        self._told_places = [start for start, _ in spans_of(self._told(), self.text)]
        self._hear_rules()
        self._join_surnames()
        self._describe()
        self._compare()
        return self._names

    @cached_property
    def titled(self) -> dict[str, Name]:
        """The names in the post's title."""
        return names_in(self._said.entry.title)

    def directors(self) -> list[Name]:
        """List those that directed, in the text's order: the likeliest, and who is as sure."""
        weights = cast_weights()["director"]
        scores = {key: score(weights, name.features) for key, name in self.names.items()}
        most = max(scores.values(), default=0.0)
        least = _LIKELY_DIRECTOR if most < _SURE_DIRECTOR else _SURE_DIRECTOR
        found = [
            name for key, name in self.names.items() if scores[key] > max(least, most - _ALIKE)
        ]
        return sorted(found, key=lambda name: name.places[:1] or [LONGEST])

    def artist(self, song: str, favourite: str) -> str:
        """Choose the artist of a song.

        Args:
            song: the song as the post writes it.
            favourite: whom the rules chose, empty when nobody.
        """
        weights, directing = cast_weights()["artist"], cast_weights()["director"]
        best, most = favourite, -1e9
        for key, features in self.pairs(song, favourite).items():
            own = self.names[key].features
            if "digits" in own:
                continue
            if key not in self._standings:
                standing = score(weights, singing(own)) - max(0.0, score(directing, own))
                self._standings[key] = standing
            known = self._standings[key] + score(weights, features)
            if known > most:
                best, most = self.names[key].shown, known
        return favourite if fold(best) == fold(favourite) else best

    def pairs(self, song: str, favourite: str) -> dict[str, set[str]]:
        """Give what binds each name to a song, by the name's folded form."""
        key = fold(song)
        if favourite:
            self._name(favourite)
        found: dict[str, set[str]] = {name: set() for name in self.names}
        for artist, feature in self._bonds(key):
            if artist in found:
                found[artist].add(feature)
        if favourite:
            found[fold(favourite)].add("favourite")
        places = [start for start, _ in spans_of({song}, self.text)[:8]]
        for name, features in found.items():
            if name and name in key:
                features.add("is-song" if name == key else "in-song")
            features.update(self._between(self.names[name], places, len(song)))
        return found

    def _bonds(self, key: str) -> Iterable[tuple[str, str]]:
        """Give the artists that a rule binds to a song."""
        for reading, source in self._readings():
            for work in reading.works:
                if fold(work.song) == key:
                    yield fold(work.artist), f"bond-{source}"
                    yield fold(work.artist), f"bond-{source}-{reading.grammar}"
        for mention in self._said.mentions:
            if mention.artist and fold(mention.song) == key:
                yield fold(mention.artist), f"bond-{mention.bond:.1f}"

    def _between(self, name: Name, places: Sequence[int], size: int) -> set[str]:
        """Describe how far a name stands from a song and what lies between."""
        if not name.places:
            return set()
        if not places:
            return {"song-unseen"}
        features = {f"song-{near(name.places, places)}"}
        for place in places[:2]:
            for start in name.places:
                end = start + len(name.shown)
                if end <= place < end + 25:
                    features.add("gap<" + self.text[end:place].strip().casefold())
                if place + size <= start < place + size + 25:
                    features.add("gap>" + self.text[place + size : start].strip().casefold())
        return features

    def _told(self) -> set[str]:
        told = {work.song for reading, _ in self._readings() for work in reading.works}
        return told | {work.song for work in self._said.listed}

    def _readings(self) -> list[tuple[TitleReading, str]]:
        players = [(reading, "player") for reading, _ in self._said.players]
        return [(self._said.title, "title"), *players]

    def _name(self, shown: str) -> Name | None:
        key = fold(shown)
        return self._names.setdefault(key, Name(shown)) if key else None

    def _note(self, shown: str, *features: str) -> None:
        name = self._name(shown)
        if name:
            name.features.update(features)

    def _hear_rules(self) -> None:
        """Take in what the rules say of names, wherever the post has them."""
        entry = self._said.entry
        for key, titled in self.titled.items():
            name = self._names.setdefault(key, Name(titled.shown))
            name.features.update(f"title:{feature}" for feature in titled.features)
        for tag in entry.tags:
            self._note(tag, "tag")
        self._note(entry.feed_title, "feed")
        self._note(entry.author, "author")
        for credit in self._said.credits.directors:
            self._note(credit.name, "credit" if credit.sure else "credit-weak")
        for reading, source in self._readings():
            for work in reading.works:
                self._note(work.artist, f"artist-{source}", f"artist-{source}-{reading.grammar}")
                self._note(work.song, f"song-{source}")
                for director in work.directors:
                    self._note(director, "credit-title")
        for work in self._said.listed:
            self._note(work.artist, "artist-listed")
            self._note(work.song, "song-listed")
        for mention in self._said.mentions:
            self._note(mention.artist, f"artist-{mention.bond:.1f}")
            self._note(mention.song, "song-quoted")

    def _join_surnames(self) -> None:
        """Give a full name what stands around its surname alone."""
        full: dict[str, list[Name]] = {}
        for name in self._names.values():
            if " " in name.shown and name.places:
                full.setdefault(fold(name.shown.rsplit(" ", 1)[-1]), []).append(name)
        for key, name in self._names.items():
            if " " in name.shown or key not in full:
                continue
            name.features.add("is-surname")
            around = {feature for feature in name.features if feature[0] in "<>"}
            for owner in full[key]:
                owner.features |= {"surname-repeats", *around}

    def _describe(self) -> None:
        """Note where a name stands and how often."""
        title, text = fold(self._said.entry.title), folded_text(self.text)
        feed = fold(self._said.entry.feed_title)
        tags = [fold(tag) for tag in self._said.entry.tags]
        billing = self._billing()
        for key, name in self._names.items():
            features = name.features
            for place in name.places[:_MOST_PLACES]:
                features |= billing.at(place, len(name.shown))
            features.add(f"count{min(text.count(key), 5)}")
            if any(key in tag for tag in tags):
                features.add("in-tag")
            if key in title:
                features.add("title")
                features.update(f"title-{cue.kind}" for cue in self._said.title.cues)
            if key in feed:
                features.add("in-feed")
            features |= self._form(name.shown)
            if not name.places:
                features.add("unseen")
            else:
                features.update(self._place(name))

    def _form(self, shown: str) -> set[str]:
        """Describe a name's form: a word that the text has in small letters is seldom one."""
        features = {"small"} if shown.islower() else set()
        parts = shown.split()
        common = sum(part.lower() in self._common for part in parts)
        if common:
            features.add("common" if common == len(parts) else "common-in")
        if not any(char.isalpha() for char in shown):
            features.add("digits")
        if shown[:4].casefold() in ("the ", "les ", "los ", "die ", "las "):
            features.add("article")
        if shown.casefold() in words("titles", "no-artist"):
            features.add("no-artist")
        return features

    def _billing(self) -> Billing:
        artists = [name.shown for name in self._names.values() if _is_artist(name.features)]
        spans = sorted({*self.song_spans, *spans_of(self._told(), self.text)})
        return Billing(self.text, spans, artists)

    def _place(self, name: Name) -> set[str]:
        """Describe a name's places: how far from songs and videos, how its sentence goes."""
        features = {f"at{4 * name.places[0] // (len(self.text) + 1)}"}
        if name.places[0] < 200:
            features.add("early")
        features.add(f"quote-{near(name.places, self._quoted_places)}")
        features.add(f"told-{near(name.places, self._told_places)}")
        features.add(f"video-{near(name.places, self.video_places)}")
        for place in name.places[:_MOST_PLACES]:
            features |= self._sentence(place, len(name.shown))
        return features

    def _sentence(self, place: int, size: int) -> set[str]:
        """Describe the sentence of one place, and how the name stands in it."""
        text = self.text
        begins, shared = self._shared(place)
        after = text[place + size : place + size + 16]
        opens = begins >= place - 3
        features = {f"then{after[:1]}", f"prior{text[place - 1 : place] if place else ''}"}
        if opens:
            features.add("sent-opens")
        if after[1:2].islower():
            features.add("then-lower-opens" if opens else "then-lower")
        return features | shared

    def _shared(self, place: int) -> tuple[int, set[str]]:
        """Give where a sentence begins and what holds for all names in it."""
        text = self.text
        begins = max(text.rfind(mark, max(0, place - 400), place) for mark in _SENTENCE_ENDS)
        if begins in self._sentences:
            return begins, self._sentences[begins]
        ends = [text.find(mark, place, place + 400) for mark in _SENTENCE_ENDS[:4]]
        end = min((at for at in ends if at >= 0), default=place + 400)
        line, line_end = text.rfind("\n", 0, place), text.find("\n", place)
        line_end = line_end if line_end >= 0 else len(text)
        features: set[str] = set()
        if any(begins < at < end for at in self._quoted_places):
            features.add("sent-song")
        if any(line < at < line_end for at in self._quoted_places):
            features.add("par-song")
        if any(begins < at < end for at in self.video_places):
            features.add("sent-video")
        beside = text[max(begins, line, 0) : min(end, begins + 400, line_end)]
        for word in beside.casefold().split():
            features.update(f"sent~{part}" for part in parts_of(word.strip(_MARKS)))
        self._sentences[begins] = features
        return begins, features

    def _compare(self) -> None:
        """Rank the persons of the post that are not its artist: the leading one often directed."""
        for name in self._names.values():
            if _is_artist(name.features):
                name.features.add("artist")
        persons = [name for name in self._names.values() if _is_person(name)]
        persons.sort(key=lambda name: name.places[0])
        told = {id(name): self._weight(name) for name in persons}
        ranked = sorted(persons, key=lambda name: -told[id(name)])
        for index, name in enumerate(persons):
            rank = ranked.index(name) if index < 12 else 12
            own = {
                "person", f"persons{min(len(persons), 6)}", f"person-at{min(index, 4)}",
                f"person-told{min(told[id(name)], 6)}",
            }  # fmt: skip
            own |= {f"person&{feature}" for feature in name.features if _is_crossed(feature)}
            if not rank:
                own |= {f"lead&{feature}" for feature in {*own, *name.features} if _led(feature)}
            name.features |= own | {f"person-rank{min(rank, 4)}"}

    def _weight(self, name: Name) -> int:
        return len(name.places) + self.text.count(name.shown.rsplit(" ", 1)[-1])


def spans_of(songs: Iterable[str], text: str) -> list[tuple[int, int]]:
    """Find where songs stand in a text, in its order: beginning and end of each."""
    found: set[tuple[int, int]] = set()
    for song in sorted(songs):
        place = text.find(song) if len(song) > 1 else -1
        while place >= 0 and len(found) < _MOST_SONG_PLACES:
            found.add((place, place + len(song)))
            place = text.find(song, place + len(song))
    return sorted(found)


def near(places: Iterable[int], others: Sequence[int]) -> str:
    """Name the class of the least distance between places; the others are in order."""
    least = -1
    for one in places:
        at = bisect(others, one)
        for other in others[max(0, at - 1) : at + 1]:
            least = abs(one - other) if least < 0 else min(least, abs(one - other))
    if least < 0:
        return "none"
    return str(sum(least >= limit for limit in _DISTANCES))


_MARKS = '.,;:!?()"“”„«»’'
_SENTENCE_ENDS = (". ", "! ", "? ", "\n", "” ", '" ')


def _is_artist(features: set[str]) -> bool:
    return not features.isdisjoint(_ARTIST_SIGNS)


_ARTIST_SIGNS = frozenset(
    ("artist-title", "artist-player", "artist-listed", "artist-2.2", "artist-1.9", "feed")
)


def _is_person(name: Name) -> bool:
    """Tell whether a name looks like a person's, first name and surname, and no artist's."""
    size = name.shown.count(" ") + 1
    return (
        bool(name.places)
        and 2 <= size <= 3
        and name.features.isdisjoint(("artist", "joined", "song-quoted"))
        and not name.shown.startswith("The ")
        and not any(char.isdigit() for char in name.shown)
    )


def _is_crossed(feature: str) -> bool:
    return feature in _CROSSED or feature.startswith(("quote-", "<<~", ">>~", "sent~", ">~", "<~"))


_LED = ("persons", "person-told", "person-at", "gap=")


def _led(feature: str) -> bool:
    return _is_crossed(feature) or feature.startswith(_LED)
