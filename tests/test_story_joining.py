"""Which names are one work, whatever order they come in; what tells two works apart."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import Entry, Kind, Video, VideoKind, Work
from aggregator.story import Mention, MentionRole
from aggregator.videos.stories.joining import MOST_NODES, is_hollow, join
from aggregator.videos.stories.mentions import mentions_of
from aggregator.videos.stories.naming import artist_names, song_names
from tests.sample_posts import Sample, post_of, youtube

VIDEO, OTHER = "vSw1tCh9Pc0", "PTFwQP86BRs"


def post(number: int, *works: Work, videos: tuple[Video, ...] = (), **more: str):
    made = post_of(Sample("", works=works, videos=videos, kind=Kind.PREMIERE), number)
    title = more.pop("title", works[0].song if works else "a post")
    entry = Entry(f"p{number}", title=title, feed="https://f.example/", **more)
    return _replaced(made, entry)


def _replaced(made, entry):
    from dataclasses import replace

    return replace(made, entry=entry)


def stories(*posts) -> list[set[int]]:
    """The numbers of posts that are of one work, for works with several posts."""
    said = {made.number: mentions_of(made) for made in posts}
    facts: dict[str, set[str]] = {}
    for mentions in said.values():
        for mention in mentions:
            facts.setdefault(mention.node, set()).update(mention.bonds)
    shared = Counter(bond for bonds in facts.values() for bond in bonds)
    hollow = {bond for bond, nodes in shared.items() if is_hollow(bond, nodes)}
    return [
        {number for number, mentions in said.items() if {m.node for m in mentions} & set(group)}
        for group in join(facts, hollow)
    ]


def are_one(*posts) -> bool:
    return {made.number for made in posts} in stories(*posts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Kestrels", "Kestrels"),
        ("TheKestrelsVEVO", "The Kestrels"),
        ("Kestrels - Topic", "KESTRELS"),
        ("Kestrel & Thorn", "Kestrel and Thorn"),
        ("Kestrel x Thorn", "Kestrel, Thorn"),
        ("Kestrel feat. Thorn", "Kestrel"),
        ("Kestrel & Thorn", "Kestrel"),
        ("Björk", "Bjork"),
        ("Velvet Switchyard", "Velvet Swichyard"),
        ("LUMINAD(루미나드)", "루미나드"),
        ("Кино", "Kino"),
    ],
)
def test_two_writings_of_one_artist_are_one_story(one: str, other: str) -> None:
    assert are_one(post(1, Work(one, "Paper Comet")), post(2, Work(other, "Paper Comet")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paper Comet", "Paper Comet (Official Video)"),
        ("Paper Comet", "PAPER COMET [Director’s Cut]"),
        ("Paper Comet", "Paper Comet (Album Version)"),
        ("Paper Comet", "Paper Comet (feat. Gloss)"),
        ("Paper Comet", "The Making of Paper Comet"),
        ("Paper Commet", "Paper Comet"),
        ("Home Part II", "Home (Pt. 2)"),
        ("유리정원(Glass Garden)", "Glass Garden"),
    ],
)
def test_two_writings_of_one_song_are_one_story(one: str, other: str) -> None:
    assert are_one(
        post(1, Work("Velvet Switchyard", one)), post(2, Work("Velvet Switchyard", other))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Aria", "Home"), ("Arian", "Home")),
        (("Velvet Switchyard", "Home"), ("Glow Choir", "Home")),
        (("Velvet Switchyard", "Home"), ("Velvet Switchyard", "Hope")),
        (("Velvet Switchyard", "Paper Comet"), ("Velvet Switchyard", "Paper Comet (Kelp Remix)")),
        (("Velvet Switchyard", "Paper Comet"), ("Velvet Switchyard", "Paper Comet - Acoustic")),
        (("Velvet Switchyard", "Home (Part 1)"), ("Velvet Switchyard", "Home (Part 2)")),
        (("Velvet Switchyard", "Chapter Seven 7"), ("Velvet Switchyard", "Chapter Seven 8")),
    ],
)
def test_different_works_stay_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not are_one(post(1, Work(*one)), post(2, Work(*other)))


def test_a_misread_artist_is_outweighed_by_song_and_video() -> None:
    shown = (youtube(VIDEO),)
    right = post(1, Work("Peter Gabriel", "Sledgehammer"), videos=shown)
    assert are_one(right, post(2, Work("r/musicvideos", "Sledgehammer"), videos=shown))


def test_a_wrong_embed_glues_nothing_together() -> None:
    shown = (youtube(VIDEO),)
    right = post(1, Work("Velvet Switchyard", "Paper Comet"), videos=shown)
    wrong = post(2, Work("Glow Choir", "Night Drive"), videos=shown)
    third = post(3, Work("Glow Choir", "Night Drive"))
    assert {1} in stories(right, wrong, third)
    assert {2, 3} in stories(right, wrong, third)


def test_a_post_that_names_nothing_follows_its_video() -> None:
    shown = (youtube(VIDEO),)
    named = post(1, Work("Velvet Switchyard", "Paper Comet"), videos=shown)
    assert are_one(named, post(2, videos=shown))


def test_a_post_that_lacks_the_artist_never_joins_two_works() -> None:
    one = post(1, Work("Nine Inch Nails", "Hurt"), videos=(youtube(VIDEO),))
    other = post(2, Work("Johnny Cash", "Hurt"), videos=(youtube(OTHER),))
    both = post(3, Work("", "Hurt"), videos=(youtube(VIDEO), youtube(OTHER)))
    found = stories(one, other, both)
    assert not any({1, 2} <= group for group in found)


def test_posts_that_link_to_each_other_about_one_song_are_one_story() -> None:
    one = post(1, Work("Glow Choir", "Night Drive"), link="https://a.example/2026/night-drive/")
    linking = post(
        2, Work("", "Night Drive"), html='<a href="http://www.a.example/2026/night-drive">x</a>'
    )
    assert are_one(one, linking)
    assert not are_one(one, post(3, Work("", "Porch"), html=linking.entry.html))


def test_a_list_belongs_to_its_works_without_merging_them() -> None:
    works = [Work("Glow Choir", "Night Drive"), Work("Tin Ceiling", "Exit 353")]
    shown = (youtube(VIDEO), youtube(OTHER))
    html = f"1. Glow Choir – Night Drive {VIDEO} 2. Tin Ceiling – Exit 353 {OTHER}"
    listing = post(1, *works, videos=shown, title="The week's best", html=html)
    drive, exit_ = post(2, works[0]), post(3, videos=(youtube(OTHER),))
    assert {1, 2} in stories(listing, drive, exit_)
    assert {1, 3} in stories(listing, drive, exit_)
    roles = [mention.role for mention in mentions_of(listing)]
    assert roles == [MentionRole.SUBJECT, MentionRole.LISTED, MentionRole.LISTED]


def test_a_cover_beside_the_original_stays_apart() -> None:
    shown = (youtube(VIDEO),)
    original = post(1, Work("Nine Inch Nails", "Hurt"), videos=shown)
    cover = post(2, Work("Kite Parade", "Hurt"), videos=shown, title="Kite Parade cover “Hurt”")
    assert not are_one(original, cover)


def test_a_video_under_many_names_is_evidence_of_nothing() -> None:
    shown = (youtube(VIDEO),)
    many = [
        post(n, Work(f"Band {n}x", f"Song number {n}"), videos=shown) for n in range(MOST_NODES + 1)
    ]
    nameless = post(900, videos=shown)
    assert {900} in stories(*many, nameless)


def test_no_name_is_sought_among_too_many_that_begin_alike() -> None:
    many = [post(n, Work("Kestrel", f"Lantern {n:03} and so on")) for n in range(MOST_NODES + 1)]
    assert len(stories(*many)) == len(many)


def test_the_nodes_of_a_name_say_what_it_is() -> None:
    mention = mentions_of(post(1, Work("The Kestrels", "Paper Comet (Kelp Remix)")))[0]
    assert isinstance(mention, Mention)
    assert mention.node == "kestrels|papercomet~kelpremix|"


PIECES = st.sampled_from(["", "Ann", "The Ann", "Ann & Bo", "Bo", "Anna Karr", "Anna Kar", "안나"])
SONGS = st.sampled_from(
    ["Home", "Home (Remix)", "Homeward Bells", "Homeward Bell", "Porch", "집(Home)"]
)
POSTS = st.lists(
    st.tuples(PIECES, SONGS, st.sets(st.sampled_from([VIDEO, OTHER, "thirdthird1"]), max_size=2)),
    max_size=9,
)


@given(POSTS, st.randoms(use_true_random=False))
def test_no_order_of_posts_changes_the_stories(said: list, shuffler) -> None:
    posts = [
        post(n, Work(artist, song), videos=tuple(map(youtube, sorted(shown))))
        for n, (artist, song, shown) in enumerate(said)
    ]
    mixed = posts.copy()
    shuffler.shuffle(mixed)
    assert sorted(map(sorted, stories(*posts))) == sorted(map(sorted, stories(*mixed)))


@given(st.text(max_size=60))
def test_a_name_is_reduced_to_the_same_whatever_it_holds(text: str) -> None:
    for names in (artist_names(text), song_names(text)):
        assert "|" not in "".join(names.keys)
        assert names.key not in names.others


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=200))
def test_no_content_makes_reading_mentions_raise(artist: str, song: str, html: str) -> None:
    video = Video("youtube", VIDEO, "https://y.example/", VideoKind.OTHER, title=song)
    assert mentions_of(post(1, Work(artist, song), Work(song, artist), videos=(video,), html=html))
