"""The phrasing of headlines: patterns that are left when names are taken out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import Entry
from aggregator.videos.titles.titles import read_title
from aggregator.videos.verdict.features import signals_of
from aggregator.videos.verdict.phrasing import Phrases, placing
from aggregator.videos.works.reading import read_entry

COMMON = frozenset({"shares", "new", "video", "unveils"})
TITLES = st.text("abN é’'“”‘:-[]⟪⟫日本MV ", max_size=60)


def groups(title: str) -> dict[str, float]:
    read = Phrases(COMMON).read(title, read_title(title).cues)
    return {name: value for name, _, value in read}


def placed(**said: str) -> set[str]:
    entry = Entry(id="1", **said)
    return {name for _, name, _ in placing(signals_of(read_entry(entry)), entry)}


def test_names_and_titles_leave_one_pattern() -> None:
    assert groups("Rosa Quill Shares New “Low Tide” Video") == groups(
        "Tin Orchard Shares New “Ash” Video"
    )
    assert "p|shares new “…” video" in groups("Rosa Quill Shares New “Low Tide” Video")


def test_cues_of_all_languages_leave_one_pattern() -> None:
    assert "k|“…” <video> $" in groups("Rosa Quill: “Low Tide” Musikvideo")
    assert "k|“…” <video> $" in groups("Rosa Quill “Low Tide” clip")


def test_owners_numbers_and_years_are_told_apart_from_names() -> None:
    found = groups("Rosa Quill’s 3 clips, 1994")
    assert {"p|^ Name", "p|Name Name's", "p|Name's №", "p|№ …", "p|, year $"} <= set(found)


def test_a_family_speaks_equally_loud_whatever_the_length() -> None:
    for title in (
        "New video",
        "Rosa Quill shares new video and announces: a record, a tour (2026)",
    ):
        for family in "pk":
            values = [value for name, value in groups(title).items() if name[0] == family]
            assert sum(value**2 for value in values) == pytest.approx(16)


@given(TITLES)
def test_weighing_gives_the_sum_of_the_parts(title: str) -> None:
    cues = read_title(title).cues
    parts = list(Phrases(COMMON).read(title, cues))
    weights = {name: at % 5 - 2.0 for at, (name, _, _) in enumerate(parts) if at % 3}
    weighed = sum(weight for _, weight in Phrases(COMMON, weights).weigh(title, cues))
    assert weighed == pytest.approx(sum(value * weights.get(name, 0.0) for name, _, value in parts))


def test_signals_are_read_together_with_where_the_post_leads() -> None:
    title = "Rosa Quill – Low Tide (Official Video)"
    clip = "https://www.youtube.com/watch?v=abcdefghijk"
    told = "title-cue:official-video on a "
    assert told + "video page" in placed(title=title, link=clip)
    assert told + "page" in placed(title=title, link="https://press.example/low-tide")
    assert told + "headline alone" in placed(title=title)
    assert {told + "forum", told + "video page"} <= placed(
        title=title, link=clip, feed="indieheads"
    )
    assert told + "forum" not in placed(title=title, link=clip, feed="https://a.example/feed")
