"""What an editor's corrections say of a post: a ruling where it is the same, a nudge where
it is alike. Everything is computed anew from all corrections, so that one taken back leaves
no trace and their order does not matter.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.feeds.changes import title_key
from aggregator.models import Correction, Entry
from aggregator.videos.verdict.alike import resemblance, sketch_of, words_of
from aggregator.videos.verdict.features import Signals, signals_of
from aggregator.videos.works.reading import Reading, read_entry

RULING = "the editor's correction"
LEARNED = "learned from corrections"
SAME = 0.8
"""From this resemblance on, two posts are the same."""
RATE = 0.5
"""Log-odds that one wholly surprising correction adds to a post exactly like it."""
FARTHEST = 1.5
"""Log-odds that all corrections together move a verdict at most."""
_CERTAIN = 12.0
_NAMED = 3
_TITLE_WORDS = 60
# Nearly every post has these, or they say again what another signal says.
_UNSPECIFIC = ("has:", "shows:count", "names:works", "share:", "dense:")


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the corrections say of one post.

    Args:
        signal: `RULING` or `LEARNED`.
        weight: what it adds to the log-odds of keeping.
        evidence: the correction, or the traits that were learned.
        keep: the editor's ruling; None where the post is only like corrected ones.
    """

    signal: str
    weight: float
    evidence: str
    keep: bool | None = None


class Corrections:
    """All corrections, ready to be asked; false when there are none.

    Args:
        corrections: in any order, one a post.
    """

    def __init__(self, corrections: Iterable[Correction] = ()) -> None:
        self._all = sorted(corrections, key=lambda c: (c.feed, c.id))
        self._by_post = {(c.feed, c.id): c for c in self._all}
        self._by_title: dict[str, list[int]] = {}
        self._by_hash: dict[int, list[int]] = {}
        self._weights: dict[str, float] = {}
        for number, correction in enumerate(self._all):
            if key := title_key(correction.title):
                self._by_title.setdefault(key, []).append(number)
            for mark in correction.sketch:
                self._by_hash.setdefault(mark, []).append(number)
            # One step of logistic regression from the untaught model.
            step = RATE * (float(correction.keep) - correction.score)
            for name, value in traits_of(correction).items():
                self._weights[name] = self._weights.get(name, 0.0) + step * value

    def __bool__(self) -> bool:
        return bool(self._all)

    def lesson(self, reading: Reading, signals: Signals, log_odds: float) -> Lesson | None:
        """What the corrections say of a post.

        Args:
            reading: the post, read.
            signals: its signals.
            log_odds: of its score, untaught.
        """
        if (ruling := self.ruling(reading)) is not None:
            return _rule(ruling, log_odds)
        return self._nudge(reading, signals)

    def ruling(self, reading: Reading) -> Correction | None:
        """The correction of this very post, or else the latest of one that is the same."""
        entry = reading.entry
        own = self._by_post.get((entry.feed, entry.id))
        if own is not None:
            return own
        videos = frozenset(videos_of(reading))
        found = [*self._same_place(entry, videos), *self._same_words(reading, videos)]
        return max(found, key=lambda c: (c.taught_at, c.feed, c.id), default=None)

    def _same_place(self, entry: Entry, videos: frozenset[str]) -> Iterator[Correction]:
        """Corrected posts with this title that have the video or the address in common."""
        for number in self._by_title.get(title_key(entry.title), ()):
            correction = self._all[number]
            linked = bool(entry.link) and entry.link == correction.link
            shown = not videos.isdisjoint(correction.videos)
            if shown or (linked and not _contradict(videos, correction)):
                yield correction

    def _same_words(self, reading: Reading, videos: frozenset[str]) -> Iterator[Correction]:
        sketch = sketch_of(reading.entry.title, reading.body.text)
        shared = Counter(n for mark in sketch for n in self._by_hash.get(mark, ()))
        for number, count in shared.items():
            correction = self._all[number]
            enough = count >= SAME * max(len(sketch), len(correction.sketch))
            # A template's words around another video are another post.
            if not enough or _contradict(videos, correction):
                continue
            if resemblance(sketch, correction.sketch) >= SAME:
                yield correction

    def _nudge(self, reading: Reading, signals: Signals) -> Lesson | None:
        entry = reading.entry
        values = {name: value for name, (value, _) in signals.items()}
        known = self._weights
        shares = {
            name: value * known[name]
            for name, value in traits(values, entry.title, entry.feed, entry.link).items()
            if name in known
        }
        shift = max(-FARTHEST, min(FARTHEST, math.fsum(shares.values())))
        if not shift:
            return None
        strongest = sorted(shares, key=lambda name: (-abs(shares[name]), name))[:_NAMED]
        return Lesson(LEARNED, shift, ", ".join(strongest))


NO_CORRECTIONS = Corrections()


def correction_of(entry: Entry, keep: bool, taught_at: datetime, score: float) -> Correction:
    """Make a correction.

    Args:
        entry: the post, as its feed states it.
        keep: whether it is to be kept.
        taught_at: when the editor said so.
        score: the score that the judge gives it untaught.
    """
    reading = read_entry(entry)
    return Correction(
        feed=entry.feed,
        id=entry.id,
        link=entry.link,
        title=entry.title,
        keep=keep,
        taught_at=taught_at,
        score=score,
        signals={name: value for name, (value, _) in sorted(signals_of(reading).items())},
        videos=videos_of(reading),
        sketch=sketch_of(entry.title, reading.body.text),
    )


def videos_of(reading: Reading) -> tuple[str, ...]:
    """What a post shows, as ``provider:id``, sorted."""
    return tuple(sorted({f"{found.video.provider}:{found.video.id}" for found in reading.found}))


def traits_of(correction: Correction) -> dict[str, float]:
    """The traits of a corrected post, see `traits`."""
    return traits(correction.signals, correction.title, correction.feed, correction.link)


def traits(signals: Mapping[str, float], title: str, feed: str, link: str) -> dict[str, float]:
    """What makes a post like another: its signals, its title's words, where it comes from.

    The three count equally and have a length of at most 1 together, so that the product of
    two posts' traits is their likeness, 0 to 1.
    """
    telling = {n: value for n, value in signals.items() if not n.startswith(_UNSPECIFIC)}
    words = dict.fromkeys(words_of(title[:400])[:_TITLE_WORDS], 1.0)
    source = {f"from {place}": 1.0 for place in (feed, _host(link)) if place}
    return {
        **_shortened(telling),
        **_shortened({f"“{word}” in the title": value for word, value in words.items()}),
        **_shortened(source),
    }


def could_be_same(correction: Correction, title: str, link: str, videos: Iterable[str]) -> bool:
    """Whether a post of which only this is known is worth a closer look, see `ruling`."""
    if link and link == correction.link:
        return True
    if not frozenset(videos).isdisjoint(correction.videos):
        return True
    mine, others = set(words_of(title)), set(words_of(correction.title))
    return 2 * len(mine & others) >= len(mine | others)


def _shortened(values: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(3 * math.fsum(value * value for value in values.values()))
    return {name: value / length for name, value in values.items()} if length else {}


def _contradict(videos: frozenset[str], correction: Correction) -> bool:
    """Whether both posts show videos and none in common."""
    return bool(videos and correction.videos) and videos.isdisjoint(correction.videos)


def _rule(correction: Correction, log_odds: float) -> Lesson:
    """The summand that settles it, whatever else is said."""
    strength = _CERTAIN + abs(log_odds)
    word = "keep" if correction.keep else "drop"
    return Lesson(
        signal=RULING,
        weight=strength if correction.keep else -strength,
        evidence=f"{word} ({correction.taught_at:%Y-%m-%d}): {correction.title}",
        keep=correction.keep,
    )


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""
