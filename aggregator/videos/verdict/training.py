"""Training the judge's weights: ``python -m aggregator.videos.verdict.training POSTS.jsonl …``.

Needs scikit-learn (``pip install 'aggregator[train]'``). The same posts give the same
file, which holds numbers and names of signals, no text of the posts.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aggregator.videos.model import MODEL_FILE
from aggregator.videos.posts import LabelledPost, read_labelled
from aggregator.videos.verdict.features import Signals, has_body, signals_of
from aggregator.videos.verdict.headline_training import (
    common_words,
    fit_headlines,
    headline_values,
)
from aggregator.videos.verdict.judge import OTHER_KIND
from aggregator.videos.verdict.phrasing import Phrases
from aggregator.videos.works.reading import read_entry

_POST_STRENGTH = 0.3
_KIND_STRENGTH = 1.0
_FULL_POST_WEIGHT = 3.0
_FOLDS = 5
_RAREST = 3
_SMALLEST = 0.005


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the named files and write the model beside the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="+", type=Path, help="labelled posts, JSON lines")
    parser.add_argument("--version", required=True, help="name of this training, such as its date")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / MODEL_FILE)
    chosen = parser.parse_args(arguments)
    posts = [post for path in sorted(chosen.posts) for post in _read(path)]
    document = train(posts, chosen.version)
    packed = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    chosen.out.write_bytes(gzip.compress(packed, mtime=0))
    print(f"{chosen.out}: trained on {len(posts)} posts, {len(packed)} bytes unpacked")


def train(posts: Sequence[LabelledPost], version: str) -> dict[str, Any]:
    """Fit the weights.

    Args:
        posts: the labelled posts.
        version: name of this training.

    Returns:
        The model as `Model.of` reads it. The headlines' part learns from all posts that
        came without HTML, the posts' part from all that have a body of some length.
    """
    readings = [read_entry(post.entry) for post in posts]
    signals = [signals_of(reading) for reading in readings]
    keep = [post.keep for post in posts]
    values = [_values(found) for found in signals]
    whole = [has_body(found) for found in signals]
    headlines = [n for n, post in enumerate(posts) if not post.entry.html]
    bodies = [n for n, is_post in enumerate(whole) if is_post]
    common = common_words(posts[n].entry.title for n in headlines)
    phrases = Phrases(common)
    return {
        "version": version,
        "headline": _exported(
            *fit_headlines(
                _common(
                    [
                        values[n] | headline_values(readings[n], signals[n], phrases)
                        for n in headlines
                    ]
                ),
                [keep[n] for n in headlines],
            )
        ),
        "post": _fit(
            [values[n] for n in bodies],
            [keep[n] for n in bodies],
            [_FULL_POST_WEIGHT if posts[n].entry.html else 1.0 for n in bodies],
            _POST_STRENGTH,
        ),
        "kinds": _fit_kinds(values, [post.kind or OTHER_KIND for post in posts]),
        "common": common,
    }


def _read(path: Path) -> Iterator[LabelledPost]:
    with path.open(encoding="utf-8") as lines:
        yield from read_labelled(lines, str(path))


def _values(signals: Signals) -> dict[str, float]:
    return {name: value for name, (value, _) in signals.items()}


def _common(rows: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Leave out what too few posts show to learn from."""
    seen = Counter(name for row in rows for name in row)
    return [{name: x for name, x in row.items() if seen[name] >= _RAREST} for row in rows]


def _fit(
    rows: Sequence[Mapping[str, float]],
    keep: Sequence[bool],
    weights: Sequence[float],
    strength: float,
) -> dict[str, Any]:
    """A logistic regression, its log-odds scaled (Platt) on held-out folds."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(_common(rows))
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-6)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    held_out = cross_val_predict(
        model, matrix, keep, cv=folds, method="decision_function", params={"sample_weight": weights}
    )
    scale = LogisticRegression(C=1e6).fit(held_out.reshape(-1, 1), keep, sample_weight=weights)
    model.fit(matrix, keep, sample_weight=weights)
    slope, offset = float(scale.coef_[0][0]), float(scale.intercept_[0])
    weighed = zip(vectorizer.feature_names_, slope * model.coef_[0], strict=True)
    return _exported(slope * float(model.intercept_[0]) + offset, dict(weighed))


def _fit_kinds(rows: Sequence[Mapping[str, float]], kinds: Sequence[str]) -> dict[str, Any]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(_common(rows))
    model = LogisticRegression(C=_KIND_STRENGTH, max_iter=5000, tol=1e-6)
    model.fit(matrix, kinds)
    columns = zip(vectorizer.feature_names_, model.coef_.T, strict=True)
    rows_by_name = {name: [round(float(x), 2) for x in column] for name, column in columns}
    return {
        "names": list(model.classes_),
        "biases": [round(float(bias), 4) for bias in model.intercept_],
        "weights": {name: row for name, row in rows_by_name.items() if any(row)},
    }


def _exported(bias: float, weights: Mapping[str, float]) -> dict[str, Any]:
    rounded = {name: round(float(weight), 3) for name, weight in weights.items()}
    told = {name: weight for name, weight in rounded.items() if abs(weight) >= _SMALLEST}
    return {"bias": round(bias, 4), "weights": told}


if __name__ == "__main__":
    main()
