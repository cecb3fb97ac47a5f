"""The linear models."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.model import KindWeights, probability, shipped_model

KINDS = KindWeights(("list", "live", "news"), (0.5, -1.0, 0.0), {"a": (1.0, 2.0, 3.0)})


@given(st.floats(-3, 3))
def test_a_kind_scores_its_base_rate_and_what_the_signals_add(value: float) -> None:
    scores = KINDS.scores({"a": (value, "words"), "unknown": (9.0, "")}, KINDS.names)
    expected = {"list": 0.5 + value, "live": -1 + 2 * value, "news": 3 * value}
    assert scores == pytest.approx(expected)


def test_only_kinds_that_are_asked_for_are_scored() -> None:
    assert KINDS.scores({"a": (1.0, "")}, ("live", "none such")) == {"live": 1.0}


@given(st.floats(allow_nan=False))
def test_any_log_odds_are_a_probability(log_odds: float) -> None:
    assert 0.0 <= probability(log_odds) <= 1.0


def test_the_shipped_model_has_weights_for_headlines_posts_and_kinds() -> None:
    model = shipped_model()
    assert model.version
    assert model.headline.weights
    assert model.post.weights
    assert all(len(row) == len(model.kinds.names) for row in model.kinds.weights.values())
    assert math.isfinite(model.headline.bias + model.post.bias)
