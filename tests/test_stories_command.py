"""`stories`: listing, showing, and an editor's word that outlives every later run."""

from dataclasses import replace
from pathlib import Path

import pytest

from aggregator import joining
from aggregator.errors import ConfigError
from aggregator.models import Work
from tests.commands import run
from tests.stored import NOW, entry, judged, open_store, record, verdict
from tests.test_joining import partition, put, saying


def sample(folder: Path) -> None:
    (folder / "feeds.yaml").write_text("feeds: []\n", "utf-8")
    with open_store(folder, name="aggregator.db") as store:
        put(
            store,
            ("one", saying("Nine Inch Nails", "Closer", directors=("Mark Romanek",), year=1994)),
            ("two", saying("Nine Inch Nails", "Closer", year=1995)),
            ("three", saying("Glow Choir", "Night Drive")),
        )


def numbers(folder: Path) -> dict[str, str]:
    listed = run("stories", "list", "--json", cwd=folder).json
    return {row["slug"]: str(row["number"]) for row in listed}


def test_stories_are_listed_shown_and_counted(tmp_path: Path) -> None:
    sample(tmp_path)
    assert set(numbers(tmp_path)) == {"nine-inch-nails-closer", "glow-choir-night-drive"}
    shown = run("stories", "show", "nine-inch-nails-closer", cwd=tmp_path).out
    assert "director: Mark Romanek (posts 1)" in shown
    assert "year: 1995 (posts 2; not shown, most posts say otherwise)" in shown
    (told,) = [run("stories", "show", "two", "--json", cwd=tmp_path).json]
    assert [post["number"] for post in told["posts"]] == [1, 2]
    (count,) = run("stories", "list", "--by", "director", "--json", cwd=tmp_path).json
    assert (count["slug"], count["stories"]) == ("mark-romanek", 1)
    only = run("stories", "list", "--only", "decade=1990s", "--json", cwd=tmp_path).json
    assert [row["slug"] for row in only] == ["nine-inch-nails-closer"]


def test_why_says_what_the_story_is_and_who_disagrees(tmp_path: Path) -> None:
    sample(tmp_path)
    said = run("why", "2", cwd=tmp_path).out
    assert "Nine Inch Nails – “Closer” with 1 other post" in said
    assert "not shown, most posts say otherwise: year 1995 (2)" in said
    assert run("why", "2", "--json", cwd=tmp_path).json["stories"][0]["song"] == "Closer"


def test_the_editor_merges_and_splits(tmp_path: Path) -> None:
    sample(tmp_path)
    found = numbers(tmp_path)
    (one,) = run("stories", "merge", *found.values(), "--json", cwd=tmp_path).json
    assert len(one["posts"]) == 3
    parted = run("stories", "split", str(one["number"]), "--post", "3", "--json", cwd=tmp_path).json
    assert sorted(len(story["posts"]) for story in parted) == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "nobody"), 1, "no story has the number, id, slug or post nobody"),
        (("merge", "1"), 2, "one story can't be merged"),
        (("split", "1", "--post", "99"), 2, "post 99 is not of story 1"),
        (("split", "2", "--post", "3"), 2, "these are all posts of story 2"),
        (("list", "--by", "colour"), 2, "colour is no facet"),
    ],
)
def test_wrong_usage_is_told(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    sample(tmp_path)
    done = run("stories", *arguments, cwd=tmp_path)
    assert done.code == code
    assert words in done.err


def test_a_merge_holds_when_posts_are_read_anew_and_later_ones_come(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel", "Paper")), ("other", saying("Thorn", "Comet")))
        joining.merge(store, store.stories.newest(), NOW)
        assert partition(store) == {frozenset({"one", "other"})}
        store.judge_again([(store.posts("one")[0], saying("Kestrel Reed", "Paper Boat"))], NOW)
        put(store, ("later", saying("Thorn", "Comet")))
        assert partition(store) == {frozenset({"one", "other", "later"})}


def test_a_split_holds_when_posts_are_read_anew_and_later_ones_come(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel", "Home")), ("other", saying("Kestrel", "Home")))
        joining.split(store, store.stories.newest()[0], [2], NOW)
        store.judge_again([(store.posts("other")[0], saying("Kestrels", "Home"))], NOW)
        put(store, ("later", saying("Kestrel", "Home")))
        assert partition(store) == {frozenset({"one", "later"}), frozenset({"other"})}


def test_later_posts_follow_a_split_of_all_posts_of_one_name(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel & Thorn", "Home")), ("other", saying("Thorn", "Home")))
        joining.split(store, store.stories.newest()[0], [2], NOW)
        put(store, ("later", saying("Thorn", "Home")))
        assert partition(store) == {frozenset({"one"}), frozenset({"other", "later"})}


def test_a_split_is_undone_by_a_merge(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel", "Home")), ("other", saying("Kestrel", "Home")))
        (before,) = store.stories.newest()
        joining.split(store, before, [2], NOW)
        joining.merge(store, store.stories.newest(), NOW)
        assert partition(store) == {frozenset({"one", "other"})}
        assert [row.uid for row in store.stories.newest()] == [before.uid]


def test_a_list_keeps_its_other_works_when_one_is_parted_from_it(tmp_path: Path) -> None:
    works = (Work("Glow Choir", "Night Drive"), Work("Tin Ceiling", "Exit 353"))
    with open_store(tmp_path) as store:
        listing = replace(verdict(), works=works, videos=())
        record(store, [judged(entry("list"), listing)])
        put(store, ("a post", saying("Tin Ceiling", "Exit 353")))
        story = next(row for row in store.stories.newest() if row.song == "Exit 353")
        joining.split(store, story, [1], NOW)
        assert [row.posts for row in store.stories.newest() if row.song == "Exit 353"] == [1]
        assert len(store.stories.of_post(1)) == 3
        with pytest.raises(ConfigError):
            joining.split(store, story, [1], NOW)
