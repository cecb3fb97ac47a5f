"""The tables of subscribers and of those who never want mail again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from aggregator.newsletter.addresses import folded_address
from aggregator.newsletter.subscribers import Preferences, Rhythm, Status, Subscriber
from aggregator.store.engine import reading, writing
from aggregator.store.mail_schema import subscriber, suppression

_PAGE = 1000
_LEAVING = (Status.LEFT, Status.BOUNCED, Status.COMPLAINED, Status.ERASED)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of somebody who was to be added.

    Args:
        number: of the subscriber, 0 when refused.
        outcome: ``added``, ``known`` (nothing changed), or ``suppressed``.
    """

    number: int
    outcome: str


class SubscriberTable:
    """The mailing list.

    Args:
        engine: an engine opened ``durable``, see `aggregator.store.engine.open_engine`.
        digest: gives the keyed hash of a folded address, for the suppression list.
    """

    def __init__(self, engine: Engine, digest: Callable[[str], str]) -> None:
        self._engine, self._digest = engine, digest

    def add(
        self, people: Iterable[Subscriber], now: datetime, *, by_own_will: bool = False
    ) -> list[Added]:
        """Add people, all or none; who unsubscribed, bounced or was erased stays away.

        Args:
            people: new ones; who is on the list already stays as they are there.
            now: for the suppression list, where somebody is added as one who left.
            by_own_will: they asked themselves: who once left may come in as pending.
        """
        with writing(self._engine) as connection:
            return [self._add(connection, person, now, by_own_will) for person in people]

    def find(self, address: str) -> Subscriber | None:
        """The subscriber with an address, however it is spelt."""
        rows = select(subscriber).where(subscriber.c.folded == folded_address(address))
        with reading(self._engine) as connection:
            found = connection.execute(rows).first()
        return _person(found) if found else None

    def get(self, number: int) -> Subscriber | None:
        """The subscriber with a number."""
        with reading(self._engine) as connection:
            found = connection.execute(select(subscriber).where(subscriber.c.id == number)).first()
        return _person(found) if found else None

    def all(self, status: Status | None = None) -> Iterator[Subscriber]:
        """Everyone, or all of one status, in the order they were added, page by page."""
        last = 0
        while True:
            rows = select(subscriber).where(subscriber.c.id > last).order_by(subscriber.c.id)
            if status:
                rows = rows.where(subscriber.c.status == status)
            with reading(self._engine) as connection:
                page = connection.execute(rows.limit(_PAGE)).all()
            if not page:
                return
            yield from map(_person, page)
            last = page[-1].id

    def confirm(self, number: int, proof: dict[str, Any], now: datetime) -> bool:
        """Make somebody active on the word of the address's owner, which lifts a suppression.

        Returns:
            False when there is nobody to confirm; True also when confirmed before.
        """
        with writing(self._engine) as connection:
            found = _row(connection, number)
            if found is None or found.status == Status.ERASED:
                return False
            if found.status != Status.ACTIVE:
                same = suppression.c.digest == found.digest
                connection.execute(suppression.delete().where(same))
                values = {"status": Status.ACTIVE, "confirmed_at": now, "bounces": 0}
                _change(connection, number, values | {"proof": [*found.proof, proof]})
            return True

    def prove(self, number: int, proof: dict[str, Any]) -> None:
        """Keep something that shows somebody's will."""
        with writing(self._engine) as connection:
            found = _row(connection, number)
            if found is not None:
                _change(connection, number, {"proof": [*found.proof, proof]})

    def wish(
        self,
        number: int,
        *,
        rhythm: Rhythm | None = None,
        wishes: Preferences | None = None,
        paused_until: datetime | None = None,
    ) -> bool:
        """Change what somebody gets; what is None stays, a pause ends by a time in the past."""
        values: dict[str, Any] = {}
        if rhythm:
            values["rhythm"] = rhythm
        if wishes is not None:
            values["wishes"] = wishes.text
        if paused_until is not None:
            values["paused_until"] = paused_until
        with writing(self._engine) as connection:
            return not values or _change(connection, number, values)

    def leave(self, number: int, status: Status, now: datetime) -> bool:
        """Take somebody off the list at once; idempotent.

        Args:
            number: who.
            status: why: `Status.LEFT`, `BOUNCED`, `COMPLAINED`; `ERASED` forgets all but
                the keyed hash that keeps an import from adding them again.
            now: since when.

        Returns:
            False when there never was such a subscriber.
        """
        with writing(self._engine) as connection:
            found = _row(connection, number)
            if found is None:
                return False
            self._suppress(connection, found.digest, status, now)
            values: dict[str, Any] = {"status": status}
            if status is Status.ERASED:
                values |= {"address": None, "folded": None, "proof": [], "source": ""}
                values |= {"wishes": "", "paused_until": None}
            if found.status != Status.ERASED:
                _change(connection, number, values)
            return True

    def count_bounce(self, number: int, most: int, now: datetime) -> bool:
        """Count a soft bounce; the last of `most` in a row takes the subscriber off the list.

        Returns:
            True when that has happened now.
        """
        with writing(self._engine) as connection:
            found = _row(connection, number)
            if found is None or found.status != Status.ACTIVE:
                return False
            values: dict[str, Any] = {"bounces": found.bounces + 1}
            over: bool = found.bounces + 1 >= most
            if over:
                values["status"] = Status.BOUNCED
                self._suppress(connection, found.digest, Status.BOUNCED, now)
            _change(connection, number, values)
            return over

    def suppressed(self) -> list[tuple[str, str, datetime]]:
        """The suppression list: hash, reason, since when."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(suppression).order_by(suppression.c.since))
            return [(row.digest, row.reason, row.since) for row in rows]

    def _add(
        self, connection: Connection, person: Subscriber, now: datetime, by_own_will: bool
    ) -> Added:
        folded = folded_address(person.address)
        digest = self._digest(folded)
        known = connection.execute(
            select(subscriber.c.id, subscriber.c.status).where(subscriber.c.folded == folded)
        ).first()
        barred = connection.execute(
            select(suppression.c.digest).where(suppression.c.digest == digest)
        ).first()
        if known:
            return Added(known.id, "suppressed" if barred else "known")
        if barred and not by_own_will:
            return Added(0, "suppressed")
        row = {
            "address": person.address,
            "folded": folded,
            "digest": digest,
            "status": person.status,
            "rhythm": person.rhythm,
            "wishes": person.wishes.text,
            "paused_until": person.paused_until,
            "added_at": person.added_at,
            "confirmed_at": person.confirmed_at,
            "source": person.source,
            "proof": list(person.proof),
        }
        made = connection.execute(insert(subscriber).values(row).returning(subscriber.c.id))
        if person.status in _LEAVING:
            self._suppress(connection, digest, person.status, now)
        return Added(int(made.scalar_one()), "added")

    def _suppress(self, connection: Connection, digest: str, reason: Status, now: datetime) -> None:
        known = select(suppression.c.digest).where(suppression.c.digest == digest)
        if not connection.execute(known).first():
            row = {"digest": digest, "reason": reason, "since": now}
            connection.execute(insert(suppression).values(row))


def _row(connection: Connection, number: int) -> Row[Any] | None:
    return connection.execute(select(subscriber).where(subscriber.c.id == number)).first()


def _change(connection: Connection, number: int, values: dict[str, Any]) -> bool:
    changed = update(subscriber).where(subscriber.c.id == number).values(values)
    return bool(connection.execute(changed).rowcount)


def _person(row: Row[Any]) -> Subscriber:
    return Subscriber(
        address=row.address or "",
        status=Status(row.status),
        rhythm=Rhythm(row.rhythm),
        wishes=Preferences.of(row.wishes),
        paused_until=row.paused_until,
        added_at=row.added_at,
        confirmed_at=row.confirmed_at,
        source=row.source,
        proof=tuple(row.proof),
        number=row.id,
        bounces=row.bounces,
    )
