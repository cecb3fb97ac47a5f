"""How a headline is phrased: the pattern that is left when its names are taken out.

*Rosa Quill Shares “Low Tide” Video* and *Tin Orchard Unveils “Ash” Video* are one phrase:
``Name shares “…” video``. Two patterns are read of each headline, in groups of two to four
places: one keeps the words that many headlines share, the other keeps small words alone and
puts cues by their kind, ``<video>`` for *clip* and *Musikvideo* alike. What signals say is
also read together with where the post leads: a bare *Artist - Song* over a video's own page
is not what it is over a magazine's.
"""

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from operator import attrgetter
from types import MappingProxyType

from aggregator.models import Entry
from aggregator.videos.titles.cues import Cue
from aggregator.videos.titles.title_parts import tidy
from aggregator.videos.verdict.features import Signals
from aggregator.videos.verdict.wording import Part

_QUOTED = re.compile(
    r"[“\"„«「『][^“”\"„«»「」『』]{1,60}[”\"“»」』]|(?<!\w)[‘'][^‘’\"]{1,50}?[’'](?!\w)"
)
_PLACE = re.compile(r"⟪[a-z-]+⟫|[^\W_]+(?:['’][^\W\d_]+)*|[\[\](){}|:;,–—!?&+#@/-]")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ONE_SIGN = {"–": "-", "—": "-", "[": "(", "]": ")", "{": "(", "}": ")"}
_QUOTE, _NAME, _OWNER, _WIDE_TEXT, _NUMBER, _ANY = "“…”", "Name", "Name's", "字", "№", "…"
_RUNS = frozenset({_NAME, _WIDE_TEXT, _NUMBER, _ANY})
_WORDED, _CUED, _PLACED = "p|", "k|", "x|"
_JOINED = "{} {}".format
_START = attrgetter("start")
_LOUD, _LESS_LOUD = 4.0, 1.5
_REMEMBERED = 20_000
NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})
_SMALL_WORDS = frozenset(
    "a an the of in on at to for with from by and or as is are his her their its my our your "
    "this that it you i we new first official after over about up into feat ft vs de la el le "
    "en y der die das und mit von du et".split()
)
_TOLD_BY_PLACE = ("title:", "title-cue:", "grammar:", "names:")


class Phrases:
    """Reads and weighs the patterns of headlines; remembers words it has met.

    Args:
        common: words, case-folded, that many headlines share.
        weights: by name of the feature; features without a weight count nothing.
    """

    def __init__(self, common: Collection[str], weights: Mapping[str, float] = NO_WEIGHTS) -> None:
        def keep(word: str) -> str:
            return word if word.removesuffix("'s") in common else ""

        self._place = lru_cache(maxsize=_REMEMBERED)(partial(_place, keep))
        self._weights = {
            family: {
                name[2:]: weight for name, weight in weights.items() if name.startswith(family)
            }
            for family in (_WORDED, _CUED)
        }

    def read(self, title: str, cues: Sequence[Cue]) -> Iterator[Part]:
        """Read the patterns of a headline.

        Args:
            title: the post's title.
            cues: those that were read in it, in its order.

        Yields:
            The feature's name, the places of the pattern, and its value. The values of
            a family have a fixed length together.
        """
        for family, groups, value in self._groups(title, cues):
            for group in groups:
                yield family + group, group, value

    def weigh(self, title: str, cues: Sequence[Cue]) -> list[tuple[str, float]]:
        """What those places of the patterns weigh that are known."""
        told = []
        for family, groups, value in self._groups(title, cues):
            known = self._weights[family]
            told += [(group, value * known[group]) for group in groups if group in known]
        return told

    def _groups(
        self, title: str, cues: Sequence[Cue]
    ) -> Iterator[tuple[str, dict[str, None], float]]:
        """For each family, its groups, each once, and the value of each."""
        read = tidy(title)
        for family, pattern in (
            (_WORDED, _pattern(read, self._place)),
            (_CUED, _pattern(_with_cues(read, cues), _small_place)),
        ):
            groups = _groups(pattern)
            yield family, groups, _LOUD / math.sqrt(len(groups))


def placing(signals: Signals, entry: Entry) -> list[Part]:
    """Read what signals of the headline say where the post leads.

    Args:
        signals: the entry's.
        entry: the entry.

    Returns:
        The feature's name, the evidence, and its value.
    """
    told = [name for name in signals if name.startswith(_TOLD_BY_PLACE)]
    names = []
    for place in _places(signals, entry):
        names += [place, *[f"{name} on a {place}" for name in told]]
    value = _LESS_LOUD / math.sqrt(len(names) or 1)
    return [(_PLACED + name, name, value) for name in names]


def _places(signals: Signals, entry: Entry) -> Iterator[str]:
    """What the link is, and whether readers of a forum posted it."""
    posted = bool(entry.feed) and "://" not in entry.feed
    if "has:link-is-video" in signals:
        yield "video page"
    elif "has:link-is-audio" in signals:
        yield "audio page"
    elif not entry.link:
        yield "headline alone"
    elif not posted:
        yield "page"
    if posted:
        yield "forum"


def _groups(pattern: list[str]) -> dict[str, None]:
    """Groups of two to four places in a row."""
    pairs = list(map(_JOINED, pattern, pattern[1:]))
    triples = list(map(_JOINED, pairs, pattern[2:]))
    return dict.fromkeys([*pairs, *triples, *map(_JOINED, triples, pattern[3:])])


def _pattern(text: str, place_of: Callable[[str], str]) -> list[str]:
    """The places of a headline, between its beginning and end; runs of one kind are one place."""
    pattern = ["^"]
    for place in map(place_of, _PLACE.findall(_QUOTED.sub(" ⟪q⟫ ", text))):
        if place not in _RUNS or pattern[-1] != place:
            pattern.append(place)
    pattern.append("$")
    return pattern


def _place(keep: Callable[[str], str], written: str) -> str:
    if written[0] == "⟪":
        return _QUOTE if written == "⟪q⟫" else f"<{written[1:-1]}>"
    if not written[0].isalnum():
        return _ONE_SIGN.get(written, written)
    return keep(written.casefold().replace("’", "'")) or _shape(written)


@lru_cache(maxsize=_REMEMBERED)
def _small_place(written: str) -> str:
    return _place(lambda word: word if word in _SMALL_WORDS else "", written)


def _shape(written: str) -> str:
    """What kind of word it is, when it is none to keep."""
    if written.isdigit():
        return "year" if _YEAR.fullmatch(written) else _NUMBER
    if not written.isascii() and _WIDE.search(written):
        return _WIDE_TEXT
    if written[0].isupper() or written[0].isdigit():
        return _OWNER if written.endswith(("'s", "’s")) else _NAME
    return _ANY


def _with_cues(title: str, cues: Sequence[Cue]) -> str:
    """The title, its cues replaced by their kinds."""
    parts, read = [], 0
    for cue in sorted(cues, key=_START):
        if cue.start >= read:
            parts += [title[read : cue.start], f" ⟪{cue.kind}⟫ "]
            read = cue.start + len(cue.text)
    return "".join([*parts, title[read:]])
