"""Cue words of a title: what they say about the kind of video or post."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from aggregator.videos.tables import table

_TOKEN = re.compile(
    r"[^\W_\u2e80-\ud7af\uf900-\ufaff]++(?:['’/&-][^\W\d_\u2e80-\ud7af]+)*"
    r"|[\u3005-\u30ff\u3400-\u9fff]+|[\uac00-\ud7af]+"
)
_ASCII_TOKEN = re.compile(r"[A-Za-z0-9]++(?:['/&-][A-Za-z]+(?:['/&-][A-Za-z]+)*|)")


_Phrases = dict[str, list[tuple[list[str], str]]]
"""By second word, empty for none: the words that follow the first, the longest first; a kind."""


class Token(NamedTuple):
    """A word of a title, case-folded, with its place."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that hints at a kind.

    Args:
        kind: such as ``official-video``, ``lyric``, ``making-of``, ``live``, ``list``.
        text: the phrase as the title writes it.
        start: its offset in the tidied title.
    """

    kind: str
    text: str
    start: int = 0


def tokens(text: str) -> list[Token]:
    """Split a title into words; scripts are kept apart, ``M/V`` is one word."""
    if not text.isascii():
        return [Token(found[0].casefold(), *found.span()) for found in _TOKEN.finditer(text)]
    folded = text.lower()
    spans = [found.span() for found in _ASCII_TOKEN.finditer(text)]
    return [Token(folded[start:end], start, end) for start, end in spans]


def words_of(text: str) -> list[str]:
    """The words of `tokens` without their places."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text.lower())
    return [word.casefold() for word in _TOKEN.findall(text)]


def find_cues(text: str) -> tuple[Cue, ...]:
    """Find cue phrases, longest first, none inside another.

    Args:
        text: the tidied title.
    """
    cues: list[Cue] = []
    said = words_of(text)
    if not _phrases().keys().isdisjoint(said):
        cues += _spelled_cues(text, said)
    if not text.isascii():
        cues += _wide_cues(text)
    return tuple(cues)


def _spelled_cues(text: str, said: list[str]) -> Iterator[Cue]:
    phrases = _phrases()
    spans = [found.span() for found in (_ASCII_TOKEN if text.isascii() else _TOKEN).finditer(text)]
    free = 0
    for index, word in enumerate(said):
        if index < free or word not in phrases:
            continue
        size, kind = _match(phrases[word], said[index + 1 :])
        if kind:
            start, end = spans[index][0], spans[index + size - 1][1]
            yield Cue(kind, text[start:end], start)
            free = index + size


def _match(starting: _Phrases, following: list[str]) -> tuple[int, str]:
    """How many words a phrase takes up, and its kind; the kind is empty when none fits."""
    if following:
        for rest, kind in starting.get(following[0], ()):
            if rest == following[: len(rest)]:
                return 1 + len(rest), kind
    return 1, starting[""][0][1] if "" in starting else ""


def _wide_cues(text: str) -> list[Cue]:
    wide: dict[str, str] = table("titles")["wide"]
    return [Cue(kind, word, text.index(word)) for word, kind in wide.items() if word in text]


@cache
def _phrases() -> dict[str, _Phrases]:
    """Index the phrases by their first word."""
    index: dict[str, _Phrases] = {}
    for kind, phrases in table("titles")["cues"].items():
        for phrase in phrases:
            first, *rest = words_of(phrase)
            alike = index.setdefault(first, {}).setdefault(rest[0] if rest else "", [])
            alike.append((rest, kind))
    for starting in index.values():
        for alike in starting.values():
            alike.sort(key=lambda phrase: -len(phrase[0]))
    return index
