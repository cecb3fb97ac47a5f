"""A megabyte of anything gets a verdict, and no more of it is read than is let in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.models import Entry, Media, Policy
from aggregator.videos.model import Model, Weights, shipped_model
from aggregator.videos.titles.titles import read_title
from aggregator.videos.verdict.features import signals_of
from aggregator.videos.verdict.judge import Judge
from aggregator.videos.works.reading import read_entry

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
PIECES = [
    *("“", "''", "‘a’ ", "(", "((a)", "【", "- ", "a - ", ": ", "|", "1", "1/", "10:", "$ ", "★"),
    *("a", "video ", "official video ", "directed by ", "dir. ", "監督", "뮤직비디오 ", "é", "İ"),
    *("https://youtu.be/", "youtu", "&amp;", "%25", "[embed]", "<a href=x>", "<br>", "\x1e", "\n"),
    *("feat. ", "A’s ", "by A, ", ". ", "a-a-", "\u3000", "\u200b", "A. "),
]


@pytest.fixture(scope="module")
def dropping() -> Judge:
    """One that keeps nothing, so that it reads no works."""
    known = shipped_model()
    never = Weights(-99.0, {})
    return Judge(Policy(), Model(known.version, never, never, known.kinds))


@pytest.fixture(scope="module")
def keeping() -> Judge:
    """One that keeps everything, so that it reads the works of every post."""
    return Judge(Policy(threshold=0.0))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PIECES), st.booleans(), st.text(min_size=1, max_size=200))
def test_what_stands_beyond_half_a_megabyte_is_not_read(
    keeping: Judge, piece: str, tagged: bool, tail: str
) -> None:
    body = (("<p>" if tagged else "") + piece * (MEGABYTE // len(piece)))[: MEGABYTE // 2]
    title = "A – “B” (Official Video)"
    read, more = (
        keeping.judge(Entry(id="1", title=title, html=html)) for html in (body, body + tail)
    )
    assert read == more


@given(st.sampled_from(PIECES), st.text(min_size=1, max_size=200))
def test_what_stands_far_behind_in_a_title_is_not_read(piece: str, tail: str) -> None:
    title = (piece * 1600)[:1600]
    assert read_title(title) == read_title(title + tail)


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_one_thing_gets_a_verdict_wherever_it_stands(
    dropping: Judge, piece: str
) -> None:
    flood = piece * (MEGABYTE // len(piece))
    for entry in (
        Entry(id="1", title=flood, link="https://a.example/"),
        Entry(id="2", title="A", html=f"<p>{flood}</p>"),
        Entry(id="3", title="A", text=flood),
        Entry(id="4", link=f"https://a.example/{flood}", feed_title=flood, tags=(flood,)),
        Entry(id="5", author=flood, title="A – “B”", media=(Media(flood, title=flood),)),
    ):
        assert 0.0 <= dropping.judge(entry).score <= 1.0


@pytest.mark.parametrize("piece", ["word ", "video clip ", "“A” ", "語"])
def test_signals_of_a_flood_are_those_of_its_beginning(piece: str) -> None:
    floods = (piece * (size // len(piece)) for size in (20_000, 400_000))
    short, long = (signals_of(read_entry(Entry(id="1", text=flood))) for flood in floods)
    assert short == long


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=30), st.booleans())
def test_any_mixture_gets_a_verdict_whose_reasons_are_short(
    dropping: Judge, pieces: list[str], tagged: bool
) -> None:
    text = "".join(pieces) * 20
    entry = Entry(id="1", title=text, link=text, html=f"<p>{text}</p>" if tagged else "", text=text)
    verdict = dropping.judge(entry)
    assert all(len(reason.evidence) <= 120 for reason in verdict.reasons)
