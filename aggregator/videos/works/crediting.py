"""Who directed which of a post's videos, and which is of what year."""

from collections.abc import Sequence
from dataclasses import replace

from aggregator.models import Work
from aggregator.videos.names import fold
from aggregator.videos.works.cast import Cast, spans_of
from aggregator.videos.works.credits import Credits
from aggregator.videos.works.dated import video_years, year_places
from aggregator.videos.works.listing import year_beside
from aggregator.videos.works.witnesses import Witnesses

_OFTEN = 4


def credited(works: Sequence[Work], said: Witnesses, cast: Cast) -> tuple[Work, ...]:
    """Fill in what a post says about its works' directors and years.

    Args:
        works: as read from title, list or prose.
        said: what the rules read in the post.
        cast: its names, weighed.
    """
    if not works:
        return ()
    spans = [[start for start, _ in spans_of({work.song}, cast.text)] for work in works]
    directed = _directed(works, spans, said, cast)
    years = _dated(works, spans, said, cast)
    return tuple(
        replace(work, directors=_directors(work, names, said.credits, len(works)), year=year)
        for work, names, year in zip(works, directed, years, strict=True)
    )


def _directors(work: Work, names: list[str], credits: Credits, count: int) -> tuple[str, ...]:
    if work.directors or names:
        return work.directors or tuple(names)
    return (work.artist,) if count == 1 and credits.self_directed and work.artist else ()


def _directed(
    works: Sequence[Work], spans: list[list[int]], said: Witnesses, cast: Cast
) -> list[list[str]]:
    """Share out the directors of a post among its works: to the one that stands nearest."""
    shared: list[list[str]] = [[] for _ in works]
    others = {fold(work.artist) for work in works}
    songs = [fold(work.song) for work in works]
    given = {fold(name) for work in works for name in work.directors}
    names = {
        fold(credit.name): credit.name
        for credit in said.credits.directors
        if credit.sure or fold(credit.name) not in others
    }
    for name in cast.directors() if said.text else ():
        if fold(name.shown) not in others:
            names.setdefault(fold(name.shown), name.shown)
    for key, shown in _whole(names).items():
        if any(key in song for song in songs) or any(key in n or n in key for n in given):
            continue
        places = [start for start, _ in spans_of({shown}, cast.text)]
        for index in _owners(spans, places, fold(said.entry.title), key):
            shared[index].append(shown)
    return shared


def _whole(names: dict[str, str]) -> dict[str, str]:
    """Leave out names that are part of another, such as a surname alone."""
    return {
        key: shown
        for key, shown in names.items()
        if not any(key != other and key in other for other in names)
    }


def _owners(spans: list[list[int]], places: list[int], title: str, key: str) -> list[int]:
    """Choose the works that somebody directed: all for who is in the title, else the nearest."""
    if len(spans) == 1 or key in title or len(places) >= _OFTEN or not places:
        return list(range(len(spans)))
    return [_nearest(spans, places[0])]


def _nearest(spans: list[list[int]], place: int) -> int:
    """Choose the work whose song stands nearest before a place, or else nearest behind it."""

    def distance(index: int) -> int:
        return min(
            (place - at if at <= place else 2 * (at - place) for at in spans[index]), default=10**6
        )

    return min(range(len(spans)), key=distance)


def _dated(
    works: Sequence[Work], spans: list[list[int]], said: Witnesses, cast: Cast
) -> list[int | None]:
    """Share out the years of a post among its works."""
    years = [work.year or year_beside(work.song, said.text) for work in works]
    if len(works) == 1 and not years[0]:
        years[0] = said.credits.year
    posted = said.entry.published.year if said.entry.published else 0
    found = [
        y for y in video_years(cast, said.entry.title, said.entry.tags, posted) if y not in years
    ]
    stated = year_places(cast.text)
    for year in found:
        if len(works) == 1:
            years[0] = years[0] or year
            continue
        place = next((at for known, at in stated if known == year), None)
        if place is not None:
            index = _nearest(spans, place)
            years[index] = years[index] or year
    return years
