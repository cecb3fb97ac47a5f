"""The ledger of a mailing: one row for each (issue, subscriber), and who may send it now.

Nobody is mailed twice, and nobody on the frozen list is left out in silence. A row goes
``pending`` -> ``claimed`` -> ``data`` -> ``sent``, ``failed`` or back to ``pending``. What
a lost sender leaves ``claimed`` is safe to try again: a server delivers nothing before the
final dot. What it leaves in ``data`` becomes ``uncertain``, which only an editor's command
sends again. All times that senders are compared by are the database's own.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    cast,
    exists,
    extract,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)

from aggregator.newsletter.replies import Delivery, Settlement
from aggregator.newsletter.subscribers import Preferences, Rhythm, Status
from aggregator.store.engine import reading, writing
from aggregator.store.mail_schema import delivery, letter, mailing, subscriber, suppression
from aggregator.store.schema import Instant

LEASE = timedelta(minutes=15)
"""Longer than one message may take: every command of it has a time-out of a minute."""

Make = Callable[[Preferences], bytes | None]
"""Gives an issue's document for readers with certain wishes, None when it has nothing for them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One row in a sender's hands.

    Args:
        mailing: the issue.
        number: the subscriber.
        address: where it goes.
        attempt: which try this is, from 1.
        variant: which letter.
        worker: whose hands.
    """

    mailing: str
    number: int
    address: str
    attempt: int
    variant: int
    worker: str


class Fence(Enum):
    """Whether the final dot may go out."""

    OPEN = "open"
    WITHHELD = "withheld"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Asked:
    """All but the final dot of a message is out: may it follow?"""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Told:
    """How a try ended."""

    claim: Claim
    settlement: Settlement


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a mailing stands.

    Args:
        mailing: the issue.
        frozen_at: when its list was frozen.
        recipients: rows on the list.
        passed_over: subscribers for whose wishes the issue held nothing.
        states: how many rows are in which state; all states are named.
        next_due: seconds until the next row may be tried, None when none waits.
    """

    mailing: str
    frozen_at: datetime
    recipients: int
    passed_over: int
    states: dict[Delivery, int]
    next_due: float | None

    @property
    def open(self) -> int:
        """Rows that are neither done nor given up."""
        return sum(self.states[s] for s in (Delivery.PENDING, Delivery.CLAIMED, Delivery.DATA))


class Ledger:
    """The rows of all mailings.

    Args:
        engine: an engine opened ``durable``, see `aggregator.store.engine.open_engine`.
        lease: how long a sender may be silent before others take its rows.
    """

    def __init__(self, engine: Engine, lease: timedelta = LEASE) -> None:
        self._engine = engine
        self._lease = int(lease.total_seconds())
        self._now: ColumnElement[int] = (
            cast(func.strftime("%s", "now"), BigInteger)
            if engine.dialect.name == "sqlite"
            else cast(extract("epoch", func.clock_timestamp()), BigInteger)
        )
        self._open_fence = (
            update(delivery)
            .where(_OURS, delivery.c.state == Delivery.CLAIMED, _PERSON)
            .values(state=Delivery.DATA, due=self._now + self._lease)
        )
        self._noting = (
            update(delivery)
            .where(_OURS, delivery.c.state.in_([Delivery.CLAIMED, Delivery.DATA]))
            .values(
                state=bindparam("to_state"),
                note=bindparam("to_note"),
                changed_at=bindparam("at"),
                due=self._now + bindparam("wait", type_=BigInteger),
            )
        )

    def freeze(self, name: str, make: Make, now: datetime) -> bool:
        """Fix who gets an issue and what each gets, in one transaction, once.

        Args:
            name: the issue; a second freeze of it changes nothing, whoever asks.
            make: gives the document for subscribers with certain preferences, None when
                the issue holds nothing that they want.
            now: for the record.

        Returns:
            False when it was frozen before.
        """
        with self._writing() as connection:
            if _find(connection, name):
                return False
            # A second freeze at this moment fails here on the primary key, with nothing done.
            start = {"id": name, "frozen_at": now, "recipients": 0, "passed_over": 0}
            connection.execute(insert(mailing).values(start))
            total = passed_over = 0
            for variant, wishes in enumerate(self._wishes(connection)):
                document = make(Preferences.of(wishes))
                if document is None:
                    passed_over += self._count(connection, wishes)
                    continue
                page = {"mailing_id": name, "variant": variant, "document": document}
                connection.execute(insert(letter).values(page))
                total += self._enter(connection, name, variant, wishes, now)
            told = {"recipients": total, "passed_over": passed_over}
            connection.execute(update(mailing).where(mailing.c.id == name).values(told))
            return True

    def rehearse(self, make: Make) -> tuple[list[tuple[int, int]], int]:
        """Tell what a freeze would do now.

        Returns:
            Copies and octets of every letter, and how many subscribers are passed over.
        """
        sizes, passed_over = [], 0
        with reading(self._engine) as connection:
            for wishes in self._wishes(connection):
                count, document = self._count(connection, wishes), make(Preferences.of(wishes))
                if document is None:
                    passed_over += count
                else:
                    sizes.append((count, len(document)))
        return sizes, passed_over

    def letters(self, name: str) -> dict[int, bytes]:
        """The documents of a mailing by variant."""
        rows = select(letter.c.variant, letter.c.document).where(letter.c.mailing_id == name)
        with reading(self._engine) as connection:
            return {variant: document for variant, document in connection.execute(rows)}

    def claim(self, name: str, worker: str, limit: int) -> list[Claim]:
        """Take rows that are due into one's hands for the length of a lease.

        Args:
            name: the issue.
            worker: a name that no other sender has, at no time.
            limit: rows at the most.
        """
        row = delivery.c
        due = (
            select(row.subscriber_id)
            .where(row.mailing_id == name, row.state == Delivery.PENDING, row.due <= self._now)
            .order_by(row.due, row.subscriber_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        take = (
            update(delivery)
            .where(row.mailing_id == name, row.subscriber_id.in_(due))
            .values(
                state=Delivery.CLAIMED,
                worker=worker,
                attempts=row.attempts + 1,
                due=self._now + self._lease,
            )
            .returning(row.subscriber_id, row.attempts, row.variant)
        )
        with self._writing() as connection:
            taken = sorted(tuple(row) for row in connection.execute(take))
            who = select(subscriber.c.id, subscriber.c.address)
            who = who.where(subscriber.c.id.in_([number for number, _, _ in taken]))
            addresses = {number: address for number, address in connection.execute(who)}
        return [
            Claim(name, number, addresses[number] or "", attempt, variant, worker)
            for number, attempt, variant in taken
        ]

    def write(self, entries: Sequence[Asked | Told], now: datetime) -> list[Fence]:
        """Answer who asks at the fence, and note how tries ended, in one transaction.

        Every message needs two commits that wait for the disk; those of messages that are
        on their way at the same time share them.

        Args:
            entries: in the order they came.
            now: for the record.

        Returns:
            For each `Asked` whether the final dot may go out: from here on a lost sender
            leaves the row uncertain. Who unsubscribed in the meantime is withheld: the
            suppression is asked at this very moment. For each `Told` whether the row was
            still in this sender's hands, `Fence.OPEN`, or not, `Fence.LOST`.
        """
        with self._writing() as connection:
            return [
                self._fence(connection, entry.claim)
                if isinstance(entry, Asked)
                else self._note(connection, entry, now)
                for entry in entries
            ]

    def _fence(self, connection: Connection, claim: Claim) -> Fence:
        names = _names(claim)
        if connection.execute(self._open_fence, names).rowcount:
            return Fence.OPEN
        return Fence.WITHHELD if connection.execute(_WITHHOLD, names).rowcount else Fence.LOST

    def _note(self, connection: Connection, told: Told, now: datetime) -> Fence:
        settled = told.settlement
        values = {
            "to_state": settled.state,
            "to_note": settled.note,
            "at": now,
            "wait": int(settled.wait.total_seconds()),
        }
        done = connection.execute(self._noting, _names(told.claim) | values)
        return Fence.OPEN if done.rowcount else Fence.LOST

    def put_back(self, claims: Iterable[Claim]) -> None:
        """Give back rows of which nothing was tried: the relay could not be reached."""
        rows = [_names(claim) for claim in claims]
        if rows:
            with self._writing() as connection:
                connection.execute(_PUT_BACK, rows)

    def recover(self, name: str, now: datetime, *, at_least_once: bool = False) -> int:
        """Take the rows of lost senders out of their hands.

        Args:
            name: the issue.
            now: for the record.
            at_least_once: send again what is in ``data``, so that it may arrive twice.

        Returns:
            How many have become uncertain.
        """
        row = delivery.c
        lost = and_(row.mailing_id == name, row.due < self._now)
        again = {"state": Delivery.PENDING, "due": self._now, "changed_at": now}
        doubt = {
            "state": Delivery.UNCERTAIN,
            "note": "the sender was lost before the reply to the final dot was noted",
            "changed_at": now,
        }
        with self._writing() as connection:
            stale = lost & (row.state == Delivery.CLAIMED)
            connection.execute(update(delivery).where(stale).values(again))
            fenced = lost & (row.state == Delivery.DATA)
            after = again if at_least_once else doubt
            return connection.execute(update(delivery).where(fenced).values(after)).rowcount

    def send_again(self, name: str, numbers: Iterable[int], now: datetime) -> int:
        """Put uncertain rows back in line, on the editor's word; they keep their Message-ID."""
        row = delivery.c
        again = {"state": Delivery.PENDING, "due": 0, "changed_at": now}
        with self._writing() as connection:
            return sum(
                connection.execute(
                    update(delivery)
                    .where(
                        row.mailing_id == name,
                        row.subscriber_id == number,
                        row.state == Delivery.UNCERTAIN,
                    )
                    .values(again)
                ).rowcount
                for number in numbers
            )

    def standing(self, name: str) -> Standing | None:
        """Where a mailing stands; None when it was never frozen."""
        row = delivery.c
        with reading(self._engine) as connection:
            found = _find(connection, name)
            if not found:
                return None
            counts = select(row.state, func.count()).where(row.mailing_id == name)
            told = {state: n for state, n in connection.execute(counts.group_by(row.state))}
            waits = select(func.min(row.due) - self._now).where(
                row.mailing_id == name,
                row.state.in_([Delivery.PENDING, Delivery.CLAIMED, Delivery.DATA]),
            )
            wait = connection.execute(waits).scalar()
        states = {state: told.get(state.value, 0) for state in Delivery}
        next_due = None if wait is None else float(max(0, wait))
        return Standing(
            found.id, found.frozen_at, found.recipients, found.passed_over, states, next_due
        )

    def mailings(self) -> list[str]:
        """All frozen issues, the latest first."""
        with reading(self._engine) as connection:
            rows = select(mailing.c.id).order_by(mailing.c.frozen_at.desc(), mailing.c.id.desc())
            return list(connection.execute(rows).scalars())

    def rows(self, name: str, state: Delivery) -> list[tuple[int, str, str]]:
        """Number, address and note of the rows of a mailing that are in one state."""
        row = delivery.c
        wanted = (
            select(row.subscriber_id, func.coalesce(subscriber.c.address, ""), row.note)
            .join_from(delivery, subscriber)
            .where(row.mailing_id == name, row.state == state)
            .order_by(row.subscriber_id)
        )
        with reading(self._engine) as connection:
            return [(number, address, said) for number, address, said in connection.execute(wanted)]

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing(self._engine)

    def _wishes(self, connection: Connection) -> list[str]:
        said = select(subscriber.c.wishes).where(self._reads()).distinct()
        return sorted(connection.execute(said).scalars())

    def _reads(self) -> ColumnElement[bool]:
        """Who gets the weekly issue now."""
        person = subscriber.c
        paused = and_(person.paused_until.is_not(None), _seconds(person.paused_until) > self._now)
        return and_(_wanted(), person.rhythm == Rhythm.WEEKLY, not_(paused))

    def _has(self, wishes: str) -> ColumnElement[bool]:
        return and_(self._reads(), subscriber.c.wishes == wishes)

    def _count(self, connection: Connection, wishes: str) -> int:
        return connection.execute(
            select(func.count()).select_from(subscriber).where(self._has(wishes))
        ).scalar_one()

    def _enter(
        self, connection: Connection, name: str, variant: int, wishes: str, now: datetime
    ) -> int:
        chosen = select(
            literal(name),
            subscriber.c.id,
            literal(variant),
            literal(Delivery.PENDING.value),
            literal(now, Instant),
        ).where(self._has(wishes))
        columns = ["mailing_id", "subscriber_id", "variant", "state", "changed_at"]
        return connection.execute(insert(delivery).from_select(columns, chosen)).rowcount


def _wanted() -> ColumnElement[bool]:
    """Whether a person may be written to at all."""
    never = exists().where(suppression.c.digest == subscriber.c.digest)
    return and_(subscriber.c.status == Status.ACTIVE, not_(never))


_PERSON = exists().where(subscriber.c.id == delivery.c.subscriber_id, _wanted())
_OURS = and_(
    delivery.c.mailing_id == bindparam("of_mailing"),
    delivery.c.subscriber_id == bindparam("of_number"),
    delivery.c.worker == bindparam("of_worker"),
    delivery.c.attempts == bindparam("of_attempt"),
)
"""The row of a claim, as long as it is in its sender's hands."""

_WITHHOLD = (
    update(delivery)
    .where(_OURS, delivery.c.state == Delivery.CLAIMED, not_(_PERSON))
    .values(state=Delivery.WITHHELD, note="left the list after the freeze")
)
_PUT_BACK = (
    update(delivery)
    .where(_OURS, delivery.c.state == Delivery.CLAIMED)
    .values(state=Delivery.PENDING, attempts=delivery.c.attempts - 1, due=0)
)


def _names(claim: Claim) -> dict[str, Any]:
    return {
        "of_mailing": claim.mailing,
        "of_number": claim.number,
        "of_worker": claim.worker,
        "of_attempt": claim.attempt,
    }


def _find(connection: Connection, name: str) -> Any:
    return connection.execute(select(mailing).where(mailing.c.id == name)).first()


def _seconds(column: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(column, BigInteger)
