"""Names in running text, and what stands around them."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.works.mentioned import names_in, parts_of


def shown(text: str) -> list[str]:
    return [name.shown for name in names_in(text).values()]


def test_a_name_ends_where_the_small_letters_begin() -> None:
    assert "Rosa Quill" in shown("It was Rosa Quill who rang the bell.")


def test_two_joined_names_are_found_together_and_apart() -> None:
    assert {"Jo Doe and Kit Abel", "Jo Doe", "Kit Abel"} <= set(shown("so Jo Doe and Kit Abel won"))


def test_a_possessive_is_no_part_of_a_name() -> None:
    assert shown("we like Rosa Quill’s boat") == ["Rosa Quill"]


def test_a_turkish_case_ending_is_no_part_of_a_name() -> None:
    assert "Barış Demir" in shown("Klibi Barış Demir'in ekibi çekti")


def test_an_article_is_offered_with_and_without() -> None:
    assert {"El Faro", "Faro"} <= set(shown("ayer tocaban El Faro otra vez"))


def test_a_japanese_name_needs_no_capitals() -> None:
    assert "木ノ内 達郎" in shown("監督は木ノ内 達郎です。かな")


def test_the_words_beside_a_name_are_features() -> None:
    (name,) = names_in("filmed by Rosa Quill yesterday").values()
    assert {"<<by", ">>yesterday", "<~make"} <= name.features


def test_a_stem_stands_for_its_forms() -> None:
    assert parts_of("regisseurin") == parts_of("regisseur") == ("maker",)


@given(st.text(max_size=400))
def test_every_place_is_where_the_name_begins(text: str) -> None:
    for name in names_in(text).values():
        assert all(text[place : place + 1] == name.shown[:1] for place in name.places[:1])
