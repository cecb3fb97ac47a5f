"""Of which year a video is, when a post names several years."""

import re
from collections.abc import Iterator, Sequence

from aggregator.videos.model import Weights
from aggregator.videos.works.cast import Cast, cast_weights, near, score

_YEAR = re.compile(r"(?<![\d.,/-])(?:19[5-9]\d|20[0-4]\d)(?!\d|[.,]\d)")
_WORD = re.compile(r"\w+|[^\w\s]")
_SURE_YEAR = 1.2
_MOST_YEARS = 40
_STEMS = 6
_CROSSED = ("song", "video-", "years", "age", "count", "tag", "in")


def year_places(text: str) -> list[tuple[int, int]]:
    """Find the years that a text names, each with its place."""
    return [(int(found.group()), found.start()) for found in _YEAR.finditer(text)][:_MOST_YEARS]


def video_years(cast: Cast, title: str, tags: Sequence[str], posted: int) -> list[int]:
    """List the years in which the post's videos were made, oldest first.

    Args:
        cast: the post's names and text.
        title: the post's title.
        tags: its tags.
        posted: the year it was published in, 0 when unknown.
    """
    weights: Weights = cast_weights()["year"]
    described = year_features(cast, title, tags, posted)
    return sorted(
        year for year, features in described.items() if score(weights, features) > _SURE_YEAR
    )


def year_features(cast: Cast, title: str, tags: Sequence[str], posted: int) -> dict[int, set[str]]:
    """Describe each year of a post by what stands around it."""
    found: dict[int, set[str]] = {}
    for year, place in year_places(cast.text):
        found.setdefault(year, set()).update(_around(cast.text, place, ""), _nearness(cast, place))
    for year, place in year_places(title):
        found.setdefault(year, set()).update(_around(title, place, "title"))
    for tag in tags:
        for year, _ in year_places(tag):
            found.setdefault(year, set()).add("tag" if tag.strip() == str(year) else "in-tag")
    ordered = sorted(found)
    for index, year in enumerate(ordered):
        features = found[year]
        features |= {
            f"years{min(len(ordered), 4)}", f"oldest{min(index, 3)}",
            f"newest{min(len(ordered) - 1 - index, 3)}", _age(posted, year),
            f"count{min(cast.text.count(str(year)), 3)}",
        }  # fmt: skip
        features |= set(_crossed(features))
    return found


def _around(text: str, place: int, zone: str) -> set[str]:
    before = [word.casefold() for word in _WORD.findall(text[max(0, place - 40) : place])[-3:]]
    after = [word.casefold() for word in _WORD.findall(text[place + 4 : place + 44])[:3]]
    last, first = (before or ["^"])[-1], (after or ["$"])[0]
    return {
        f"in{zone}", f"{zone}<<{last}", f"{zone}>>{first}", f"{zone}<>{last}|{first}",
        *(f"{zone}<{word[:_STEMS]}" for word in before),
        *(f"{zone}>{word[:_STEMS]}" for word in after),
    }  # fmt: skip


def _nearness(cast: Cast, place: int) -> set[str]:
    before = [end for _, end in cast.song_spans if end <= place]
    after = [start for start, _ in cast.song_spans if start > place]
    return {
        f"at{4 * place // (len(cast.text) + 1)}",
        f"song-before-{near([place], before[-1:])}",
        f"song-after-{near([place], after[:1])}",
        f"song-beside{bool(before) and place - before[-1] < 5}",
        f"video-{near([place], cast.video_places)}",
    }


def _age(posted: int, year: int) -> str:
    if not posted:
        return "age"
    age = posted - year
    return f"age{age if age < 3 else 5 if age < 9 else 10}"


def _crossed(features: set[str]) -> Iterator[str]:
    base = sorted(feature for feature in features if feature.startswith(_CROSSED))
    count = next(feature for feature in base if feature.startswith("years"))
    for one in base:
        yield f"{count}&{one}"
        if one.startswith("song"):
            yield from (f"{one}&{other}" for other in base if other.startswith(("video-", "age")))
