"""Several processes poll as one does, and no end of one does harm."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli.crew import processes_for, shares_of
from aggregator.cli.house import house_of
from aggregator.config import load_settings
from aggregator.models import Subscription
from aggregator.web.client import host_of
from tests.commands import ENVIRONMENT, PROGRAM, run, write_config
from tests.loopback import Asked, Loopback, Pieces, reply, serving
from tests.small_web import item, rss

HOSTS = [f"127.0.0.{number}" for number in range(2, 12)]
feeds = st.lists(
    st.builds(
        lambda host, number: Subscription(f"https://{host}.example/{number}"),
        st.sampled_from("abcdefgh"),
        st.integers(0, 99),
    ),
    max_size=40,
    unique_by=lambda feed: feed.url,
)


@given(feeds, st.integers(1, 5))
def test_a_hosts_feeds_stay_together_and_nothing_is_lost(
    asked: list[Subscription], count: int
) -> None:
    shares = shares_of(asked, count)
    assert len(shares) == count
    assert sorted(f.url for share in shares for f in share) == sorted(f.url for f in asked)
    hosts = [{host_of(feed.url) for feed in share} for share in shares]
    assert sum(map(len, hosts)) == len(set().union(*hosts))


def test_shares_are_about_as_large() -> None:
    asked = [Subscription(f"https://h{n % 100}.example/{n}") for n in range(1000)]
    assert [len(share) for share in shares_of(asked, 4)] == [250] * 4


def test_a_process_is_started_only_where_it_is_worth_it(tmp_path: Path) -> None:
    many = [Subscription(f"https://h{n}.example/") for n in range(1000)]
    one_host = [Subscription(f"https://h.example/{n}") for n in range(1000)]
    with house_of(load_settings(write_config(tmp_path))) as house:
        assert processes_for(house, many[:50]) == 1
        assert processes_for(house, one_host) == 1
        assert 1 <= processes_for(house, many) <= (os.cpu_count() or 1)


def write_crew(folder: Path, web: Loopback, processes: int) -> Path:
    """A configuration of feeds on many hosts; gives the database."""
    folder.mkdir(exist_ok=True)
    path = write_config(folder, *(web.url(f"/{n}", host) for host in HOSTS for n in "ab"))
    text = path.read_text("utf-8").replace("pause: 0", f"pause: 0, processes: {processes}")
    path.write_text(text, "utf-8")
    return folder / "aggregator.db"


def answer(asked: Asked) -> Pieces:
    number = int(asked.headers["host"].split(":")[0].rpartition(".")[2])
    known = asked.headers.get("if-none-match") == '"1"'
    if known:
        return reply(status="304 Not Modified")
    return reply(rss(item(number), item(number + 100)), headers={"ETag": '"1"'})


def entries(database: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(database) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = "SELECT feed.url, entry_id FROM entry JOIN feed ON feed.id = feed_id ORDER BY 1, 2"
        return raw.execute(rows).fetchall()


@pytest.mark.slow
def test_two_processes_bring_what_one_brings(tmp_path: Path) -> None:
    reports, stored = [], []
    with serving(answer, host="0.0.0.0") as web:
        for processes in (1, 2):
            folder = tmp_path / f"{processes}"
            database = write_crew(folder, web, processes)
            reports.append(run("fetch", "--json", cwd=folder).json)
            stored.append(entries(database))
            again = run("fetch", "--all", "--json", cwd=folder).json
            assert (again["unchanged"], again["new_posts"]) == (20, 0)
    for report in reports:
        assert (report["polled"], report["updated"], report["new_posts"]) == (20, 20, 40)
    assert [r["url"] for r in reports[0]["results"]] == [r["url"] for r in reports[1]["results"]]
    assert stored[0] == stored[1] and len(stored[0]) == 40


@contextmanager
def half_way(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A poll by two processes that waits for its last hosts when everything else is stored."""
    last = threading.Event()

    def slow(asked: Asked) -> Pieces:
        if asked.headers["host"].startswith(("127.0.0.10", "127.0.0.11")):
            last.wait(10)
        return answer(asked)

    with serving(slow, host="0.0.0.0") as web:
        database = write_crew(folder, web, 2)
        process = subprocess.Popen(
            [*PROGRAM, "fetch"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=ENVIRONMENT, start_new_session=True,
        )  # fmt: skip
        until(lambda: database.exists() and len(_stored(database)) == 16)
        try:
            yield process, database
        finally:
            last.set()
            if process.poll() is None:
                process.kill()
                process.wait()


def _stored(database: Path) -> list[object]:
    try:
        with sqlite3.connect(database) as raw:
            return raw.execute("SELECT id FROM feed WHERE body_hash <> ''").fetchall()
    except sqlite3.Error:
        return []


def until(true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("waited in vain")


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(number) for number in children.read_text().split()]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_or_killed_it_leaves_whole_feeds_and_no_process(
    tmp_path: Path, number: signal.Signals
) -> None:
    with half_way(tmp_path) as (process, database):
        workers = workers_of(process)
        os.killpg(process.pid, signal.SIGINT) if number is signal.SIGINT else process.kill()
        process.communicate(timeout=30)
        assert process.returncode == (130 if number is signal.SIGINT else -signal.SIGKILL)
        assert len(entries(database)) == 32
    until(lambda: not any(Path(f"/proc/{worker}/cwd").exists() for worker in workers))
    with serving(answer, host="0.0.0.0") as web:
        write_crew(tmp_path, web, 2)
        assert run("fetch", "--all", cwd=tmp_path).code == 0


@pytest.mark.slow
def test_a_process_that_is_killed_is_told_and_the_others_end(tmp_path: Path) -> None:
    with half_way(tmp_path) as (process, database):
        os.kill(workers_of(process)[0], signal.SIGKILL)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "a process that polled was ended" in err
        assert len(entries(database)) == 32
