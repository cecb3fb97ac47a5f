"""The judge: is this post about a music video, of what kind, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from aggregator.models import Entry, Kind, Policy, Reason, Verdict
from aggregator.videos.features import Signals, feed_name, is_whole_post, signals_of
from aggregator.videos.model import Model, Weights, probability, shipped_model
from aggregator.videos.reading import read_entry
from aggregator.videos.wording import weigh, wording

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
            summands += _wording(entry, weights)
        score = probability(weights.bias + sum(reason.weight for reason in summands))
        about = score >= self._policy.threshold
        kind = self._kind(signals, about)
        works = tuple(replace(w, kind=w.kind or _work_kind(kind)) for w in reading.works)
        return Verdict(
            keep=self._policy.keeps(score, kind),
            score=round(score, 4),
            kind=kind,
            language=reading.language,
            reasons=tuple(_told(summands, weights.bias)),
            works=works if about or kind is Kind.LIVE else (),
            videos=reading.videos(about, kind),
        )

    def _kind(self, signals: Signals, about: bool) -> Kind | None:
        scores = {kind: weights.sum(signals) for kind, weights in self._model.kinds.items()}
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


def _wording(entry: Entry, weights: Weights) -> list[Reason]:
    parts = wording(entry.title, feed_name(entry), entry.link)
    return [
        Reason("wording of the headline", weight, word[:120])
        for word, weight in weigh(parts, weights.weights).items()
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
