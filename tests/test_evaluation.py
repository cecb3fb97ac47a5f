"""Measuring the judge: figures worked out by hand on a few posts."""

import pytest

from aggregator.models import Entry, Kind, Verdict
from aggregator.videos.posts import LabelledPost
from aggregator.videos.verdict.evaluation import Evaluation, evaluate


def measure(*rows: tuple[bool, str, float, Kind | None, str]) -> Evaluation:
    """Evaluate posts given as right verdict, right kind, score, found kind and language."""
    posts = [
        LabelledPost(Entry(str(n), title=f"T{n}"), keep, kind, {})
        for n, (keep, kind, *_) in enumerate(rows)
    ]
    found = {
        str(n): Verdict(score >= 0.5, score, kind, language)
        for n, (_, _, score, kind, language) in enumerate(rows)
    }
    return evaluate(posts, lambda entry: found[entry.id])


RESULT = measure(
    (True, "premiere", 0.95, Kind.PREMIERE, "en"),
    (True, "premiere", 0.85, Kind.LYRIC, "en"),
    (True, "lyric", 0.15, None, "de"),
    (False, "", 0.75, Kind.PREMIERE, "de"),
    (False, "", 0.05, None, ""),
)


def test_precision_recall_and_f1_are_what_they_are_called() -> None:
    overall = RESULT.overall
    assert (overall.posts, overall.keep) == (5, 3)
    assert (overall.precision, overall.recall) == pytest.approx((2 / 3, 2 / 3))
    assert overall.f1 == pytest.approx(2 / 3)


def test_languages_are_measured_apart() -> None:
    assert set(RESULT.by_language) == {"de", "en", "unknown"}
    assert RESULT.by_language["en"].f1 == 1.0
    assert (RESULT.by_language["de"].precision, RESULT.by_language["de"].recall) == (0.0, 0.0)


def test_kinds_are_measured_where_the_label_has_one() -> None:
    assert RESULT.by_kind["premiere"] == (2, 0.5, pytest.approx(0.5))
    assert RESULT.by_kind["lyric"] == (1, 0.0, 0.0)
    assert RESULT.kind_f1 is None


def test_the_mean_over_kinds_counts_those_with_ten_posts_equally() -> None:
    found = [(True, "premiere", 0.9, Kind.PREMIERE, "en")] * 10
    missed = [(True, "list", 0.9, Kind.NEWS, "en")] * 10
    rare = [(True, "fan", 0.9, Kind.FAN, "en")] * 9
    assert measure(*found, *missed, *rare).kind_f1 == pytest.approx(0.5)


def test_mistakes_come_worst_first() -> None:
    assert [(m.post.entry.id, m.verdict.score) for m in RESULT.mistakes] == [
        ("2", 0.15),
        ("3", 0.75),
    ]
    assert [m.distance for m in RESULT.mistakes] == pytest.approx([0.85, 0.75])


def test_calibration_compares_score_and_share_in_each_bin() -> None:
    result = measure(
        *[(True, "", 0.92, None, "")] * 3, (False, "", 0.92, None, ""), (False, "", 0.1, None, "")
    )
    assert result.calibration == ((0.1, 0.0, 1), (pytest.approx(0.92), 0.75, 4))
    assert result.calibration_error == pytest.approx((0.1 * 1 + 0.17 * 4) / 5)


def test_a_score_of_one_falls_into_the_last_bin() -> None:
    assert measure((True, "", 1.0, None, "")).calibration == ((1.0, 1.0, 1),)


def test_nothing_measured_is_all_zeros() -> None:
    result = measure()
    assert (result.overall.posts, result.overall.f1, result.calibration_error) == (0, 0.0, 0.0)
    assert (result.calibration, result.mistakes, result.kind_f1) == ((), (), None)
