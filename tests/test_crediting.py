"""Directors and years, shared out among the works of a post."""

from aggregator.models import Entry, Work
from aggregator.videos.page.body import read_body
from aggregator.videos.works.works import find_works


def works(title: str, html: str, *tags: str) -> tuple[Work, ...]:
    entry = Entry(id="1", title=title, html=html, tags=tags)
    return find_works(entry, read_body(html), ())


def test_a_director_belongs_to_the_song_that_stands_before_the_name() -> None:
    found = works(
        "Two videos for a Sunday",
        "<p>Tin Foxes’ “Harbour” is out. The video for “Harbour” was directed by Jo Abel.</p>"
        "<p>Rosa Quill’s “Ladder” is out too. The video for “Ladder” was directed by Kit Moss.</p>",
    )
    assert {work.song: work.directors for work in found} == {
        "Harbour": ("Jo Abel",),
        "Ladder": ("Kit Moss",),
    }


def test_the_artist_is_not_taken_for_the_director() -> None:
    (work,) = works(
        "Rosa Quill – “Ladder” (Official Video)",
        "<p>Rosa Quill has shared the video for “Ladder”, directed by Kit Moss.</p>",
    )
    assert (work.artist, work.directors) == ("Rosa Quill", ("Kit Moss",))


def test_a_year_in_brackets_behind_the_song_is_the_works() -> None:
    (work,) = works("Rosa Quill: “Ladder”", "<p>I saw “Ladder” (1986) by Rosa Quill again.</p>")
    assert work.year == 1986


def test_a_post_that_states_no_year_leaves_it_empty() -> None:
    (work,) = works("Rosa Quill: “Ladder”", "<p>I saw “Ladder” by Rosa Quill again.</p>")
    assert work.year is None


def test_a_surname_gives_way_to_the_full_name() -> None:
    (work,) = works(
        "Rosa Quill – “Ladder”",
        "<p>Kit Moss met Rosa Quill in May. Moss directed the video for “Ladder”.</p>",
    )
    assert work.directors == ("Kit Moss",)
