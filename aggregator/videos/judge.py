"""The judge: is this post about a music video, of what kind, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from aggregator.models import Entry, Kind, Policy, Reason, Verdict
from aggregator.videos.features import Signals, feed_name, is_whole_post, signals_of
from aggregator.videos.model import Model, Weights, probability, shipped_model
from aggregator.videos.reading import read_entry
from aggregator.videos.wording import Weigher

_SHOWN_REASONS = 12
OTHER_KIND = "other"


class Judge:
    """Gives verdicts by a linear model, so that each is a sum of readable reasons.

    Args:
        policy: what the editor wants kept.
        model: the weights; the shipped ones unless given.
    """

    def __init__(self, policy: Policy, model: Model | None = None) -> None:
        self._policy = policy
        self._model = model or shipped_model()
        self._weigher = Weigher(self._model.headline.weights)

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
            summands += self._wording(entry)
        score = probability(weights.bias + sum(reason.weight for reason in summands))
        about = score >= self._policy.threshold
        kind = self._kind(signals, about)
        named = reading.works() if about or kind is Kind.LIVE else ()
        return Verdict(
            keep=self._policy.keeps(score, kind),
            score=round(score, 4),
            kind=kind,
            language=reading.language,
            reasons=tuple(_told(summands, weights.bias)),
            works=tuple(replace(work, kind=_work_kind(kind)) for work in named),
            videos=reading.videos(about, kind),
        )

    def _wording(self, entry: Entry) -> list[Reason]:
        totals = self._weigher.weigh(entry.title, feed_name(entry), entry.link)
        return [
            Reason("wording of the headline", weight, word[:120]) for word, weight in totals.items()
        ]

    def _kind(self, signals: Signals, about: bool) -> Kind | None:
        scores = self._model.kinds.scores(signals)
        if about:
            choices = [kind for kind in Kind if kind is not Kind.LIVE]
            return max(choices, key=lambda kind: scores.get(kind.value, float("-inf")))
        live = scores.get(Kind.LIVE.value, float("-inf"))
        return Kind.LIVE if live > scores.get(OTHER_KIND, float("inf")) else None


def _summands(signals: Signals, weights: Weights) -> list[Reason]:
    known = weights.weights
    return [
        Reason(name, value * known[name], evidence[:120])
        for name, (value, evidence) in signals.items()
        if name in known
    ]


def _told(summands: Iterable[Reason], bias: float) -> Iterator[Reason]:
    """The strongest reasons, the rest in one sum, and the base rate."""
    ranked = sorted(summands, key=lambda reason: (-abs(reason.weight), reason.signal))
    for reason in ranked[:_SHOWN_REASONS]:
        yield replace(reason, weight=round(reason.weight, 3))
    rest = ranked[_SHOWN_REASONS:]
    if rest:
        total = sum(reason.weight for reason in rest)
        yield Reason("all other signals", round(total, 3), f"{len(rest)} weaker ones")
    yield Reason("base rate", round(bias, 3), "what any post starts from")


def _work_kind(kind: Kind | None) -> str:
    return kind.value if kind in (Kind.LYRIC, Kind.VISUALIZER, Kind.FAN) else ""
