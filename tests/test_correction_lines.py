"""Corrections as JSON lines: what is written is read again, and anything else is refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.models import Correction
from aggregator.videos.verdict.correction_lines import correction_document, read_corrections
from tests.stored import NOW

SAID = Correction(
    "https://blog.example/feed", "tag:1", "https://blog.example/1", "Paper – “Comet”", True, NOW,
    0.25, {"title:video": 1.0}, ("youtube:aaaaaaaaaaa",), (3, 5, 4_000_000_000),
)  # fmt: skip


def read(*lines: str) -> list[Correction]:
    return list(read_corrections(lines, "corrections.jsonl"))


def changed(**values: Any) -> str:
    return json.dumps({**correction_document(SAID), **values})


def test_what_was_written_is_read_again() -> None:
    assert read(changed(), "", "\ufeff" + changed(keep=False))[0] == SAID


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "corrections.jsonl:2: is no correction"),
        ("[]", "not a JSON object"),
        ('{"feed": "x"}', "'keep' is missing"),
        (changed(keep="yes"), "neither true nor false"),
        (changed(title=7), "title is no text"),
        (changed(score=1.5), "score is no number from 0 to 1"),
        (changed(score=float("nan")), "score is no number"),
        (changed(score=True), "score is no number"),
        (changed(signals={"x": -1}), "signals.x is no number"),
        (changed(signals={"x": 1e308}), "signals.x is no number"),
        (changed(signals=["x"]), "signals is no dict"),
        (changed(videos=[7]), "videos is no text"),
        (changed(sketch=["a"]), "hashes"),
        (changed(sketch=[-1]), "hashes"),
        (changed(sketch=[0] * 1001), "sketch is no list of up to 1000"),
        (changed(taught_at="yesterday"), "is no correction"),
        ("[" * 100_000, "is no correction"),
    ],
)
def test_a_line_that_is_no_correction_is_named(line: str, words: str) -> None:
    with pytest.raises(ConfigError, match="aggregator teach --export") as caught:
        read(changed(), line)
    assert words in str(caught.value)
    assert ":2:" in str(caught.value)


def test_a_time_without_zone_is_utc_and_counts_whole_seconds() -> None:
    assert read(changed(taught_at="2026-11-18T12:00:00.75"))[0].taught_at == NOW


def test_what_no_store_can_hold_is_taken_out_of_texts() -> None:
    assert read(changed(title="a\ud800b\x00c"))[0].title == "abc"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(correction_document(SAID))), JSON)
def test_any_value_is_read_or_refused_by_name(key: str, value: object) -> None:
    try:
        assert len(read(changed(**{key: value}))) == 1
    except ConfigError as error:
        assert "corrections.jsonl:1" in str(error)
