"""Titles: every grammar of the field, its traps, and hostile input."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.names import fold
from aggregator.videos.titles.titles import TitleReading, read_title

_TABLE = tomllib.loads(Path(__file__).with_name("titles.toml").read_text("utf-8"))["title"]


def _named(reading: TitleReading) -> list[str]:
    return [fold(work.song) for work in reading.works]


@pytest.mark.parametrize("case", _TABLE, ids=lambda case: case["title"][:60])
def test_a_title_is_read_by_its_grammar(case: dict) -> None:
    reading = read_title(case["title"])
    songs = case.get("songs", [])
    if not songs:
        assert not any(work.artist and work.song for work in reading.works) or "cues" in case
        assert reading.works == () or case["grammar"] == 33
    else:
        assert _named(reading) == [fold(song) for song in songs]
        assert {work.artist for work in reading.works} == {case.get("artist", "")} or (
            "artist" not in case
        )
    for work in reading.works:
        assert list(work.directors) == case.get("directors", [])
        assert work.year == case.get("year")


@pytest.mark.parametrize(
    "case", [case for case in _TABLE if "cues" in case], ids=lambda case: case["title"][:60]
)
def test_cues_are_the_words_around_the_song_and_not_in_it(case: dict) -> None:
    kinds = {cue.kind for cue in read_title(case["title"]).cues}
    assert set(case["cues"]) <= kinds
    assert bool(kinds) == bool(case["cues"])


def test_every_grammar_of_the_field_that_a_title_can_follow_is_in_the_table() -> None:
    asked = {case["grammar"] for case in _TABLE}
    # 17 is an address, 23 and 34-35 need a witness; they have tests of their own.
    assert asked >= set(range(1, 50)) - {17, 23, 34, 35}


def test_a_channel_name_tells_the_song_from_the_artist() -> None:
    reading = read_title("Perfect Storm - Quintet Six", author="QuintetSixVEVO")
    assert (reading.works[0].artist, reading.works[0].song) == ("Quintet Six", "Perfect Storm")


def test_a_channel_name_splits_a_title_without_separator() -> None:
    reading = read_title("Tin Larks Barnacle 2019 Official Video Full HD 1080p", author="Tin Larks")
    assert reading.works[0].artist == "Tin Larks"
    assert reading.works[0].song.startswith("Barnacle")


def test_a_channel_that_bears_the_artists_name_keeps_the_usual_order() -> None:
    reading = read_title("Quintet Six - Perfect Storm", author="Quintet Six")
    assert reading.works[0].artist == "Quintet Six"


def test_words_of_speech_are_not_taken_for_a_song() -> None:
    reading = read_title("“I did not want another dancer in a hall”: a talk with Olga Trzcin")
    assert "dancer" not in "".join(work.song for work in reading.works)


def test_a_reading_says_how_sure_it_is() -> None:
    sure = read_title("Pale Lanterns – “Kitchen Radio” (Dir. Odile Ferrand)")
    unsure = read_title("A walk in the park - what I learnt")
    assert sure.confidence > 0.8 > unsure.confidence >= 0.0


@given(st.text(max_size=500), st.text(max_size=20), st.text(max_size=20))
def test_no_title_makes_it_raise(title: str, author: str, feed: str) -> None:
    reading = read_title(title, author=author, feed_title=feed)
    assert 0.0 <= reading.confidence <= 1.0
    assert all(work.song for work in reading.works)


@given(st.lists(st.sampled_from("AaÉ가「」『“”‘’'\"()[]【】-–—:|_/,.&+ ×的1の"), max_size=300))
def test_no_pile_of_quotes_and_brackets_makes_it_raise(signs: list[str]) -> None:
    reading = read_title("".join(signs))
    assert all(work.song for work in reading.works)


@pytest.mark.parametrize(
    "piece", ["(", "“", "'", " - ", "feat. ", "&amp;", "「", "A’s ", "the ", "\n"]
)
def test_a_megabyte_of_one_sign_is_read_no_further_than_needed(piece: str) -> None:
    reading = read_title(piece * (1_000_000 // len(piece)))
    assert len(reading.core) <= 400
