"""The mailing list: addresses, wishes, CSV, and that who left stays away."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.newsletter.addresses import checked_address, folded_address, wire_address
from aggregator.newsletter.subscribers import (
    Preferences,
    Rhythm,
    Status,
    Subscriber,
    read_csv,
    write_csv,
)
from tests.posted import DOCUMENT, ISSUE, KEYS, NOW, mail_store


@pytest.mark.parametrize(
    ("typed", "kept", "wire"),
    [
        (" Ann@Club.Example ", "Ann@club.example", "Ann@club.example"),
        ("ann@bücher.example", "ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann+video@club.example", "ann+video@club.example", "ann+video@club.example"),
    ],
)
def test_an_address_is_written_one_way(typed: str, kept: str, wire: str) -> None:
    assert checked_address(typed) == kept
    assert checked_address(kept) == kept
    assert wire_address(kept) == wire


@pytest.mark.parametrize(
    "typed",
    ["", "ann", "ann@", "@club.example", "a b@club.example", "ann@club.example> NOTIFY=",
     "ann@club.example\r\nBcc: x@y.example", "jürgen@club.example", "ann@[127.0.0.1]",
     "a@b@c.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_words(typed: str) -> None:
    with pytest.raises(ConfigError):
        checked_address(typed)


@given(st.text(max_size=80))
def test_no_text_becomes_an_address_with_room_for_a_command(text: str) -> None:
    try:
        wire = wire_address(checked_address(text))
    except ConfigError:
        return
    assert wire.isascii() and wire.isprintable() and not set(wire) & set("<> \r\n")


def test_a_list_is_read_whole_and_bad_rows_are_told_with_their_lines() -> None:
    text = (
        "\ufeffName,E-Mail,Kinds,paused_until\n"
        "Ann,ann@a.example,premiere; lyric,2026-12-24\n"
        "Bob,bob@,,\n"
        "\n"
        "Cy,cy@a.example,opera,\n"
        '"Dee, the\nsecond",dee@a.example,,\n'
        "Ann,ANN@a.example,,\n"
    )
    listed = read_csv(io.StringIO(text), "club.csv", NOW)
    assert [(line, person.address) for line, person in listed.good] == [
        (2, "ann@a.example"),
        (7, "dee@a.example"),
    ]
    assert listed.good[0][1].wishes == Preferences(("lyric", "premiere"))
    assert [(row.line, row.text) for row in listed.bad] == [
        (3, "bob@"),
        (5, "cy@a.example"),
        (8, "ANN@a.example"),
    ]
    assert "first in line 2" in listed.bad[2].reason


def test_bare_addresses_need_no_head() -> None:
    listed = read_csv(["ann@a.example\n", "bob@a.example\n"], "x", NOW)
    assert [line for line, _ in listed.good] == [1, 2]


def test_a_head_without_addresses_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"club\.csv:1: .*names no column"):
        read_csv(["name,phone\n"], "club.csv", NOW)


@given(
    st.lists(
        st.builds(
            Subscriber,
            address=st.integers(0, 10**6).map(lambda number: f"r{number}@a.example"),
            status=st.sampled_from(Status),
            rhythm=st.sampled_from(Rhythm),
            wishes=st.builds(
                Preferences.chosen,
                st.lists(st.sampled_from(["premiere", "lyric", "award"])),
                st.lists(st.sampled_from(["New Wave", "synth, pop", "électro"])),
            ),
            added_at=st.just(NOW),
            source=st.just("form"),
        ),
        unique_by=lambda person: person.address,
        max_size=8,
    )
)
def test_a_list_that_is_written_reads_back(people: list[Subscriber]) -> None:
    out = io.StringIO()
    assert write_csv(people, out) == len(people)
    listed = read_csv(io.StringIO(out.getvalue()), "x", NOW)
    assert not listed.bad
    assert [person for _, person in listed.good] == people


def test_who_left_stays_away_through_every_import(tmp_path: Path) -> None:
    with mail_store(tmp_path, ["ann@a.example", "bob@a.example", "cy@a.example"]) as store:
        people = store.subscribers
        people.leave(1, Status.LEFT, NOW)
        people.leave(2, Status.ERASED, NOW)
        again = [Subscriber(a) for a in ("ANN@a.example", "bob@a.example", "cy@a.example")]
        assert [added.outcome for added in people.add(again, NOW)] == [
            "suppressed",
            "suppressed",
            "known",
        ]
        assert [p.address for p in people.all(Status.ACTIVE)] == ["cy@a.example"]


def test_an_erasure_leaves_no_address_behind(tmp_path: Path) -> None:
    with mail_store(tmp_path, ["ann@a.example"]) as store:
        store.subscribers.leave(1, Status.ERASED, NOW)
        gone = store.subscribers.get(1)
        assert gone is not None and gone.address == "" and gone.proof == ()
        [(digest, reason, _)] = store.subscribers.suppressed()
    assert reason == "erased" and digest == KEYS.digest(folded_address("ann@a.example"))
    octets = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"suppression" in octets


def test_leaving_is_idempotent_and_keeps_the_first_reason(tmp_path: Path) -> None:
    with mail_store(tmp_path, ["ann@a.example"]) as store:
        assert store.subscribers.leave(1, Status.COMPLAINED, NOW)
        assert store.subscribers.leave(1, Status.COMPLAINED, NOW)
        assert not store.subscribers.leave(99, Status.LEFT, NOW)
        assert len(store.subscribers.suppressed()) == 1


def test_a_request_is_confirmed_once_with_its_proof(tmp_path: Path) -> None:
    with mail_store(tmp_path) as store:
        asked = Subscriber("ann@a.example", Status.PENDING, proof=({"asked": "form"},))
        [added] = store.subscribers.add([asked], NOW)
        assert store.subscribers.confirm(added.number, {"agreed": "link"}, NOW)
        assert store.subscribers.confirm(added.number, {"agreed": "again"}, NOW)
        ann = store.subscribers.find("Ann@A.example")
        assert ann is not None and ann.status is Status.ACTIVE
        assert ann.proof == ({"asked": "form"}, {"agreed": "link"})
        assert ann.confirmed_at == NOW


def test_soft_bounces_in_a_row_take_somebody_off(tmp_path: Path) -> None:
    with mail_store(tmp_path, ["ann@a.example"]) as store:
        assert [store.subscribers.count_bounce(1, 3, NOW) for _ in range(4)] == [
            False, False, True, False,
        ]  # fmt: skip


def test_a_freeze_takes_who_wants_it_now_and_says_whom_it_passes_over(tmp_path: Path) -> None:
    with mail_store(tmp_path) as store:
        people = [
            Subscriber("all@a.example"),
            Subscriber("lyric@a.example", wishes=Preferences(("lyric",))),
            Subscriber("award@a.example", wishes=Preferences(("award",))),
            Subscriber("pause@a.example", paused_until=NOW + timedelta(days=36500)),
            Subscriber("paused@a.example", paused_until=NOW - timedelta(days=3650)),
            Subscriber("instant@a.example", rhythm=Rhythm.INSTANT),
            Subscriber("pending@a.example", Status.PENDING),
        ]
        store.subscribers.add(people, NOW)
        store.ledger.freeze(
            ISSUE, lambda wishes: None if wishes.kinds == ("award",) else DOCUMENT, NOW
        )
        standing = store.ledger.standing(ISSUE)
        assert standing is not None
        assert (standing.recipients, standing.passed_over) == (3, 1)
        claims = store.ledger.claim(ISSUE, "w", 10)
        assert [claim.number for claim in claims] == [1, 2, 5]
        assert claims[0].variant == claims[2].variant != claims[1].variant
        assert set(store.ledger.letters(ISSUE)) == {claims[0].variant, claims[1].variant}


def test_a_freeze_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with mail_store(tmp_path, ["ann@a.example"]) as store:

        def broken(wishes: Preferences) -> bytes:
            raise RuntimeError("template")

        with pytest.raises(RuntimeError):
            store.ledger.freeze(ISSUE, broken, NOW)
        assert store.ledger.standing(ISSUE) is None
        assert store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
