"""One connection to a mail server, with a fence right before the final dot.

A server must not deliver a message whose final dot it has not seen (RFC 5321, section
4.1.1.4). So everything up to the dot may be repeated, and only the time between the dot
and its reply is in doubt. `Lane.send` asks the ledger at exactly that place.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from aggregator.errors import DeliveryError

Security = Literal["starttls", "tls", "none"]

_READY = 354
_CLOSING = 421
_LOST = 0


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our messages.

    Args:
        host: its name.
        port: 587 for submission with STARTTLS, 465 for TLS, 25 for a relay of one's own.
        security: ``starttls`` refuses a server without it.
        user: to log in, empty for none.
        password: to log in.
        timeout: seconds for one command.
        hello: the name in EHLO, empty for this host's.
        context: whom to trust; None for the system's authorities.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = 60.0
    hello: str = ""
    context: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """How a try to hand over a message ended.

    Args:
        code: the deciding reply's code; 0 when the connection was lost.
        message: its text.
        fenced: whether the final dot may have gone out.
        stopped: whether the fence held it back.
    """

    code: int
    message: str
    fenced: bool = False
    stopped: bool = False


class Lane:
    """A connection that carries one message after the other; opened again when lost."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._client: aiosmtplib.SMTP | None = None

    async def open(self) -> None:
        """Connect and log in, unless connected.

        Raises:
            DeliveryError: the server can't be reached or refuses us; nothing was sent.
        """
        if self._client is not None and self._client.is_connected:
            return
        relay = self._relay
        client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=relay.timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            username=relay.user or None,
            password=relay.password or None,
            local_hostname=relay.hello or None,
            tls_context=relay.context,
        )
        try:
            await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            permanent = isinstance(error, SMTPResponseException) and error.code >= 500
            raise DeliveryError(
                f"the mail server {relay.host}:{relay.port} can't be used: {error}",
                permanent=permanent,
            ) from error
        self._client = client

    async def close(self) -> None:
        """Say goodbye, if there is somebody to say it to."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            try:
                await client.quit()
            except (SMTPException, OSError):
                client.close()

    async def send(
        self, envelope: str, address: str, message: bytes, fence: Callable[[], Awaitable[bool]]
    ) -> Reply:
        """Hand over one message.

        Args:
            envelope: reverse path, where bounces go.
            address: the one recipient.
            message: RFC 5322 octets with CRLF line ends.
            fence: called when all but the final dot is out; False holds the dot back, and
                the connection is cut so that the server forgets the rest.

        Returns:
            The reply that decided. Nothing of the network is raised.
        """
        client = self._client
        if client is None:
            raise RuntimeError("the lane is not open")
        fenced = False
        try:
            await client.mail(envelope)
            await client.rcpt(address)
            ready = await client.execute_command(b"DATA")
            if ready.code != _READY:
                return await self._after(Reply(ready.code, ready.message))
            await self._pour(client, message)
            if not await fence():
                self._cut()
                return Reply(_LOST, "held back before the final dot", stopped=True)
            fenced = True
            done = await client.execute_command(b".")
            return await self._after(Reply(done.code, done.message, fenced=True))
        except SMTPResponseException as refusal:
            return await self._after(Reply(refusal.code, refusal.message, fenced))
        except (SMTPException, OSError) as error:
            self._cut()
            return Reply(_LOST, f"{type(error).__name__}: {error}", fenced)

    async def _pour(self, client: aiosmtplib.SMTP, message: bytes) -> None:
        """Write the message and wait until it has left for the system's buffers."""
        # RFC 5321, section 4.5.2: a line that begins with a dot gets another one.
        stuffed = message.replace(b"\r\n.", b"\r\n..")
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        transport = client.transport
        if not isinstance(transport, asyncio.WriteTransport) or client.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("connection lost")
        client.protocol.write(stuffed)
        async with asyncio.timeout(self._relay.timeout):
            # asyncio tells protocols of a full buffer, none of an empty one.
            while not transport.is_closing() and transport.get_write_buffer_size():  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def _after(self, reply: Reply) -> Reply:
        """Make the connection ready for the next message."""
        client = self._client
        if reply.code == _CLOSING or client is None:
            self._cut()
        elif not 200 <= reply.code < 300:
            try:
                await client.rset()
            except (SMTPException, OSError):
                self._cut()
        return reply

    def _cut(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
