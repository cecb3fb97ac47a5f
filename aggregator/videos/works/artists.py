"""Whose song it is, when several names of a post could be the artist's."""

import re
from collections.abc import Iterator, Sequence

from aggregator.models import Entry
from aggregator.videos.names import fold, folded_text
from aggregator.videos.tables import words
from aggregator.videos.titles.prose import runs
from aggregator.videos.titles.wide_prose import NUMBERED

_ENOUGH = 1.0
_NUMBERED_WITHIN = 2_000
_MOST_TEXT = 12_000


class Roll:
    """The names of one post with what speaks for each being an artist.

    Args:
        entry: the post.
        paragraphs: its own paragraphs.
    """

    def __init__(self, entry: Entry, paragraphs: Sequence[str]) -> None:
        self._entry = entry
        self._paragraphs = paragraphs
        self._raw = "\n".join(paragraphs)[:_MOST_TEXT]
        self._text = folded_text(self._raw)
        self._read: dict[str, list[str]] = {}
        self._title = fold(entry.title)
        self._tags = {fold(tag): tag for tag in entry.tags if fold(tag)}
        self._nouns_are_capitals = " und " in self._raw and " der " in self._raw
        self._forms: list[str] | None = None
        self._words: frozenset[str] | None = None
        self._barred = {fold(entry.author)} - {""}

    def bar(self, names: Sequence[str]) -> None:
        """Note names that are other people's, such as directors."""
        self._barred |= {fold(name) for name in names}

    def is_named(self, name: str) -> bool:
        """Tell whether body or tags name somebody."""
        key = fold(name)
        return bool(key) and (key in self._text or key in self._tags)

    def best(self, votes: dict[str, float], song: str, sentence: str) -> str:
        """Choose the artist of a song.

        Args:
            votes: names that stand beside the song, with weights.
            song: the song, which is nobody's name.
            sentence: the text around the song's first mention.

        Returns:
            The name as written; empty when no name has enough for it.
        """
        scores: dict[str, float] = {}
        shown: dict[str, str] = {}
        for name, weight in votes.items():
            self._add(scores, shown, name, weight)
        dashed = self._dashed(song)
        if dashed:
            self._add(scores, shown, dashed, 2.0)
        if max(scores.values(), default=0.0) < 2.0:
            self._add_others(scores, shown, sentence, song)
        whole = fold(song)
        for key in [key for key in scores if key in whole and key not in self._tags]:
            del scores[key]
        scores.pop(whole, None)
        for key in scores:
            scores[key] += self._standing(key) + self._context(shown[key])
            scores[key] += self._nearness(shown[key], sentence, song)
        if not scores:
            return ""
        key = max(scores, key=lambda name: scores[name])
        return self._stated(self._lemma(shown[key])) if scores[key] >= _ENOUGH else ""

    def _add(
        self, scores: dict[str, float], shown: dict[str, str], name: str, weight: float
    ) -> None:
        key = fold(name)
        if (len(key) > 1 or weight > 1) and not _is_year(key):
            scores[key] = scores.get(key, 0.0) + weight
            if shown.setdefault(key, name).islower():
                shown[key] = name

    def _add_others(
        self, scores: dict[str, float], shown: dict[str, str], sentence: str, song: str
    ) -> None:
        """Add names that stand somewhere in the post."""
        for weight, names in self._elsewhere(sentence, song):
            for name in names:
                self._add(scores, shown, name, weight + 0.05 * name.count(" "))

    def _elsewhere(self, sentence: str, song: str) -> Iterator[tuple[float, list[str]]]:
        """Give the names in title, prose, tags and feed, each list with its weight."""
        titled = self._runs(self._entry.title)
        yield 0.5, [name for name in titled if not self._text or self.is_named(name)]
        for weight, text in [(0.5, sentence), *((0.2, text) for text in self._paragraphs[:3])]:
            names = self._runs(text[:1500])
            yield weight, [n for n in names if " " in n or not self._nouns_are_capitals]
        video_of = _VIDEO_OF.search(self._entry.title)
        yield 1.5, [video_of.group(1)] if video_of else []
        feed = self._entry.feed_title
        yield 0.6, [feed] if len(fold(feed)) > 3 and fold(feed) in self._text else []
        yield 0.6, self._subjects(sentence, song)
        yield 1.2, self._announced()
        yield 0.3, self._tagged()
        yield 1.5, NUMBERED.findall(self._raw[:_NUMBERED_WITHIN])[:1]

    def _tagged(self) -> list[str]:
        """List the tags that may be names."""
        generic = words("titles", "no-artist")
        cased = [self._cased(tag) for key, tag in self._tags.items() if key not in generic]
        return [tag for tag in cased if tag]

    def _announced(self) -> list[str]:
        """List the names that words such as "band" and "singer" announce."""
        found: list[str] = []
        for match in _ANNOUNCED.finditer(self._raw):
            if match.group(1).casefold() in words("titles", "before-band"):
                found += runs("x " + match.group(2))[:1]
        return found[:6]

    def _subjects(self, paragraph: str, song: str) -> list[str]:
        """List names that begin the sentence which names the song."""
        place = paragraph.find(song)
        if place < 0:
            return []
        sentence = _SENTENCE.split(paragraph[max(0, place - 200) : place])[-1]
        return [name for name in runs(sentence)[:1] if sentence.lstrip().startswith(name)]

    def _dashed(self, song: str) -> str:
        """Find the artist in "Foxes – Song" somewhere in the prose."""
        place = self._raw.find(f"– {song}")
        place = place if place >= 0 else self._raw.find(f"- {song}")
        if place < 2:
            return ""
        before = re.split(r"[.:;!?\n]", self._raw[max(0, place - 50) : place])[-1]
        return before.strip() if len(before.split()) <= 6 else ""

    def _cased(self, tag: str) -> str:
        """Give a small-letter tag as the prose writes it; empty where that is small too."""
        if tag[:1] > "\u2e80" or tag[:1].isupper():
            return tag
        for text in (self._raw, self._entry.title):
            place = text.lower().find(tag.lower())
            shown = text[place : place + len(tag)] if place >= 0 else ""
            if shown != shown.lower():
                return shown[:1].upper() + shown[1:]
        surname = tag.rsplit(" ", 1)[-1].capitalize()
        return tag if "-" in tag or (" " in tag and surname in self._raw) else ""

    def _runs(self, text: str) -> list[str]:
        """List a text's names, read once."""
        if text not in self._read:
            self._read[text] = runs(text)
        return self._read[text]

    def _lemma(self, name: str) -> str:
        """Give a name without a case ending, where the post has it without."""
        if self._entry.language[:2] in ("en", "ja", "ko", "zh") or self._raw.count(" the ") > 2:
            return name
        for other in self._known_forms():
            if (
                other != name
                and len(other) > 3
                and name.startswith(other)
                and len(name) - len(other) <= 2
            ):
                return other
        if name[-1:] == _GENITIVES.get(self._entry.language[:2]) and self._raw.count(name) == 1:
            return name[:-1]
        return name

    def _stated(self, name: str) -> str:
        """Give the tag that holds a name or is held by it, as "Ova Grey" for "Grey"."""
        key = fold(name)
        for other, tag in self._tags.items():
            longer = len(other) > len(key) and other.endswith(key) and len(key) > 3
            shorter = len(key) > len(other) > 4 and key.endswith(other)
            inflected = abs(len(other) - len(key)) < 3 and other[:-2] == key[: len(other) - 2]
            if inflected and len(other) > 5:
                return tag
            if (longer or shorter) and (other in self._text or other in self._title):
                return self._cased(tag) or name
        return name

    def _known_forms(self) -> Sequence[str]:
        if self._forms is None:
            counted = [*self._entry.tags, *self._runs(self._entry.title)]
            for paragraph in self._paragraphs[:12]:
                counted += self._runs(paragraph[:1500])
            self._forms = sorted({name for name in counted if len(name) > 3}, key=len)
        return self._forms

    def _standing(self, key: str) -> float:
        """Give what tags, title and body add for a name, and what its being barred takes."""
        standing = 0.0
        if key in self._tags:
            wide = self._tags[key][:1] > "\u2e80"
            small = not wide and self._cased(self._tags[key]).islower()
            known = key in self._text or key in self._title
            standing += (0.3 if small else 0.6 if wide else 1.2) if known else 0.3
        if key in self._title and (not self._text or key in self._text):
            standing += 0.5
        if self._text:
            standing += min(self._text.count(key), 4) * 0.12
        if any(key in barred for barred in self._barred) or key in words("titles", "no-artist"):
            standing -= 2.5
        return standing

    def _nearness(self, name: str, paragraph: str, song: str) -> float:
        """Add for a name that stands within a few words of the song."""
        at = paragraph.find(song)
        before = paragraph.rfind(name, max(0, at - 60), at) if at > 0 else -1
        after = paragraph.find(name, at, at + len(song) + 60) if at >= 0 else -1
        if before >= 0 and not paragraph[before + len(name) : at].strip(" ,–-“\"‘„«'’s"):
            return 1.2
        return 0.5 if before >= 0 or after >= 0 else 0.0

    def _context(self, name: str) -> float:
        """Judge a name by the words before it: bands are announced, places stand after "in"."""
        score = 0.0
        place = self._raw.find(name)
        for _ in range(5):
            if place < 0:
                break
            before = _LAST_WORD.search(self._raw, max(0, place - 24), place)
            word = before.group(1).casefold() if before else ""
            score += _AFTER.get(_kind_of(word), 0.0)
            place = self._raw.find(name, place + len(name))
        if place < 0 and " " not in name and name.lower() != name and self._is_word(name.lower()):
            score -= 0.8
        return max(score, -1.2)

    def _is_word(self, small: str) -> bool:
        """Tell whether the post also writes a name in small letters, so that it is none."""
        if self._words is None:
            self._words = frozenset(_WORD.findall(self._raw))
        return self._words.issuperset(_WORD.findall(small)) and _stands_in(small, self._raw)


_WORD = re.compile(r"\w+")
_ANNOUNCED = re.compile(r"([^\W\d_]{2,20}) ([^\W\d_][^.,;:!?()\n“\"„«]{2,50})")
_LAST_WORD = re.compile(r"([^\W_]+)[’']?[ \"“„«‘']{1,2}$")
_GENITIVES = {"da": "s", "sv": "s", "no": "s", "nb": "s", "fi": "n"}
_VIDEO_OF = re.compile(
    r"(?:video|clip|videoclip|vídeo|vidéo|single|clipe|klip|musikvideo|teledysk|visualizer)\w* "
    r"(?:von|van|de|by|from|di|av|af|od|zespołu|fra|från|des|do|da|dos) "
    r"([^\W\d_a-z][^,.:;!?“\"„«]{1,40})$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?…]\s+")
_AFTER = {"for": 0.25, "band": 0.5, "place": -0.35, "article": -0.4}


def _is_year(key: str) -> bool:
    return len(key) == 4 and key.isdigit() and key[:2] in ("19", "20")


def _kind_of(word: str) -> str:
    for kind in ("band", "for", "place", "article"):
        if word in words("titles", f"before-{kind}"):
            return kind
    return ""


def _stands_in(word: str, text: str) -> bool:
    """Tell whether a text holds a word, and not only inside longer ones."""
    place = text.find(word)
    while place >= 0:
        end = place + len(word)
        if not _goes_on(text[place - 1 : place]) and not _goes_on(text[end : end + 1]):
            return True
        place = text.find(word, place + 1)
    return False


def _goes_on(sign: str) -> bool:
    """Tell whether a sign is part of a word."""
    return sign.isalnum() or sign == "_"
