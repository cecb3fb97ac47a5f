"""A card shows what a post states, cut to size and harmless."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.models import Kind, VideoKind, Work
from aggregator.publish.cards import Card, card_of, credit_line, first_cards, sections_of, work_line
from tests.sample_posts import (
    AWKWARD,
    SAMPLES,
    TWELVE,
    Sample,
    issue_of,
    post_of,
    posts,
    vimeo,
    youtube,
)


def card(sample: Sample, pictures: str = "provider") -> Card:
    return card_of(post_of(sample, 1), pictures)


def test_a_card_names_artist_song_directors_and_year() -> None:
    shown = card(SAMPLES[0])
    assert shown.headline == "Velvet Switchyard – “Paper Comet”"
    assert (shown.artist, shown.song, shown.year) == ("Velvet Switchyard", "Paper Comet", 2026)
    assert shown.credit == "Directed by Ines Okonjo-Vale, 2026"
    assert shown.kind == "Premiere"


def test_a_post_with_several_works_keeps_its_title_and_lists_them() -> None:
    shown = card(next(sample for sample in SAMPLES if sample.works == TWELVE))
    assert shown.headline == "Twelve videos shot in a single take (and two that cheat)"
    assert (shown.artist, shown.song, shown.credit) == ("", "", "")
    assert len(shown.works) == 12
    assert shown.works[6] == "夜光列車 – “灯台ラジオ”"


@pytest.mark.parametrize(
    ("work", "line"),
    [
        (Work("A", "B"), "A – “B”"),
        (Work("A"), "A"),
        (Work(song="B"), "“B”"),
        (Work(), ""),
    ],
)
def test_a_work_is_named_by_what_is_known_of_it(work: Work, line: str) -> None:
    assert work_line(work) == line


@pytest.mark.parametrize(
    ("work", "line"),
    [
        (Work(directors=("A",), year=1994), "Directed by A, 1994"),
        (Work(directors=("A", "B", "C")), "Directed by A, B and C"),
        (Work(year=1994), "1994"),
        (Work(), ""),
        (Work(directors=("ליאת",), year=1994), "Directed by \u2068ליאת\u2069, 1994"),
    ],
)
def test_a_credit_says_what_is_known(work: Work, line: str) -> None:
    assert credit_line(work) == line


def test_the_official_video_leads_and_every_video_tells_its_role() -> None:
    shown = card(Sample("x", videos=(vimeo("1", VideoKind.MAKING_OF), youtube("aaaaaaaaaaa"))))
    assert [link.words for link in shown.watch] == ["Music video on YouTube", "Making-of on Vimeo"]


def test_videos_that_would_read_alike_are_numbered() -> None:
    shown = card(Sample("x", videos=(vimeo("1"), vimeo("2"), youtube("aaaaaaaaaaa"))))
    assert [link.words for link in shown.watch] == [
        "Music video on Vimeo",
        "Music video 2 on Vimeo",
        "Music video on YouTube",
    ]


def test_a_post_without_any_name_is_told_by_its_source() -> None:
    assert card(Sample("")).headline == "Untitled, from Cathode Parade"
    assert card(Sample("", source="")).headline == "Untitled, from a blog"


def test_a_post_without_a_link_leads_to_its_video() -> None:
    assert card(Sample("x", link="", videos=(vimeo("7"),))).link == "https://vimeo.com/7"
    assert card(Sample("x", link="")).link == ""


def test_the_picture_is_the_providers_still_or_one_of_ours() -> None:
    with_still, without = (
        Sample("x", videos=(youtube("a" * 11),)),
        Sample("x", videos=(vimeo("1"),)),
    )
    assert card(with_still).picture == "https://i.ytimg.com/vi/aaaaaaaaaaa/hqdefault.jpg"
    ours = card(without)
    assert ours.picture == f"art/{ours.uid}.jpg"
    assert card(with_still, "drawn").picture == ours.picture
    assert card(Sample("x"), "drawn").picture == ""


def test_a_picture_is_addressed_from_where_it_is_shown() -> None:
    ours, theirs = card(Sample("x", videos=(vimeo("1"),))), card(SAMPLES[0])
    assert ours.drawn
    assert ours.picture_at("../") == f"../art/{ours.uid}.jpg"
    assert not theirs.drawn
    assert theirs.picture_at("../") == theirs.picture
    assert theirs.wide_picture_at("../").endswith("/mqdefault.jpg")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        'https://a.example/"onload=x',
        "https://a.example/ b",
        "https://a.example/<b>",
        "https://a.example/\x00",
        "https://" + "a" * 3000,
    ],
)
def test_an_address_that_is_no_web_address_is_not_linked(address: str) -> None:
    post = post_of(Sample("x", source_link=address), 1)
    assert card_of(post).source_link == ""


def test_a_language_that_is_no_tag_is_not_passed_on() -> None:
    assert card(Sample("x", language="pt-BR")).language == "pt-BR"
    assert card(Sample("x", language='en" onload="x')).language == ""


def test_long_words_are_cut_at_a_sentence_a_word_or_anywhere() -> None:
    assert card(Sample("x", "One two. " * 100)).excerpt.endswith("two.")
    assert card(Sample("x", "one two " * 100)).excerpt.endswith("…")
    assert len(card(Sample("x", "z" * 9000)).excerpt) <= 280
    assert card(Sample("x", "One two. " * 100)).opening(20) == "One two. One two."


@pytest.mark.parametrize("sample", AWKWARD)
def test_no_awkward_post_makes_a_long_or_unprintable_card(sample: Sample) -> None:
    shown = card(sample)
    words = (shown.headline, shown.title, shown.credit, shown.excerpt, shown.source, *shown.works)
    for text in words:
        assert len(text) < 600
        text.encode()
        assert not set(text) & {"\x00", "\x1b", "\x85", "\r", "\n", "\u202e", "\ufffe"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.sampled_from([None, *Kind]))
def test_any_text_makes_a_card(text: str, kind: Kind | None) -> None:
    shown = card(Sample(text, text, kind, (Work(text, text, (text,)),), (), text, text, text, text))
    shown.headline.encode()
    assert shown.headline
    assert len(shown.headline) <= 170 or shown.headline == shown.title


def test_the_first_cards_of_an_issue_leave_no_empty_section() -> None:
    sections = sections_of(issue_of(posts()), "provider")
    assert [len(part.cards) for part in sections] == [6, 3, 2, 4]
    assert [len(part.cards) for part in first_cards(sections, 8)] == [6, 2]
    assert first_cards(sections, 0) == ()
