"""A mailing from the command line: a list in, an issue out over real SMTP, and its ledger."""

import json
from pathlib import Path

import pytest

from tests.commands import run
from tests.mail_sink import running_sink
from tests.stored import entry, judged, open_store, record

pytestmark = pytest.mark.slow


@pytest.fixture
def club(tmp_path: Path) -> Path:
    """A folder with a configuration and a store with one kept post."""
    folder = tmp_path / "club"
    folder.mkdir()
    (folder / "feeds.yaml").write_text("database: a.db\nfeeds: []\n")
    with open_store(folder) as store:
        record(store, [judged(entry("1", "Paper Comet – Switchyard"))])
    return folder


def configure(folder: Path, port: int) -> None:
    (folder / "feeds.yaml").write_text(
        f"database: a.db\nmail: {{host: 127.0.0.1, port: {port}, security: none}}\n"
        "digest: {sender: digest@club.example}\nfeeds: []\n"
    )


def test_an_issue_goes_from_the_list_to_the_mailboxes(club: Path, tmp_path: Path) -> None:
    (club / "list.csv").write_text("email\nann@a.example\nbob@\nfull@a.example\ncy@a.example\n")
    told = json.loads(run("subscribers", "import", "list.csv", "--json", cwd=club).out)
    assert (told["added"], [bad["line"] for bad in told["bad"]]) == (3, [3])
    run("subscribers", "remove", "cy@a.example", "--erase", cwd=club)
    again = json.loads(run("subscribers", "import", "list.csv", "--json", cwd=club).out)
    assert (again["added"], again["known"], again["suppressed"]) == (0, 2, 1)
    assert "cy@" not in run("subscribers", "export", cwd=club).out

    refused = run("digest", "send", cwd=club)
    assert refused.code == 2 and "mail.host" in refused.err
    with running_sink(tmp_path / "sink", "--whole") as sink:
        configure(club, sink.port)
        dry = json.loads(run("digest", "send", "--dry-run", "--json", cwd=club).out)
        assert dry["recipients"] == 2 and not dry["frozen_before"]
        assert run("digest", "status", cwd=club).code == 1
        assert run("digest", "send", "--to", "me@a.example", cwd=club).code == 0
        first = run("digest", "send", "--json", cwd=club)
        assert first.code == 3, "one mailbox is full: not complete"
        state = json.loads(first.out)
        assert (state["sent"], state["pending"], state["recipients"]) == (1, 1, 2)
        assert run("digest", "resume", cwd=club).code == 3
        assert sink.copies() == {"me@a.example": 1, "ann@a.example": 1}
        mails = [path.read_bytes() for path in sink.folder.glob("*.eml")]
    assert all(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail for mail in mails)
    shown = run("digest", "status", cwd=club)
    assert shown.code == 0 and "1 waiting for their next try" in shown.out


def test_an_address_that_is_none_is_refused_with_its_reason(club: Path) -> None:
    said = run("subscribers", "add", "ann@", cwd=club)
    assert said.code == 2 and "'ann@' is no mail address" in said.err


def test_a_file_of_bad_rows_alone_is_exit_1(club: Path) -> None:
    (club / "list.csv").write_text("email\nbob@\n")
    said = run("subscribers", "import", "list.csv", cwd=club)
    assert said.code == 1 and "3\tbob@" not in said.out and "2\tbob@" in said.out
