"""How a headline is worded: its words, the letter groups in them, and the words of its address.

Letter groups carry what is learned over inflection, compounds, punctuation and scripts
without spaces.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from aggregator.videos.concepts import WORD

LONGEST_TITLE = 400
_SHORTEST, _LONGEST = 2, 5
_LONGEST_WORD = 40
_LOUD, _LESS_LOUD = 4.0, 3.0
_ADDRESS_WORD = re.compile(r"[a-z0-9]+")
_ADDRESS_WORDS = 30

Part = tuple[str, str, float]


def wording(title: str, feed: str, link: str) -> Iterator[Part]:
    """Take a headline apart.

    Args:
        title: the post's title.
        feed: name of the feed, such as a subreddit's.
        link: the post's address.

    Yields:
        The feature's name, the word of the headline it comes from, and its value. The
        values of a family have a fixed length together, so that long and short
        headlines speak equally loud.
    """
    folded = title[:LONGEST_TITLE].casefold()
    words = WORD.findall(folded)
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    yield from _family("w", ((word, word) for word in (*words, *pairs)), _LOUD)
    tokens = folded.split()
    yield from _family("c", ((g, token) for token in tokens for g in _groups(token)), _LOUD)
    address = _ADDRESS_WORD.findall(f"{feed[:60]} {link[:300]}".lower())[:_ADDRESS_WORDS]
    yield from _family("l", ((word, word) for word in address), _LESS_LOUD)


def weigh(parts: Iterable[Part], weights: Mapping[str, float]) -> dict[str, float]:
    """Sum up, for each word of a headline, what its features weigh.

    Args:
        parts: what `wording` gives.
        weights: by name of the feature; features without a weight count nothing.
    """
    totals: dict[str, float] = {}
    for name, word, value in parts:
        weight = weights.get(name)
        if weight is not None:
            totals[word] = totals.get(word, 0.0) + weight * value
    return totals


def _family(prefix: str, members: Iterable[tuple[str, str]], loudness: float) -> Iterator[Part]:
    known = list(members)
    value = loudness / math.sqrt(len(known)) if known else 0.0
    return ((f"{prefix}|{name}", word, value) for name, word in known)


def _groups(word: str) -> Iterator[str]:
    """Groups of two to five letters, the word's beginning and end marked by a space."""
    padded = f" {word[:_LONGEST_WORD]} "
    for size in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]
