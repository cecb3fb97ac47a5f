"""A real SMTP server in a process of its own that keeps what it accepted.

``python -m tests.mail_sink FOLDER [--whole] [--drain]`` writes its port to
``FOLDER/port`` and a line a message, ``recipient message-id octets``, to ``FOLDER/accepted``
before it answers 250. A recipient's local part tells how it is treated: ``full…`` 452 at RCPT,
``nobody…`` 550 5.1.1, ``later…`` 451 at the final dot, ``spam…`` 554 5.7.1 at the final dot,
``drop…`` the connection is cut behind the dot, ``dropped…`` the same with nothing kept.
"""

import argparse
import asyncio
import email
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Keeper:
    """Keeps what is accepted, on disk before the reply."""

    def __init__(self, folder: Path, whole: bool) -> None:
        self._out = (folder / "accepted").open("a", buffering=1)
        self._folder, self._whole, self._count = folder, whole, 0

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("full"):
            return "452 4.2.2 mailbox full"
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        address = envelope.rcpt_tos[0]
        if address.startswith("later"):
            return "451 4.3.0 try later"
        if address.startswith("spam"):
            return "554 5.7.1 not wanted"
        if not address.startswith("dropped"):
            self._keep(address, envelope)
        if address.startswith("drop"):
            server.transport.abort()
        return "250 OK"

    def _keep(self, address: str, envelope: Any) -> None:
        head = envelope.content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        ident = email.message_from_bytes(head)["Message-ID"]
        self._out.write(f"{address} {ident} {len(envelope.content)} {envelope.mail_from}\n")
        self._out.flush()
        if self._whole:
            self._count += 1
            (self._folder / f"{self._count}.eml").write_bytes(envelope.content)


class Drain(asyncio.Protocol):
    """As little of a server as a sender can tell from a real one: it counts, and keeps nothing."""

    def connection_made(self, transport: Any) -> None:
        self._transport, self._buffer, self._in_data = transport, b"", False
        transport.write(b"220 drain.example\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            place = self._buffer.find(end)
            if place < 0:
                return
            verb = self._buffer[:4].upper()
            self._buffer = self._buffer[place + len(end) :]
            if self._in_data:
                self._in_data, reply = False, b"250 OK\r\n"
            else:
                self._in_data = verb == b"DATA"
                reply = b"354 go on\r\n" if self._in_data else b"250 OK\r\n"
            self._transport.write(reply)


async def _serve(folder: Path, whole: bool, drain: bool) -> None:
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder, whole)
    server = await loop.create_server(
        Drain if drain else lambda: SMTP(keeper, hostname="sink.example", loop=loop),
        "127.0.0.1",
        0,
    )
    (folder / "port.new").write_text(str(server.sockets[0].getsockname()[1]))
    (folder / "port.new").rename(folder / "port")
    await server.serve_forever()


@dataclass(frozen=True)
class Sink:
    """A running sink."""

    folder: Path
    port: int

    def accepted(self) -> list[tuple[str, str]]:
        """Recipient and Message-ID of every message accepted, in order."""
        lines = (self.folder / "accepted").read_text().splitlines()
        return [(line.split()[0], line.split()[1]) for line in lines]

    def copies(self) -> Counter[str]:
        """How many messages each recipient got."""
        return Counter(address for address, _ in self.accepted())


@contextmanager
def running_sink(folder: Path, *flags: str) -> Iterator[Sink]:
    """Run a sink in its own process, ended with the block; flags as on the command line."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.mail_sink", str(folder)]
    child = subprocess.Popen([*command, *flags])
    try:
        until = time.monotonic() + 30
        while not (folder / "port").exists():
            assert time.monotonic() < until and child.poll() is None, "the sink did not start"
            time.sleep(0.02)
        yield Sink(folder, int((folder / "port").read_text()))
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true", help="keep whole messages too")
    parser.add_argument("--drain", action="store_true", help="say yes to all, keep nothing")
    options = parser.parse_args()
    asyncio.run(_serve(options.folder, options.whole, options.drain))
