"""How a headline is worded: its words and the letter groups in them.

Letter groups carry what is learned over inflection, compounds and scripts without spaces.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

from aggregator.videos.concepts import WORD

LONGEST_TITLE = 400
_SHORTEST, _LONGEST = 2, 5
_LONGEST_WORD = 40


def title_words(title: str) -> list[str]:
    """The words of a title, case-folded; runs of Chinese, Japanese or Korean letters count as one."""
    folded = title[:LONGEST_TITLE].casefold()
    words = WORD.findall(folded)
    if not folded.isascii():
        words += _wide_runs(folded)
    return words


def letter_groups(word: str) -> Iterator[str]:
    """Groups of two to five letters of a word, its beginning and end marked by a space."""
    padded = f" {word[:_LONGEST_WORD]} "
    for size in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]


def word_pairs(words: list[str]) -> Iterator[str]:
    """Two words in a row."""
    return (f"{first} {second}" for first, second in pairwise(words))


def evened(count: int) -> float:
    """Weight of one of `count` things, so that long and short titles speak equally loud."""
    return 1 / math.sqrt(count) if count else 0.0


def _wide_runs(text: str) -> Iterator[str]:
    kept = (character if "\u2e80" <= character <= "\ud7af" else " " for character in text)
    return iter("".join(kept).split())
