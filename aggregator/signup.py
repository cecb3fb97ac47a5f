"""The story of the list's own doors: somebody asks, agrees, leaves, or can't be reached.

::

    ask -> pending -> mail with a link -> agree -> active         leave -> off the list, at once
    report -> mailbox gone, or a complaint -> off the list        full, or refused -> counted

What is answered never tells whether an address is known.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.newsletter.addresses import checked_address
from aggregator.newsletter.bounces import Report, Returned
from aggregator.newsletter.subscribers import Status, Subscriber
from aggregator.newsletter.tokens import Keys, Purpose
from aggregator.store.subscribers import SubscriberTable

ASKED_AGAIN = timedelta(days=1)
"""How often one address can be sent a confirmation mail, whoever asks."""
NETWORK_WINDOW = timedelta(hours=1)
MOST_OF_NETWORK = 10
MOST_OF_ALL = 500
"""Requests within `NETWORK_WINDOW` that are acted on: of one network, and of all the world."""
MOST_SOFT_BOUNCES = 5
"""Soft bounces after which somebody is taken off the list."""
_TEST_COPY = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """The real objects that a door hands over.

    Args:
        subscribers: the list.
        keys: for tokens.
        clock: tells the time, aware and in UTC.
        send_confirmation: mails an address its link; gets address and token.
        wording: what somebody agreed to, kept as proof.
    """

    subscribers: SubscriberTable
    keys: Keys
    clock: Callable[[], datetime]
    send_confirmation: Callable[[str, str], Awaitable[None]]
    wording: str


class Limits:
    """Counts requests by network, so that nobody is made to bomb a mailbox."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._counts: dict[str, int] = {}

    def allow(self, network: str, now: datetime) -> bool:
        """Count a request and tell whether it is still within bounds."""
        if self._since is None or now - self._since > NETWORK_WINDOW:
            self._since, self._counts = now, {}
        if sum(self._counts.values()) >= MOST_OF_ALL:
            return False
        self._counts[network] = self._counts.get(network, 0) + 1
        return self._counts[network] <= MOST_OF_NETWORK


async def ask(desk: Desk, typed: str, network: str) -> None:
    """Take up a request to subscribe; sends a mail where that is due, and never says whether.

    Args:
        desk: the real objects.
        typed: the address as typed.
        network: where the request came from; kept as a keyed hash.

    Raises:
        ConfigError: it is no mail address; says why.
        DeliveryError: the mail server can't be used.
    """
    address, now = checked_address(typed), desk.clock()
    hashed = desk.keys.digest(f"network {network}")[:32]
    proof = {"asked": now.isoformat(), "from": hashed, "wording": desk.wording}
    known = desk.subscribers.find(address)
    if known is None:
        asked = Subscriber(address, Status.PENDING, added_at=now, source="form", proof=(proof,))
        [added] = desk.subscribers.add([asked], now, by_own_will=True)
        number = added.number
    elif known.status is Status.ACTIVE or not _is_due(known, now):
        return
    else:
        number = known.number
        desk.subscribers.prove(number, proof)
    await desk.send_confirmation(address, desk.keys.token(Purpose.CONFIRM, number))


def agree(desk: Desk, token: str, network: str) -> bool:
    """Take somebody on the list who followed the link in their mail; tells whether it was one."""
    number = desk.keys.number(Purpose.CONFIRM, token)
    if number is None:
        return False
    now = desk.clock()
    hashed = desk.keys.digest(f"network {network}")[:32]
    proof = {"agreed": now.isoformat(), "from": hashed}
    return desk.subscribers.confirm(number, proof, now)


def leave(desk: Desk, token: str) -> bool:
    """Take somebody off the list at once; idempotent; tells whether the token was one of ours."""
    number = desk.keys.number(Purpose.UNSUBSCRIBE, token)
    if number is None:
        return False
    return number == _TEST_COPY or desk.subscribers.leave(number, Status.LEFT, desk.clock())


def is_token_of(desk: Desk, purpose: Purpose, token: str) -> bool:
    """Whether a token allows this, to somebody there is."""
    number = desk.keys.number(purpose, token)
    return number is not None and (number == _TEST_COPY or desk.subscribers.get(number) is not None)


def _is_due(person: Subscriber, now: datetime) -> bool:
    """Whether somebody who asked before may be sent another mail."""
    asked = [datetime.fromisoformat(p["asked"]) for p in person.proof if "asked" in p]
    return person.status is not Status.ERASED and all(now - at >= ASKED_AGAIN for at in asked)


def heed(subscribers: SubscriberTable, returned: Returned, now: datetime) -> str:
    """Act on a bounce or a complaint.

    Returns:
        What was done: ``bounced`` or ``complained`` (off the list for good), ``counted``, or
        ``nothing``.
    """
    match returned.report:
        case Report.HARD:
            subscribers.leave(returned.number, Status.BOUNCED, now)
            return "bounced"
        case Report.COMPLAINT:
            subscribers.leave(returned.number, Status.COMPLAINED, now)
            return "complained"
        case Report.SOFT:
            over = subscribers.count_bounce(returned.number, MOST_SOFT_BOUNCES, now)
            return "bounced" if over else "counted"
    return "nothing"
