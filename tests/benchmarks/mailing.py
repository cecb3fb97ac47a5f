"""Messages a second to a real SMTP server, and senders killed at random moments.

Usage: ``python -m tests.benchmarks.mailing``; ``FULL=1`` sends to 20,000 subscribers and kills
200 times. The peer is the plain way with the same parts: a message built, signed by dkimpy and
sent with aiosmtplib's ``sendmail`` for each recipient, over as many connections.
"""

import asyncio
import os
import resource
import tempfile
import time
from email import policy
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aggregator.mailing import Pace, deliver
from aggregator.newsletter.letter import ID_PLACE, TOKEN_PLACE
from aggregator.newsletter.replies import Delivery
from aggregator.newsletter.signing import Signer
from aggregator.newsletter.subscribers import Subscriber
from tests.mail_sink import Sink, running_sink
from tests.posted import ISSUE, NOW, mail_store, office

FULL = os.environ.get("FULL") == "1"
SUBSCRIBERS = 20_000 if FULL else 2_000
PEER_MESSAGES = 400
CONNECTIONS = 10
LINE = "Forty people in a car park, one of them a horse: the clip for “Switchyard”. "


def message(identity: str, token: str) -> EmailMessage:
    """A message of about 60 KB."""
    made = EmailMessage(policy=policy.SMTP)
    made["Subject"] = "Weekly"
    made["From"] = "digest@club.example"
    made["Date"] = "Fri, 27 Nov 2026 17:00:00 +0000"
    made["Message-ID"] = f"<{identity}@club.example>"
    made["List-Unsubscribe"] = f"<https://club.example/u/{token}>"
    made.set_content(LINE * 60 + f"\nhttps://club.example/u/{token}\n", cte="quoted-printable")
    page = f"<p>{LINE}</p>\n" * 620 + f"<a href='https://club.example/u/{token}'>Leave</a>"
    made.add_alternative(page, subtype="html", cte="quoted-printable")
    return made


def private_key() -> bytes:
    """A new RSA key of 2,048 bits."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def ours(folder: Path, sink: Sink, key: bytes) -> tuple[float, float, int]:
    """Seconds for the whole mailing, peak memory in MB, octets of a message."""
    document = message(ID_PLACE, TOKEN_PLACE).as_bytes()
    with mail_store(folder) as store:
        people = (Subscriber(f"r{n}@a.example", added_at=NOW) for n in range(SUBSCRIBERS))
        store.subscribers.add(people, NOW)
        store.ledger.freeze(ISSUE, lambda wishes: document, NOW)
        post = office(
            store,
            sink.port,
            signer=Signer("club.example", "s1", key),
            pace=Pace(connections=CONNECTIONS),
        )

        async def send() -> int:
            return sum([1 async for _ in deliver(post, ISSUE)])

        start = time.perf_counter()
        count = asyncio.run(send())
        took = time.perf_counter() - start
        standing = store.ledger.standing(ISSUE)
    if standing is None or standing.states[Delivery.SENT] != SUBSCRIBERS or count != SUBSCRIBERS:
        raise SystemExit(f"not everybody was reached: {standing}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return took, memory, len(document)


def peer(sink: Sink, key: bytes) -> float:
    """Seconds for `PEER_MESSAGES`."""

    async def lane(numbers: range) -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False)
        async with client:
            for number in numbers:
                made = message(f"{number:032}", "t" * 32)
                made["To"] = f"p{number}@a.example"
                octets = made.as_bytes()
                signed = dkim.sign(octets, b"s1", b"club.example", key) + octets
                await client.sendmail("b@club.example", f"p{number}@a.example", signed)

    async def send() -> None:
        share = PEER_MESSAGES // CONNECTIONS
        parts = (range(n * share, (n + 1) * share) for n in range(CONNECTIONS))
        await asyncio.gather(*(lane(part) for part in parts))

    start = time.perf_counter()
    asyncio.run(send())
    return time.perf_counter() - start


def main() -> None:
    """Print messages a second, the ratio to the peer, and what the kills left uncertain."""
    from tests.test_mailing import PEOPLE, random_moments

    with tempfile.TemporaryDirectory() as place:
        folder, key = Path(place) / "ours", private_key()
        folder.mkdir()
        with running_sink(Path(place) / "drain", "--drain") as drain:
            before = peer(drain, key)
            cpu = time.process_time()
            took, memory, octets = ours(folder, drain, key)
            cpu = time.process_time() - cpu
            after = peer(drain, key)
        rate, plain = SUBSCRIBERS / took, 2 * PEER_MESSAGES / (before + after)
        print(
            f"{SUBSCRIBERS} messages of {octets / 1000:.0f} KB, signed, {CONNECTIONS} connections: "
            f"{rate:.0f} a second, {rate / plain:.1f} times building and signing each anew "
            f"(aiosmtplib and dkimpy, {plain:.0f} a second); "
            f"{1000 * cpu / SUBSCRIBERS:.2f} ms of CPU a message; peak memory {memory:.0f} MB"
        )
        kills = 200 if FULL else 20
        with running_sink(Path(place) / "sink") as sink:
            uncertain = random_moments(Path(place), sink, kills, seed=2026)
        print(
            f"{kills} senders killed at random moments, a second one beside them, "
            f"{len(PEOPLE)} recipients each: nobody left out, nobody mailed twice, "
            f"{uncertain} rows uncertain in all"
        )


if __name__ == "__main__":
    main()
