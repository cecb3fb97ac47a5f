"""What the words of a text are about, in whatever language: concepts instead of words.

A concept such as ``direct`` stands for *directed by*, *Regie*, *réalisé*, *監督* alike,
so that what is learned from one language holds in all of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from aggregator.videos.tables import table

_WORD = re.compile(r"[^\W_\u2e80-\u9fff\uac00-\ud7af]+(?:['’/&.-][^\W\d_\u2e80-\ud7af]+)*")
_ASCII_WORD = re.compile(r"[a-z0-9]+(?:['/&.-][a-z]+)*")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
_SHORTEST_STEM = 3

Hit = tuple[str, str]
"""A concept found in a text, and the words that stand for it."""

_Phrases = tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The table turned around: from words to concepts.

    Args:
        exact: concepts of single words.
        stems: concepts of words that begin so.
        longest_stem: letters in the longest of them.
        phrases: by first word, the words that follow and the concept, in the table's order.
        firsts: single words and first words: a quick look tells that most words are none.
        starts: the first letters of stems, likewise.
        wide: concepts of words of scripts that write without spaces.
    """

    exact: dict[str, tuple[str, ...]]
    stems: dict[str, tuple[str, ...]]
    longest_stem: int
    phrases: dict[str, _Phrases]
    firsts: frozenset[str]
    starts: frozenset[str]
    wide: dict[str, tuple[str, ...]]


def words_in(text: str) -> list[str]:
    """The words of a text, in scripts that part them.

    Args:
        text: the text, case-folded.
    """
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def find_concepts(words: list[str], text: str) -> list[Hit]:
    """Find the concepts of a text, in its order.

    Args:
        words: its words, as `words_in` finds them.
        text: the text itself, case-folded; read for scripts without spaces.
    """
    hits: list[Hit] = []
    for place, meaning in enumerate(map(_meaning, words)):
        if meaning:
            word, (concepts, phrases) = words[place], meaning
            hits += [(concept, word) for concept in concepts]
            for rest, concept in phrases:
                if tuple(words[place + 1 : place + 1 + len(rest)]) == rest:
                    hits.append((concept, " ".join((word, *rest))))
    if not text.isascii() and _WIDE.search(text):
        concepts_of = _lexicon().wide
        hits += [
            (concept, found) for found in _wide().findall(text) for concept in concepts_of[found]
        ]
    return hits


@lru_cache(maxsize=50_000)
def _meaning(word: str) -> tuple[tuple[str, ...], _Phrases] | None:
    """The concepts of a word, and the phrases that it begins; None for most words."""
    lexicon = _lexicon()
    if word not in lexicon.firsts and word[:_SHORTEST_STEM] not in lexicon.starts:
        return None
    found = list(lexicon.exact.get(word, ()))
    for end in range(_SHORTEST_STEM, min(len(word), lexicon.longest_stem) + 1):
        found += lexicon.stems.get(word[:end], ())
    phrases = lexicon.phrases.get(word, ())
    return (tuple(dict.fromkeys(found)), phrases) if found or phrases else None


@cache
def _lexicon() -> _Lexicon:
    exact: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    wide: dict[str, list[str]] = {}
    for concept, written in _entries():
        folded = written.casefold()
        words = words_in(folded)
        if not folded.isascii() and _WIDE.search(folded):
            wide.setdefault(folded, []).append(concept)
        elif len(words) > 1:
            phrases.setdefault(words[0], []).append((tuple(words[1:]), concept))
        elif words:
            place = stems if folded.endswith("*") else exact
            place.setdefault(words[0], []).append(concept)
    return _Lexicon(
        _frozen(exact),
        _frozen(stems),
        max(map(len, stems)),
        {word: tuple(rest) for word, rest in phrases.items()},
        frozenset(exact).union(phrases),
        frozenset(stem[:_SHORTEST_STEM] for stem in stems),
        _frozen(wide),
    )


@cache
def _wide() -> re.Pattern[str]:
    """One pattern for all words of scripts without spaces, the longest first."""
    longest_first = sorted(_lexicon().wide, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


def _entries() -> Iterator[tuple[str, str]]:
    for concept, by_language in table("concepts").items():
        written = (word.strip() for words in by_language.values() for word in words.split(","))
        for word in dict.fromkeys(written):
            yield concept, word


def _frozen(index: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(dict.fromkeys(concepts)) for word, concepts in index.items()}
