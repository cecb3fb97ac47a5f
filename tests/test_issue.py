"""Issues: which week an instant falls into, and which posts make an issue in which order."""

import zoneinfo
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.models import Entry, Kind, Post, Verdict, Video, Work
from aggregator.newsletter.issue import plan_issue, week_named, week_of

WEEK = week_named("2026-W47", "UTC")
ZONES = st.sampled_from(
    [
        "UTC", "Europe/London", "America/New_York", "America/Havana", "Asia/Beirut",
        "Africa/Cairo", "Asia/Tehran", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Chatham",
        "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "Antarctica/Troll",
    ]
)  # fmt: skip
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 1)).map(
    lambda when: when.replace(tzinfo=UTC)
)


@given(moment=INSTANTS, zone=ZONES)
def test_every_instant_lies_in_its_week(moment: datetime, zone: str) -> None:
    week = week_of(moment, zone)
    assert week.start <= moment < week.end
    assert week_of(week.start, zone) == week_named(week.id, zone) == week
    year, number, _ = moment.astimezone(ZoneInfo(zone)).isocalendar()
    assert week.id == f"{year}-W{number:02}"


@given(moment=INSTANTS, zone=ZONES)
def test_weeks_tile_time_without_gap_or_overlap(moment: datetime, zone: str) -> None:
    week = week_of(moment, zone)
    after, before = week_of(week.end, zone), week_of(week.start - timedelta(seconds=1), zone)
    assert (before.end, after.start) == (week.start, week.end)
    assert before.id < week.id < after.id


@settings(max_examples=30)
@given(moment=INSTANTS, zone=st.sampled_from(sorted(zoneinfo.available_timezones())))
def test_a_week_is_told_in_any_zone_there_is(moment: datetime, zone: str) -> None:
    week = week_of(moment, zone)
    assert week.start <= moment < week.end


@pytest.mark.parametrize(
    ("moment", "zone", "name"),
    [
        ("2026-12-31T12:00+00:00", "UTC", "2026-W53"),
        ("2027-01-03T23:59+00:00", "UTC", "2026-W53"),
        ("2027-01-04T00:00+00:00", "UTC", "2027-W01"),
        ("2024-12-30T00:00+00:00", "UTC", "2025-W01"),
        ("2024-12-29T23:30+00:00", "Europe/Berlin", "2025-W01"),
        ("2026-11-16T03:00+00:00", "America/New_York", "2026-W46"),
    ],
)
def test_weeks_are_told_right_at_the_turn_of_the_year(moment: str, zone: str, name: str) -> None:
    assert week_of(datetime.fromisoformat(moment), zone).id == name


def test_a_week_with_a_change_of_the_clocks_is_longer_or_shorter() -> None:
    spring, autumn = (week_named(name, "Europe/Berlin") for name in ("2026-W13", "2026-W43"))
    assert spring.end - spring.start == timedelta(days=7, hours=-1)
    assert autumn.end - autumn.start == timedelta(days=7, hours=1)


def test_a_week_written_loosely_gets_its_proper_name() -> None:
    assert week_named("2026-W7", "UTC").id == "2026-W07"


@pytest.mark.parametrize(
    "name",
    ["", "2026", "2026-W00", "2025-W53", "2026-W54", "2026-48", "26-W48", "2026-W48-1", "x",
     "2026-W048", "٢٠٢٦-W48", "0000-W01", "9999-W52", "../../etc/passwd", "2026-W48\n"],
)  # fmt: skip
def test_a_name_that_is_no_week_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ConfigError, match="such as 2026-W48"):
        week_named(name, "UTC")


def post(
    number: int, *, kind: Kind | None = Kind.PREMIERE, score: float = 0.9, **said: object
) -> Post:
    """A post first seen in `WEEK`, with a work and a video unless told otherwise."""
    seen = WEEK.start + timedelta(hours=number % 160)
    work = Work("Artist", "Song" if said.get("named", True) else "")
    videos = (Video("youtube", "x" * 11, "https://youtu.be/x"),) if said.get("video", True) else ()
    age = timedelta(days=float(str(said.get("age", 0))))
    return Post(
        number=number,
        uid=f"{number:020x}",
        entry=Entry(str(number), published=seen - age),
        content="",
        verdict=Verdict(True, score, kind, works=(work,), videos=videos),
        first_seen=seen,
        changed_at=seen,
    )


def plan(
    posts: list[Post], max_posts: int = 24, max_age_days: int = 30
) -> tuple[dict[str, list[int]], list[int]]:
    """The numbers of the posts by section, and of those beyond the issue's size."""
    issue = plan_issue(WEEK, posts, title="T", max_posts=max_posts, max_age_days=max_age_days)
    assert (issue.id, issue.title) == ("2026-W47", "T")
    assert (issue.start, issue.end) == (WEEK.start, WEEK.end)
    sections = {part.slug: [found.number for found in part.posts] for part in issue.sections}
    return sections, [found.number for found in issue.more]


POSTS = st.builds(
    post,
    st.integers(0, 10_000),
    kind=st.none() | st.sampled_from(Kind),
    score=st.sampled_from([0.5, 0.7, 0.9]),
    named=st.booleans(),
    video=st.booleans(),
    age=st.sampled_from([0, 1, 29, 31, 400]),
)


@given(data=st.data())
def test_the_order_of_posts_never_changes_the_issue(data: st.DataObject) -> None:
    posts = data.draw(st.lists(POSTS, max_size=30, unique_by=lambda found: found.number))
    shuffled = data.draw(st.permutations(posts))
    assert plan(posts, 5) == plan(shuffled, 5)


@given(posts=st.lists(POSTS, max_size=30, unique_by=lambda found: found.number))
def test_every_fresh_post_is_in_the_issue_exactly_once(posts: list[Post]) -> None:
    sections, more = plan(posts, 7)
    shown = [number for numbers in sections.values() for number in numbers]
    fresh = [p.number for p in posts if p.first_seen - p.entry.published <= timedelta(days=30)]
    assert sorted(shown + more) == sorted(fresh)
    assert len(shown) == min(7, len(fresh))
    assert all(sections.values())


def test_posts_older_than_the_limit_when_first_read_are_no_news() -> None:
    assert plan([post(1, age=30), post(2, age=30.1)])[0] == {"new": [1]}
    assert plan([post(1, age=6)], max_age_days=5)[0] == {}


def test_a_post_without_a_believable_date_counts_as_new() -> None:
    undated = replace(post(1), entry=Entry("1"))
    ancient = replace(post(2), entry=Entry("2", published=datetime(1970, 1, 1, tzinfo=UTC)))
    future = replace(post(3), entry=Entry("3", published=datetime(2099, 1, 1, tzinfo=UTC)))
    assert plan([undated, ancient, future])[0] == {"new": [1, 2, 3]}


def test_posts_with_a_video_and_a_named_work_come_first_then_the_surest() -> None:
    posts = [
        post(1, video=False, score=1.0),
        post(2, named=False, score=0.99),
        post(3, score=0.6),
        post(4, score=0.8),
    ]
    assert plan(posts)[0] == {"new": [4, 3, 2, 1]}
    assert plan(posts, max_posts=3) == ({"new": [4, 3, 2]}, [1])


def test_every_kind_has_its_section_and_sections_keep_their_order() -> None:
    posts = [post(n, kind=kind) for n, kind in enumerate([None, *Kind])]
    sections, more = plan(posts)
    assert list(sections) == ["new", "vault", "behind", "reading", "live"]
    assert sum(map(len, sections.values())) == len(posts)
    assert more == []


def test_a_week_without_posts_is_an_empty_issue() -> None:
    assert plan([]) == ({}, [])
