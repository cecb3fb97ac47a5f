"""The mailing list's pages over real HTTP: GET shows, POST acts, and nobody learns who is on it."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn

from aggregator.newsletter.subscribers import Status
from aggregator.newsletter.tokens import Purpose
from aggregator.publish.rendering import Templates
from aggregator.server.files import app_for
from aggregator.server.lists import list_pages
from aggregator.settings import Settings
from aggregator.signup import MOST_OF_NETWORK, Desk, Limits
from aggregator.store.mail import MailStore
from tests.posted import KEYS, NOW, mail_store


@dataclass
class Club:
    """A running server, its store, and the confirmation mails it sent."""

    client: httpx.Client
    store: MailStore
    mails: list[tuple[str, str]] = field(default_factory=list)
    now: datetime = NOW

    def ask(self, address: str) -> httpx.Response:
        return self.client.post("/list/join", data={"address": address})

    def settled(self, mails: int) -> list[tuple[str, str]]:
        """The mails, once so many were sent, and what comes in the half second behind them."""
        until = time.monotonic() + 20
        while len(self.mails) < mails and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.5)
        return self.mails


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Club]:
    (tmp_path / "output").mkdir()
    with mail_store(tmp_path, ["ann@a.example"]) as store:
        running = Club(httpx.Client(), store)

        async def send(address: str, token: str) -> None:
            running.mails.append((address, token))

        desk = Desk(store.subscribers, KEYS, lambda: running.now, send, "Once a week.")
        pages = list_pages(desk, Settings(), Templates(Path("/nowhere"), "UTC"))
        app = app_for(tmp_path / "output", pages)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            running.client = client
            yield running
        server.should_exit = True
        thread.join()


def status(club: Club, number: int) -> Status:
    found = club.store.subscribers.get(number)
    assert found is not None
    return found.status


def test_a_link_scanner_changes_nothing_and_a_button_does(club: Club) -> None:
    address = f"/list/leave/{KEYS.token(Purpose.UNSUBSCRIBE, 1)}"
    for _ in range(3):
        page = club.client.get(address)
        assert page.status_code == 200 and 'method="post"' in page.text
    assert status(club, 1) is Status.ACTIVE
    assert club.client.post(address).status_code == 200
    assert status(club, 1) is Status.LEFT


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
        {"content": b"\xff" * 100_000},
    ],
)
def test_one_click_works_whatever_the_body_and_as_often_as_you_like(
    club: Club, sent: dict[str, object]
) -> None:
    address = f"/list/leave/{KEYS.token(Purpose.UNSUBSCRIBE, 1)}"
    for _ in range(2):
        answer = club.client.post(address, follow_redirects=False, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert status(club, 1) is Status.LEFT


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.BOUNCE])
def test_a_token_for_something_else_does_not_unsubscribe(club: Club, purpose: Purpose) -> None:
    address = f"/list/leave/{KEYS.token(purpose, 1)}"
    assert club.client.get(address).status_code == 404
    assert club.client.post(address).status_code == 404
    assert status(club, 1) is Status.ACTIVE


@pytest.mark.parametrize("token", ["x", "%00", "A" * 32, "A" * 5000, "..%2f..", "é"])
def test_a_link_that_is_none_is_answered_with_help(club: Club, token: str) -> None:
    page = club.client.post(f"/list/leave/{token}")
    assert page.status_code in (404, 405)


def test_a_request_becomes_a_subscriber_only_when_the_mailboxs_owner_agrees(club: Club) -> None:
    assert club.ask("Bob@B.example").status_code == 200
    [(address, token)] = club.settled(1)
    assert address == "Bob@b.example"
    assert status(club, 2) is Status.PENDING
    page = club.client.get(f"/list/agree/{token}")
    assert "Once a week." in page.text and status(club, 2) is Status.PENDING
    assert club.client.post(f"/list/agree/{token}").status_code == 200
    bob = club.store.subscribers.get(2)
    assert bob is not None and bob.status is Status.ACTIVE and bob.confirmed_at == NOW
    asked, agreed = bob.proof
    assert asked["wording"] == "Once a week." and "127.0.0" not in str(bob.proof)
    assert agreed["agreed"] == NOW.isoformat()


def test_a_hundred_requests_for_one_address_are_one_mail(club: Club) -> None:
    answers = {club.ask("bob@b.example").text for _ in range(100)}
    assert len(answers) == 1
    assert len(club.settled(1)) == 1
    club.now += timedelta(days=2)
    club.ask("bob@b.example")
    assert len(club.settled(2)) == 2


def test_one_network_can_not_bomb_many_mailboxes(club: Club) -> None:
    for number in range(MOST_OF_NETWORK + 20):
        club.ask(f"r{number}@b.example")
    assert len(club.settled(MOST_OF_NETWORK)) == MOST_OF_NETWORK


def test_limits_are_over_with_their_window() -> None:
    limits = Limits()
    allowed = [limits.allow("10.0.0.0/24", NOW) for _ in range(MOST_OF_NETWORK + 1)]
    assert allowed[-2:] == [True, False]
    assert limits.allow("10.0.1.0/24", NOW)
    assert limits.allow("10.0.0.0/24", NOW + timedelta(hours=2))


def test_the_answer_does_not_tell_who_is_on_the_list(club: Club) -> None:
    known, unknown = club.ask("ann@a.example"), club.ask("nobody@a.example")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert club.settled(1) == [("nobody@a.example", club.mails[0][1])]


def test_what_is_no_address_is_said_on_the_form(club: Club) -> None:
    page = club.ask("bob@")
    assert page.status_code == 400 and 'role="alert"' in page.text
    hostile = club.ask("<script>alert(1)</script>@x")
    assert "<script>" not in hostile.text


def test_who_once_left_comes_back_only_by_their_own_word(club: Club) -> None:
    club.client.post(f"/list/leave/{KEYS.token(Purpose.UNSUBSCRIBE, 1)}")
    club.ask("ann@a.example")
    [(_, token)] = club.settled(1)
    assert status(club, 1) is Status.LEFT
    club.client.post(f"/list/agree/{token}")
    assert status(club, 1) is Status.ACTIVE
    assert club.store.subscribers.suppressed() == []


def test_pages_are_strict_and_never_kept(club: Club) -> None:
    headers = club.client.get("/list/join").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert not re.search("script", club.client.get("/list/join").text)
