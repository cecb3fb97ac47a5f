"""Corrections: they rule on the same posts, nudge their like, and leave no trace when undone."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.models import Correction, Entry, Kind, Policy, Verdict
from aggregator.videos.model import probability
from aggregator.videos.posts import read_labelled
from aggregator.videos.verdict.corrections import (
    FARTHEST,
    LEARNED,
    RATE,
    RULING,
    Corrections,
    correction_of,
    traits_of,
)
from aggregator.videos.verdict.judge import Judge

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CORPUS = Path(__file__).parent / "corpus" / "en.jsonl"
UNTAUGHT = Judge(Policy())
WORDS = (
    "The Marble Orchard have put out the video for Paper Comet, directed by Ines Vale. It was shot "
    "in one long take on the roof of a car park in Porto, with forty dancers and one borrowed "
    "crane, and it ends where it began, on the face of the drummer."
)


def post(ident: str = "1", title: str = "Paper Comet", video: str = "aaaaaaaaaaa") -> Entry:
    player = f'<iframe src="https://www.youtube.com/embed/{video}"></iframe>' if video else ""
    link = f"https://blog.example/{ident}"
    html = f"<p>{WORDS}</p>{player}"
    return Entry(ident, title, link, html, feed="https://blog.example/feed", feed_title="A Blog")


def correct(entry: Entry, keep: bool, when: datetime = NOW) -> Correction:
    return correction_of(entry, keep, when, UNTAUGHT.judge(entry).score)


def taught(*corrections: Correction, policy: Policy | None = None) -> Judge:
    return Judge(policy or Policy(), corrections=Corrections(corrections))


def ruled(verdict: Verdict) -> bool:
    return verdict.reasons[0].signal == RULING


@cache
def pool() -> tuple[Entry, ...]:
    """Posts of many kinds, from four feeds."""
    with CORPUS.open(encoding="utf-8") as lines:
        entries = [labelled.entry for labelled in read_labelled(lines, CORPUS.name)][:24]
    return tuple(
        replace(entry, id=str(n), feed=f"https://{n % 4}.example/feed")
        for n, entry in enumerate(entries)
    )


@cache
def learned_from(number: int, keep: bool) -> Correction:
    return correct(pool()[number], keep, NOW + timedelta(seconds=number % 3))


LESSONS = st.dictionaries(st.integers(0, 23), st.booleans(), min_size=1, max_size=10)


def test_without_corrections_verdicts_are_the_same() -> None:
    for entry in pool():
        assert taught().judge(entry) == UNTAUGHT.judge(entry)


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("policy", [Policy(), Policy(1.0), Policy(0.3, frozenset(Kind))])
def test_a_corrected_post_gets_the_editors_ruling(keep: bool, policy: Policy) -> None:
    for entry in pool():
        verdict = taught(correct(entry, keep), policy=policy).judge(entry)
        assert verdict.keep is keep
        assert ruled(verdict)
        assert policy.keeps(verdict.score, verdict.kind) is keep


def test_a_ruling_holds_whatever_kinds_are_wanted() -> None:
    for kind in Kind:
        policy = Policy(kinds=frozenset({kind}))
        for keep in (True, False):
            assert taught(correct(post(), keep), policy=policy).judge(post()).keep is keep


def test_the_reasons_still_add_up_to_the_score() -> None:
    corrections = [correct(entry, n % 2 == 0) for n, entry in enumerate(pool()[:8])]
    judge = taught(*corrections)
    for entry in pool():
        verdict = judge.judge(entry)
        total = sum(reason.weight for reason in verdict.reasons)
        assert probability(total) == pytest.approx(verdict.score, abs=0.01)


def test_the_post_stays_corrected_when_its_words_change() -> None:
    edited = replace(post(), title="Something else", html="<p>All is different now.</p>")
    assert taught(correct(post(), False)).judge(edited).keep is False


SAME = {
    "elsewhere": replace(post("2"), feed="https://other.example/feed", feed_title="Other"),
    "one word differs": replace(post("2"), html=post().html.replace("borrowed", "rented")),
    "without its player": post("2", video=""),
    "other words, same title and video": replace(post("2"), html=post().html[-70:]),
    "other words, same title and link": replace(post("2"), link=post().link, html="<p>Gone.</p>"),
}
OTHER = {
    "the template around another video": post("2", video="bbbbbbbbbbb"),
    "another title and other words": replace(post("2", title="B"), html="<p>Nothing more.</p>"),
    "nothing in it": Entry("9", feed="https://blog.example/feed"),
}


@pytest.mark.parametrize("name", SAME)
def test_a_post_that_is_the_same_gets_the_ruling_too(name: str) -> None:
    verdict = taught(correct(post(), False)).judge(SAME[name])
    assert ruled(verdict)
    assert not verdict.keep


@pytest.mark.parametrize("name", OTHER)
def test_a_post_that_is_another_gets_no_ruling(name: str) -> None:
    assert not ruled(taught(correct(post(), False)).judge(OTHER[name]))


def test_two_posts_without_words_are_not_the_same() -> None:
    empty = Entry("1", feed="https://blog.example/feed")
    assert not ruled(taught(correct(empty, True)).judge(replace(empty, id="2")))


def test_of_two_rulings_on_the_same_words_the_later_one_holds() -> None:
    first, second = correct(post("1"), True), correct(post("2"), False, NOW + timedelta(days=1))
    for corrections in ((first, second), (second, first)):
        assert taught(*corrections).judge(post("3")).keep is False
        assert taught(*corrections).judge(post("1")).keep is True


def test_a_ruling_says_what_it_rests_on() -> None:
    reason = taught(correct(post(), False)).judge(post("2")).reasons[0]
    assert reason.evidence == "drop (2026-11-24): Paper Comet"


def column(number: int) -> Entry:
    """One of a column's posts: same feed, same pattern of title, other words."""
    song, who = f"Tune {number}", f"Singer {number}"
    html = f"<p>Today we play {song} by {who} from record {number}. Watch it below.</p>"
    player = f'<iframe src="https://www.youtube.com/embed/abcdefgh{number:03}"></iframe>'
    link = f"https://blog.example/{number}"
    feed = "https://blog.example/feed"
    return Entry(str(number), f"Song of the day: {song} by {who}", link, html + player, feed=feed)


def test_later_posts_of_a_column_follow_its_corrections_gently() -> None:
    before = UNTAUGHT.judge(column(99)).score
    keep = before < 0.5
    scores = [
        taught(*(correct(column(n), keep) for n in range(count))).judge(column(99)).score
        for count in range(5)
    ]
    moves = [after - before for before, after in pairwise(scores)]
    assert all((move > 0) is keep for move in moves)
    assert abs(moves[0]) < 0.15


def test_what_was_learned_is_told() -> None:
    verdict = taught(correct(column(1), UNTAUGHT.judge(column(1)).score < 0.5)).judge(column(2))
    (reason,) = (reason for reason in verdict.reasons if reason.signal == LEARNED)
    assert "from " in reason.evidence or "in the title" in reason.evidence


def test_a_correction_that_only_confirms_teaches_next_to_nothing() -> None:
    entry = max(pool(), key=lambda entry: UNTAUGHT.judge(entry).score)
    assert UNTAUGHT.judge(entry).score > 0.95
    copy = replace(entry, id="x", title=f"{entry.title} again", html="<p>Other words.</p>")
    before, after = (j.judge(copy).score for j in (UNTAUGHT, taught(correct(entry, True))))
    assert after == pytest.approx(before, abs=0.02)


@settings(max_examples=15, deadline=None)
@given(LESSONS, st.randoms(use_true_random=False))
def test_the_order_of_corrections_does_not_matter(lessons: dict[int, bool], dice: object) -> None:
    corrections = [learned_from(*lesson) for lesson in lessons.items()]
    shuffled = list(corrections)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = taught(*corrections), taught(*shuffled)
    for entry in pool()[::3]:
        assert one.judge(entry) == other.judge(entry)


def likeness(one: Correction, other: Correction) -> float:
    first, second = traits_of(one), traits_of(other)
    return sum(value * second.get(name, 0.0) for name, value in first.items())


@settings(max_examples=25, deadline=None)
@given(LESSONS)
def test_no_verdict_moves_farther_than_its_likeness_to_what_was_corrected(
    lessons: dict[int, bool],
) -> None:
    corrections = [learned_from(*lesson) for lesson in lessons.items()]
    judge = taught(*corrections)
    for number in sorted(set(range(24)) - set(lessons))[::3]:
        near = sum(likeness(learned_from(number, True), correction) for correction in corrections)
        farthest = min(FARTHEST, RATE * near)
        before, after = learned_from(number, True).score, judge.judge(pool()[number]).score
        # The steepest part of the logistic curve is in its middle.
        assert abs(after - before) <= math.tanh(farthest / 4) + 1e-4


def test_likeness_is_between_nothing_and_one() -> None:
    corrections = [learned_from(number, True) for number in range(24)]
    assert all(likeness(c, c) <= 1 + 1e-9 for c in corrections)
    assert likeness(correct(Entry("1"), True), correct(Entry("2"), True)) <= 1


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        Entry, id=st.just("1"), title=st.text(max_size=40), link=st.text(max_size=20),
        html=st.text(max_size=80), feed=st.just("f"),
    )
)  # fmt: skip
def test_any_post_can_be_corrected(entry: Entry) -> None:
    for keep in (True, False):
        assert taught(correct(entry, keep)).judge(entry).keep is keep
