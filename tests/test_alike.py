"""Sketches: what two texts have in common is told from them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.videos.verdict.alike import SKETCH_SIZE, resemblance, sketch_of

WORDS = [f"word{number}" for number in range(400)]


def true_share(one: list[str], other: list[str]) -> float:
    first, second = ({tuple(t[n : n + 3]) for n in range(len(t) - 2)} for t in (one, other))
    return len(first & second) / len(first | second)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 300), st.integers(20, 400))
def test_the_share_of_common_words_is_estimated_within_a_fifth(start: int, length: int) -> None:
    one, other = WORDS[:length], WORDS[start : start + length]
    if len(other) >= 20:
        found = resemblance(sketch_of("", " ".join(one)), sketch_of("", " ".join(other)))
        assert abs(found - true_share(one, other)) < 0.2


def test_short_texts_are_compared_exactly() -> None:
    one, other = WORDS[:40], [*WORDS[:39], "another"]
    found = resemblance(sketch_of("", " ".join(one)), sketch_of("", " ".join(other)))
    assert found == true_share(one, other) == 37 / 39


def test_case_and_punctuation_do_not_matter() -> None:
    said = "Watch the new video, now!", "It was shot in Lisbon."
    told = "watch THE new video now", "it was shot – in Lisbon"
    assert sketch_of(*said) == sketch_of(*told) != ()


def test_scripts_without_spaces_are_sketched_too() -> None:
    one = sketch_of("新しいミュージックビデオが公開された", "")
    other = sketch_of("新しいミュージックビデオが公開されました", "")
    assert 0.5 < resemblance(one, other) < 1


def test_a_few_words_are_too_few_to_tell_posts_apart() -> None:
    assert sketch_of("New video", "Watch it") == ()
    assert resemblance((), ()) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_a_sketch_of_limited_size(title: str, text: str) -> None:
    sketch = sketch_of(title, text * 20)
    assert list(sketch) == sorted(set(sketch))
    assert len(sketch) <= SKETCH_SIZE
    assert resemblance(sketch, sketch) == (1.0 if sketch else 0.0)
