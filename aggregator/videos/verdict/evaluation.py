"""Measuring the judge on labelled posts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aggregator.models import Entry, Verdict
from aggregator.videos.posts import LabelledPost

_BINS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """How well verdicts agree with labels, each figure 0 to 1."""

    posts: int
    keep: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """A post that was judged wrongly, and how wrong the score was (0.5 to 1)."""

    post: LabelledPost
    verdict: Verdict
    distance: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The judge measured.

    Args:
        overall: figures over all posts.
        calibration_error: expected calibration error over ten bins of the score.
        calibration: for each bin that has posts, mean score, share of keeps, posts.
        by_language: figures by language.
        by_kind: for each right kind, posts, found recall and F1 of the kind itself.
        kind_f1: macro-F1 over the kinds of kept posts with at least ten posts, None
            where no kind has ten.
        mistakes: worst first.
    """

    overall: Figures
    calibration_error: float
    calibration: tuple[tuple[float, float, int], ...]
    by_language: dict[str, Figures]
    by_kind: dict[str, tuple[int, float, float]]
    kind_f1: float | None
    mistakes: tuple[Mistake, ...]


def evaluate(posts: Iterable[LabelledPost], judge: Callable[[Entry], Verdict]) -> Evaluation:
    """Judge labelled posts and compare.

    Args:
        posts: the posts with their labels.
        judge: gives the verdict of an entry.
    """
    pairs = [(post, judge(post.entry)) for post in posts]
    by_language: defaultdict[str, list[tuple[LabelledPost, Verdict]]] = defaultdict(list)
    for post, verdict in pairs:
        by_language[verdict.language or "unknown"].append((post, verdict))
    error, bins = _calibration(pairs)
    by_kind = _by_kind(pairs)
    common = [f1 for posts_of_kind, _, f1 in by_kind.values() if posts_of_kind >= _BINS]
    return Evaluation(
        overall=_figures(pairs),
        calibration_error=error,
        calibration=bins,
        by_language={name: _figures(part) for name, part in sorted(by_language.items())},
        by_kind=by_kind,
        kind_f1=sum(common) / len(common) if common else None,
        mistakes=_mistakes(pairs),
    )


_Pairs = Sequence[tuple[LabelledPost, Verdict]]


def _figures(pairs: _Pairs) -> Figures:
    kept = sum(verdict.keep for _, verdict in pairs)
    right = sum(verdict.keep and post.keep for post, verdict in pairs)
    wanted = sum(post.keep for post, _ in pairs)
    return Figures(len(pairs), wanted, *_ratios(right, kept, wanted))


def _ratios(right: int, found: int, wanted: int) -> tuple[float, float, float]:
    """Precision, recall and F1; a figure over nothing is 0."""
    precision = right / found if found else 0.0
    recall = right / wanted if wanted else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def _calibration(pairs: _Pairs) -> tuple[float, tuple[tuple[float, float, int], ...]]:
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for post, verdict in pairs:
        bins[min(int(verdict.score * _BINS), _BINS - 1)].append((verdict.score, post.keep))
    rows = []
    for _, members in sorted(bins.items()):
        mean = sum(score for score, _ in members) / len(members)
        share = sum(keep for _, keep in members) / len(members)
        rows.append((mean, share, len(members)))
    error = sum(abs(mean - share) * count for mean, share, count in rows) / max(1, len(pairs))
    return error, tuple(rows)


def _by_kind(pairs: _Pairs) -> dict[str, tuple[int, float, float]]:
    wanted = Counter(post.kind for post, _ in pairs if post.kind)
    found = Counter(verdict.kind.value for _, verdict in pairs if verdict.kind)
    right = Counter(
        post.kind for post, verdict in pairs if verdict.kind and post.kind == verdict.kind.value
    )
    figures = {}
    for kind, count in wanted.most_common():
        _, recall, f1 = _ratios(right[kind], found[kind], count)
        figures[kind] = (count, recall, f1)
    return figures


def _mistakes(pairs: _Pairs) -> tuple[Mistake, ...]:
    wrong = [
        Mistake(post, verdict, 1 - verdict.score if post.keep else verdict.score)
        for post, verdict in pairs
        if verdict.keep != post.keep
    ]
    return tuple(sorted(wrong, key=lambda mistake: (-mistake.distance, mistake.post.entry.id)))
