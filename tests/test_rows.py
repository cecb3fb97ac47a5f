"""Values to rows and back: whatever is stored comes back equal."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.models import Entry, Kind, Media, Reason, Verdict, Video, VideoKind, Work
from aggregator.store.rows import entry_row, verdict_row
from tests.stored import NOW, empty_store, judged, record

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
TIMES = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(
    lambda when: when.replace(tzinfo=UTC, microsecond=0)
)
MEDIA = st.builds(Media, WORDS, WORDS, WORDS, WORDS, st.none() | st.integers(0, 10**6))
ENTRIES = st.builds(
    Entry,
    id=st.just("1"),
    title=WORDS,
    link=WORDS,
    html=WORDS,
    text=WORDS,
    summary=WORDS,
    author=WORDS,
    tags=st.lists(WORDS, max_size=3).map(tuple),
    language=WORDS,
    published=TIMES,
    updated=TIMES,
    media=st.lists(MEDIA, max_size=2).map(tuple),
    feed=st.just("https://blog.example/feed"),
    feed_title=st.just("A Blog"),
)
WORKS = st.builds(
    Work, WORDS, WORDS, st.lists(WORDS, max_size=2).map(tuple), st.none() | st.integers(), WORDS
)
VIDEOS = st.builds(Video, WORDS, WORDS, WORDS, st.sampled_from(VideoKind), WORDS, WORDS)
REASONS = st.builds(Reason, WORDS, st.floats(-9, 9), WORDS)
VERDICTS = st.builds(
    Verdict,
    keep=st.just(True),
    score=st.floats(0.5, 1),
    kind=st.none() | st.sampled_from([kind for kind in Kind if kind is not Kind.LIVE]),
    language=WORDS,
    reasons=st.lists(REASONS, max_size=2).map(tuple),
    works=st.lists(WORKS, max_size=2).map(tuple),
    videos=st.lists(VIDEOS, max_size=2).map(tuple),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=ENTRIES, made=VERDICTS)
def test_any_post_comes_back_equal(tmp_path: Path, said: Entry, made: Verdict) -> None:
    with empty_store(tmp_path) as store:
        record(store, [judged(said, made)])
        (post,) = store.kept()
    assert post.entry == said
    assert post.verdict == made


def test_whether_a_post_is_kept_is_no_column() -> None:
    row = verdict_row(Verdict(keep=True, score=0.9), NOW)
    assert "keep" not in row
    assert row["judged_at"] == NOW


def test_the_feed_of_an_entry_is_a_reference_and_no_column() -> None:
    row = entry_row(Entry("1", feed="https://secret.example/?token=x", feed_title="Blog"))
    assert row["entry_id"] == "1"
    assert not {"feed", "feed_title"} & set(row)
