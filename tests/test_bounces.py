"""Bounces and complaints as servers write them, and what is none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.newsletter.bounces import Report, Returned, messages_of, read_report
from aggregator.newsletter.subscribers import Status
from aggregator.newsletter.tokens import Purpose
from aggregator.signup import heed
from tests.posted import ISSUE, KEYS, NOW, mail_store

PATH = f"bounce+{ISSUE}.{KEYS.token(Purpose.BOUNCE, 7)}@club.example"


def report(kind: str, part: str, to: str = PATH) -> bytes:
    return (
        (
            f"From: MAILER-DAEMON@mx.example\nTo: <{to}>\nSubject: Returned\nMIME-Version: 1.0\n"
            f'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
            f"--b\nContent-Type: text/plain\n\nSorry.\n--b\n{part}\n--b\n"
            "Content-Type: message/rfc822\n\nSubject: Weekly\n\nHello\n--b--\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )


def status(*recipients: tuple[str, str]) -> bytes:
    blocks = "\n".join(
        f"\nFinal-Recipient: rfc822; r@a.example\nAction: {action}\nStatus: {code}\n"
        "Diagnostic-Code: smtp; 550 said\n the server\n"
        for action, code in recipients
    )
    head = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n"
    return report("delivery-status", head + blocks)


@pytest.mark.parametrize(
    ("recipients", "said"),
    [
        ([("failed", "5.1.1")], Report.HARD),
        ([("failed", "5.1.1 (no such user)")], Report.HARD),
        ([("delayed", "4.4.1"), ("Failed", "5.1.10")], Report.HARD),
        ([("failed", "5.2.2")], Report.SOFT),
        ([("failed", "5.7.1")], Report.SOFT),
        ([("failed", "4.4.7")], Report.SOFT),
        ([("delayed", "4.4.1")], Report.OTHER),
        ([("delivered", "2.0.0")], Report.OTHER),
        ([], Report.OTHER),
    ],
)
def test_a_delivery_report_says_what_of_whom(
    recipients: list[tuple[str, str]], said: Report
) -> None:
    found = read_report(status(*recipients), KEYS)
    assert found is not None
    assert (found.number, found.issue, found.report) == (7, ISSUE, said)


def test_the_diagnosis_is_kept_on_one_line() -> None:
    found = read_report(status(("failed", "5.1.1")), KEYS)
    assert found is not None and found.note == "5.1.1 smtp; 550 said the server"


def test_a_complaint_is_told_from_a_bounce() -> None:
    part = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n"
    assert read_report(report("feedback-report", part), KEYS) == Returned(
        7, ISSUE, Report.COMPLAINT, "abuse"
    )


def test_a_report_that_came_to_another_box_still_names_its_return_path_inside() -> None:
    moved = status(("failed", "5.1.1")).replace(PATH.encode(), b"postmaster@club.example", 1)
    moved = moved.replace(b"Subject: Weekly", b"Return-Path: <" + PATH.encode() + b">")
    found = read_report(moved, KEYS)
    assert found is not None and (found.number, found.report) == (7, Report.HARD)


def test_the_envelopes_recipient_counts_where_it_is_known() -> None:
    octets = b"From: a@b.example\r\nSubject: out of office\r\n\r\nback on Monday\r\n"
    assert read_report(octets, KEYS) is None
    found = read_report(octets, KEYS, PATH)
    assert found is not None and found.report is Report.OTHER


def test_a_forged_return_path_names_nobody() -> None:
    forged = PATH[:-14] + "A" + PATH[-13:]
    assert (
        read_report(status(("failed", "5.1.1")).replace(PATH.encode(), forged.encode()), KEYS)
        is None
    )


@given(st.binary(max_size=300), st.integers(0, 900))
def test_no_octets_make_it_raise(junk: bytes, place: int) -> None:
    whole = status(("failed", "5.1.1"))
    found = read_report(whole[:place] + junk + whole[place:], KEYS, PATH)
    assert found is None or (found.number, found.issue) == (7, ISSUE)


def test_a_mailbox_file_is_read_message_by_message() -> None:
    one, two = status(("failed", "5.1.1")), b"Subject: hi\n\n>From here on\n>>From there\n"
    box = b"From MAILER-DAEMON Fri Nov 27 17:00:00 2026\n" + one + b"\n\nFrom a Fri\n" + two
    assert [message.strip() for message in messages_of(box)] == [
        one.strip(),
        b"Subject: hi\n\nFrom here on\n>From there",
    ]
    assert messages_of(one) == [one] and messages_of(b"\n") == []


@pytest.mark.parametrize(
    ("recipients", "done", "after"),
    [
        ([("failed", "5.1.1")], "bounced", Status.BOUNCED),
        ([("failed", "5.2.2")], "counted", Status.ACTIVE),
        ([("delayed", "4.4.1")], "nothing", Status.ACTIVE),
    ],
)
def test_a_report_is_heeded(
    tmp_path: Path, recipients: list[tuple[str, str]], done: str, after: Status
) -> None:
    with mail_store(tmp_path, [f"r{number}@a.example" for number in range(8)]) as store:
        returned = read_report(status(*recipients), KEYS)
        assert returned is not None
        assert heed(store.subscribers, returned, NOW) == done
        reader = store.subscribers.get(7)
        assert reader is not None and reader.status is after


def test_the_fifth_soft_bounce_is_one_too_many(tmp_path: Path) -> None:
    with mail_store(tmp_path, ["ann@a.example"]) as store:
        soft = Returned(1, ISSUE, Report.SOFT)
        done = [heed(store.subscribers, soft, NOW) for _ in range(5)]
        assert done == ["counted"] * 4 + ["bounced"]
        assert len(store.subscribers.suppressed()) == 1
