"""How a headline is worded: its words, the letter groups in them, and the words of its address.

Letter groups carry what is learned over inflection, compounds, punctuation and scripts
without spaces.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from aggregator.videos.verdict.concepts import words_in

LONGEST_TITLE = 400
_SHORTEST, _LONGEST = 2, 5
_LONGEST_WORD = 40
_LOUD, _LESS_LOUD = 4.0, 3.0
_ADDRESS_WORD = re.compile(r"[a-z0-9]+")
_ADDRESS_WORDS = 30
_REMEMBERED = 20_000

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
    words, tokens, address = _words(title, feed, link)
    yield from _family(((f"w|{word}", word) for word in words), _LOUD)
    yield from _family(
        ((f"c|{group}", token) for token in tokens for group in _groups(token)), _LOUD
    )
    yield from _family(((f"l|{word}", word) for word in address), _LESS_LOUD)


class Weigher:
    """Sums up what each word of a headline weighs; remembers words it has met.

    Args:
        weights: by name of the feature; features without a weight count nothing.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._words, self._address = _family_of("w|", weights), _family_of("l|", weights)
        self._groups = lru_cache(maxsize=_REMEMBERED)(self._weigh_groups)

    def weigh(self, title: str, feed: str, link: str) -> dict[str, float]:
        """The same as summing `wording`'s parts by word, only faster."""
        words, tokens, address = _words(title, feed, link)
        totals: dict[str, float] = {}
        _add(totals, self._words, words, _LOUD)
        counted = list(map(self._groups, tokens))
        value = _value(sum(count for count, _ in counted), _LOUD)
        for token, (_, weight) in zip(tokens, counted, strict=True):
            totals[token] = totals.get(token, 0.0) + value * weight
        _add(totals, self._address, address, _LESS_LOUD)
        return totals

    def _weigh_groups(self, token: str) -> tuple[int, float]:
        """How many letter groups a word has, and what they weigh together."""
        groups = _groups(token)
        return len(groups), sum(self._weights.get("c|" + group, 0.0) for group in groups)


def _family_of(family: str, weights: Mapping[str, float]) -> dict[str, float]:
    """The weights of one family, by word."""
    known = weights.items()
    return {name[len(family) :]: weight for name, weight in known if name.startswith(family)}


def _add(
    totals: dict[str, float], known: Mapping[str, float], words: Sequence[str], loudness: float
) -> None:
    """Add to the totals what those words weigh that are known."""
    value = _value(len(words), loudness)
    for word, weight in zip(words, map(known.get, words), strict=True):
        if weight is not None:
            totals[word] = totals.get(word, 0.0) + value * weight


def _words(title: str, feed: str, link: str) -> tuple[list[str], list[str], list[str]]:
    """Words and pairs of words of the title, its tokens, and the words of its address."""
    folded = title[:LONGEST_TITLE].casefold()
    words = words_in(folded)
    address = _ADDRESS_WORD.findall(f"{feed[:60]} {link[:300]}".lower())[:_ADDRESS_WORDS]
    return words + list(map(" ".join, pairwise(words))), folded.split(), address


def _family(members: Iterable[tuple[str, str]], loudness: float) -> Iterator[Part]:
    known = list(members)
    value = _value(len(known), loudness)
    return ((name, word, value) for name, word in known)


def _value(count: int, loudness: float) -> float:
    return loudness / math.sqrt(count) if count else 0.0


def _groups(word: str) -> list[str]:
    """Groups of two to five letters, the word's beginning and end marked by a space."""
    padded = f" {word[:_LONGEST_WORD]} "
    return [
        padded[start : start + size]
        for size in range(_SHORTEST, _LONGEST + 1)
        for start in range(len(padded) - size + 1)
    ]
