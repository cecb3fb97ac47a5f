"""Training the judge's weights: ``python -m aggregator.videos.training POSTS.jsonl …``.

Needs scikit-learn (``pip install 'aggregator[train]'``). The same posts give the same
file, which holds numbers and names of signals, no text of the posts.
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from aggregator.videos.features import Signals, signals_of
from aggregator.videos.model import MODEL_FILE
from aggregator.videos.posts import LabelledPost, read_labelled
from aggregator.videos.reading import read_entry

_STRENGTH = 0.6
_KIND_STRENGTH = 1.0
_FULL_POST_WEIGHT = 3.0
_FULL_POST_CHARACTERS = 200
_FOLDS = 5
_SMALLEST = 0.004
_OTHER = "other"


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the named files and write the model beside the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="+", type=Path, help="labelled posts, JSON lines")
    parser.add_argument("--version", required=True, help="name of this training, such as its date")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / MODEL_FILE)
    chosen = parser.parse_args(arguments)
    posts = [post for path in sorted(chosen.posts) for post in _read(path)]
    document = train(posts, chosen.version)
    packed = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    chosen.out.write_bytes(gzip.compress(packed, mtime=0))
    print(f"{chosen.out}: {len(posts)} posts, {len(document['weights'])} weights")


def train(posts: Sequence[LabelledPost], version: str) -> dict[str, Any]:
    """Fit the weights.

    Args:
        posts: the labelled posts.
        version: name of this training.

    Returns:
        The model as `LinearModel.from_json` reads it: verdict and kinds are logistic
        regressions; the verdict's log-odds are scaled (Platt) on held-out folds, so that
        the score is calibrated.
    """
    signals = [signals_of(read_entry(post.entry)) for post in posts]
    weights = [_FULL_POST_WEIGHT if _is_full(post) else 1.0 for post in posts]
    bias, verdict = _fit_verdict(signals, [post.keep for post in posts], weights)
    kinds = _fit_kinds(signals, [post.kind or _OTHER for post in posts], weights)
    return {"version": version, "bias": bias, "weights": verdict, "kinds": kinds}


def _read(path: Path) -> Iterator[LabelledPost]:
    with path.open(encoding="utf-8") as lines:
        yield from read_labelled(lines, str(path))


def _is_full(post: LabelledPost) -> bool:
    return len(post.entry.html) >= _FULL_POST_CHARACTERS


def _values(signals: Signals) -> dict[str, float]:
    return {name: value for name, (value, _) in signals.items()}


def _fit_verdict(
    signals: Sequence[Signals], keep: Sequence[bool], weights: Sequence[float]
) -> tuple[float, dict[str, float]]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(map(_values, signals))
    model = LogisticRegression(C=_STRENGTH, max_iter=5000, tol=1e-6)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    held_out = cross_val_predict(
        model,
        matrix,
        keep,
        cv=folds,
        method="decision_function",
        params={"sample_weight": weights},
    )
    scale = LogisticRegression(C=1e6).fit(held_out.reshape(-1, 1), keep)
    model.fit(matrix, keep, sample_weight=weights)
    slope, offset = float(scale.coef_[0][0]), float(scale.intercept_[0])
    bias = slope * float(model.intercept_[0]) + offset
    return round(bias, 4), _named(vectorizer.feature_names_, slope * model.coef_[0])


def _fit_kinds(
    signals: Sequence[Signals], kinds: Sequence[str], weights: Sequence[float]
) -> dict[str, Any]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(map(_values, signals))
    model = LogisticRegression(C=_KIND_STRENGTH, max_iter=5000, tol=1e-6)
    model.fit(matrix, kinds, sample_weight=weights)
    return {
        kind: {"bias": round(float(bias), 4), "weights": _named(vectorizer.feature_names_, row)}
        for kind, bias, row in zip(model.classes_, model.intercept_, model.coef_, strict=True)
    }


def _named(names: Sequence[str], row: Any) -> dict[str, float]:
    rounded = {name: round(float(value), 3) for name, value in zip(names, row, strict=True)}
    return {name: value for name, value in rounded.items() if abs(value) >= _SMALLEST}


if __name__ == "__main__":
    main()
