"""The story of corrections: what is stored follows them at once, and back again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.models import Entry, Policy, Post, Verdict
from aggregator.store.store import Store
from aggregator.teaching import (
    Rejudged,
    TaughtJudge,
    judged_again,
    learn,
    teach,
    unlearn,
    write,
)
from aggregator.videos.verdict.corrections import correction_of
from aggregator.videos.verdict.judge import Judge
from tests.stored import FEED, NOW, empty_store, judged, open_store, record

pytestmark = pytest.mark.slow

POLICY = Policy()
UNTAUGHT = Judge(POLICY)
LATER = NOW + timedelta(days=1)


def entry(number: int, title: str = "", video: str = "", feed: str = FEED) -> Entry:
    """A post about a new music video."""
    name = title or f"Watch the new music video for Song {number} by The Band {number}"
    html = (
        f"<p>The Band {number} have shared the official music video for Song {number}, directed "
        "by Jane Doe. The clip was shot on 16mm film. Watch the video below.</p>"
        f'<iframe src="https://www.youtube.com/embed/{video or f"abcdefgh{number:03}"}"></iframe>'
    )
    link = f"https://blog.example/{number}"
    return Entry(str(number), name, link, html, feed=feed, feed_title="A Blog")


def fill(store: Store, *entries: Entry) -> list[Post]:
    """Judge posts as a poll does, and store them."""
    for one in entries:
        record(store, [judged(one, UNTAUGHT.judge(one))], one.feed)
    return everything(store)


def everything(store: Store) -> list[Post]:
    return list(store.numbered(store.numbers()))


def replay(store: Store) -> list[Rejudged]:
    """What judging all again makes different; stored."""
    different = [i for i in judged_again(store, POLICY, store.numbers()) if i.differs]
    write(store, different, LATER)
    return different


def test_a_correction_takes_effect_at_once_for_the_post_and_its_copies(tmp_path: Path) -> None:
    copy = replace(entry(1, feed="https://copy.example/feed"), link="https://copy.example/1")
    with open_store(tmp_path) as store:
        posts = fill(store, entry(1), copy, entry(2))
        assert all(post.verdict.keep for post in posts)
        rejudged = teach(store, POLICY, posts[:1], False, LATER)
        assert [item.post.number for item in rejudged] == [posts[0].number, posts[1].number]
        assert all(item.changed for item in rejudged)
        assert [post.verdict.keep for post in everything(store)] == [False, False, True]


def test_a_correction_is_kept_with_the_score_before_anything_was_taught(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        (post,) = fill(store, entry(1))
        for keep in (False, True):
            teach(store, POLICY, [post], keep, LATER)
        (correction,) = store.corrections.all()
        assert (correction.keep, correction.score) == (True, UNTAUGHT.judge(entry(1)).score)
        assert (correction.taught_at, correction.id) == (LATER, "1")


def test_what_is_taken_back_leaves_no_trace(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        before = fill(store, *map(entry, range(4)))
        teach(store, POLICY, before[:2], False, LATER)
        replay(store)
        assert everything(store) != before
        unlearn(store, POLICY, store.corrections.all(), LATER)
        replay(store)
        assert everything(store) == before


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=6))
def test_the_store_follows_the_corrections_that_are_left_and_nothing_else(
    tmp_path: Path, steps: list[tuple[int, bool, bool]]
) -> None:
    with empty_store(tmp_path) as store:
        posts = fill(store, *map(entry, range(4)))
        left: dict[int, bool] = {}
        for number, keep, undone in steps:
            if undone:
                known = [c for c in store.corrections.all() if c.id == str(number)]
                unlearn(store, POLICY, known, LATER)
                left.pop(number, None)
            else:
                teach(store, POLICY, [posts[number]], keep, LATER)
                left[number] = keep
        replay(store)
        found = everything(store)
    with empty_store(tmp_path) as store:
        fill(store, *map(entry, range(4)))
        for number in sorted(left):
            teach(store, POLICY, [posts[number]], left[number], LATER)
        replay(store)
        assert everything(store) == found


def test_replay_after_a_poll_changes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        fill(store, *map(entry, range(3)))
        assert replay(store) == []


def test_replay_twice_changes_nothing_more(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        posts = fill(store, *map(entry, range(3)))
        write(store, [Rejudged(post, Verdict(False, 0.1)) for post in posts[:2]], NOW)
        teach(store, POLICY, posts[2:], False, LATER)
        assert len(replay(store)) == 2
        assert replay(store) == []


def test_judging_again_writes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        posts = fill(store, entry(1))
        write(store, [Rejudged(post, Verdict(False, 0.1)) for post in posts], NOW)
        before = everything(store)
        (item,) = judged_again(store, POLICY, store.numbers())
        assert item.changed
        assert everything(store) == before


def test_another_reason_is_a_difference_but_no_change(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        (post,) = fill(store, entry(1))
        other = Rejudged(post, replace(post.verdict, reasons=()))
        assert other.differs
        assert not other.changed


@pytest.mark.parametrize("count", [1, 30])
def test_corrections_from_elsewhere_rule_on_stored_posts_at_once(
    tmp_path: Path, count: int
) -> None:
    with open_store(tmp_path) as store:
        fill(store, *map(entry, range(2)))
        strangers = [entry(number, feed="https://far.example/feed") for number in range(1, count)]
        said = [correction_of(one, False, NOW, 0.9) for one in (entry(0), *strangers)]
        learn(store, POLICY, said, LATER)
        expected = [False, count == 1]
        assert [post.verdict.keep for post in everything(store)] == expected


def test_a_judge_in_use_heeds_corrections_made_meanwhile(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, open_store(tmp_path) as elsewhere:
        (post,) = fill(store, entry(1))
        taught = TaughtJudge(POLICY, store)
        assert taught.heeding().judge(entry(1)) == UNTAUGHT.judge(entry(1))
        teach(elsewhere, POLICY, [post], False, LATER)
        assert taught.heeding().judge(entry(1)).keep is False
        unlearn(elsewhere, POLICY, elsewhere.corrections.all(), LATER)
        assert taught.heeding().judge(entry(1)) == UNTAUGHT.judge(entry(1))
