"""Which role a video plays, by the words on it and around it, in many languages.

The words are data (``data/roles.toml``). A text is cut into words once; a phrase is
found by its first word, so the number of phrases costs nothing.
"""

import re
from collections.abc import Iterable
from functools import cache

from aggregator.models import VideoKind
from aggregator.videos.tables import table

_WORD = re.compile(r"\w+|[(\[{|【「『〈（–—]|(?<=\s)-(?=\s)|[)\]】）]")
_YEAR = re.compile(r"(?:19|20)\d\d\Z", re.ASCII)
_OPENING = frozenset("([{|【「『〈（–—-")
_CLOSING = frozenset(")]】）")
_STRENGTH = (
    VideoKind.MAKING_OF,
    VideoKind.LYRIC,
    VideoKind.LIVE,
    VideoKind.OTHER,
    VideoKind.OFFICIAL,
)

_Phrases = dict[str, tuple[tuple[tuple[str, ...], VideoKind], ...]]


def of_title(text: str) -> VideoKind | None:
    """The role that a player's title, a caption, a heading or a link states.

    Args:
        text: its words.

    Returns:
        The role, None when it states none.
    """
    return _strongest("titles", text)


def of_sentence(text: str) -> VideoKind | None:
    """The role that a sentence beside a video states, None when it states none."""
    return _strongest("nearby", text)


def pointing(words: Iterable[str], text: str) -> frozenset[str]:
    """Where a text points: ``above``, ``below``, both or neither.

    Args:
        words: its words, case-folded.
        text: the text, for scripts that set no spaces.
    """
    found = set(words)
    wide = not text.isascii()
    return frozenset(
        name
        for name, (single, anywhere) in _pointers().items()
        if not single.isdisjoint(found) or (wide and any(word in text for word in anywhere))
    )


def offers(text: str) -> bool:
    """Whether a link's words offer something to watch, as "watch here" does."""
    table_of = table("roles")["offers"]
    if any(word in text for word in table_of["wide"]):
        return True
    return not _offer_words().isdisjoint(words_of(text))


def leaning(text: str, words: frozenset[str]) -> float:
    """How much a post's words speak of a music video: above zero for one, else against.

    Args:
        text: title and body, for scripts that set no spaces.
        words: their words, case-folded.
    """
    total = 0.0
    for name, weight in (("video", 1.0), ("credit", 1.5), ("against", -0.7)):
        said, anywhere = _leanings()[name]
        found = len(said & words)
        if not text.isascii():
            found += sum(word in text for word in anywhere)
        total += weight * min(found, 4)
    return total


def words_of(text: str) -> list[str]:
    """A text's words, case-folded, brackets and dashes included."""
    return _WORD.findall(text.casefold())


def _strongest(name: str, text: str) -> VideoKind | None:
    """The first role, by strength, whose words a text holds."""
    found = set(_matches(_phrases(name), words_of(text)))
    if not text.isascii():
        lowered = text.casefold()
        found.update(kind for word, kind in _wide() if word in lowered)
    return next((kind for kind in _STRENGTH if kind in found), None)


def _matches(phrases: _Phrases, said: list[str]) -> Iterable[VideoKind]:
    """The kinds of the phrases that a list of words holds."""
    words = [_class(word) for word in said]
    for index, word in enumerate(words):
        for rest, kind in phrases.get(word, ()):
            if tuple(words[index + 1 : index + 1 + len(rest)]) == rest:
                yield kind


def _class(word: str) -> str:
    """A word, or the sign for its class: a year, an opening or a closing mark."""
    if word in _OPENING:
        return "("
    if word in _CLOSING:
        return ")"
    return "#" if _YEAR.match(word) else word


@cache
def _phrases(name: str) -> _Phrases:
    """A table's phrases by their first word."""
    found: dict[str, list[tuple[tuple[str, ...], VideoKind]]] = {}
    for kind, phrases in table("roles")[name].items():
        for phrase in phrases:
            first, *rest = phrase.replace("-", " ").split()
            found.setdefault(first, []).append((tuple(rest), VideoKind(kind)))
    return {first: tuple(entries) for first, entries in found.items()}


@cache
def _wide() -> tuple[tuple[str, VideoKind], ...]:
    """Words of scripts that set no spaces, with their kinds."""
    kinds = table("roles")["wide"].items()
    return tuple((word, VideoKind(kind)) for kind, words in kinds for word in words)


@cache
def _pointers() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Pointing words by direction: whole words, and those found anywhere."""
    return {name: _parted(words) for name, words in table("roles")["pointing"].items()}


@cache
def _leanings() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Words by what they speak for: whole words, and those found anywhere."""
    words = table("roles")["leaning"]
    names = ("video", "credit", "against")
    return {name: (frozenset(words[name]), tuple(words[f"wide-{name}"])) for name in names}


@cache
def _offer_words() -> frozenset[str]:
    """The words of links that offer a video."""
    return frozenset(table("roles")["offers"]["words"])


def _parted(words: list[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Part words into whole ones and those of scripts that set no spaces."""
    return (
        frozenset(word for word in words if word < "\u3000"),
        tuple(word for word in words if word >= "\u3000"),
    )
