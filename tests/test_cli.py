"""The command line as people meet it: processes, pipes, terminals, signals, exit codes."""

import json
import os
import pty
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from aggregator.cli import app, starting
from aggregator.config import schema
from tests.commands import ENVIRONMENT, PROGRAM, ROOT, Done, run, write_config
from tests.small_web import Page, SmallWeb, item, rss

pytestmark = pytest.mark.slow

COMMANDS = ROOT / "docs" / "commands.md"
CONFIGURATION = ROOT / "docs" / "configuration.md"
NEED_NO_CONFIG = {"init", "demo", "config schema"}


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command with its full name."""
    group = group or typer.main.get_command(app)
    inner = getattr(group, "commands", {})
    if not inner:
        yield " ".join(path), group
    for name, command in inner.items():
        yield from commands(command, (*path, name))


ALL = dict(commands())


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with SmallWeb({"/feed": Page(rss(item(1), item(2)))}) as running:
        yield running


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose feeds were polled once."""
    folder = tmp_path_factory.mktemp("polled")
    with SmallWeb({"/feed": Page(rss(item(1), item(2)))}) as running:
        write_config(folder, running.url("/feed"))
        assert run("fetch", cwd=folder).code == 0
    return folder


def test_all_commands_of_this_stage_are_there() -> None:
    assert set(ALL) == {
        "run", "fetch", "publish", "digest build", "serve", "judge", "why", "parse", "init", "demo",
        "teach", "replay", "config check", "config schema", "digest send", "digest resume",
        "digest status", "subscribers list", "subscribers add", "subscribers import",
        "subscribers export", "subscribers remove", "subscribers bounces",
        "doctor", "stories list", "stories show", "stories merge", "stories split",
        "feeds list", "feeds add", "feeds remove", "feeds check", "feeds discover", "feeds import",
        "feeds export",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_command_has_help_an_example_and_the_shared_options(name: str) -> None:
    command = ALL[name]
    assert (command.help or "").strip()
    assert "Example" in (command.epilog or "")
    assert f"aggregator {name}" in (command.epilog or "")
    options = {option for param in command.params for option in param.opts}
    assert {"--json", "--verbose", "-v", "--quiet", "-q"} <= options
    assert ("--config" in options) == (name not in NEED_NO_CONFIG)
    for param in command.params:
        assert getattr(param, "help", ""), f"{name} {param.name} has no help"


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_command_and_option_is_documented(name: str) -> None:
    text = COMMANDS.read_text("utf-8")
    found = re.search(rf"^## `{name}(?:[ \[`][^\n]*)?\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"docs/commands.md has no heading for {name}"
    shared = text.partition("## `run`")[0]
    for param in ALL[name].params:
        if param.param_type_name == "option":
            assert f"`{param.opts[0]}" in found[1] or f"`{param.opts[0]}" in shared, param.name


def test_no_command_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^## `([a-z ]+[a-z])", COMMANDS.read_text("utf-8"), re.M)
    assert set(headings) == set(ALL)


def test_every_configuration_key_is_documented_with_its_default() -> None:
    text = CONFIGURATION.read_text("utf-8")
    document: dict[str, Any] = schema()
    parts = {"At the top": document["anyOf"][0], **{f"`{n}`": p for n, p in sections(document)}}
    for heading, part in parts.items():
        section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
        rows = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", section, re.M))
        assert set(rows) == set(part["properties"]), heading
        for key, row in rows.items():
            _, default, meaning, example = (cell.strip() for cell in row.split("|"))
            stated = part["properties"][key].get("default")
            if isinstance(stated, str | int | float) and stated != "":
                assert default == f"`{stated:g}`" if isinstance(stated, float) else f"`{stated}`"
            assert meaning
            assert example.startswith(f"`{key}: ")


def sections(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in document["anyOf"][0]["properties"].items():
        if "$ref" in value:
            yield key, document["$defs"][value["$ref"].rpartition("/")[2]]
    yield "feeds", document["$defs"]["FeedItem"]


def test_the_examples_of_configuration_are_right(tmp_path: Path) -> None:
    from aggregator.config import load_settings

    text = CONFIGURATION.read_text("utf-8")
    part = ""
    for line in text.splitlines():
        if line.startswith("## "):
            part = line.strip("# `")
        if found := re.match(r"^\| `\w+` \|.*\| `(.*)` \|$", line):
            whole = {
                "At the top": found[1],
                "feeds": f"feeds: [{{{found[1]}, url: 'https://x.example/'}}]",
            }.get(part, f"{part}: {{{found[1]}}}")
            if found[1].startswith("url:") and part == "feeds":
                whole = f"feeds: [{{{found[1]}}}]"
            (tmp_path / "feeds.yaml").write_text(whole, "utf-8")
            load_settings(tmp_path / "feeds.yaml")


def test_help_comes_without_the_heavy_libraries(tmp_path: Path) -> None:
    code = (
        "import sys, runpy\nsys.argv = ['aggregator', '--help']\n"
        "try: runpy.run_module('aggregator', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "heavy = {'httpx', 'sqlalchemy', 'lxml', 'feedparser', 'pydantic', 'jinja2', 'alembic',\n"
        "         'nh3', 'yaml', 'PIL', 'starlette', 'uvicorn', 'apscheduler', 'asyncio', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env=ENVIRONMENT,
    )  # fmt: skip
    assert done.stderr.strip() == "[]"
    assert "Commands" in done.stdout


def test_the_version_is_told(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path)
    assert done.code == 0
    assert re.fullmatch(r"aggregator \d+\.\d+\S*\n", done.out)


@pytest.mark.parametrize(
    "words",
    [
        ("nosuch",),
        ("fetch", "--nosuch"),
        ("serve", "--port", "x"),
        ("serve", "--port", "0"),
        ("why",),
    ],
)
def test_wrong_usage_is_exit_2_with_a_word_on_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(*words, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert done.err.strip()


def test_the_whole_job_with_json_is_one_document_and_nothing_else(
    tmp_path: Path, web: SmallWeb
) -> None:
    write_config(tmp_path, web.url("/feed"), web.url("/none"))
    done = run("run", "--json", "-vv", cwd=tmp_path)
    assert done.code == 0
    report = done.json["fetch"]
    counts = {name: report[name] for name in ("feeds", "polled", "updated", "failed", "new_posts")}
    assert counts == {"feeds": 2, "polled": 2, "updated": 1, "failed": 1, "new_posts": 2}
    assert set(report) == {
        "feeds", "polled", "unchanged", "updated", "failed", "postponed", "new_posts", "kept",
        "seconds", "results",
    }  # fmt: skip
    good, bad = report["results"]
    assert (good["outcome"], good["status"], good["entries"], good["error"]) == (
        "updated",
        200,
        2,
        None,
    )
    assert (bad["outcome"], bad["status"]) == ("failed", 404)
    assert "404" in bad["error"]
    assert good["next_poll"].endswith("+00:00")
    assert {"atom.xml", "index.html"} <= set(done.json["published"])
    assert "DEBUG" in done.err
    again = run("run", "--json", cwd=tmp_path)
    assert (again.json["fetch"]["polled"], again.json["published"]) == (0, [])


def test_a_pipe_gets_tab_separated_lines_and_no_progress(tmp_path: Path, web: SmallWeb) -> None:
    write_config(tmp_path, web.url("/feed"))
    done = run("fetch", cwd=tmp_path)
    first, last = done.out.splitlines()
    assert first == f"{web.url('/feed')}\tupdated\t2\t2\t"
    assert last.startswith("1 of 1 feeds polled in ")
    assert done.err == ""
    assert "\x1b" not in done.out


def test_quiet_says_nothing_where_nothing_went_wrong(tmp_path: Path, web: SmallWeb) -> None:
    write_config(tmp_path, web.url("/feed"))
    assert run("run", "--quiet", cwd=tmp_path) == Done(0, "", "")


def on_a_terminal(*words: str, cwd: Path) -> tuple[int, str]:
    """Run the program on a terminal of its own; its exit code and what the terminal showed."""
    master, slave = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR")
    process = subprocess.Popen(
        [*PROGRAM, *words], cwd=cwd, stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    shown = b""
    while True:
        ready, _, _ = select.select([master], [], [], 30)
        try:
            piece = os.read(master, 65536) if ready else b""
        except OSError:
            piece = b""
        if not piece:
            break
        shown += piece
    os.close(master)
    return process.wait(30), shown.decode()


@pytest.mark.slow
def test_a_terminal_gets_a_progress_bar_and_a_table(tmp_path: Path, web: SmallWeb) -> None:
    write_config(tmp_path, web.url("/feed"))
    code, shown = on_a_terminal("fetch", cwd=tmp_path)
    assert code == 0
    assert "Polling" in shown
    assert "Outcome" in shown
    assert "\x1b[" in shown


def test_a_hostile_title_does_not_steer_the_terminal_or_break_the_lines(tmp_path: Path) -> None:
    title = "Evil \u202e\u009b2J &#x9b;5m\ttab\nline"
    document = rss(item(1, title=title), title="A \u009bBlog")
    (tmp_path / "feed.xml").write_bytes(document)
    done = run("parse", "feed.xml", cwd=tmp_path)
    assert done.code == 0
    assert not {"\u009b", "\u202e"} & set(done.out)
    assert done.out.splitlines()[1].count("\t") == 2
    _, shown = on_a_terminal("parse", "feed.xml", cwd=tmp_path)
    assert not {"\u009b", "\u202e"} & set(shown)


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    lines = b'{"id": "1", "title": "Some title"}\n' * 300
    (tmp_path / "posts.jsonl").write_bytes(lines)
    command = f"{sys.executable} -m aggregator judge posts.jsonl | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, env=ENVIRONMENT,
        check=False,
    )  # fmt: skip
    verdict, code = done.stdout.splitlines()
    assert json.loads(verdict)["id"] == "1"
    assert (code, done.stderr) == ("0", "")


@pytest.mark.slow
def test_an_interrupted_poll_ends_with_130_and_keeps_what_was_read(tmp_path: Path) -> None:
    never = threading.Event()
    pages = {"/a": Page(rss(item(1))), "/slow": Page(rss(item(2)), wait=never)}
    with SmallWeb(pages) as web:
        write_config(tmp_path, web.url("/a"), web.url("/slow"))
        process = subprocess.Popen(
            [*PROGRAM, "fetch"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=ENVIRONMENT,
        )  # fmt: skip
        until(lambda: "/slow" in web.asked)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (130, "")
        assert err.strip() == "Interrupted; what was done is kept."
        never.set()
        with sqlite3.connect(tmp_path / "aggregator.db") as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert raw.execute("SELECT count(*) FROM entry").fetchone() == (1,)
        assert run("fetch", "--json", cwd=tmp_path).json["new_posts"] == 1


def until(true: Any) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("waited in vain")


def test_where_every_feed_fails_the_report_comes_and_the_code_is_1(
    tmp_path: Path, web: SmallWeb
) -> None:
    write_config(tmp_path, web.url("/none"))
    for command in ("fetch", "run"):
        done = run(command, "--all", "--json", cwd=tmp_path)
        report = done.json.get("fetch", done.json)
        assert (done.code, report["failed"]) == (1, 1)
        assert "all 1 feeds failed" in done.err


def test_where_there_is_nothing_to_do_the_code_is_1(tmp_path: Path) -> None:
    write_config(tmp_path)
    for words, reason in (
        (("fetch",), "no feed to poll"),
        (("publish",), "nothing to publish"),
        (("digest", "build"), "nothing to publish"),
        (("why", "1"), "no stored post"),
    ):
        done = run(*words, cwd=tmp_path)
        assert (done.code, done.out) == (1, "")
        assert reason in done.err


def test_a_feed_that_is_not_subscribed_is_wrong_usage(polled: Path) -> None:
    done = run("fetch", "https://blog.example/other", cwd=polled)
    assert done.code == 2
    assert "is not subscribed" in done.err


def test_a_store_that_is_none_is_told_without_a_traceback(tmp_path: Path) -> None:
    write_config(tmp_path, "https://blog.example/feed")
    (tmp_path / "aggregator.db").write_bytes(b"holiday notes" * 99)
    done = run("fetch", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert re.fullmatch(r"Error: the store .* is not a database\n", done.err)


def test_an_output_folder_that_can_not_be_written_is_told(polled: Path, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("x")
    config = polled / "blocked.yaml"
    config.write_text(f"output: {blocker}\n", "utf-8")
    done = run("publish", "-c", config, cwd=tmp_path)
    assert done.code == 1
    assert str(blocker) in done.err
    assert "Traceback" not in done.err


def test_why_tells_the_reasons_by_number_address_and_id(polled: Path) -> None:
    plain = run("why", "1", cwd=polled)
    assert "kept as premiere" in plain.out
    assert re.search(r"^[+-]\d\.\d\d\t\S.*\t", plain.out, re.M)
    by_url = run("why", "https://blog.example/1", "--json", cwd=polled)
    assert by_url.json["link"] == "https://blog.example/1"
    assert {"number", "title", "keep", "score", "kind", "reasons", "works", "videos"} <= set(
        by_url.json
    )


def test_publish_and_digest_write_under_output_and_say_what(polled: Path, tmp_path: Path) -> None:
    config = polled / "elsewhere.yaml"
    config.write_text(f"output: {tmp_path / 'public'}\n", "utf-8")
    published = run("publish", "--json", "-c", config, cwd=polled).json["published"]
    assert all((tmp_path / "public" / name).is_file() for name in published)
    made = run("digest", "build", "--json", "-c", config, cwd=polled).json
    assert made["posts"] == 2
    assert all((tmp_path / "public" / name).is_file() for name in made["files"])
    wrong = run("digest", "build", "--issue", "2025-W53", "-c", config, cwd=polled)
    assert (wrong.code, "is no week" in wrong.err) == (2, True)


def test_judge_gives_one_line_for_each_in_the_same_order(tmp_path: Path) -> None:
    posts = [
        {"id": "b", "title": "Official music video"},
        {"title": "line \u2028 separator \u0085 in it"},
        {"id": "\ud800", "text": "lone surrogate"},
    ]
    raw = [json.dumps(post, ensure_ascii=n != 1) for n, post in enumerate(posts)]
    text = "\ufeff" + "\n".join(raw) + "\n"
    (tmp_path / "posts.jsonl").write_text(text, "utf-8")
    from_file = run("judge", "posts.jsonl", cwd=tmp_path)
    from_pipe = run("judge", "-", cwd=tmp_path, stdin=text.encode())
    assert from_file == from_pipe
    verdicts = [json.loads(line) for line in from_file.out.splitlines()]
    assert [v["id"] for v in verdicts] == ["b", "", "\ud800"]
    for v in verdicts:
        assert list(v) == ["id", "keep", "score", "kind", "language", "reasons", "works", "videos"]
        assert 0 <= v["score"] <= 1


def test_judge_names_the_line_that_is_no_post(tmp_path: Path) -> None:
    done = run("judge", "-", cwd=tmp_path, stdin=b'{"id": "1"}\n\n{"id": "2"\n')
    assert done.code == 2
    assert len(done.out.splitlines()) == 1
    assert "standard input:3: is no post" in done.err


def test_judge_survives_bytes_that_are_no_text(tmp_path: Path) -> None:
    done = run("judge", "-", cwd=tmp_path, stdin=b'{"id": "1", "title": "caf\xe9"}\n\xff\xfe\n')
    assert (done.code, len(done.out.splitlines())) == (2, 1)
    assert "Traceback" not in done.err


def test_judge_takes_a_feed_file_and_measures_labelled_posts(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss(item(1), item(2)))
    ids = [
        json.loads(line)["id"] for line in run("judge", "feed.xml", cwd=tmp_path).out.splitlines()
    ]
    assert ids == ["https://blog.example/1", "https://blog.example/2"]
    labelled = {"id": "1", "title": "Cake recipe", "gold": {"label": "drop"}}
    (tmp_path / "gold.jsonl").write_text(json.dumps(labelled) + "\n", "utf-8")
    done = run("judge", "--eval", "gold.jsonl", "--json", cwd=tmp_path)
    assert done.json["overall"]["posts"] == 1
    assert {"by_language", "by_kind", "calibration_error", "mistakes"} <= set(done.json)


def test_parse_shows_a_document_and_refuses_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss(item(1)))
    document = run("parse", "feed.xml", "--json", cwd=tmp_path).json
    assert document["feed"]["title"] == "A Blog"
    assert set(document["feed"]) == {
        "title", "link", "format", "language", "hub", "self", "ttl", "skip_hours", "skip_days",
        "image",
    }  # fmt: skip
    (entry,) = document["entries"]
    assert entry["published"] == "2026-11-16T10:00:00+00:00"
    assert entry["videos"][0]["provider"] == "youtube"
    (tmp_path / "page.html").write_text("<!doctype html><html>hello", "utf-8")
    refused = run("parse", "page.html", "--json", cwd=tmp_path)
    assert (refused.code, refused.json["feed"]) == (1, None)
    assert "web page" in refused.json["problems"][0]["what"]
    missing = run("parse", "none.xml", cwd=tmp_path)
    assert (missing.code, "none.xml" in missing.err) == (2, True)


def test_init_writes_a_right_configuration_once(tmp_path: Path) -> None:
    assert run("init", "mine", cwd=tmp_path).code == 0
    path = tmp_path / "mine" / "feeds.yaml"
    checked = run("config", "check", "--json", "-c", path, cwd=tmp_path)
    assert checked.json["ok"] is True
    path.write_text("- https://mine.example/\n", "utf-8")
    again = run("init", "mine", cwd=tmp_path)
    assert (again.code, "is there already" in again.err) == (2, True)
    assert path.read_text("utf-8") == "- https://mine.example/\n"


def test_config_check_tells_file_line_key_and_cure(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("site:\n  titel: x\n", "utf-8")
    done = run("config", "check", "--json", cwd=tmp_path)
    assert done.code == 2
    assert done.json["ok"] is False
    error = done.json["error"]
    assert (error["line"], error["key"], error["cure"]) == (2, "site.titel", "did you mean title?")
    assert "feeds.yaml:2: site.titel: unknown key" in done.err


def test_config_schema_is_one_document(tmp_path: Path) -> None:
    done = run("config", "schema", cwd=tmp_path)
    assert json.loads(done.out)["title"] == "feeds.yaml"


@pytest.mark.slow
def test_demo_does_the_whole_job_and_can_do_it_again(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "feeds.yaml").write_text(starting._MARK, "utf-8")
    (folder / "aggregator.db").write_text("of the last demo", "utf-8")
    done = run("demo", "--folder", folder, "--output", "public", "--json", cwd=tmp_path)
    assert done.code == 0
    assert done.json["fetch"]["polled"] == 25
    assert (tmp_path / "public" / "digest" / f"{done.json['issue']}.html").is_file()
    assert all((tmp_path / "public" / name).is_file() for name in done.json["published"])


@pytest.mark.parametrize("name", ["feeds.yaml", "aggregator.db"])
def test_demo_refuses_a_folder_that_is_not_its_own(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", "utf-8")
    done = run("demo", "--folder", ".", cwd=tmp_path)
    assert (done.code, "is not the demo's" in done.err) == (2, True)
    assert {path.name for path in tmp_path.iterdir()} == {name}
    assert (tmp_path / name).read_text("utf-8") == "mine"


@pytest.mark.slow
def test_serve_polls_publishes_and_serves_until_stopped(tmp_path: Path, web: SmallWeb) -> None:
    write_config(tmp_path, web.url("/feed"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--json", "--port", str(port)], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    assert process.stdout is not None
    address = json.loads(process.stdout.readline())["url"]
    until((tmp_path / "output" / "atom.xml").exists)
    until(lambda: answers(f"{address}atom.xml"))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "Interrupted; what was done is kept."


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return b"Song 1" in answer.read()
    except OSError:
        return False
