"""What the words of a text are about, in whatever language: concepts instead of words.

A concept such as ``direct`` stands for *directed by*, *Regie*, *réalisé*, *監督* alike,
so that what is learned from one language holds in all of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from aggregator.videos.tables import table

# A branch of nothing tells by one look that a word doesn't go on; a repeated group can't.
_PART = r"['’/&.-][^\W\d_\u2e80-\ud7af]+"
_WORD = re.compile(rf"[^\W_\u2e80-\u9fff\uac00-\ud7af]++(?:{_PART}(?:{_PART})*|)")
_ASCII_WORD = re.compile(r"[a-z0-9]++(?:['/&.-][a-z]+(?:['/&.-][a-z]+)*|)")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
_SHORTEST_STEM = 3
_EVERYWHERE = "en"

Hit = tuple[str, str]
"""A concept found in a text, and the words that stand for it."""

_Phrases = dict[str, list[tuple[tuple[str, ...], Hit]]]
"""By second word: the words that follow it, and what the whole phrase means."""

_Meaning = tuple[tuple[Hit, ...], _Phrases]
"""What a word means alone, and the phrases that it begins."""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The table turned around: from words to concepts.

    Args:
        words: what single words and the first words of phrases mean.
        stems: concepts of words that begin so.
        starts: the stems by their first three letters, the shortest first.
    """

    words: dict[str, _Meaning]
    stems: dict[str, tuple[str, ...]]
    starts: dict[str, tuple[str, ...]]


def words_in(text: str) -> list[str]:
    """The words of a text, in scripts that part them.

    Args:
        text: the text, case-folded.
    """
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def find_concepts(words: list[str], text: str, language: str = "") -> list[Hit]:
    """Find the concepts of a text, in its order.

    Args:
        words: its words, as `words_in` finds them.
        text: the text itself, case-folded; read for scripts without spaces.
        language: its ISO 639-1 code, so that *clip*, which means a music video in French,
            means none in English; where it isn't known, the words of all languages count.
    """
    lexicon = _lexicon(_spoken(language))
    known, starts = lexicon.words, lexicon.starts
    hits: list[Hit] = []
    for following, word in enumerate(words, 2):
        if word in known:
            alone, phrases = known[word]
            hits += alone
            if phrases and following <= len(words):
                for rest, hit in phrases.get(words[following - 1], ()):
                    if not rest or tuple(words[following : following + len(rest)]) == rest:
                        hits.append(hit)
        elif (stems := starts.get(word[:_SHORTEST_STEM])) and word.startswith(stems):
            hits += _stemmed(word, stems, lexicon.stems)
    if _is_wide(text):
        wide, wide_words = _wide()
        for found in wide_words.findall(text):
            hits += [(concept, found) for concept in wide[found]]
    return hits


def _stemmed(word: str, stems: Iterable[str], meant: Mapping[str, Sequence[str]]) -> list[Hit]:
    """What a word means by its stems."""
    concepts = [concept for stem in stems if word.startswith(stem) for concept in meant[stem]]
    return [(concept, word) for concept in dict.fromkeys(concepts)]


def _is_wide(text: str) -> bool:
    """Whether a text has letters of a script that writes without spaces."""
    return not text.isascii() and _WIDE.search(text) is not None


@cache
def _spoken(language: str) -> str:
    """The language whose words are to be known, empty for those of all."""
    return language if any(language in spoken for spoken in table("concepts").values()) else ""


@cache
def _lexicon(language: str) -> _Lexicon:
    exact: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    phrases: dict[str, _Phrases] = {}
    for concept, written in _entries(language):
        folded = written.casefold()
        words = () if _is_wide(folded) else words_in(folded)
        if len(words) > 1:
            first, second, *rest = words
            alike = phrases.setdefault(first, {}).setdefault(second, [])
            alike.append((tuple(rest), (concept, " ".join(words))))
        elif words:
            place = stems if folded.endswith("*") else exact
            place.setdefault(words[0], []).append(concept)
    starts: dict[str, list[str]] = {}
    for stem in sorted(stems, key=len):
        starts.setdefault(stem[:_SHORTEST_STEM], []).append(stem)
    stemmed, by_start = _frozen(stems), _frozen(starts)
    meanings: dict[str, _Meaning] = {}
    for word in {**exact, **phrases}:
        alone = [(concept, word) for concept in exact.get(word, ())]
        alone += _stemmed(word, by_start.get(word[:_SHORTEST_STEM], ()), stemmed)
        meanings[word] = tuple(dict.fromkeys(alone)), phrases.get(word, {})
    return _Lexicon(meanings, stemmed, by_start)


@cache
def _wide() -> tuple[dict[str, tuple[str, ...]], re.Pattern[str]]:
    """Concepts of words of scripts without spaces, and a pattern that finds the longest."""
    wide: dict[str, list[str]] = {}
    for concept, written in _entries(""):
        folded = written.casefold()
        if _is_wide(folded):
            wide.setdefault(folded, []).append(concept)
    longest_first = sorted(wide, key=len, reverse=True)
    return _frozen(wide), re.compile("|".join(map(re.escape, longest_first)))


def _entries(language: str) -> Iterator[tuple[str, str]]:
    """Concepts and their words: of a language, and the English ones, which all borrow."""
    for concept, by_language in table("concepts").items():
        spoken = (by_language.get(name, "") for name in (language, _EVERYWHERE))
        lists = tuple(spoken if language else by_language.values())
        written = (word.strip() for words in lists for word in words.split(","))
        for word in dict.fromkeys(filter(None, written)):
            yield concept, word


def _frozen(index: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(dict.fromkeys(concepts)) for word, concepts in index.items()}
