"""Which works have their anniversary in a week: pure decisions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

AGES = (10, 20, 25, 30, 40, 50, 60, 70)
"""Years after which a work is remembered."""
MOST = 3
"""Anniversaries in one week at the most."""
QUIET = timedelta(weeks=26)
"""A story with news in so long before the week is not shown again for its age."""

_WEEKS = 52


class Dated(Protocol):
    """What is asked of a story."""

    @property
    def uid(self) -> str:
        """Its permanent id."""

    @property
    def year(self) -> int | None:
        """Year of the work."""

    @property
    def news_at(self) -> datetime:
        """Date of its newest news."""


_Story = TypeVar("_Story", bound=Dated)


def years_of(year: int) -> tuple[int, ...]:
    """The years of works that are remembered in a year."""
    return tuple(year - age for age in AGES)


def anniversaries(
    stories: Iterable[_Story], year: int, week: int, end: datetime
) -> list[tuple[int, _Story]]:
    """The stories to remember in a week, with their ages, the oldest work first.

    Posts tell a work's year, seldom its day: every work has one week of the year, given by its
    id, so that the anniversaries of a year are spread over it and none comes twice.

    Args:
        stories: in question.
        year, week: of the issue, as ISO 8601 counts them.
        end: first instant after the week.
    """
    found = [
        (year - story.year, story)
        for story in stories
        if story.year is not None
        and year - story.year in AGES
        and week_of(story.uid) == min(week, _WEEKS)
        and story.news_at < end - QUIET
    ]
    return sorted(found, key=lambda pair: (-pair[0], pair[1].uid))[:MOST]


def week_of(uid: str) -> int:
    """The week of the year, 1 to 52, in which a story is remembered."""
    return int(uid[:8], 16) % _WEEKS + 1
