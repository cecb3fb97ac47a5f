"""The judge: is this post about a music video, of what kind, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aggregator.models import Entry, Kind, Policy, Reason, Verdict
from aggregator.videos.model import Model, Weights, probability, shipped_model
from aggregator.videos.verdict.corrections import NO_CORRECTIONS, Corrections, Lesson
from aggregator.videos.verdict.features import Signals, feed_name, is_whole_post, signals_of
from aggregator.videos.verdict.phrasing import Phrases, placing
from aggregator.videos.verdict.wording import Weigher
from aggregator.videos.works.reading import Reading, read_entry

_SHOWN_REASONS = 12
_LONGEST_EVIDENCE = 120
OTHER_KIND = "other"
_LIVE = Kind.LIVE.value
_CHOICES = tuple(kind.value for kind in Kind if kind is not Kind.LIVE)

_Summand = tuple[str, float, str]
"""A signal's name, what it adds to the log-odds, and the words it rests on."""


class Judge:
    """Gives verdicts by a linear model, so that each is a sum of readable reasons.

    Args:
        policy: what the editor wants kept.
        model: the weights; the shipped ones unless given.
        corrections: the editor's, to be heeded.
    """

    def __init__(
        self,
        policy: Policy,
        model: Model | None = None,
        corrections: Corrections = NO_CORRECTIONS,
    ) -> None:
        self._policy, self._corrections = policy, corrections
        self._model = model or shipped_model()
        self._weigher = Weigher(self._model.headline.weights)
        self._phrases = Phrases(self._model.common, self._model.headline.weights)

    def judge(self, entry: Entry) -> Verdict:
        """Judge one entry.

        Args:
            entry: as the feed states it, unclean; read before anything is taken out of it.

        Returns:
            The verdict; the log-odds of its score are the sum of its reasons' weights.
        """
        reading = read_entry(entry)
        signals = signals_of(reading)
        whole = is_whole_post(signals)
        weights = self._model.post if whole else self._model.headline
        summands = _summands(signals, weights)
        if not whole:
            summands += self._headline(reading, signals)
        log_odds = weights.bias + sum(weight for _, weight, _ in summands)
        lesson = self._lesson(reading, signals, log_odds)
        if lesson is not None:
            log_odds += lesson.weight
        # As it is stored, so that it is kept when judged as it is when read.
        score = round(probability(log_odds), 4)
        about = score >= self._policy.threshold
        ruling = None if lesson is None else lesson.keep
        kind = self._kind(signals, about) if ruling is None else self._ruled_kind(signals, ruling)
        named = reading.works() if about or kind is Kind.LIVE else ()
        return Verdict(
            keep=self._policy.keeps(score, kind),
            score=score,
            kind=kind,
            language=reading.language,
            reasons=(*_taught(lesson), *_told(summands, weights.bias)),
            works=tuple(replace(work, kind=_work_kind(kind)) for work in named),
            videos=reading.videos(about, kind),
        )

    def _headline(self, reading: Reading, signals: Signals) -> list[_Summand]:
        """What the wording of the headline, its phrasing and its place weigh."""
        entry = reading.entry
        totals = self._weigher.weigh(entry.title, feed_name(entry), entry.link)
        told = [("wording of the headline", weight, word) for word, weight in totals.items()]
        told += [
            ("phrasing of the headline", weight, shown)
            for shown, weight in self._phrases.weigh(entry.title, reading.title.cues)
        ]
        known = self._model.headline.weights
        told += [
            ("the headline and its page", value * known[name], shown)
            for name, shown, value in placing(signals, entry)
            if name in known
        ]
        return told

    def _lesson(self, reading: Reading, signals: Signals, log_odds: float) -> Lesson | None:
        known = self._corrections
        return known.lesson(reading, signals, log_odds) if known else None

    def _ruled_kind(self, signals: Signals, keep: bool) -> Kind | None:
        """The kind of a post that the editor ruled on: one with which the ruling stands."""
        wanted = [name for name in _CHOICES if Kind(name) in self._policy.kinds]
        return self._likeliest(signals, wanted) if keep and wanted else None

    def _kind(self, signals: Signals, about: bool) -> Kind | None:
        if about:
            return self._likeliest(signals, _CHOICES)
        scores = self._model.kinds.scores(signals, (_LIVE, OTHER_KIND))
        live = scores.get(_LIVE, float("-inf"))
        return Kind.LIVE if live > scores.get(OTHER_KIND, float("inf")) else None

    def _likeliest(self, signals: Signals, kinds: Sequence[str]) -> Kind:
        """The kind, of some, that fits best; the first of those that fit alike."""
        scores = self._model.kinds.scores(signals, kinds)
        return Kind(max(kinds, key=lambda name: scores.get(name, float("-inf"))))


def _summands(signals: Signals, weights: Weights) -> list[_Summand]:
    known = weights.weights
    return [
        (name, value * known[name], evidence)
        for name, (value, evidence) in signals.items()
        if name in known
    ]


def _taught(lesson: Lesson | None) -> Iterator[Reason]:
    """What the editor taught, however little it weighs."""
    if lesson is not None:
        evidence = lesson.evidence[:_LONGEST_EVIDENCE]
        yield Reason(lesson.signal, round(lesson.weight, 3), evidence)


def _told(summands: list[_Summand], bias: float) -> Iterator[Reason]:
    """The strongest reasons, the rest in one sum, and the base rate."""
    ranked = sorted([(-abs(said[1]), said[0], place) for place, said in enumerate(summands)])
    for _, name, place in ranked[:_SHOWN_REASONS]:
        _, weight, evidence = summands[place]
        yield Reason(name, round(weight, 3), evidence[:_LONGEST_EVIDENCE])
    rest = ranked[_SHOWN_REASONS:]
    if rest:
        total = sum([summands[place][1] for _, _, place in rest])
        yield Reason("all other signals", round(total, 3), f"{len(rest)} weaker ones")
    yield Reason("base rate", round(bias, 3), "what any post starts from")


def _work_kind(kind: Kind | None) -> str:
    return kind.value if kind in (Kind.LYRIC, Kind.VISUALIZER, Kind.FAN) else ""
