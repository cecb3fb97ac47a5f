"""A mailing over real SMTP: what each reply does, and that senders may be killed at any moment."""

import asyncio
import os
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from aggregator.errors import DeliveryError
from aggregator.mailing import Pace, PostOffice, deliver
from aggregator.newsletter.replies import Delivery, Settlement
from aggregator.newsletter.subscribers import Status
from aggregator.smtp.lane import Lane
from aggregator.store.ledger import Asked, Claim, Fence, Ledger, Told
from tests.mail_sink import Sink, running_sink
from tests.posted import DOCUMENT, ISSUE, KEYS, NOW, hasty_ledger, mail_store, office

PEOPLE = [f"reader{number}@a.example" for number in range(24)]


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with running_sink(tmp_path_factory.mktemp("sink")) as server:
        yield server


@pytest.fixture(autouse=True)
def empty_sink(sink: Sink) -> None:
    (sink.folder / "accepted").open("w").close()


def send(post: PostOffice) -> list[Settlement]:
    async def all_of_it() -> list[Settlement]:
        return [settlement async for settlement in deliver(post, ISSUE)]

    return asyncio.run(all_of_it())


def test_everybody_gets_one_copy_with_a_message_id_and_a_return_path_of_their_own(
    tmp_path: Path, sink: Sink
) -> None:
    with mail_store(tmp_path, PEOPLE) as store:
        assert store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        assert len(send(office(store, sink.port))) == len(PEOPLE)
        standing = store.ledger.standing(ISSUE)
    assert standing is not None and standing.states[Delivery.SENT] == len(PEOPLE)
    assert standing.open == 0 and standing.next_due is None
    assert sink.copies() == Counter(PEOPLE)
    accepted = sink.accepted()
    assert (
        accepted[0][1]
        == f"<{KEYS.message_id(ISSUE, 1 + PEOPLE.index(accepted[0][0]))}@club.example>"
    )
    assert len({ident for _, ident in accepted}) == len(PEOPLE)
    paths = {line.split()[3] for line in (sink.folder / "accepted").read_text().splitlines()}
    assert len(paths) == len(PEOPLE)
    assert all(path.startswith(f"bounce+{ISSUE}.") for path in paths)


def test_a_second_freeze_and_a_second_sending_do_nothing(tmp_path: Path, sink: Sink) -> None:
    with mail_store(tmp_path, PEOPLE) as store:
        assert store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        send(office(store, sink.port))
        assert not store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        assert send(office(store, sink.port, "w2")) == []
    assert max(sink.copies().values()) == 1


@pytest.mark.parametrize(
    ("address", "state", "words"),
    [
        ("full@a.example", Delivery.PENDING, "452 4.2.2 mailbox full"),
        ("later@a.example", Delivery.PENDING, "451 4.3.0 try later"),
        ("nobody@a.example", Delivery.FAILED, "550 5.1.1 no such user"),
        ("spam@a.example", Delivery.FAILED, "554 5.7.1 not wanted"),
        ("drop@a.example", Delivery.UNCERTAIN, "behind the final dot"),
        ("dropped@a.example", Delivery.UNCERTAIN, "behind the final dot"),
    ],
)
def test_a_reply_settles_its_own_recipient_and_no_other(
    tmp_path: Path, sink: Sink, address: str, state: Delivery, words: str
) -> None:
    people = ["first@a.example", address, "last@a.example"]
    with mail_store(tmp_path, people) as store:
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        send(office(store, sink.port, pace=Pace(connections=1)))
        [(number, who, note)] = store.ledger.rows(ISSUE, state)
        assert (number, who) == (2, address)
        assert words in note
        assert len(store.ledger.rows(ISSUE, Delivery.SENT)) == 2
        person = store.subscribers.get(2)
        assert person is not None
        assert (person.status is Status.BOUNCED) == (address == "nobody@a.example")
        standing = store.ledger.standing(ISSUE)
        assert standing is not None
        assert (standing.next_due is not None) == (state is Delivery.PENDING)


def test_what_is_uncertain_is_sent_again_only_on_the_editors_word(
    tmp_path: Path, sink: Sink
) -> None:
    with mail_store(tmp_path, ["drop@a.example"]) as store:
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        send(office(store, sink.port))
        assert send(office(store, sink.port)) == []
        assert store.ledger.send_again(ISSUE, [1, 2], NOW) == 1
        send(office(store, sink.port))
    assert len(set(sink.accepted())) == 1  # the same Message-ID: a client can tell


def test_at_least_once_is_a_setting(tmp_path: Path, sink: Sink) -> None:
    with mail_store(tmp_path, ["dropped@a.example"]) as store:
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        send(office(store, sink.port, at_least_once=True))
        assert store.ledger.rows(ISSUE, Delivery.UNCERTAIN) == []
        assert len(store.ledger.rows(ISSUE, Delivery.PENDING)) == 1


def test_who_unsubscribes_after_the_freeze_gets_nothing(tmp_path: Path, sink: Sink) -> None:
    with mail_store(tmp_path, PEOPLE[:3]) as store:
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        store.subscribers.leave(2, Status.LEFT, NOW)
        store.subscribers.leave(3, Status.ERASED, NOW)
        send(office(store, sink.port))
        assert [row[0] for row in store.ledger.rows(ISSUE, Delivery.WITHHELD)] == [2, 3]
    assert sink.copies() == Counter(PEOPLE[:1])


def test_who_unsubscribes_while_the_body_is_on_its_way_gets_nothing(
    tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    pour = Lane._pour
    with mail_store(tmp_path, PEOPLE[:2]) as store:

        async def leave_meanwhile(self: Lane, client: object, message: bytes) -> None:
            await pour(self, client, message)  # type: ignore[arg-type]
            if b"reader1@" in message:
                store.subscribers.leave(2, Status.LEFT, NOW)

        monkeypatch.setattr(Lane, "_pour", leave_meanwhile)
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        send(office(store, sink.port))
        assert [row[0] for row in store.ledger.rows(ISSUE, Delivery.WITHHELD)] == [2]
    assert sink.copies() == Counter(PEOPLE[:1])


def test_a_server_that_is_not_there_costs_nobody_a_try(tmp_path: Path) -> None:
    with mail_store(tmp_path, PEOPLE) as store:
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        with pytest.raises(DeliveryError, match=r"127\.0\.0\.1:1 can't be used"):
            send(office(store, 1))
        standing = store.ledger.standing(ISSUE)
        assert standing is not None and standing.states[Delivery.PENDING] == len(PEOPLE)
        assert [claim.attempt for claim in store.ledger.claim(ISSUE, "w", 100)] == [1] * len(PEOPLE)


def test_two_senders_at_once_share_the_list(tmp_path: Path, sink: Sink) -> None:
    people = [f"reader{number}@a.example" for number in range(120)]
    with mail_store(tmp_path, people) as store:
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)

        async def both() -> list[int]:
            async def one(worker: str) -> int:
                return len([s async for s in deliver(office(store, sink.port, worker), ISSUE)])

            return await asyncio.gather(one("w1"), one("w2"))

        counts = asyncio.run(both())
    assert sum(counts) == len(people) and min(counts) > 0
    assert sink.copies() == Counter(people)


def test_a_lost_sender_can_not_pass_the_fence_of_a_row_that_another_has(tmp_path: Path) -> None:
    with mail_store(tmp_path, PEOPLE[:1]) as store:
        ledger = hasty_ledger(tmp_path)
        ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        [slow] = ledger.claim(ISSUE, "slow", 1)
        ledger.recover(ISSUE, NOW)
        [quick] = store.ledger.claim(ISSUE, "quick", 1)
        answers = store.ledger.write([Asked(slow), Asked(quick)], NOW)
        assert answers == [Fence.LOST, Fence.OPEN]
        assert ledger.write([Told(slow, Settlement(Delivery.SENT, ""))], NOW) == [Fence.LOST]


# Killed at every step: each place where a sender can be lost, by the order in which it is passed.
STEPS = (
    "claim", "claimed", "mail", "rcpt", "data", "poured", "fence", "fenced", "dot", "dotted",
    "note", "noted",
)  # fmt: skip


class Doomed:
    """Kills this process with signal 9 when a step is reached for the n-th time."""

    def __init__(self, step: str, count: int) -> None:
        self.step, self.left = step, count

    def __call__(self, step: str) -> None:
        if step == self.step:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)


class DoomedLedger(Ledger):
    """A ledger that passes the steps around each of its transactions."""

    reached: Callable[[str], None]

    def claim(self, name: str, worker: str, limit: int) -> list[Claim]:
        self.reached("claim")
        claims = super().claim(name, worker, limit)
        self.reached("claimed")
        return claims

    def write(self, entries: Sequence[Asked | Told], now: datetime) -> list[Fence]:
        for entry in entries:
            self.reached("fence" if isinstance(entry, Asked) else "note")
        answers = super().write(entries, now)
        for entry in entries:
            self.reached("fenced" if isinstance(entry, Asked) else "noted")
        return answers


def doom_the_wire(reached: Callable[[str], None]) -> None:
    from aiosmtplib import SMTP

    mail, rcpt, command = SMTP.mail, SMTP.rcpt, SMTP.execute_command

    async def doomed_mail(self: SMTP, *args: object) -> object:
        reached("mail")
        return await mail(self, *args)  # type: ignore[arg-type]

    async def doomed_rcpt(self: SMTP, *args: object) -> object:
        reached("rcpt")
        return await rcpt(self, *args)  # type: ignore[arg-type]

    async def doomed_command(self: SMTP, *args: bytes, **more: float | None) -> object:
        names = {b"DATA": ("data", "poured"), b".": ("dot", "dotted")}
        before, after = names.get(args[0], ("", ""))
        reached(before)
        reply = await command(self, *args, **more)
        reached(after)
        return reply

    SMTP.mail, SMTP.rcpt = doomed_mail, doomed_rcpt  # type: ignore[assignment,method-assign]
    SMTP.execute_command = doomed_command  # type: ignore[assignment,method-assign]


def in_a_fork(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
    os._exit(0)


def sender(folder: Path, port: int, worker: str, doom: Doomed | None = None) -> None:
    with mail_store(folder) as store:
        post = office(store, port, worker)
        if doom:
            ledger = DoomedLedger(store._engine)
            ledger.reached = doom
            doom_the_wire(doom)
            post = office(store, port, worker, ledger=ledger)
        send(post)


def after_the_kill(folder: Path, sink: Sink, people: list[str]) -> int:
    """Let a second sender finish, and hold what is promised; gives the number of uncertain rows."""
    hasty = hasty_ledger(folder)
    with mail_store(folder) as store:
        # The lost sender's leases are over: what it held in its hands is freed.
        with store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE delivery SET due = 0 WHERE state != 'pending'")
        hasty.recover(ISSUE, NOW)
        send(office(store, sink.port, "second"))
        standing = store.ledger.standing(ISSUE)
        uncertain = {address for _, address, _ in store.ledger.rows(ISSUE, Delivery.UNCERTAIN)}
        sent = {address for _, address, _ in store.ledger.rows(ISSUE, Delivery.SENT)}
    assert standing is not None and standing.recipients == len(people)
    assert sum(standing.states.values()) == len(people)
    copies = sink.copies()
    assert max(copies.values()) == 1, "nobody is mailed twice"
    assert sent | uncertain == set(people), "nobody is left out in silence"
    assert sent <= set(copies) <= sent | uncertain
    return len(uncertain)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("count", [1, 5])
def test_a_sender_killed_at_any_step_leaves_nobody_out_and_mails_nobody_twice(
    tmp_path: Path, sink: Sink, step: str, count: int
) -> None:
    if step in ("claim", "claimed"):
        count = min(count, 3)
    with mail_store(tmp_path, PEOPLE) as store:
        store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
    doom = Doomed(step, count)
    child = in_a_fork(lambda: sender(tmp_path, sink.port, "doomed", doom))
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the step was reached"
    uncertain = after_the_kill(tmp_path, sink, PEOPLE)
    # Two connections: each can have one message between fence and note.
    assert uncertain <= (2 if step in ("fenced", "dot", "dotted", "note") else 1)


@pytest.mark.slow
def test_senders_killed_at_random_moments_leave_nobody_out_and_mail_nobody_twice(
    tmp_path: Path, sink: Sink
) -> None:
    # Two connections of one lost sender: each can have one message between fence and note.
    assert random_moments(tmp_path, sink, 12, seed=48) <= 12 * 2


def wait_for(sink: Sink, count: int, child: int) -> None:
    """Wait until so many messages are accepted or the sender has ended."""
    while len(sink.accepted()) < count and not ended(child):
        time.sleep(0.001)


def ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def random_moments(folder: Path, sink: Sink, kills: int, seed: int) -> int:
    """Kill one of two senders at random moments; gives how many rows were uncertain in all."""
    dice = random.Random(seed)
    uncertain = 0
    for number in range(kills):
        place = folder / str(number)
        place.mkdir()
        (sink.folder / "accepted").open("w").close()
        with mail_store(place, PEOPLE) as store:
            store.ledger.freeze(ISSUE, lambda wishes: DOCUMENT, NOW)
        children = [
            in_a_fork(lambda worker=worker, place=place: sender(place, sink.port, worker))  # type: ignore[misc]
            for worker in ("one", "two")
        ]
        wait_for(sink, dice.randrange(len(PEOPLE)), children[0])
        time.sleep(dice.uniform(0.0, 0.02))
        os.kill(children[0], signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        uncertain += after_the_kill(place, sink, PEOPLE)
    return uncertain
