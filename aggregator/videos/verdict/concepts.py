"""What the words of a text are about, in whatever language: concepts instead of words.

A concept such as ``direct`` stands for *directed by*, *Regie*, *réalisé*, *監督* alike,
so that what is learned from one language holds in all of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from aggregator.videos.tables import table

# A branch of nothing tells by one look that a word doesn't go on; a repeated group can't.
_PART = r"['’/&.-][^\W\d_\u2e80-\ud7af]+"
_WORD = re.compile(rf"[^\W_\u2e80-\u9fff\uac00-\ud7af]++(?:{_PART}(?:{_PART})*|)")
_ASCII_WORD = re.compile(r"[a-z0-9]++(?:['/&.-][a-z]+(?:['/&.-][a-z]+)*|)")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
_SHORTEST_STEM = 3

Hit = tuple[str, str]
"""A concept found in a text, and the words that stand for it."""

_Phrases = Mapping[str, tuple[tuple[tuple[str, ...], Hit], ...]]
"""By second word: the words that follow it, and what the whole phrase means."""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The table turned around: from words to concepts.

    Args:
        exact: concepts of single words.
        stems: concepts of words that begin so.
        longest_stem: letters in the longest of them.
        phrases: by first word, the phrases, in the table's order.
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
    meanings = [(place, found) for place, found in enumerate(map(_meaning, words), 2) if found]
    for following, (alone, phrases) in meanings:
        if alone:
            hits += alone
        if phrases and following <= len(words):
            for rest, hit in phrases.get(words[following - 1], ()):
                if not rest or tuple(words[following : following + len(rest)]) == rest:
                    hits.append(hit)
    if not text.isascii() and _WIDE.search(text):
        concepts_of = _lexicon().wide
        hits += [
            (concept, found) for found in _wide().findall(text) for concept in concepts_of[found]
        ]
    return hits


@lru_cache(maxsize=50_000)
def _meaning(word: str) -> tuple[tuple[Hit, ...], _Phrases] | None:
    """What a word means alone, and the phrases that it begins; None for most words."""
    lexicon = _lexicon()
    if word not in lexicon.firsts and word[:_SHORTEST_STEM] not in lexicon.starts:
        return None
    found = list(lexicon.exact.get(word, ()))
    for end in range(_SHORTEST_STEM, min(len(word), lexicon.longest_stem) + 1):
        found += lexicon.stems.get(word[:end], ())
    phrases = lexicon.phrases.get(word, _NO_PHRASES)
    alone = tuple((concept, word) for concept in dict.fromkeys(found))
    return (alone, phrases) if alone or phrases else None


_NO_PHRASES: _Phrases = {}


@cache
def _lexicon() -> _Lexicon:
    exact: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], Hit]]]] = {}
    wide: dict[str, list[str]] = {}
    for concept, written in _entries():
        folded = written.casefold()
        words = words_in(folded)
        if not folded.isascii() and _WIDE.search(folded):
            wide.setdefault(folded, []).append(concept)
        elif len(words) > 1:
            first, second, *rest = words
            alike = phrases.setdefault(first, {}).setdefault(second, [])
            alike.append((tuple(rest), (concept, " ".join(words))))
        elif words:
            place = stems if folded.endswith("*") else exact
            place.setdefault(words[0], []).append(concept)
    return _Lexicon(
        _frozen(exact),
        _frozen(stems),
        max(map(len, stems)),
        {
            word: {second: tuple(alike) for second, alike in by_second.items()}
            for word, by_second in phrases.items()
        },
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
