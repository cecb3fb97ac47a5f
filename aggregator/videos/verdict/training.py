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
from aggregator.videos.verdict.features import Signals, feed_name, is_whole_post, signals_of
from aggregator.videos.verdict.judge import OTHER_KIND
from aggregator.videos.verdict.wording import wording
from aggregator.videos.works.reading import read_entry

_HEADLINE_STRENGTH = 6.0
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
    signals = [signals_of(read_entry(post.entry)) for post in posts]
    keep = [post.keep for post in posts]
    values = [_values(found) for found in signals]
    whole = [is_whole_post(found) for found in signals]
    headlines = [n for n, post in enumerate(posts) if not post.entry.html]
    bodies = [n for n, is_post in enumerate(whole) if is_post]
    return {
        "version": version,
        "headline": _fit(
            [values[n] | _wording(posts[n]) for n in headlines],
            [keep[n] for n in headlines],
            [1.0 for _ in headlines],
            _HEADLINE_STRENGTH,
        ),
        "post": _fit(
            [values[n] for n in bodies],
            [keep[n] for n in bodies],
            [_FULL_POST_WEIGHT if posts[n].entry.html else 1.0 for n in bodies],
            _POST_STRENGTH,
        ),
        "kinds": _fit_kinds(values, [post.kind or OTHER_KIND for post in posts]),
    }


def _read(path: Path) -> Iterator[LabelledPost]:
    with path.open(encoding="utf-8") as lines:
        yield from read_labelled(lines, str(path))


def _values(signals: Signals) -> dict[str, float]:
    return {name: value for name, (value, _) in signals.items()}


def _wording(post: LabelledPost) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, _, value in wording(post.entry.title, feed_name(post.entry), post.entry.link):
        values[name] = values.get(name, 0.0) + value
    return values


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
    bias = slope * float(model.intercept_[0]) + offset
    return {
        "bias": round(bias, 4),
        "weights": _named(vectorizer.feature_names_, slope * model.coef_[0]),
    }


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


def _named(names: Sequence[str], row: Any) -> dict[str, float]:
    rounded = {name: round(float(value), 3) for name, value in zip(names, row, strict=True)}
    return {name: value for name, value in rounded.items() if abs(value) >= _SMALLEST}


if __name__ == "__main__":
    main()
