"""Credits by position: ``“S”, A (D, 1999)``, ``A – S`` with D opening the blurb below.

Lists and asides name the director without a word that says so. What tells it is the gap
between song and name, the artist taken out of it, and what follows the name.
"""

import re
from bisect import bisect
from collections.abc import Sequence

_LONGEST_GAP = 70
_GAP = re.compile(r"[\w’'&.-]+(?:[ /]+[\w’'&.-]+)*")
_DATED = re.compile(r",? ?(?:19|20)\d\d")
_WORD = re.compile(r" ([^\W\d_]+)")


class Billing:
    """The songs of a post in the order of its text, with the names that are artists.

    Args:
        text: the post's own text.
        songs: where its songs stand, in order: beginning and end of each.
        artists: names that other witnesses call artists, as written.
    """

    def __init__(self, text: str, songs: Sequence[tuple[int, int]], artists: Sequence[str]) -> None:
        self._text = text
        self._ends = [end for _, end in songs]
        self._artists = sorted((name for name in artists if name), key=len, reverse=True)

    def at(self, place: int, size: int) -> set[str]:
        """Describe how a name stands behind the song before it.

        Args:
            place: where the name begins.
            size: how many characters it has.

        Returns:
            Features, none when no song stands near before it.
        """
        index = bisect(self._ends, place) - 1
        if index < 0 or place - self._ends[index] > _LONGEST_GAP:
            return set()
        gap = self._shape(self._text[self._ends[index] : place])
        if gap is None:
            return set()
        tail = self._tail(place + size)
        return {f"gap={gap}", f"gap={gap}&{tail}", f"tail={tail}"}

    def _shape(self, gap: str) -> str | None:
        """Give a gap's punctuation, the artist as ``A``, years as ``Y``; None for prose."""
        for name in self._artists:
            gap = gap.replace(name, "A", 1)
        gap = _DATED.sub("Y", gap)
        words = _GAP.findall(gap)
        if any(word not in ("A", "Y", "AY") for word in words):
            return f"{len(' '.join(words).split())}w" if len(gap) < 25 else None
        return "".join(gap.split(" ")).replace("’", "'")[:8]

    def _tail(self, end: int) -> str:
        """Name what follows a name: a bracket, a year, a small word or another sign."""
        after = self._text[end : end + 12]
        if _DATED.match(after):
            return "Y"
        found = _WORD.match(after)
        if found:
            return "small" if found.group(1)[0].islower() else "word"
        return after[:1]
