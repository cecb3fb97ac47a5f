"""Artists spelt in full: endings, halves of names, what stands beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import Entry
from aggregator.videos.works.spelling import Spelling


def _spelt(name: str, text: str, *forms: str, tags: tuple[str, ...] = ()) -> str:
    return Spelling(Entry(id="1", tags=tags), text, forms).of(name)


@pytest.mark.parametrize(
    ("name", "text", "tags", "full"),
    [
        ("Quill", "Rosa Quill is back.", ("Rosa Quill",), "Rosa Quill"),
        (
            "Nocnych Tramwajów",
            "Nowy klip Nocnych Tramwajów.",
            ("Nocne Tramwaje",),
            "Nocne Tramwaje",
        ),
        ("Bloody Dahlias", "I saw what My Bloody Dahlias did.", (), "My Bloody Dahlias"),
        ("Kervan'ın", "Kervan'ın klibi. Kervan döndü, Kervan kaldı.", (), "Kervan"),
        ("Efekt (Burak Cukrowy", "Efekt (Burak Cukrowy, 2019) działa.", (), "Burak Cukrowy"),
        ("Tin Foxes", "Tin Foxes are back. So are the Tin Foxes.", (), "Tin Foxes"),
    ],
)
def test_the_form_that_the_post_states_elsewhere_is_the_name(
    name: str, text: str, tags: tuple[str, ...], full: str
) -> None:
    assert _spelt(name, text, tags=tags) == full


def test_a_first_name_grows_to_the_full_name_of_the_text() -> None:
    assert _spelt("Vera", "Vera Nightjar sang. Vera laughed.", "Vera Nightjar") == "Vera Nightjar"


def test_what_announces_a_band_is_no_part_of_its_name() -> None:
    assert _spelt("Gischt", "Das Video der Band Gischt.", "Band Gischt") == "Gischt"


def test_a_name_of_two_that_is_joined_to_another_stays_alone() -> None:
    assert _spelt("Foxes", "Rosa and Foxes met.", "Rosa and Foxes") == "Foxes"


@given(st.text(max_size=60), st.text(max_size=400), st.lists(st.text(max_size=30), max_size=6))
def test_no_text_makes_it_raise_and_a_known_tag_stays(
    name: str, text: str, forms: list[str]
) -> None:
    assert isinstance(_spelt(name, text, *forms), str)
    assert _spelt("Rosa Quill", text, *forms, tags=("Rosa Quill",)) == "Rosa Quill"
