"""The wording of headlines: what each word weighs."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.verdict.wording import LONGEST_TITLE, Weigher, wording

WORDS = st.text("abcé ’-.日本MV", max_size=40)


def summed(weights: dict[str, float], title: str, feed: str, link: str) -> dict[str, float]:
    totals: defaultdict[str, float] = defaultdict(float)
    for name, word, value in wording(title, feed, link):
        totals[word] += value * weights.get(name, 0.0)
    return {word: total for word, total in totals.items() if total}


@given(WORDS, WORDS, st.lists(st.floats(-3, 3, width=16), min_size=1, max_size=9))
def test_weighing_words_gives_the_sum_of_their_parts(
    title: str, feed: str, scale: list[float]
) -> None:
    link = "https://a.example/b/new-video"
    names = {name for name, _, _ in wording(title, feed, link)}
    weights = {name: scale[at % len(scale)] for at, name in enumerate(sorted(names)) if at % 4}
    weighed = Weigher(weights).weigh(title, feed, link)
    for word, total in summed(weights, title, feed, link).items():
        assert weighed[word] == pytest.approx(total, abs=1e-9)


def test_a_word_met_again_weighs_the_same() -> None:
    weigher = Weigher({"c|vi": 0.5, "w|video": 1.0})
    first = weigher.weigh("new video", "", "")
    weigher.weigh("video, again", "", "")
    assert weigher.weigh("new video", "", "") == first


def test_only_the_beginning_of_an_endless_title_is_weighed() -> None:
    endless = "video " * 200_000
    assert Weigher({"w|video": 1.0}).weigh(endless, "", "") == Weigher({"w|video": 1.0}).weigh(
        endless[:LONGEST_TITLE], "", ""
    )
