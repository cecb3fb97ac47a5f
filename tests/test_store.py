"""The store on real SQLite: what is kept, what is told, and that nothing is done by halves."""

import multiprocessing
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import NoResultFound

from aggregator.errors import StoreError
from aggregator.feeds.changes import tame
from aggregator.models import (
    Entry,
    FeedInfo,
    FeedState,
    HostState,
    Kind,
    Policy,
    PollRecord,
    Problem,
    Subscription,
    Wishes,
)
from aggregator.store.store import Store
from tests.stored import FEED, NOW, empty_store, entry, judged, open_store, record, verdict

OTHER = "https://other.example/feed"


def test_a_post_reads_back_as_it_was_written(tmp_path: Path) -> None:
    said = replace(entry("1", link="https://blog.example/1"), tags=("video", "90s"), author="Ann")
    with open_store(tmp_path) as store:
        record(store, [judged(said)])
    with open_store(tmp_path) as store:
        (post,) = store.kept()
    assert replace(post.entry, feed_title="") == said
    assert post.verdict == verdict()
    assert (post.source, post.source_link) == ("A Blog", "https://blog.example/")
    assert (post.first_seen, post.changed_at) == (NOW, NOW)


def test_dropped_posts_are_kept_in_the_store_and_told_apart(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1")), judged(entry("2", "B"), verdict(0.1, None))])
        assert store.counts() == {"feeds": 1, "entries": 2, "kept": 1}
        (dropped,) = store.posts("2")
        assert (dropped.entry.title, dropped.verdict.keep) == ("B", False)


def test_entries_of_two_feeds_with_one_id_do_not_touch_each_other(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("same", "Mine"))])
        record(store, [judged(entry("same", "Theirs", feed=OTHER))], feed=OTHER)
        record(store, [judged(entry("same", "Theirs now", feed=OTHER), known_as="same")], OTHER)
        titles = {post.entry.feed: post.entry.title for post in store.kept()}
        assert titles == {FEED: "Mine", OTHER: "Theirs now"}
        assert len({post.uid for post in store.kept()}) == 2


def test_an_edit_keeps_number_uid_and_first_seen(tmp_path: Path) -> None:
    later = NOW + timedelta(days=1)
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1", "Before"))])
        (before,) = store.kept()
        record(store, [judged(entry("1", "After"), known_as="1")], now=later)
        (after,) = store.kept()
    assert (after.number, after.uid, after.first_seen) == (before.number, before.uid, NOW)
    assert (after.entry.title, after.changed_at) == ("After", later)


def test_an_entry_reissued_under_a_new_id_is_the_same_and_has_not_changed(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("old"))])
        (before,) = store.kept()
        record(store, [judged(entry("new"), known_as="old")], now=NOW + timedelta(days=1))
        (after,) = store.kept()
    assert after.entry.id == "new"
    assert replace(after, entry=before.entry) == before


def test_an_id_that_a_moved_entry_left_behind_can_be_used_again(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1", "First"))])
        record(store, [judged(entry("2", "First"), known_as="1")])
        record(store, [judged(entry("1", "Second"))])
        record(store, [judged(entry("3", "Second"), known_as="1")])
        record(store, [judged(entry("1", "Third"))])
        posts = store.kept()
    assert sorted(post.entry.title for post in posts) == ["First", "Second", "Third"]
    assert len({post.uid for post in posts}) == 3


def test_uids_follow_from_feed_and_id_alone(tmp_path: Path) -> None:
    uids = []
    for name, number in (("a.db", 1), ("b.db", 2)):
        with open_store(tmp_path, name=name) as store:
            record(store, [judged(entry(str(n), f"T{n}")) for n in range(number)])
            record(store, [judged(entry("x", "X"))])
            uids.append(store.posts("x")[0].uid)
    assert uids[0] == uids[1]


def test_a_crash_in_the_middle_of_a_poll_leaves_nothing_of_it(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1"))])
        before = store.states([FEED])

        bad = replace(judged(entry("3")), known_as="no such entry")
        state = replace(before[0], etag='"new"')
        with pytest.raises(NoResultFound):
            store.keep(
                [PollRecord(state, NOW, FeedInfo("New"), (), (judged(entry("2", "B")), bad))]
            )
        assert store.counts()["entries"] == 1
        assert store.states([FEED]) == before
        assert store.kept()[0].source == "A Blog"


def test_a_naive_time_is_refused_and_nothing_stored(tmp_path: Path) -> None:
    naive = replace(entry("1"), published=datetime(2026, 1, 1))
    with open_store(tmp_path) as store:
        with pytest.raises(Exception, match="naive time"):
            record(store, [judged(naive)])
        assert store.counts()["entries"] == 0


def test_times_of_any_zone_come_back_in_utc(tmp_path: Path) -> None:
    there = datetime(2026, 11, 18, 1, tzinfo=timezone(timedelta(hours=9)))
    with open_store(tmp_path) as store:
        record(store, [judged(replace(entry("1"), published=there))])
        (post,) = store.kept()
    assert post.entry.published == there
    assert post.entry.published.tzinfo is UTC


SCORES = st.floats(0, 1, allow_nan=False)
KINDS = st.one_of(st.none(), st.sampled_from(list(Kind)))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    judgements=st.lists(st.tuples(SCORES, KINDS), min_size=1, max_size=8),
    threshold=SCORES,
    kinds=st.frozensets(st.sampled_from(list(Kind))),
)
def test_what_sql_keeps_is_what_the_policy_keeps(
    tmp_path: Path,
    judgements: list[tuple[float, Kind | None]],
    threshold: float,
    kinds: frozenset[Kind],
) -> None:
    policy = Policy(threshold, kinds)
    with empty_store(tmp_path, policy) as store:
        record(
            store,
            [judged(entry(str(n)), verdict(*pair)) for n, pair in enumerate(judgements)],
        )
        wanted = {str(n) for n, pair in enumerate(judgements) if policy.keeps(*pair)}
        kept = store.kept()
        assert {post.entry.id for post in kept} == wanted
        assert all(post.verdict.keep for post in kept)
        assert store.counts()["kept"] == len(wanted)
        assert (store.newest_kept() is not None) == bool(wanted)


def test_a_changed_policy_needs_no_new_judging(tmp_path: Path) -> None:
    with open_store(tmp_path, Policy(0.5)) as store:
        record(
            store, [judged(entry("1"), verdict(0.4)), judged(entry("2"), verdict(0.2, Kind.LIVE))]
        )
        assert store.kept() == []
    with open_store(tmp_path, Policy(0.3, frozenset(Kind))) as store:
        assert {post.entry.id for post in store.kept()} == {"1", "2"}
        assert all(post.verdict.keep for post in store.kept())


DATES = st.one_of(st.none(), st.datetimes(datetime(1960, 1, 1), datetime(2200, 1, 1)))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(dates=st.lists(DATES, min_size=1, max_size=10))
def test_posts_come_newest_first_by_their_plausible_date(
    tmp_path: Path, dates: list[datetime | None]
) -> None:
    near = [NOW + timedelta(hours=h) for h in (-30, -2, 5, 23, 25)]
    times = [d and d.replace(tzinfo=UTC, microsecond=0) for d in dates] + near
    with empty_store(tmp_path) as store:
        record(store, [judged(replace(entry(str(n)), published=t)) for n, t in enumerate(times)])
        posts = store.kept()
        assert posts == sorted(
            posts, key=lambda p: (tame(p.entry.published, p.first_seen), p.number), reverse=True
        )
        assert store.kept(limit=3) == posts[:3]


def test_posts_are_chosen_by_when_they_were_first_seen(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        for day in range(4):
            record(store, [judged(entry(str(day)))], now=NOW + timedelta(days=day))
        found = store.kept(since=NOW + timedelta(days=1), until=NOW + timedelta(days=3))
        assert {post.entry.id for post in found} == {"1", "2"}
        assert store.newest_kept() == NOW + timedelta(days=3)


def test_a_post_is_found_by_number_address_and_id(tmp_path: Path) -> None:
    link = "https://blog.example/1"
    with open_store(tmp_path) as store:
        record(store, [judged(entry("tag:1", link=link)), judged(entry("77", "B"))])
        record(store, [judged(entry("x", "C", link, OTHER))], feed=OTHER)
        number = store.kept()[-1].number
        assert [p.number for p in store.posts(str(number))] == [number]
        assert {p.entry.id for p in store.posts(link)} == {"tag:1", "x"}
        assert [p.entry.title for p in store.posts("77")] == ["B"]
        for unknown in ("4711", "9" * 30, "²", "", "' OR 1=1 --"):
            assert store.posts(unknown) == []


def test_a_setting_is_made_once_and_stays(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert store.setting("tag", lambda: "first") == "first"
    with open_store(tmp_path) as store:
        assert store.setting("tag", lambda: pytest.fail("made twice")) == "first"


def test_states_come_in_the_order_asked_for_and_only_the_due_ones(tmp_path: Path) -> None:
    urls = [f"https://blog.example/{n}" for n in "cab"]
    with open_store(tmp_path) as store:
        store.subscribe(map(Subscription, urls))
        later = FeedState(url=urls[0], next_poll=NOW + timedelta(hours=1), etag='"x"')
        store.keep([PollRecord(s, NOW) for s in (later, FeedState(url=urls[1], next_poll=NOW))])
        assert [state.url for state in store.states(urls)] == urls
        assert store.due(NOW) == {*urls[1:]}
        assert store.states(urls)[0].etag == '"x"'
        assert store.states(["https://unknown.example/"]) == []


def test_a_state_reads_back_as_it_was_remembered(tmp_path: Path) -> None:
    state = FeedState(
        FEED, "https://new.example/", '"e"', "Mon", NOW, "ab", Wishes(60.0, 7200.0, (0, 1), (6,)),
        (1_760_000_000, 1_750_000_000), 3, NOW, "https://m.example/", NOW, NOW, NOW, "because",
        "failing", "it broke",
    )  # fmt: skip
    with open_store(tmp_path) as store:
        store.subscribe([Subscription(FEED)])
        store.keep([PollRecord(state, NOW)])
        assert store.states([FEED]) == [state]


def test_what_a_host_asked_for_and_did_is_remembered_side_by_side(tmp_path: Path) -> None:
    later, month = NOW + timedelta(hours=1), NOW + timedelta(days=30)
    with open_store(tmp_path) as store:
        store.remember_host(HostState("a.example", later, "it answered 429"))
        store.remember_host(HostState("a.example", distrusted_until=month))
        store.remember_host(HostState("b.example", distrusted_until=month))
    with open_store(tmp_path) as store:
        assert store.hosts() == {
            "a.example": HostState("a.example", later, "it answered 429", month),
            "b.example": HostState("b.example", distrusted_until=month),
        }


def test_edits_are_counted_but_not_new_ids(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1"))])
        record(store, [judged(entry("1", "Edited"), known_as="1")])
        record(store, [judged(entry("2", "Edited"), known_as="1")])
        assert [(item.id, item.edits) for item in store.known_entries(FEED)] == [("2", 1)]


def test_feeds_may_use_the_same_ids(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1", "Mine"))])
        record(store, [judged(entry("1", "Theirs", feed=OTHER))], feed=OTHER)
        assert [post.entry.title for post in store.posts("1")][:1] == ["Mine"]
        assert {(p.entry.feed, p.entry.title) for p in store.kept()} == {
            (FEED, "Mine"), (OTHER, "Theirs"),
        }  # fmt: skip
        assert len({post.uid for post in store.kept()}) == 2


def test_many_polls_are_kept_in_one_go(tmp_path: Path) -> None:
    feeds = [f"https://b{n}.example/" for n in range(30)]
    with open_store(tmp_path) as store:
        store.subscribe(map(Subscription, feeds))
        store.keep(
            [
                PollRecord(
                    FeedState(url, status="ok"),
                    NOW,
                    FeedInfo(url),
                    (),
                    tuple(judged(entry(f"{n}", f"{url} {n}", feed=url)) for n in range(40)),
                )
                for url in feeds
            ]
        )
        assert store.counts()["entries"] == 1200
        for post in store.kept():
            assert post.entry.title == f"{post.entry.feed} {post.entry.id}"
            assert post.source == post.entry.feed


def test_subscribing_again_forgets_nothing_but_takes_a_new_title(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1"))])
        state = store.states([FEED])
        store.subscribe([Subscription(FEED), Subscription(OTHER, "Other")])
        assert store.kept()[0].source == "A Blog"
        store.subscribe([Subscription(FEED, "My name for it")])
        assert store.kept()[0].source == "My name for it"
        assert store.states([FEED]) == state
        assert store.counts()["feeds"] == 2


def test_what_is_known_of_a_feed_tells_its_entries_and_their_dates(tmp_path: Path) -> None:
    first, second = entry("1", "One!", "https://b.example/1"), replace(entry("2"), published=None)
    older = replace(entry("3"), published=NOW - timedelta(days=3))
    with open_store(tmp_path) as store:
        record(store, [judged(older), judged(first), judged(second)])
        record(store, [judged(entry("9", feed=OTHER))], feed=OTHER)
        known = {item.id: item for item in store.known_entries(FEED)}
        assert set(known) == {"1", "2", "3"}
        assert (known["1"].link, known["1"].title_key) == ("https://b.example/1", "one")
        assert known["1"].fingerprint == judged(first).fingerprint
        assert [known[id].published for id in "123"] == [first.published, None, older.published]


def test_a_feeds_own_words_replace_the_old_ones_but_silence_does_not(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1"))])
        state = store.states([FEED])[0]
        store.keep([PollRecord(state, NOW, FeedInfo(), (Problem("is odd", "line 3"),))])
        assert store.kept()[0].source == "A Blog"
        store.keep([PollRecord(state, NOW, FeedInfo(title="Renamed"))])
        assert store.kept()[0].source == "Renamed"


def _write_posts(url: str, feed: str, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    with Store.open(url, Policy()) as store:
        for number in range(10):
            record(store, [judged(Entry(f"{feed}-{number}", f"T{number}"))], feed=feed)


def test_processes_that_open_and_write_at_once_all_succeed(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start = context.Barrier(3)
    url = f"sqlite:///{tmp_path / 'a.db'}"
    writers = [
        context.Process(target=_write_posts, args=(url, f"https://{n}.example/", start))
        for n in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with open_store(tmp_path) as store:
        assert store.counts() == {"feeds": 3, "entries": 30, "kept": 30}


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"these are my holiday notes " * 100)
    with pytest.raises(StoreError, match=r"a\.db can't be opened: file is not a database"):
        open_store(tmp_path)
    assert path.read_bytes() == b"these are my holiday notes " * 100


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all/a.db", "unable to open"),
        ("just words", "database address"),
        ("nosuchdialect://x", "database address"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        Store.open(url, Policy())


def test_no_message_shows_a_databases_password() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql+nodriver://me:s3cret@127.0.0.1:1/x", Policy())
    assert "s3cret" not in str(caught.value)


def test_a_database_that_breaks_later_is_a_store_error_too(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with sqlite3.connect(tmp_path / "a.db") as raw:
            raw.execute("DROP TABLE verdict")
        with pytest.raises(StoreError, match="no such table: verdict"):
            store.kept()
