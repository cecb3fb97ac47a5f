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
from aggregator.videos.verdict.post_training import fit_leaning
from aggregator.videos.works.reading import read_entry

_POST_STRENGTH = 0.8
_HEADLINE_ONLY = frozenset({"title", "title-cue", "grammar", "names", "link", "feed"})
_BODY_ONLY = frozenset({"about", "embed"})
_KIND_STRENGTH = 1.0
_SHORT_POST_WEIGHT = 0.3
_RAREST = 3
_SMALLEST = 0.005


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the named files and write the model beside the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="+", type=Path, help="labelled posts, JSON lines")
    parser.add_argument("--version", required=True, help="name of this training, such as its date")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / MODEL_FILE)
    chosen = parser.parse_args(arguments)
    files = {path.stem: tuple(_read(path)) for path in sorted(chosen.posts)}
    document = train(files, chosen.version)
    packed = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    chosen.out.write_bytes(gzip.compress(packed, mtime=0))
    read = sum(map(len, files.values()))
    print(f"{chosen.out}: trained on {read} posts, {len(packed)} bytes unpacked")


def train(files: Mapping[str, Sequence[LabelledPost]], version: str) -> dict[str, Any]:
    """Fit the weights.

    Args:
        files: the labelled posts by the name of their file: a file has one writer, so what
            is learned from the others is measured on it.
        version: name of this training.

    Returns:
        The model as `Model.of` reads it. The headlines' part learns from all posts that
        came without HTML, the posts' part from all that have a body of some length.
    """
    posts = [post for part in files.values() for post in part]
    sources = [name for name, part in files.items() for _ in part]
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
                        _of_headline(values[n]) | headline_values(readings[n], signals[n], phrases)
                        for n in headlines
                    ]
                ),
                [keep[n] for n in headlines],
            )
        ),
        "post": _exported(
            *fit_leaning(
                _common([_of_post(values[n]) for n in bodies]),
                [keep[n] for n in bodies],
                [sources[n] if posts[n].entry.html else "" for n in bodies],
                [1.0 if posts[n].entry.html else _SHORT_POST_WEIGHT for n in bodies],
                _POST_STRENGTH,
            )
        ),
        "kinds": _fit_kinds(values, [post.kind or OTHER_KIND for post in posts]),
        "common": common,
    }


def _read(path: Path) -> Iterator[LabelledPost]:
    with path.open(encoding="utf-8") as lines:
        yield from read_labelled(lines, str(path))


def _values(signals: Signals) -> dict[str, float]:
    return {name: value for name, (value, _) in signals.items()}


def _of_headline(values: Mapping[str, float]) -> dict[str, float]:
    """What a headline is judged by: nothing that takes sentences or players' titles to tell."""
    return {name: x for name, x in values.items() if name.partition(":")[0] not in _BODY_ONLY}


def _of_post(values: Mapping[str, float]) -> dict[str, float]:
    """What a whole post is judged by: its own words, tags and players."""
    return {name: x for name, x in values.items() if name.partition(":")[0] not in _HEADLINE_ONLY}


def _common(rows: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Leave out what too few posts show to learn from."""
    seen = Counter(name for row in rows for name in row)
    return [{name: x for name, x in row.items() if seen[name] >= _RAREST} for row in rows]


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
