"""Weights keep to the side that their meaning is on."""

import pytest

from aggregator.videos.model import shipped_model
from aggregator.videos.tables import table
from aggregator.videos.verdict.leanings import AGAINST, FOR, leaning


@pytest.mark.parametrize(
    ("signal", "side"),
    [
        ("word:musicvideo", 1),
        ("tag:howto", -1),
        ("word:video", 0),
        ("title-cue:live", -1),
        ("about:work", 1),
        ("about:work-late", -1),
        ("shows:count-1", 0),
        ("focus:director", 1),
    ],
)
def test_a_signal_leans_where_its_meaning_is(signal: str, side: int) -> None:
    assert leaning(signal) == side


def test_leaning_concepts_are_in_the_table_and_lean_one_way() -> None:
    assert table("concepts").keys() >= FOR | AGAINST
    assert not FOR & AGAINST


def test_no_shipped_weight_of_whole_posts_contradicts_its_meaning() -> None:
    weights = shipped_model().post.weights
    assert not {name: x for name, x in weights.items() if leaning(name) * x < 0}
