"""Stories in the store: the same whatever order and batches posts come in, with lasting ids."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import joining
from aggregator.models import Kind, Policy, Verdict, Video, VideoKind, Work
from aggregator.store.store import Store
from tests.stored import NOW, empty_store, entry, judged, open_store, record, verdict

VIDEOS = ("vSw1tCh9Pc0", "PTFwQP86BRs", "thirdthird1")


def saying(
    artist: str,
    song: str,
    *shown: str,
    kind: Kind = Kind.PREMIERE,
    role=VideoKind.OFFICIAL,
    still: str = "",
    **more,
) -> Verdict:
    videos = tuple(
        Video("youtube", v, f"https://www.youtube.com/watch?v={v}", role, thumbnail=still)
        for v in shown
    )
    works = (Work(artist, song, **more),) if song else ()
    return replace(verdict(kind=kind), works=works, videos=videos)


def put(store: Store, *said: tuple[str, Verdict], now=NOW, batch: int = 500) -> None:
    record(store, [judged(entry(name, title=name), made) for name, made in said], now=now)
    joining.settle(store, batch)


def partition(store: Store) -> set[frozenset[str]]:
    """Which posts are together, by their ids in the feed."""
    rows = store.stories.newest()
    return {frozenset(m.post.entry.id for m in told.posts) for told in joining.stories(store, rows)}


def test_five_posts_about_one_video_are_one_story(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, *((f"post {n}", verdict()) for n in range(5)))
        (story,) = joining.stories(store, store.stories.newest())
        assert (story.title, len(story.posts)) == ("Paper Comet – “Switchyard”", 5)
        assert story.slug == "paper-comet-switchyard"
        assert [video.id for video in story.videos] == ["vSw1tCh9Pc0"]


def test_the_making_of_and_the_video_are_one_story_with_two_roles(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        making = saying("Nine Inch Nails", "Closer", VIDEOS[0], role=VideoKind.MAKING_OF)
        official = saying("Nine Inch Nails", "Closer", VIDEOS[1], directors=("Mark Romanek",))
        put(store, ("making", making), ("official", official))
        (story,) = joining.stories(store, store.stories.newest())
        assert [v.kind for v in story.videos] == [VideoKind.OFFICIAL, VideoKind.MAKING_OF]
        assert story.directors == ("Mark Romanek",)


def test_a_later_post_merges_two_stories_and_the_older_id_survives(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel", "Paper Comet", VIDEOS[0])))
        put(store, ("other", saying("Thorn", "Paper Comet", VIDEOS[1])))
        older, younger = sorted(store.stories.newest(), key=lambda row: row.number)
        put(store, ("both", saying("Kestrel & Thorn", "Paper Comet")))
        (story,) = store.stories.newest()
        assert (story.uid, story.slug) == (older.uid, older.slug)
        assert store.stories.redirects() == {younger.slug: older.slug}
        assert store.stories.find(younger.uid) == [story]


def test_a_story_that_parts_again_gets_its_id_back(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel", "Paper Comet")))
        put(store, ("other", saying("Thorn", "Paper Comet")))
        before = {row.uid for row in store.stories.newest()}
        put(store, ("both", saying("Kestrel & Thorn", "Paper Comet")))
        both = store.posts("both")[0]
        store.judge_again([(both, saying("Glow Choir", "Porch"))], NOW)
        joining.settle(store)
        assert before < {row.uid for row in store.stories.newest()}
        assert store.stories.redirects() == {}


def test_a_dropped_post_leaves_its_story(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", verdict()), ("other", verdict()))
        store.judge_again([(store.posts("other")[0], replace(verdict(), score=0.1))], NOW)
        joining.settle(store)
        assert partition(store) == {frozenset({"one"})}


def test_a_story_whose_only_post_is_dropped_and_kept_again_has_the_same_id(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", verdict()))
        (before,) = store.stories.newest()
        for score in (0.1, 0.9):
            store.judge_again([(store.posts("one")[0], replace(verdict(), score=score))], NOW)
            joining.settle(store)
        assert store.stories.newest() == [before]


def test_another_policy_joins_all_posts_anew(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", verdict(score=0.5)), ("other", verdict(score=0.9)))
    with open_store(tmp_path, Policy(threshold=0.8)) as store:
        joining.settle(store)
        assert partition(store) == {frozenset({"other"})}


def test_a_list_has_a_story_of_its_own_and_what_only_lists_name_is_not_published(
    tmp_path: Path,
) -> None:
    works = (Work("Glow Choir", "Night Drive"), Work("Tin Ceiling", "Exit 353"))
    listing = replace(verdict(kind=Kind.LIST), works=works, videos=())
    with open_store(tmp_path) as store:
        put(store, ("the list", listing))
        assert [row.title for row in store.stories.newest()] == ["the list"]
        put(store, ("a post", saying("Tin Ceiling", "Exit 353")))
        assert [row.title for row in store.stories.newest()] == [
            "Tin Ceiling – “Exit 353”", "the list"
        ]  # fmt: skip
        (found,) = joining.stories(store, store.stories.newest(limit=1))
        assert [member.post.entry.id for member in found.posts] == ["a post", "the list"]


def test_what_most_posts_state_is_shown_and_what_others_say_is_kept(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(
            store,
            ("one", saying("Nine Inch Nails", "Closer", directors=("Mark Romanak",), year=1995)),
            ("two", saying("nine inch nails", "Closer", directors=("Mark Romanek",), year=1994)),
            ("three", saying("Nine Inch Nails", "Closer", directors=("Mark Romanek",), year=1994)),
        )
        (story,) = joining.stories(store, store.stories.newest())
        assert (story.artist, story.directors, story.year) == (
            "Nine Inch Nails", ("Mark Romanek",), 1994
        )  # fmt: skip
        assert [(said.field, said.value) for said in story.disagreements] == [("year", "1995")]
        (director,) = (said for said in story.stated if said.field == "director")
        assert len(director.posts) == 3


def test_facets_count_the_stories_under_names_that_last(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(
            store,
            ("one", saying("Björk", "Army", directors=("Michel Gondry",), year=1995)),
            ("two", saying("Björk", "Hyperballad", directors=("Michel Gondry",), year=1996)),
            ("three", saying("夜光列車", "灯台", year=2024)),
        )
        artists = {(f.slug, f.label): f.stories for f in store.stories.facets("artist")}
        assert artists == {("bjork", "Björk"): 2, ("yeguanglieche", "夜光列車"): 1}
        assert [(f.slug, f.stories) for f in store.stories.facets("decade")] == [
            ("1990s", 2), ("2020s", 1)
        ]  # fmt: skip
        assert len(store.stories.under("director", "michel-gondry")) == 2


def test_two_names_with_one_transliteration_get_two_slugs(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("東京", "Home")), ("two", saying("东京", "Porch")))
        slugs = [facet.slug for facet in store.stories.facets("artist")]
        assert len(set(slugs)) == 2


def test_the_stories_of_a_week_are_those_with_posts_about_them_in_it(tmp_path: Path) -> None:
    week = timedelta(days=7)
    with open_store(tmp_path) as store:
        put(store, ("old", saying("Kestrel", "Old")), now=NOW)
        put(store, ("new", saying("Kestrel", "New")), now=NOW + week)
        rows = store.stories.newest(since=NOW + week, until=NOW + 2 * week)
        assert [row.song for row in rows] == ["New"]


NAMES = st.sampled_from(["", "Ann", "Ann & Bo", "Bo", "Anna Karrel", "Anna Karel", "The Ann"])
SONGS = st.sampled_from(["", "Home", "Home (Remix)", "Homeward Bells", "Homeward Bell"])
SHOWN = st.lists(st.sampled_from(VIDEOS), max_size=2, unique=True)
SAID = st.lists(st.tuples(NAMES, SONGS, SHOWN), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stores")


def split(items: Sequence, sizes: Iterable[int]) -> list[Sequence]:
    parts, rest = [], list(items)
    for size in sizes:
        parts, rest = [*parts, rest[:size]], rest[size:]
    return [part for part in (*parts, rest) if part]


@settings(max_examples=40, deadline=None)
@given(SAID, st.randoms(use_true_random=False), st.lists(st.integers(1, 3), max_size=4))
def test_no_order_and_no_batches_change_the_stories(
    folder: Path, said: list, shuffler: random.Random, sizes: list[int]
) -> None:
    posts = [
        (f"p{n}", saying(artist, song, *shown)) for n, (artist, song, shown) in enumerate(said)
    ]
    with empty_store(folder) as store:
        put(store, *posts)
        at_once = partition(store)
    shuffler.shuffle(posts)
    with empty_store(folder) as store:
        for part in split(posts, sizes):
            put(store, *part, batch=shuffler.randint(1, 3))
        assert partition(store) == at_once


@settings(max_examples=25, deadline=None)
@given(SAID, SAID, st.randoms(use_true_random=False))
def test_posts_that_are_judged_anew_end_where_new_ones_would(
    folder: Path, first: list, then: list, shuffler: random.Random
) -> None:
    count = min(len(first), len(then))
    before, after = (
        [
            (f"p{n}", saying(artist, song, *shown))
            for n, (artist, song, shown) in enumerate(part[:count])
        ]
        for part in (first, then)
    )
    with empty_store(folder) as store:
        put(store, *after)
        wanted = partition(store)
    with empty_store(folder) as store:
        put(store, *before)
        shuffler.shuffle(after)
        for name, made in after:
            store.judge_again([(store.posts(name)[0], made)], NOW)
            if shuffler.random() < 0.5:
                joining.settle(store)
        joining.settle(store)
        assert partition(store) == wanted
