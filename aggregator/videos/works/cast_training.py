"""Training the weights of `cast` (``python -m aggregator.videos.works.cast_training FILE …``).

Needs scikit-learn (``pip install 'aggregator[train]'``). The same posts give the same
file, which holds numbers and names of features, no text of the posts.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from aggregator.videos.names import fold
from aggregator.videos.page.body import read_body
from aggregator.videos.page.embeds import find_videos
from aggregator.videos.posts import LabelledPost, read_labelled
from aggregator.videos.works.cast import CAST_FILE, Cast, singing
from aggregator.videos.works.dated import year_features
from aggregator.videos.works.songs import Songs
from aggregator.videos.works.works import witnesses

STRENGTHS = {"director": 0.4, "artist": 0.3, "year": 0.3, "song": 0.3}
_RAREST = 3
_SMALLEST = 0.04


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to decide.

    Args:
        features: what speaks for and against it.
        right: whether it is so.
        group: the choice that it belongs to; of an artist's group one example is right.
        post: the post's number.
        answer: the name or year, folded.
    """

    features: frozenset[str]
    right: bool
    group: int
    post: int
    answer: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the named files and write the weights beside the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="+", type=Path, help="labelled posts, JSON lines")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / CAST_FILE)
    chosen = parser.parse_args(arguments)
    posts = [post for path in sorted(chosen.posts) for post in _kept(path)]
    document = train(examples(posts))
    packed = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    chosen.out.write_bytes(gzip.compress(packed, mtime=0))
    print(f"{chosen.out}: trained on {len(posts)} posts, {len(packed)} bytes unpacked")


def _kept(path: Path) -> Iterator[LabelledPost]:
    with path.open(encoding="utf-8") as lines:
        yield from (post for post in read_labelled(lines, path.name) if post.keep)


def examples(posts: Sequence[LabelledPost]) -> dict[str, list[Example]]:
    """Take posts apart into decisions: directors, artists, years."""
    found: dict[str, list[Example]] = {name: [] for name in STRENGTHS}
    for number, post in enumerate(posts):
        body = read_body(post.entry.html or post.entry.text or post.entry.summary)
        videos = find_videos(
            body, link=post.entry.link, media=post.entry.media, title=post.entry.title
        )
        said = witnesses(post.entry, body, videos)
        cast = Cast(said)
        works = _gold(post.gold)
        found["director"] += _directors(cast, works, number)
        found["year"] += _years(cast, post, works, number)
        songs = Songs(said, cast)
        if said.text and not said.listed:
            found["song"] += _songs(songs, works, number)
        favourites = {key: songs.favourite(songs.candidates[key]) for key in songs.candidates}
        for work in works:
            if said.text and work["artist"] and fold(work["song"]) in favourites:
                favourite = favourites[fold(work["song"])]
                found["artist"] += _artists(cast, work, favourite, number, len(found["artist"]))
    return found


def _gold(gold: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = gold.get("works") or ([gold] if gold.get("song") else [])
    return [
        {"artist": row.get("artist") or "", "song": row.get("song") or "",
         "directors": row.get("directors") or [], "year": row.get("year")}
        for row in rows
    ]  # fmt: skip


def _directors(cast: Cast, works: Sequence[Mapping[str, Any]], post: int) -> Iterator[Example]:
    right = {fold(name) for work in works for name in work["directors"]}
    for key, name in cast.names.items():
        yield Example(frozenset(name.features), key in right, post, post, key)


def _years(
    cast: Cast, post: LabelledPost, works: Sequence[Mapping[str, Any]], number: int
) -> Iterator[Example]:
    right = {work["year"] for work in works}
    posted = post.entry.published.year if post.entry.published else 0
    for year, features in year_features(cast, post.entry.title, post.entry.tags, posted).items():
        yield Example(frozenset(features), year in right, number, number, str(year))


def _artists(
    cast: Cast, work: Mapping[str, Any], favourite: str, post: int, group: int
) -> Iterator[Example]:
    right = fold(work["artist"])
    for key, features in cast.pairs(work["song"], favourite).items():
        known = frozenset({*features, *singing(cast.names[key].features)})
        yield Example(known, key == right, group, post, key)


def _songs(songs: Songs, works: Sequence[Mapping[str, Any]], post: int) -> Iterator[Example]:
    right = {fold(work["song"]) for work in works}
    for key, (_, features) in songs.described().items():
        yield Example(frozenset(features), key in right, post, post, key)


def train(found: Mapping[str, Sequence[Example]]) -> dict[str, Any]:
    """Fit the weights of each decision, as `Weights.of` reads them."""
    return {
        name: (_fit_choice if name == "artist" else _fit)(rows, STRENGTHS[name])
        for name, rows in found.items()
    }


def _fit(rows: Sequence[Example], strength: float) -> dict[str, Any]:
    """A logistic regression: is it so?"""
    matrix, names = _matrix(rows)
    model = LogisticRegression(C=strength, max_iter=1000, solver="liblinear", random_state=0)
    model.fit(matrix, [row.right for row in rows])
    return {"bias": round(float(model.intercept_[0]), 3), "weights": _named(names, model.coef_[0])}


def _fit_choice(rows: Sequence[Example], strength: float) -> dict[str, Any]:
    """A logistic regression on differences: which one of a group?"""
    matrix, names = _matrix(rows)
    groups: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(row.group, []).append(index)
    ahead, behind, weights = [], [], []
    for members in groups.values():
        right = [index for index in members if rows[index].right]
        others = [index for index in members if not rows[index].right]
        for other in others if len(right) == 1 else ():
            ahead += [right[0], other]
            behind += [other, right[0]]
            weights += [len(others) ** -0.5] * 2
    model = LogisticRegression(
        C=strength, fit_intercept=False, max_iter=1000, solver="liblinear", random_state=0
    )
    apart = matrix[ahead] - matrix[behind]
    model.fit(apart, [index % 2 == 0 for index in range(len(ahead))], sample_weight=weights)
    return {"bias": 0.0, "weights": _named(names, model.coef_[0])}


def _matrix(rows: Sequence[Example]) -> tuple[Any, Sequence[str]]:
    """The examples' features as a matrix, those that few have left out."""
    counts = Counter(feature for row in rows for feature in row.features)
    vectorizer = DictVectorizer()
    common = [{f: 1.0 for f in sorted(row.features) if counts[f] >= _RAREST} for row in rows]
    matrix = vectorizer.fit_transform(common)
    for part in ("indices", "indptr"):  # liblinear reads 32-bit indices only
        setattr(matrix, part, getattr(matrix, part).astype("int32"))
    return matrix, vectorizer.feature_names_


def _named(names: Sequence[str], row: Any) -> dict[str, float]:
    rounded = {name: round(float(value), 3) for name, value in zip(names, row, strict=True)}
    return {name: value for name, value in rounded.items() if abs(value) >= _SMALLEST}


if __name__ == "__main__":
    main()
