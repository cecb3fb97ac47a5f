"""The story of a mailing: freeze an issue's list, hand every copy over, note what became of it.

::

    letters -> freeze -> claim -> MAIL, RCPT, DATA, body -> fence -> final dot -> note

The ledger decides who may send what now; several senders on one store share the work.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.errors import DeliveryError
from aggregator.newsletter.addresses import wire_address
from aggregator.newsletter.letter import Copy, Letter, Recipient
from aggregator.newsletter.replies import Delivery, Settlement, settle, wait_after
from aggregator.newsletter.signing import Signer
from aggregator.newsletter.subscribers import Status
from aggregator.newsletter.tokens import Keys, Purpose
from aggregator.smtp.lane import Lane, Relay, Reply
from aggregator.store.ledger import Asked, Claim, Fence, Ledger, Told
from aggregator.store.subscribers import SubscriberTable

_CLAIMED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast we may send.

    Args:
        connections: to the relay at once.
        per_second: messages in all, 0 for no limit.
        per_connection: messages after which a connection is opened anew, 0 for no limit.
    """

    connections: int = 4
    per_second: float = 0
    per_connection: int = 0


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The real objects that a door hands to `deliver`.

    Args:
        ledger: what is to be sent.
        subscribers: where a mailbox that does not exist is noted.
        relay: who takes our mail.
        keys: for tokens and Message-IDs.
        sender: envelope address without recipient; bounces go to ``local+ISSUE.TOKEN@domain``.
        clock: tells the time, aware and in UTC; for the record only.
        worker: a name that no other sender ever has.
        signer: signs with DKIM, None where the relay does.
        at_least_once: send again what a lost connection leaves in doubt, instead of holding it.
        pace: how fast.
    """

    ledger: Ledger
    subscribers: SubscriberTable
    relay: Relay
    keys: Keys
    sender: str
    clock: Callable[[], datetime]
    worker: str
    signer: Signer | None = None
    at_least_once: bool = False
    pace: Pace = field(default_factory=Pace)


async def deliver(office: PostOffice, issue: str) -> AsyncIterator[Settlement]:
    """Send every copy of a frozen issue that is due now.

    Whoever stops reading stops the sending, each connection behind the message in its hands.

    Args:
        office: the real objects.
        issue: a frozen mailing.

    Yields:
        What became of each try, as they end.

    Raises:
        DeliveryError: the mail server can't be reached; what was claimed is put back.
    """
    letters = {
        variant: Letter(document) for variant, document in office.ledger.letters(issue).items()
    }
    office.ledger.recover(issue, office.clock(), at_least_once=office.at_least_once)
    round_ = _Round(office, issue, letters, _Throttle(office.pace.per_second))
    lanes = [asyncio.create_task(round_.work()) for _ in range(office.pace.connections)]
    try:
        for _ in lanes:
            while (settlement := await round_.told.get()) is not None:
                yield settlement
    finally:
        round_.stopping = True
        ended = await asyncio.gather(*lanes, return_exceptions=True)
    for error in ended:
        if isinstance(error, BaseException):
            raise error


async def send_test(office: PostOffice, document: bytes, address: str) -> None:
    """Send one copy that the ledger knows nothing of; its links act for nobody.

    Raises:
        DeliveryError: the server did not take it; says why.
    """
    token = office.keys.token(Purpose.UNSUBSCRIBE, 0)
    recipient = Recipient(wire_address(address), token, office.keys.message_id(office.worker, 0))
    copy = Letter(document).to(recipient)
    signed = office.signer.header(copy) if office.signer else b""
    await _hand_over(office, recipient.address, signed + copy.octets)


async def send_confirmation(office: PostOffice, address: str, message: bytes) -> None:
    """Send the mail that asks an address's owner to agree.

    Raises:
        DeliveryError: the server did not take it; says why.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    copy = Copy(head + b"\r\n", body)
    signed = office.signer.header(copy) if office.signer else b""
    await _hand_over(office, address, signed + message)


async def _hand_over(office: PostOffice, address: str, message: bytes) -> None:
    lane = Lane(office.relay)
    await lane.open()
    try:
        reply = await lane.send(office.sender, address, message, _always)
    finally:
        await lane.close()
    if not 200 <= reply.code < 300:
        raise DeliveryError(
            f"the server did not take it: {reply.code} {reply.message}",
            permanent=reply.code >= 500,
        )


class _Round:
    """One pass over what is due, shared by several connections."""

    def __init__(
        self, office: PostOffice, issue: str, letters: dict[int, Letter], throttle: "_Throttle"
    ) -> None:
        self._office, self._issue, self._letters = office, issue, letters
        self._throttle, self._clerk = throttle, _Clerk(office)
        self.told: asyncio.Queue[Settlement | None] = asyncio.Queue()
        self.stopping = False

    async def work(self) -> None:
        """Carry copies over one connection until nothing is due."""
        lane, carried = Lane(self._office.relay), 0
        ledger, most = self._office.ledger, self._office.pace.per_connection
        try:
            while claims := self._claims():
                try:
                    for claim in claims:
                        if self.stopping:
                            break
                        if most and carried and carried % most == 0:
                            await lane.close()
                        await lane.open()
                        await self._throttle.wait()
                        self.told.put_nowait(await self._carry(lane, claim))
                        carried += 1
                finally:
                    ledger.put_back(claims)
        except DeliveryError:
            self.stopping = True
            raise
        finally:
            self.told.put_nowait(None)
            await lane.close()

    def _claims(self) -> list[Claim]:
        if self.stopping:
            return []
        return self._office.ledger.claim(self._issue, self._office.worker, _CLAIMED_AT_ONCE)

    async def _carry(self, lane: Lane, claim: Claim) -> Settlement:
        office = self._office
        if not claim.address:
            await self._clerk.write(Asked(claim))
            return _WITHHELD
        answer = Fence.LOST

        async def fence() -> bool:
            nonlocal answer
            answer = await self._clerk.write(Asked(claim))
            return answer is Fence.OPEN

        address = wire_address(claim.address)
        token = office.keys.token(Purpose.UNSUBSCRIBE, claim.number)
        message_id = office.keys.message_id(self._issue, claim.number)
        copy = self._letters[claim.variant].to(Recipient(address, token, message_id))
        signed = office.signer.header(copy) if office.signer else b""
        reply = await lane.send(self._envelope(claim), address, signed + copy.octets, fence)
        if reply.stopped:
            return _WITHHELD if answer is Fence.WITHHELD else _TAKEN_OVER
        settlement = _settled(reply, claim, at_least_once=office.at_least_once)
        await self._clerk.write(Told(claim, settlement))
        if settlement.bad_mailbox:
            office.subscribers.leave(claim.number, Status.BOUNCED, office.clock())
        return settlement

    def _envelope(self, claim: Claim) -> str:
        """The variable return path: a bounce tells which issue and whom it speaks of."""
        local, _, domain = self._office.sender.rpartition("@")
        token = self._office.keys.token(Purpose.BOUNCE, claim.number)
        return f"{local}+{self._issue}.{token}@{domain}"


class _Clerk:
    """Writes into the ledger for all connections; what comes while the disk is busy goes as one."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office
        self._waiting: list[tuple[Asked | Told, asyncio.Future[Fence]]] = []
        self._busy: asyncio.Task[None] | None = None

    async def write(self, entry: Asked | Told) -> Fence:
        """Write an entry; done when the disk has it."""
        answer: asyncio.Future[Fence] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, answer))
        if self._busy is None:
            self._busy = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        ledger, clock = self._office.ledger, self._office.clock
        while batch := self._waiting:
            self._waiting = []
            try:
                written = await asyncio.to_thread(
                    ledger.write, [entry for entry, _ in batch], clock()
                )
            except BaseException as error:
                for _, answer in batch:
                    answer.set_exception(error)
            else:
                for (_, answer), said in zip(batch, written, strict=True):
                    answer.set_result(said)
        self._busy = None


async def _always() -> bool:
    return True


_WITHHELD = Settlement(Delivery.WITHHELD, "left the list after the freeze")
_TAKEN_OVER = Settlement(Delivery.PENDING, "taken over by another sender")


def _settled(reply: Reply, claim: Claim, *, at_least_once: bool) -> Settlement:
    if reply.fenced and not reply.code:
        note = f"the connection was lost behind the final dot: {reply.message}"[:300]
        if at_least_once:
            return Settlement(Delivery.PENDING, note, wait_after(claim.attempt))
        return Settlement(Delivery.UNCERTAIN, note)
    return settle(reply.code, reply.message, claim.attempt)


class _Throttle:
    """Lets so many pass in a second, evenly."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0

    async def wait(self) -> None:
        """Wait for one's turn."""
        if not self._gap:
            return
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._gap
        await asyncio.sleep(turn - now)
