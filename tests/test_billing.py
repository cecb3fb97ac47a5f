"""Credits by position: what lies between a song and a name."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.works.billing import Billing


def _at(text: str, song: str, name: str, *artists: str) -> set[str]:
    start = text.index(song)
    return Billing(text, [(start, start + len(song))], artists).at(text.index(name), len(name))


def test_the_artist_and_the_year_are_taken_out_of_the_gap() -> None:
    one = _at("1. “Ladder”, Tin Foxes (Kit Moss, 1996).", "Ladder", "Kit Moss", "Tin Foxes")
    other = _at("7. “Harbour”, Quill (Jo Abel, 2004).", "Harbour", "Jo Abel", "Quill")
    assert one == other
    assert "gap=”,A(" in one
    assert "tail=Y" in one


def test_a_name_that_opens_the_blurb_below_a_head_is_seen_to_do_so() -> None:
    found = _at("Quill – Harbour\nKit Moss films forty dogs.", "Harbour", "Kit Moss", "Quill")
    assert {"gap=\n", "tail=small"} <= found


def test_a_name_far_behind_a_song_says_nothing() -> None:
    assert (
        _at("“Harbour” " + "is a song about it " * 9 + "Kit Moss", "Harbour", "Kit Moss") == set()
    )


@given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 40))
def test_no_text_makes_it_raise(text: str, place: int, size: int) -> None:
    described = Billing(text, [(0, 2), (5, 9)], [text[3:9], "x"]).at(place, size)
    assert all(described)
