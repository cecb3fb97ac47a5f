"""Works are remembered after round years: in one week of the year, none that was just shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import load_settings
from aggregator.pipeline import build_digest
from aggregator.store.stories import StoryRow
from aggregator.videos.stories.anniversaries import (
    AGES,
    MOST,
    QUIET,
    anniversaries,
    week_of,
    years_of,
)
from tests.stored import NOW, open_store
from tests.test_joining import put, saying

END = datetime(2026, 12, 1, tzinfo=UTC)


def story(
    uid: str, year: int | None, news_at: datetime = END - QUIET - timedelta(days=1)
) -> StoryRow:
    return StoryRow(1, uid, uid, "t", "a", "s", year, 1, 1, 1, news_at, news_at)


def test_a_work_is_remembered_after_round_years_in_the_week_of_its_id() -> None:
    one = story("00000007aa", 1996)
    found = {week: anniversaries([one], 2026, week, END) for week in range(1, 54)}
    assert [week for week, it in found.items() if it] == [week_of(one.uid)]
    assert found[week_of(one.uid)] == [(30, one)]
    assert not anniversaries([story("00000007aa", 1997)], 2026, week_of(one.uid), END)
    assert not anniversaries([story("00000007aa", None)], 2026, week_of(one.uid), END)


def test_a_story_with_recent_news_is_not_shown_again_for_its_age() -> None:
    recent = story("00000007aa", 1996, END - timedelta(days=30))
    assert not anniversaries([recent], 2026, week_of(recent.uid), END)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=40, unique=True), st.sampled_from(AGES))
def test_no_week_has_too_many_and_no_work_comes_twice_in_a_year(ids: list[int], age: int) -> None:
    stories = [story(f"{id:08x}00", 2026 - age) for id in ids]
    weeks = [anniversaries(stories, 2026, week, END) for week in range(1, 53)]
    shown = [it.uid for week in weeks for _, it in week]
    assert max(map(len, weeks)) <= MOST
    assert len(shown) == len(set(shown))
    assert 2026 - age in years_of(2026)


def test_an_issue_has_a_section_for_works_of_thirty_years_ago(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n", "utf-8")
    with open_store(tmp_path) as store:
        year = NOW.year - 30
        old = [
            (f"old {n}", saying(f"Band {n}a", f"Song number {n}", year=year)) for n in range(400)
        ]
        put(store, *old, now=NOW - timedelta(days=300))
        put(store, ("new", saying("Kestrel", "Home", "vSw1tCh9Pc0")))
        issue = build_digest(store, load_settings(tmp_path / "feeds.yaml")).issue
    (section,) = (part for part in issue.sections if part.slug == "years-30")
    assert section.heading == "30 years ago"
    assert 1 <= len(section.posts) <= MOST
