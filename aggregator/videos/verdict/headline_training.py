"""Logistic regression over thousands of words and phrases, most of which tell little.

Needs scikit-learn (``pip install 'aggregator[train]'``).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aggregator.videos.verdict.features import Signals, feed_name
from aggregator.videos.verdict.phrasing import Phrases, placing
from aggregator.videos.verdict.wording import wording
from aggregator.videos.works.reading import Reading

_STRENGTH = 1.0
_FOLDS = 5
_COMMON = 12
_SMOOTHING = 0.3
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")


def common_words(titles: Iterable[str]) -> list[str]:
    """The words that many headlines share; what is left over are names, for the most part.

    Args:
        titles: the headlines.

    Returns:
        The words, case-folded, in order.
    """
    seen: Counter[str] = Counter()
    for title in titles:
        words = _WORD.findall(title.casefold().replace("’", "'"))
        seen.update({word.removesuffix("'s") for word in words})
    return sorted(word for word, count in seen.items() if count >= _COMMON)


def headline_values(reading: Reading, signals: Signals, phrases: Phrases) -> dict[str, float]:
    """What a headline is judged by, beside its signals: names and values."""
    entry = reading.entry
    values: dict[str, float] = {}
    for parts in (
        wording(entry.title, feed_name(entry), entry.link),
        phrases.read(entry.title, reading.title.cues),
        placing(signals, entry),
    ):
        for name, _, value in parts:
            values[name] = values.get(name, 0.0) + value
    return values


def fit_headlines(
    rows: Sequence[Mapping[str, float]], keep: Sequence[bool]
) -> tuple[float, dict[str, float]]:
    """Fit the weights, scaled (Platt) on held-out folds.

    Before, each column is stretched by how differently kept and dropped headlines show it,
    as in naive Bayes (Wang and Manning 2012, NB-SVM), so that the penalty on large weights
    spares what tells much.

    Args:
        rows: what each headline is judged by.
        keep: the right verdicts.

    Returns:
        Bias and weights by name, as log-odds.
    """
    import numpy as np
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    right = np.array(keep)
    held_out = np.zeros(len(rows))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for learned, out in folds.split(matrix, right):
        weights, bias = _solve(matrix[learned], right[learned])
        held_out[out] = matrix[out] @ weights + bias
    scale = LogisticRegression(C=1e6).fit(held_out.reshape(-1, 1), right)
    slope, offset = float(scale.coef_[0][0]), float(scale.intercept_[0])
    weights, bias = _solve(matrix, right)
    names = vectorizer.feature_names_
    return slope * bias + offset, dict(zip(names, (slope * weights).tolist(), strict=True))


def _solve(matrix: Any, keep: Any) -> tuple[Any, float]:
    from scipy.sparse import diags_array
    from sklearn.linear_model import LogisticRegression

    stretch = _stretch(matrix, keep)
    model = LogisticRegression(C=_STRENGTH, max_iter=5000, tol=1e-4)
    model.fit((matrix @ diags_array(stretch)).tocsr(), keep)
    return stretch * model.coef_[0], float(model.intercept_[0])


def _stretch(matrix: Any, keep: Any) -> Any:
    """The root of how far each column's log-odds are from those of any headline; 1 on average."""
    import numpy as np

    shown = (matrix != 0).astype(float)
    kept, dropped = (
        (np.asarray(shown[rows].sum(axis=0)).ravel() + _SMOOTHING) / (rows.sum() + 2 * _SMOOTHING)
        for rows in (keep, ~keep)
    )
    stretch = np.sqrt(np.abs(np.log(kept / dropped)))
    return stretch / stretch.mean()
