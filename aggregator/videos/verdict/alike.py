"""Whether two posts say the same: sketches of their words, compared without the words.

A sketch holds the smallest hashes of all groups of three words (MinHash, Broder 1997: "On the
resemblance and containment of documents"). What two sketches share tells what share of all
groups the two texts have in common.
"""

import re
from collections.abc import Sequence
from zlib import crc32

SKETCH_SIZE = 128
# Scripts without spaces count by the sign.
_WORDS = re.compile(r"[^\W\u2e80-\u9fff\uac00-\ud7af]+|[\u2e80-\u9fff\uac00-\ud7af]")
_READ = 40_000
_LONGEST_TITLE = 1_000
_FEWEST = 5
_GROUP = 3


def words_of(text: str) -> list[str]:
    """The words of a text, case-folded."""
    return _WORDS.findall(text.casefold())


def sketch_of(title: str, text: str) -> tuple[int, ...]:
    """Sketch a post.

    Args:
        title: its title.
        text: its own words.

    Returns:
        At most `SKETCH_SIZE` hashes, ascending; none where there are too few words to tell
        one post from another.
    """
    words = words_of(f"{title[:_LONGEST_TITLE]}\n{text[:_READ]}")
    if len(words) < _FEWEST:
        return ()
    groups = {" ".join(words[n : n + _GROUP]) for n in range(len(words) - _GROUP + 1)}
    return tuple(sorted({_hash(group) for group in groups})[:SKETCH_SIZE])


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of word groups that two posts have in common, estimated, 0 to 1.

    Exact for posts of up to `SKETCH_SIZE` groups; beyond, its standard error is below 0.05.
    """
    first, second = set(one), set(other)
    sample = sorted(first | second)[:SKETCH_SIZE]
    return len(first.intersection(sample, second)) / len(sample) if sample else 0.0


def _hash(group: str) -> int:
    # A checksum keeps similar words near each other; multiplying (Knuth) spreads them.
    return crc32(group.encode("utf-8", "replace")) * 2_654_435_761 & 0xFFFFFFFF
