"""Concepts: words of many languages that mean the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.tables import table
from aggregator.videos.verdict.concepts import find_concepts, words_in


def concepts(text: str) -> set[str]:
    folded = text.casefold()
    return {concept for concept, _ in find_concepts(words_in(folded), folded)}


@pytest.mark.parametrize(
    "text",
    ["official video", "un clip", "Musikvideos", "teledysku", "ミュージックビデオ", "뮤직비디오"],
)
def test_a_music_video_is_one_concept_in_every_language(text: str) -> None:
    assert "musicvideo" in concepts(text)


def test_a_hit_says_which_words_it_rests_on() -> None:
    words = words_in("the new video clip")
    assert ("musicvideo", "video clip") in find_concepts(words, "the new video clip")


def test_half_a_phrase_is_no_concept() -> None:
    assert "musicvideo" in concepts("a short film for a song")
    assert "musicvideo" not in concepts("a short film")


def test_a_stem_matches_what_begins_with_it_and_not_what_holds_it() -> None:
    assert "musicvideo" in concepts("das Musikvideoprojekt")
    assert "musicvideo" not in concepts("Kunstmusikvideo")


def test_every_word_of_the_table_means_its_concept() -> None:
    for concept, by_language in table("concepts").items():
        for written in (
            word.strip() for words in by_language.values() for word in words.split(",")
        ):
            text = written.replace("*", "" if " " in written else "ish")
            assert concept in concepts(text), f"{concept}: {written}"
            assert concept in concepts(f"so {text} so"), f"{concept}: {written}"


@pytest.mark.parametrize(
    ("language", "told"), [("fr", True), ("en", False), ("", True), ("xx", True)]
)
def test_a_word_means_what_it_means_in_its_language(language: str, told: bool) -> None:
    found = {concept for concept, _ in find_concepts(["clip"], "clip", language)}
    assert ("musicvideo" in found) == told


def test_words_of_scripts_without_spaces_hold_in_any_language() -> None:
    assert ("musicvideo", "뮤비") in find_concepts([], "새 뮤비", "fr")


@given(st.text(st.characters(max_codepoint=127), max_size=80))
def test_words_are_the_same_whether_or_not_other_scripts_stand_beside_them(text: str) -> None:
    folded = text.casefold()
    assert words_in(folded) == words_in(folded + " 日")


@given(st.lists(st.sampled_from(["video", "clip", "the", "director", "of"]), max_size=12))
def test_what_is_found_in_a_text_is_found_in_a_longer_one(words: list[str]) -> None:
    text = " ".join(words)
    assert concepts(text) <= concepts(f"before {text} after")
