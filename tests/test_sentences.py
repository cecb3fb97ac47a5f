"""Sentences: where song and picture meet, and who is credited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.verdict.sentences import (
    marks_of,
    named_director,
    part_sentences,
    sentence_signals,
)

SONG = frozenset({"quote", "thevideo"})
CREDIT = frozenset({"quote", "credit", "direct"})
IDLE = frozenset({"food"})


def values(*sentences: frozenset[str]) -> dict[str, float]:
    paragraphs = list(range(len(sentences)))
    return {name: value for name, value, _ in sentence_signals(sentences, paragraphs)}


def test_a_paragraph_is_cut_where_sentences_end() -> None:
    text = "It is a house. “Who lives there?” she asks! 監督は彼女だ。終わり"
    assert part_sentences(text) == [
        "It is a house.",
        "“Who lives there?",
        "she asks!",
        "監督は彼女だ",
        "終わり",
    ]


@given(st.text(max_size=200))
def test_no_letter_is_lost_between_sentences(text: str) -> None:
    letters = [letter for letter in text if letter.isalnum()]
    assert [x for part in part_sentences(text) for x in part if x.isalnum()] == letters


@pytest.mark.parametrize(
    "sentence", ["the video for “Weir Song”", "her ‘Skip Day’ clip", "«Niebla» ya tiene vídeo"]
)
def test_a_title_in_quotes_is_a_mark(sentence: str) -> None:
    assert list(marks_of(sentence, sentence.casefold(), ())) == ["quote"]


def test_an_apostrophe_quotes_nothing() -> None:
    assert not list(marks_of("it's the band's own", "it's the band's own", ()))


def test_the_songs_name_is_a_mark() -> None:
    assert list(marks_of("Weir Song again", "weir song again", ["weir song"])) == ["name"]


@pytest.mark.parametrize(
    ("sentence", "credit"),
    [
        ("It was directed by Hana Sato in May.", "directed by Hana Sato"),
        ("Regie führte Ulli Brandt.", "Regie führte Ulli Brandt"),
        ("La regia di Davide Sartori è sobria.", "regia di Davide Sartori"),
        ("The director wants tea.", ""),
    ],
)
def test_a_director_counts_by_name(sentence: str, credit: str) -> None:
    assert named_director(sentence) == credit


def test_sentences_that_join_song_and_picture_are_told_by_share_and_place() -> None:
    found = values(SONG, IDLE, CREDIT, IDLE)
    assert found["about:work"] == 0.5
    assert found["about:work-first"] == 1.0
    assert found["about:work-early"] == 1.0
    assert found["about:credited"] == 0.25
    assert "about:work-late" not in found


def test_a_mention_at_the_end_stands_late() -> None:
    assert "about:work-late" in values(IDLE, IDLE, IDLE, SONG)


def test_what_no_sentence_joins_is_told_too() -> None:
    assert set(values(IDLE)) == {"about:joined-none", "about:work-none", "about:credited-none"}


@given(st.lists(st.sampled_from([SONG, CREDIT, IDLE]), min_size=1, max_size=30))
def test_a_share_is_never_more_than_all(sentences: list[frozenset[str]]) -> None:
    assert all(0 <= value <= 1 for value in values(*sentences).values())
