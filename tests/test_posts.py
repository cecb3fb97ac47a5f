"""Posts as JSON lines: what `judge` reads, what it says of lines that are none, what it writes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.models import Entry, Kind, Media, Reason, Verdict, Video, VideoKind, Work
from aggregator.videos.posts import read_labelled, read_posts, verdict_document

WHOLE = {
    "id": "7", "title": "T", "link": "https://b.example/7", "html": "<p>x</p>", "text": "x",
    "summary": "s", "author": "Ann", "tags": ["a", "b"], "language": "en",
    "published": "2026-11-18T12:00:00+02:00", "feed": "https://b.example/feed", "feed_title": "B",
    "media": [{"url": "https://b.example/v.mp4", "type": "video/mp4", "title": "V"}],
}  # fmt: skip


def read(*lines: str) -> list[Entry]:
    return list(read_posts(lines, "posts.jsonl"))


def test_every_key_of_the_contract_is_read() -> None:
    (entry,) = read(json.dumps(WHOLE))
    assert entry == Entry(
        "7", "T", "https://b.example/7", "<p>x</p>", "x", "s", "Ann", ("a", "b"), "en",
        datetime(2026, 11, 18, 10, tzinfo=UTC), None,
        (Media("https://b.example/v.mp4", "video/mp4", "V"),), "https://b.example/feed", "B",
    )  # fmt: skip
    assert entry.published is not None
    assert entry.published.tzinfo is UTC


@pytest.mark.parametrize("said", [{}, {"title": "T"}, {"id": None, "tags": None, "media": None}])
def test_every_key_is_optional(said: dict[str, Any]) -> None:
    assert read(json.dumps(said)) == [Entry("", title=said.get("title", ""))]


def test_a_number_as_id_is_taken_as_written() -> None:
    assert [entry.id for entry in read('{"id": 0}', '{"id": 12}')] == ["0", "12"]


def test_a_time_without_zone_is_utc() -> None:
    (entry,) = read('{"published": "2026-11-18 12:00"}')
    assert entry.published == datetime(2026, 11, 18, 12, tzinfo=UTC)


def test_blank_lines_and_a_byte_order_mark_are_passed_over() -> None:
    assert [entry.id for entry in read('\ufeff{"id": 1}\n', "\n", "  ", '{"id": 2}')] == ["1", "2"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{bad", "Expecting property name"),
        ("5", "it is not a JSON object"),
        ("[]", "it is not a JSON object"),
        ("null", "it is not a JSON object"),
        ('{"tags": "rock"}', "tags is not a list"),
        ('{"media": {"url": "x"}}', "media is not a list"),
        ('{"media": ["x"]}', "a medium is not a JSON object"),
        ('{"published": "yesterday"}', "Invalid isoformat"),
        ('{"published": 5}', "Invalid isoformat"),
        ('{"published": "0001-01-01T00:00:00+23:00"}', "out of range"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_line_that_is_no_post_is_named(line: str, words: str) -> None:
    with pytest.raises(ConfigError, match=r"^posts.jsonl:2: is no post: ") as caught:
        read('{"id": 1}', line)
    assert words in str(caught.value)


def test_posts_before_a_bad_line_are_read() -> None:
    posts = read_posts(['{"id": 1}', "{bad"], "x")
    assert next(posts).id == "1"
    with pytest.raises(ConfigError, match="x:2"):
        next(posts)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WHOLE, "x"]), inner)
    ),
    max_leaves=8,
)


@given(document=JSON)
def test_any_json_is_a_post_or_refused_by_name(document: object) -> None:
    try:
        entries = read(json.dumps(document))
    except ConfigError as error:
        assert "posts.jsonl:1" in str(error)
    else:
        assert len(entries) == 1


@given(line=st.text())
def test_any_line_is_a_post_or_refused_by_name(line: str) -> None:
    try:
        read(line)
    except ConfigError as error:
        assert "posts.jsonl:1" in str(error)


def test_labelled_posts_leave_out_the_unclear_ones() -> None:
    golds = [
        {"label": "keep", "kind": "premiere"},
        {"label": "drop", "kind": None},
        {"label": "unclear"},
    ]
    lines = [json.dumps({"id": str(n), "gold": gold}) for n, gold in enumerate(golds)]
    posts = list(read_labelled(lines, "x"))
    assert [(p.entry.id, p.keep, p.kind) for p in posts] == [
        ("0", True, "premiere"),
        ("1", False, ""),
    ]
    assert posts[0].gold == golds[0]


@pytest.mark.parametrize("gold", [None, "keep", {}, {"label": "Keep"}, {"label": None}])
def test_a_post_without_a_label_is_named_with_its_file_and_line(gold: object) -> None:
    lines = ["", json.dumps({"id": "p", "gold": gold})]
    with pytest.raises(ConfigError, match=r"^gold\.jsonl:2: p has no label"):
        list(read_labelled(lines, "gold.jsonl"))


def test_a_verdict_is_written_as_the_contract_says() -> None:
    video = Video("youtube", "abc", "https://www.youtube.com/watch?v=abc", VideoKind.OFFICIAL)
    made = Verdict(
        True, 0.9, Kind.PREMIERE, "en", (Reason("r", 1.5, "e"),), (Work("A", "S", ("D",), 1999),),
        (video,),
    )  # fmt: skip
    document = json.loads(json.dumps(verdict_document(Entry("7"), made)))
    assert document == {
        "id": "7",
        "keep": True,
        "score": 0.9,
        "kind": "premiere",
        "language": "en",
        "reasons": [{"signal": "r", "weight": 1.5, "evidence": "e"}],
        "works": [{"artist": "A", "song": "S", "directors": ["D"], "year": 1999, "kind": ""}],
        "videos": [
            {
                "provider": "youtube",
                "id": "abc",
                "url": "https://www.youtube.com/watch?v=abc",
                "kind": "official",
                "title": "",
                "thumbnail": "",
            }
        ],
    }
