"""Works: title, players, prose, tags, address and lists, taken together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.models import Entry, Video, Work
from aggregator.videos.page.body import read_body
from aggregator.videos.works.works import find_works


def _works(
    title: str = "",
    html: str = "",
    *,
    tags: tuple[str, ...] = (),
    link: str = "",
    players: tuple[str, ...] = (),
) -> tuple[Work, ...]:
    entry = Entry(id="1", title=title, html=html, tags=tags, link=link)
    videos = [Video("youtube", str(at), "", title=name) for at, name in enumerate(players)]
    return find_works(entry, read_body(html), videos)


def test_the_memory_of_one_old_video_is_one_work_with_its_director() -> None:
    html = """<p>I was nine when we got cable, and music television raised me. I would sit up for
    120 Minutes with a blank tape in the machine.</p>
    <p>The one that floored me was Nine Inch Nails‘ “Closer.” I already loved the song, but the
    video (directed by Mark Romanek) looked like something dug out of a cellar.</p>
    <p>All of it was done in front of the lens: the heart, the dust, the spinning head. He looked
    at Man Ray, Francis Bacon and the Brothers Quay.</p>
    <p>The making-of above is from Closure, a double VHS that came out in 1997.</p>
    <p>And if you have forgotten it, here is “Closer” once more:</p>"""
    (work,) = _works("Nine Inch Nails and the cellar", html)
    assert work == Work("Nine Inch Nails", "Closer", ("Mark Romanek",), None)


def test_a_title_alone_is_enough() -> None:
    (work,) = _works("Pale Lanterns – “Kitchen Radio” (Dir. Odile Ferrand)")
    assert work == Work("Pale Lanterns", "Kitchen Radio", ("Odile Ferrand",))


def test_a_player_names_what_the_title_hides() -> None:
    html = "<p>Watch. Then watch the left-hand side of the screen only.</p>"
    (work,) = _works("New Larks", html, players=("The Larks - Tin Heart (Official Video)",))
    assert (work.artist, work.song) == ("The Larks", "Tin Heart")


def test_prose_names_artist_song_and_director_under_a_phrase() -> None:
    html = """<p>Sit down for this one. Copper Kettle’s “Slow Elevator” spends four minutes between
    two floors, and I have not been so tense since the dentist.</p><p>Director Mina Court built
    the lift herself.</p>"""
    (work,) = _works("Going up, eventually", html)
    assert work == Work("Copper Kettle", "Slow Elevator", ("Mina Court",))


def test_by_after_a_quoted_song_names_the_artist() -> None:
    html = """<p>There is a new clip for “Tin Heart” by The Larks and it made my neighbour cry,
    which is no small thing, as he drives a tank for a living and hardly ever cries.</p>"""
    (work,) = _works("My neighbour", html)
    assert (work.artist, work.song) == ("The Larks", "Tin Heart")


def test_a_tag_is_a_witness_for_the_artist() -> None:
    html = """<p>So here is what is happening for “Barnacle”. There is a boat. The boat goes through
    a divorce. We play its friends. Tin Larks have never been wetter, says the harbour master,
    and he would know.</p>"""
    (work,) = _works("Anyone got a spare boat?", html, tags=("Tin Larks", "harbour"))
    assert (work.artist, work.song) == ("Tin Larks", "Barnacle")


def test_a_self_directed_video_is_its_artists() -> None:
    html = "<p>Juno Marsh's “Gold Teeth” video is self-directed and was filmed in a bathtub.</p>"
    (work,) = _works("Juno Marsh – “Gold Teeth”", html)
    assert work.directors == ("Juno Marsh",)


def test_a_year_beside_the_song_is_the_works_year() -> None:
    html = (
        "<p>We looked at “Undertow” (1994) by Glass Harbour again, and its video still bites.</p>"
    )
    (work,) = _works("Still wet", html)
    assert work.year == 1994


def test_the_year_of_a_tape_or_of_the_post_is_not_the_works_year() -> None:
    html = "<p>Copper Kettle’s “Slow Elevator” is on a tape that was released in 1997.</p>"
    (work,) = _works("Copper Kettle – “Slow Elevator”", html, link="https://b.example/2018/01/x")
    assert work.year is None


_LIST = """<p>Five this week.</p>
<h3>3. Silt – “Fontanelle” (Dir. Ines Prat)</h3><p>A hand, a lamp.</p>
<h3>2. Ms Bevan – “Get In”</h3><p>Directed by Rowdy Pictures, it is all doors.</p>
<h3>1. The Eleventh Hour – “Paper Round” (2016)</h3><p>Nobody knows who made it.</p>"""


def test_every_work_of_a_list_post_keeps_the_credits_of_its_own_section() -> None:
    assert _works("The 5 Best Videos Of The Week", _LIST) == (
        Work("Silt", "Fontanelle", ("Ines Prat",)),
        Work("Ms Bevan", "Get In", ("Rowdy Pictures",)),
        Work("The Eleventh Hour", "Paper Round", (), 2016),
    )


def test_items_of_a_bulleted_list_are_works_too() -> None:
    html = (
        "<ul><li>Silt – Fontanelle (dir. Ines Prat)</li><li>Ms Bevan – Get In</li>"
        "<li>Old Ferry – Tar</li></ul>"
    )
    works = _works("Nominations: best music video", html)
    assert [(work.artist, work.song) for work in works] == [
        ("Silt", "Fontanelle"),
        ("Ms Bevan", "Get In"),
        ("Old Ferry", "Tar"),
    ]
    assert works[0].directors == ("Ines Prat",)


def test_a_director_in_brackets_behind_the_song_is_read_in_a_list() -> None:
    html = (
        "<p>Blur, “Coffee & TV” (Hammer & Tongs, 1999). A carton of milk.</p>"
        "<p>Halina Voss, “Cold Tea” (Mick Dunn, 1991). A kettle.</p>"
        "<p>The Pelmets, “Virtual Laundry” (Jocasta Reid). A street.</p>"
    )
    works = _works("Videos to watch with closed eyes", html)
    assert [work.directors for work in works] == [
        ("Hammer & Tongs",),
        ("Mick Dunn",),
        ("Jocasta Reid",),
    ]
    assert [work.year for work in works] == [1999, 1991, None]


def test_a_list_of_twenty_five_stays_twenty_five() -> None:
    html = "".join(
        f"<h3>{n}. Band {n} Ltd – “Song {n} Blues”</h3><p>Fine.</p>" for n in range(1, 26)
    )
    assert len(_works("25 best music videos", html)) == 25


def test_tour_dates_do_not_make_a_list_of_a_news_post() -> None:
    html = (
        "<p>Lido Deck have shared “Paper Hat” with a video by Rosa Quill.</p><ul>"
        "<li>05-09 Leeds – The Old Mill</li><li>05-10 York – The Crypt</li>"
        "<li>05-11 Hull – The Shed</li></ul>"
    )
    (work,) = _works("Lido Deck share “Paper Hat” video, announce tour", html)
    assert (work.artist, work.song) == ("Lido Deck", "Paper Hat")


def test_two_videos_of_one_work_are_one_work() -> None:
    (work,) = _works(
        "Alder – “Slow Ferry”",
        "<p>Behind the scenes first, then the video of Alder’s “Slow Ferry”.</p>",
        players=("Alder - Slow Ferry (Behind The Scenes)", "Alder - Slow Ferry (Official Video)"),
    )
    assert (work.artist, work.song) == ("Alder", "Slow Ferry")


def test_three_songs_in_a_title_are_three_works() -> None:
    works = _works("Salt Choir 'Dawn', 'Noon', 'Dusk' by Petra Lind")
    assert [work.song for work in works] == ["Dawn", "Noon", "Dusk"]
    assert {work.directors for work in works} == {("Petra Lind",)}


@pytest.mark.parametrize(
    ("title", "html", "pair"),
    [
        (
            "銀河食堂「モノレール」MV公開",
            "<p>銀河食堂が「モノレール」のMVを公開した。監督は木ノ内 達郎。</p>",
            ("銀河食堂", "モノレール"),
        ),
        (
            "노을, 신곡 '막차' 뮤비 공개",
            "<p>노을의 '막차' 뮤직비디오가 공개됐다. 연출을 맡은 노진택 감독은 웃었다.</p>",
            ("노을", "막차"),
        ),
        (
            "Hinten im Bus",
            "<p>Der neue Clip zu „Zimmer 14“ von Frau Oslo fährt nur rückwärts, und mir ist immer"
            " noch schlecht davon, aber auf die gute Art, wie auf der Kirmes.</p>",
            ("Frau Oslo", "Zimmer 14"),
        ),
        (
            "À l'arrière du bus",
            "<p>Le clip de « Tondeuse » de Mauvaise Herbe ne roule qu'en marche arrière, et j'en ai"
            " encore la nausée, mais la bonne, celle de la fête foraine.</p>",
            ("Mauvaise Herbe", "Tondeuse"),
        ),
    ],
)
def test_posts_in_other_languages_name_their_work(
    title: str, html: str, pair: tuple[str, str]
) -> None:
    works = _works(title, html)
    assert (works[0].artist, works[0].song) == pair


def test_related_posts_lend_no_names() -> None:
    html = (
        "<p>My cat is ill and I have nothing else to say this week, sorry, come back soon.</p>"
        '<div class="related-posts"><h3>Related</h3><ul><li>The Larks – “Tin Heart” video</li>'
        "<li>Silt – “Fontanelle”</li><li>Alder – “Slow Ferry”</li></ul></div>"
    )
    assert not any(work.artist for work in _works("No post this week", html))


def test_a_post_that_names_no_song_has_no_works() -> None:
    assert (
        _works("Thrift haul", "<p>Thirty-one tapes for nine dollars. I only wanted a lamp.</p>")
        == ()
    )


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=600), st.lists(st.text(max_size=20), max_size=4))
def test_no_post_makes_it_raise(title: str, html: str, tags: list[str]) -> None:
    for work in _works(title, html, tags=tuple(tags), link="http://[x", players=(title,)):
        assert work.song


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            ["“S” ", "X’s ", "The ", "– ", "(19", "94) ", "</p><p>", "1. ", "Ö", "の「", "」"]
        ),
        max_size=150,
    )
)
def test_every_name_given_stands_in_the_post(pieces: list[str]) -> None:
    html = "<p>" + "".join(pieces) + "</p>"
    text = read_body(html).text
    for work in _works("Some “S” title", html):
        assert work.song in text or work.song == "S"
        assert work.year is None or str(work.year) in text


@pytest.mark.parametrize(
    "piece",
    ["“S” by A, ", "<p>A – S</p>", "Band’s “S” ", "“", "The Fox and ", "<li>A, “S” (B C)</li>"],
)
def test_a_megabyte_of_names_ends(piece: str) -> None:
    assert len(_works("A – “S”", piece * (1_000_000 // len(piece)))) <= 40


_JUDGE_ALL = """
import sys
from aggregator.models import Policy
from aggregator.videos.posts import read_labelled
from aggregator.videos.verdict.judge import Judge
judge = Judge(Policy(threshold=0.0))
with open(sys.argv[1], encoding="utf-8") as lines:
    for post in read_labelled(lines, "corpus"):
        print(repr(judge.judge(post.entry)))
"""


@pytest.mark.slow
def test_the_same_post_is_judged_the_same_in_every_process() -> None:
    corpus = Path(__file__).parent / "corpus" / "ja.jsonl"
    told = {
        subprocess.run(
            [sys.executable, "-c", _JUDGE_ALL, str(corpus)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1 and b"Verdict(" in told.pop()
