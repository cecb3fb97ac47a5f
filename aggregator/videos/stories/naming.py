"""Names of works, reduced to what two writers of one name agree on.

`aggregator.videos.names.fold` takes away case, accents, punctuation, guests and asides. Here
goes what else differs between witnesses of one work (a leading "The", a channel's "VEVO",
"A & B" for "A and B"), and what `fold` loses is kept where it tells two works apart: a remix,
an acoustic version, a second part.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from aggregator.videos.names import fold, folded_text, without_guests
from aggregator.videos.tables import table, words

LONGEST = 160
_SEPARATOR = "|"
_BRACKET = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,80})[)）\]】]")
_CHANNEL = re.compile(r"(?<=\w)VEVO$|\s+(?:-\s+Topic|VEVO|Official(?: Channel| Music)?|TV)$")
_ARTICLE = re.compile(r"^(?:the\s+(?=\S)|The(?=[A-Z][a-z]))", re.IGNORECASE)
_JOINER = re.compile(
    r"\s*[,;/、&＆+＋×]\s*(?:(?:and|et|und|y|e)\s+)?|\s+(?:and|et|und|y|e|en|och|og|x|X|vs\.?|with|i|и)\s+"
)
_DASHED = re.compile(r"\s+[-–—]\s+([^-–—]{2,60})$")
_PART = re.compile(r"[\s,:–-]+(?:part|pt\.?|teil|parte|partie)\s*(\d{1,2}|[ivx]{1,4})$", re.I)
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
}
_WORDS = re.compile(r"[\w’']+")
_READABLE = ("CYRILLIC", "GREEK", "HANGUL", "HIRAGANA", "KATAKANA", "ARMENIAN", "GEORGIAN")


@dataclass(frozen=True, slots=True)
class Names:
    """One name of an artist or a song.

    Args:
        key: what it is compared by; empty for no name.
        others: further keys of the same name: in brackets, in another script.
        members: keys of the artists joined in it, when there are several.
    """

    key: str = ""
    others: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, the main one first."""
        return (self.key, *self.others) if self.key else ()


@lru_cache(maxsize=4096)
def artist_names(text: str) -> Names:
    """Reduce an artist's name.

    Args:
        text: as a post writes it, such as ``The Kestrels feat. Thorn`` or ``KestrelsVEVO``.
    """
    text = without_guests(_CHANNEL.sub("", text[:LONGEST].strip()))
    members = [_member(part) for part in _JOINER.split(_BRACKET.sub(" ", text).strip())]
    members = [member for member in members if member]
    key = "and".join(members) or _plain(fold(text))
    asides = (_member(aside.strip()) for aside in _BRACKET.findall(text))
    others = [aside for aside in asides if aside and _foreign(aside, key)]
    return Names(key, _others(key, others), tuple(members) if len(members) > 1 else ())


@lru_cache(maxsize=4096)
def song_names(text: str) -> Names:
    """Reduce a song's name; what makes another recording of it stays, after a ``~``.

    Args:
        text: as a post writes it, such as ``Paper Comet (Kelp Remix)``.
    """
    text = without_guests(text[:LONGEST].strip())
    marks = [mark for aside in _BRACKET.findall(text) if (mark := _apart(aside))]
    asides = [aside for aside in _BRACKET.findall(text) if not _apart(aside)]
    bare = _BRACKET.sub(" ", text).strip() or text
    if (found := _DASHED.search(bare)) and (mark := _apart(found[1])):
        bare, marks = bare[: found.start()], [*marks, mark]
    if found := _PART.search(bare):
        bare, marks = bare[: found.start()], [*marks, _part(found[1])]
    key = _plain(folded_text(without_opening(bare)) or fold(bare))
    end = "".join(f"~{mark}" for mark in sorted(marks))
    others = [_plain(folded_text(aside)) for aside in asides]
    others = [aside for aside in others if aside and _foreign(aside, key)]
    if asides and not marks:
        others.append(_plain(folded_text(_BRACKET.sub(r" \1 ", text))))
    return Names(key + end, tuple(other + end for other in _others(key, others)))


def without_opening(song: str) -> str:
    """Cut ``The Making of`` and its like off a song's name."""
    low = song.casefold()
    for words_ in sorted(table("stories")["opening"]["making"], key=len, reverse=True):
        if low.startswith(words_) and low[len(words_) :][:1] in (" ", ":", "“", "«", '"', "‘"):
            return song[len(words_) :].strip(' :“”«»"‘’') or song
    return song


def recording_of(song: str) -> str:
    """The mark of a song's key that sets its recording apart, empty when it has none."""
    return song.partition("~")[2]


def name_node(artist: str, song: str) -> str:
    """The node of a work by the keys of its names."""
    return f"{artist}{_SEPARATOR}{song}{_SEPARATOR}"


def names_of(node: str) -> tuple[str, str]:
    """The keys of artist and song that a node states, empty where it states none."""
    artist, song, _ = node.split(_SEPARATOR, 2)
    return artist, song


def _member(text: str) -> str:
    text = text.strip()
    return _plain(fold(_ARTICLE.sub("", text) or text))


def _plain(key: str) -> str:
    return key.replace(_SEPARATOR, "/").replace("~", "-")


def _apart(aside: str) -> str:
    """The key of an aside that names another recording, else empty."""
    found = [word.casefold() for word in _WORDS.findall(aside)]
    if part := re.fullmatch(
        r"\s*(?:part|pt\.?|teil|parte|partie)\s*(\d{1,2}|[ivx]{1,4})\s*", aside, re.I
    ):
        return _part(part[1])
    if not any(word in words("stories", "apart") for word in found):
        return ""
    return "" if any(word in words("stories", "same") for word in found) else folded_text(aside)


def _part(number: str) -> str:
    return f"part{_ROMAN.get(number.lower(), number)}"


def _foreign(one: str, other: str) -> bool:
    """Whether two keys are written in different scripts."""
    return one.isascii() != other.isascii()


def _others(key: str, found: list[str]) -> tuple[str, ...]:
    """Further keys, with each key that can be read letter by letter in Latin letters too."""
    read = [latin for name in (key, *found) if (latin := _latin(name))]
    return tuple(dict.fromkeys(name for name in (*found, *read) if name and name != key))


def _latin(key: str) -> str:
    """A key in Latin letters; empty when it has them, or is written in what has no letters."""
    foreign = [sign for sign in key if not sign.isascii()]
    if not foreign or not all(unicodedata.name(s, "").startswith(_READABLE) for s in foreign):
        return ""
    return folded_text(anyascii(key))
