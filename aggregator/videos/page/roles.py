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
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_SIGNS = {
    **dict.fromkeys("([{|【「『〈（", "("),
    **dict.fromkeys(")]】）", ")"),
    **dict.fromkeys("–—", "-"),
    **{str(year): "#" for year in range(1900, 2100)},
}
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
    return _strongest("titles", "wide", text)


def of_sentence(text: str) -> VideoKind | None:
    """The role that a sentence beside a video states, None when it states none."""
    return _strongest("nearby", "wide-nearby", text)


def pointing(text: str) -> frozenset[str]:
    """Where a text points: ``above``, ``below``, both or neither."""
    text = text.casefold()
    words = _apart(text)
    wide = not text.isascii()
    return frozenset(
        name
        for name, (single, anywhere) in _pointers().items()
        if not single.isdisjoint(words) or (wide and any(word in text for word in anywhere))
    )


def pointers_in(text: str) -> tuple[str, ...]:
    """The pointing words of a long text: a quick look before `pointing` reads sentences.

    Args:
        text: the text, case-folded.
    """
    spelled, anywhere = _pointing_words()
    found = tuple(spelled.intersection(text.split()))
    return found if text.isascii() else found + tuple(word for word in anywhere if word in text)


def offers(text: str) -> bool:
    """Whether a link's words offer something to watch, as "watch here" does."""
    table_of = table("roles")["offers"]
    if any(word in text for word in table_of["wide"]):
        return True
    return not _offer_words().isdisjoint(words_of(text))


def speaks_of_music_video(title: str, text: str) -> bool:
    """Whether a post that shows a video of unknown role seems to be about a music video.

    Args:
        title: the post's title.
        text: its body's words.

    Returns:
        A guess from single words: those of makers speak for it, those of other media,
        of reviews and of gear against it, twice so in the title. A post that shows a
        video and says nothing at all is more often about it than not.
    """
    lowered, heading = text.casefold(), title.casefold()
    credits, against = _counted("credit", lowered), _counted("against", lowered)
    return 2 + credits > 1.5 * against + 2 * _counted("against", heading)


def _counted(name: str, text: str) -> int:
    """How many words of a list a case-folded text holds, up to four."""
    said, anywhere = _leanings()[name]
    found = len(said.intersection(_apart(text)))
    if not text.isascii():
        found += sum(word in text for word in anywhere)
    return min(found, 4)


def _apart(text: str) -> list[str]:
    """A long text's words, cut at white space and a sentence's marks only."""
    for mark in _MARKS:
        if mark in text:
            text = text.replace(mark, " ")
    return text.split()


_MARKS = '.,:;!?()[]"“”„«»…'


def words_of(text: str) -> list[str]:
    """A text's words, case-folded, brackets and dashes included."""
    return _WORD.findall(text.casefold())


def _strongest(name: str, wide: str, text: str) -> VideoKind | None:
    """The first role, by strength, whose words a text holds."""
    phrases = _phrases(name)
    words = [_SIGNS.get(word, word) for word in words_of(text)]
    found: set[VideoKind] = set()
    if not phrases.keys().isdisjoint(words):
        found.update(_matches(phrases, [*words, "$"]))
    if not text.isascii():
        lowered = text.casefold()
        found.update(kind for word, kind in _wide(wide) if word in lowered)
    return next((kind for kind in _STRENGTH if kind in found), None) if found else None


def _matches(phrases: _Phrases, words: list[str]) -> Iterable[VideoKind]:
    """The kinds of the phrases that a list of words holds."""
    for index, word in enumerate(words):
        if word in phrases:
            for rest, kind in phrases[word]:
                if tuple(words[index + 1 : index + 1 + len(rest)]) == rest:
                    yield kind


@cache
def _phrases(name: str) -> _Phrases:
    """A table's phrases by their first word."""
    found: dict[str, list[tuple[tuple[str, ...], VideoKind]]] = {}
    for kind, phrases in table("roles")[name].items():
        for phrase in phrases:
            first, *rest = _HYPHEN.sub(" ", phrase).split()
            found.setdefault(first, []).append((tuple(rest), VideoKind(kind)))
    return {first: tuple(entries) for first, entries in found.items()}


@cache
def _wide(name: str) -> tuple[tuple[str, VideoKind], ...]:
    """Words of scripts that set no spaces, with their kinds."""
    kinds = table("roles")[name].items()
    return tuple((word, VideoKind(kind)) for kind, words in kinds for word in words)


@cache
def _pointers() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Pointing words by direction: whole words, and those found anywhere."""
    return {name: _parted(words) for name, words in table("roles")["pointing"].items()}


@cache
def _pointing_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """All pointing words with the marks that may follow, and those found anywhere."""
    single = (word for words, _ in _pointers().values() for word in words)
    spelled = frozenset(word + mark for word in single for mark in ("", *":.,;!?)…"))
    return spelled, tuple(word for _, words in _pointers().values() for word in words)


@cache
def _leanings() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Words by what they speak for: whole words, and those found anywhere."""
    words = table("roles")["leaning"]
    names = ("credit", "against")
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
