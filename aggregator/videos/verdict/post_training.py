"""Logistic regression whose weights keep to the side that their meaning is on.

Needs scikit-learn and SciPy (``pip install 'aggregator[train]'``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aggregator.videos.verdict.leanings import leaning

_TOLERANCE = 1e-7
_STEPS = 1000
_SIDES = {1: (0.0, None), 0: (None, None), -1: (None, 0.0)}


def fit_leaning(
    rows: Sequence[Mapping[str, float]],
    keep: Sequence[bool],
    sources: Sequence[str],
    weights: Sequence[float],
    strength: float,
) -> tuple[float, dict[str, float]]:
    """Fit the weights, scaled (Platt) so that the score of another writer's post is right.

    Args:
        rows: the signals of each post.
        keep: the right verdicts.
        sources: the file of each post; the scale is learned from posts whose whole file was
            left out. A post with an empty source is learned from, not scaled by.
        weights: how much each post counts.
        strength: the inverse of the penalty on large weights.

    Returns:
        Bias and weights by name, as log-odds.
    """
    import numpy as np
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    names = list(vectorizer.feature_names_)
    right, counted, files = np.array(keep), np.array(weights), np.array(sources)
    held_out = np.zeros(len(rows))
    for file in sorted(set(sources) - {""}):
        out, rest = files == file, files != file
        *learned, bias = _solve(names, matrix[rest], right[rest], counted[rest], strength)
        held_out[out] = matrix[out] @ np.array(learned) + bias
    told = files != ""
    scale = LogisticRegression(C=1e6).fit(held_out[told].reshape(-1, 1), right[told])
    slope, offset = float(scale.coef_[0][0]), float(scale.intercept_[0])
    *learned, bias = _solve(names, matrix, right, counted, strength)
    return slope * float(bias) + offset, {
        name: slope * float(weight) for name, weight in zip(names, learned, strict=True)
    }


def _solve(names: Sequence[str], matrix: Any, keep: Any, weights: Any, strength: float) -> Any:
    """The weights and, last, the bias, that make the penalised log-loss least."""
    import numpy as np
    from scipy.optimize import minimize

    signs, across = np.where(keep, 1.0, -1.0), matrix.T.tocsr()

    def loss(point: Any) -> tuple[float, Any]:
        margins = signs * (matrix @ point[:-1] + point[-1])
        slopes = -strength * signs * weights / (1 + np.exp(np.clip(margins, -500, 500)))
        total = strength * float(weights @ np.logaddexp(0, -margins)) + point[:-1] @ point[:-1] / 2
        return total, np.append(across @ slopes + point[:-1], slopes.sum())

    bounds = [*(_SIDES[leaning(name)] for name in names), _SIDES[0]]
    start = np.zeros(len(names) + 1)
    options = {"maxiter": _STEPS, "ftol": _TOLERANCE * 1e-3, "gtol": _TOLERANCE}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return found.x
