"""`teach` and `replay` as people meet them: processes, pipes, terminals, exit codes."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Done, run, write_config
from tests.small_web import Page, SmallWeb, item, rss
from tests.test_cli import on_a_terminal

pytestmark = pytest.mark.slow

LINK = "https://blog.example/1"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose feeds were polled once: posts 1 and 2 of one feed, 3 a copy of 1."""
    folder = tmp_path_factory.mktemp("ready")
    pages = {"/feed": Page(rss(item(1), item(2))), "/copy": Page(rss(item(1), title="Copy"))}
    with SmallWeb(pages) as web:
        write_config(folder, web.url("/feed"))
        assert run("fetch", cwd=folder).code == 0
        write_config(folder, web.url("/feed"), web.url("/copy"))
        assert run("fetch", cwd=folder).code == 0
    return folder


@pytest.fixture
def polled(ready: Path, tmp_path: Path) -> Path:
    """A copy of the polled folder for one test."""
    return shutil.copytree(ready, tmp_path / "polled")


def numbers(folder: Path) -> dict[str, list[int]]:
    """Numbers of the posts by link, as they were read."""
    with sqlite3.connect(folder / "aggregator.db") as raw:
        found: dict[str, list[int]] = {}
        for number, link in raw.execute("SELECT id, link FROM entry ORDER BY id"):
            found.setdefault(link, []).append(number)
    return found


def spoil(folder: Path) -> None:
    """Give all posts a verdict that the judge would not."""
    with sqlite3.connect(folder / "aggregator.db") as raw:
        raw.execute("UPDATE verdict SET score = 0.1, kind = NULL, works = '[]'")


def verdicts(folder: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "aggregator.db") as raw:
        return raw.execute("SELECT entry_id, score, kind, reasons, works FROM verdict").fetchall()


def refused(done: Done, code: int, words: str) -> None:
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert len(done.err.splitlines()) == 1


def test_a_taught_post_and_its_copy_are_dropped_at_once(polled: Path) -> None:
    first, copy = numbers(polled)[LINK]
    done = run("teach", str(first), "drop", cwd=polled)
    assert done.code == 0
    rows = [line.split("\t") for line in done.out.splitlines()[:-1]]
    assert [row[0] for row in rows] == [str(first), str(copy)]
    assert all(row[2].startswith("kept as") and row[3].startswith("dropped") for row in rows)
    assert "1 other post with the same words changed too" in done.out
    why = run("why", str(copy), cwd=polled)
    assert "dropped" in why.out
    assert "the editor's correction: drop" in why.out


def test_teaching_by_address_with_json_is_one_document(polled: Path) -> None:
    done = run("teach", LINK, "drop", "--json", cwd=polled)
    assert (done.code, done.err) == (0, "")
    assert done.json["numbers"] == numbers(polled)[LINK]
    assert done.json["changed"] == 2
    post = done.json["posts"][0]
    assert set(post) == {"number", "title", "before", "after"}
    assert (post["before"]["keep"], post["after"]["keep"]) == (True, False)
    again = run("teach", LINK, "drop", "--json", cwd=polled).json
    assert (again["changed"], again["numbers"]) == (0, done.json["numbers"])


def test_undo_restores_what_was_there(polled: Path) -> None:
    before = verdicts(polled)
    assert run("teach", LINK, "drop", "-q", cwd=polled).out == ""
    assert verdicts(polled) != before
    done = run("teach", LINK, "--undo", cwd=polled)
    assert done.code == 0
    assert "Taken back" in done.out
    assert verdicts(polled) == before
    assert run("replay", "--json", cwd=polled).json["rescored"] == 0


def test_undo_of_what_was_not_taught_says_which_correction_counts(polled: Path) -> None:
    first, copy = numbers(polled)[LINK]
    refused(run("teach", str(first), "--undo", cwd=polled), 1, "there is no correction of")
    assert run("teach", str(first), "drop", cwd=polled).code == 0
    refused(run("teach", str(copy), "--undo", cwd=polled), 1, "follows that of another post: drop")


def test_corrections_are_listed(polled: Path) -> None:
    assert run("teach", "--list", cwd=polled).out == ""
    number = str(numbers(polled)[LINK][0])
    run("teach", number, "keep", cwd=polled)
    (line,) = run("teach", "--list", cwd=polled).out.splitlines()
    assert line.split("\t")[1:] == [
        "keep", "Watch the new music video for Song 1 by The Band 1", LINK,
    ]  # fmt: skip
    (row,) = run("teach", "--list", "--json", cwd=polled).json["corrections"]
    assert (row["keep"], row["link"]) == (True, LINK)


def test_corrections_travel_to_another_store(polled: Path, ready: Path, tmp_path: Path) -> None:
    run("teach", LINK, "drop", cwd=polled)
    taught = verdicts(polled)
    assert run("teach", "--export", "said.jsonl", cwd=polled).code == 0
    text = (polled / "said.jsonl").read_bytes()
    assert not (polled / "said.jsonl.part").exists()
    piped = run("teach", "--export", "-", cwd=polled)
    assert [json.loads(line) for line in piped.out.splitlines()] == [
        json.loads(line) for line in text.splitlines()
    ]
    other = shutil.copytree(ready, tmp_path / "other")
    done = run("teach", "--import", "-", "--json", cwd=other, stdin=text)
    assert (done.json["imported"], len(done.json["changes"])) == (2, 2)
    assert verdicts(other) == taught
    assert run("teach", "--import", polled / "said.jsonl", cwd=other).code == 0
    assert run("teach", "--export", "-", cwd=other).out == piped.out


def test_a_correction_from_elsewhere_can_be_taken_back(polled: Path) -> None:
    run("teach", LINK, "drop", cwd=polled)
    said = run("teach", "--export", "-", cwd=polled).out
    far = said.splitlines()[0].replace(LINK, "https://far.example/9")
    assert run("teach", "--import", "-", cwd=polled, stdin=far.encode()).code == 0
    assert run("teach", "https://far.example/9", "--undo", cwd=polled).code == 0
    assert run("teach", "--list", cwd=polled).out.count("far.example") == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("nosuch", "keep"), 1, "no stored post has the number, address or id nosuch"),
        (("1", "dorp"), 2, "dorp is no verdict (did you mean drop?)"),
        (("1", "KEEP"), 2, "did you mean keep?"),
        (("1", "maybe"), 2, "say keep or drop"),
        (("1",), 2, "no verdict is given (such as `aggregator teach 1 drop`)"),
        ((), 2, "no post is named"),
        (("1", "keep", "--undo"), 2, "--undo takes no verdict"),
        (("1", "--list"), 2, "stand alone"),
        (("--import", "nosuch.jsonl"), 2, "no such file"),
    ],
)
def test_wrong_words_are_told_and_nothing_is_taught(
    polled: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    refused(run("teach", *words, cwd=polled), code, told)
    assert run("teach", "--list", cwd=polled).out == ""


def test_a_file_with_a_bad_line_is_refused_whole(polled: Path) -> None:
    run("teach", LINK, "drop", cwd=polled)
    said = run("teach", "--export", "-", cwd=polled).out
    run("teach", LINK, "--undo", cwd=polled)
    done = run("teach", "--import", "-", cwd=polled, stdin=f"{said}no\n".encode())
    refused(done, 2, "standard input:3: is no correction")
    assert run("teach", "--list", cwd=polled).out == ""


def test_an_id_of_several_posts_is_not_guessed_at(polled: Path) -> None:
    first, copy = numbers(polled)[LINK]
    with sqlite3.connect(polled / "aggregator.db") as raw:
        raw.execute("UPDATE entry SET link = 'https://copy.example/1' WHERE id = ?", (copy,))
    done = run("teach", LINK, "drop", cwd=polled)
    refused(done, 2, f"{LINK} is the id of several posts (name one of {first}, {copy})")


def test_replay_shows_what_changes_before_it_writes(polled: Path) -> None:
    spoil(polled)
    before = verdicts(polled)
    dry = run("replay", "--dry-run", cwd=polled)
    assert dry.code == 0
    assert "3 posts judged: 3 newly kept" in dry.out
    assert "Nothing was written." in dry.out
    assert verdicts(polled) == before
    wet = run("replay", "--json", cwd=polled)
    counts = {name: wet.json[name] for name in ("judged", "changed", "kept", "dropped", "written")}
    assert counts == {"judged": 3, "changed": 3, "kept": 3, "dropped": 0, "written": True}
    assert {change["before"]["keep"] for change in wet.json["changes"]} == {False}
    assert {change["after"]["keep"] for change in wet.json["changes"]} == {True}
    again = run("replay", "--json", cwd=polled).json
    assert (again["changed"], again["rescored"], again["changes"]) == (0, 0, [])


def test_replay_of_what_was_just_polled_changes_nothing(polled: Path) -> None:
    report = run("replay", "--dry-run", "--json", cwd=polled).json
    assert (report["changed"], report["rescored"], report["written"]) == (0, 0, False)


def test_replay_without_a_post_is_exit_1(tmp_path: Path) -> None:
    write_config(tmp_path)
    refused(run("replay", cwd=tmp_path), 1, "no post is stored yet")


def test_later_polls_heed_the_corrections(tmp_path: Path) -> None:
    with SmallWeb({"/a": Page(rss(item(1)))}) as web:
        write_config(tmp_path, web.url("/a"))
        run("fetch", cwd=tmp_path)
        run("teach", LINK, "drop", cwd=tmp_path)
        web.pages["/b"] = Page(rss(item(1), title="Copy"))
        write_config(tmp_path, web.url("/a"), web.url("/b"))
        report = run("fetch", "--json", cwd=tmp_path).json
    assert (report["new_posts"], report["kept"]) == (1, 0)


def test_judge_heeds_the_corrections_of_the_configured_store(polled: Path) -> None:
    line = json.dumps({"id": LINK, "title": "Some title", "feed": feed_of(polled)}).encode()
    before = run("judge", "-", cwd=polled, stdin=line).json["keep"]
    run("teach", LINK, "drop" if before else "keep", cwd=polled)
    assert run("judge", "-", cwd=polled, stdin=line).json["keep"] is not before
    assert run("judge", "-", cwd=polled.parent, stdin=line).json["keep"] is before


def feed_of(folder: Path) -> str:
    with sqlite3.connect(folder / "aggregator.db") as raw:
        return str(raw.execute("SELECT url FROM feed ORDER BY id").fetchone()[0])


@pytest.mark.slow
def test_a_terminal_gets_a_progress_bar_and_a_table(polled: Path) -> None:
    spoil(polled)
    code, shown = on_a_terminal("replay", cwd=polled)
    assert code == 0
    assert "Judging" in shown
    assert "Before" in shown
