"""httpx over libcurl: its transfers on asyncio's loop, each to an address that was checked.

libcurl does in C what costs most: connecting, TLS, HTTP/1.1 and 2. Which address may be reached
and how much is read stays ours. docs/decisions/0014 has the measurements.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Sequence

import certifi
import httpx
import pycurl

from aggregator.errors import AddressRefused
from aggregator.web.addresses import Address
from aggregator.web.bodies import too_large
from aggregator.web.guard import Guard

_HEADER_LIMIT = 100_000
# What comes with a redirect or an error is not kept, but so much of it may pass by.
_UNWANTED = 64_000
_KEPT_ALIVE = 5  # seconds
# What is public needs no key that withstands the computers of the future; those cost a tenth more.
_CURVES = "X25519:P-256:P-384"
_PORTS = {"http": 80, "https": 443}
_HTTP2_STREAM, _TOO_LARGE = 92, 100
# httpx's exceptions for libcurl's error codes (curl.se/libcurl/c/libcurl-errors.html).
_FAULTS: dict[int, type[httpx.TransportError]] = {
    pycurl.E_UNSUPPORTED_PROTOCOL: httpx.RemoteProtocolError,  # an answer that is no HTTP
    pycurl.E_URL_MALFORMAT: httpx.UnsupportedProtocol,
    pycurl.E_COULDNT_RESOLVE_HOST: httpx.ConnectError,
    pycurl.E_COULDNT_CONNECT: httpx.ConnectError,
    pycurl.E_FTP_WEIRD_SERVER_REPLY: httpx.RemoteProtocolError,
    pycurl.E_HTTP2: httpx.RemoteProtocolError,
    _HTTP2_STREAM: httpx.RemoteProtocolError,
    _TOO_LARGE: httpx.RemoteProtocolError,  # a header
    pycurl.E_OPERATION_TIMEDOUT: httpx.ConnectTimeout,
    pycurl.E_GOT_NOTHING: httpx.RemoteProtocolError,
    pycurl.E_PARTIAL_FILE: httpx.RemoteProtocolError,
    pycurl.E_SEND_ERROR: httpx.WriteError,
}
_TLS_FAULTS = frozenset(
    (
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CACERT_BADFILE,
    )
)


class CurlTransport(httpx.AsyncBaseTransport):
    """Sends GET requests through libcurl; bodies come whole, as they were sent.

    Args:
        guard: says where a connection may go.
        connections: connections kept open at the most.
        connect_timeout: seconds to connect.
        max_bytes: most bytes of a body, as sent.
    """

    def __init__(
        self, guard: Guard, *, connections: int, connect_timeout: float, max_bytes: int
    ) -> None:
        self._guard, self._connections = guard, connections
        self._connect_ms, self._max_bytes = int(connect_timeout * 1000), max_bytes
        self._authorities = os.environ.get("SSL_CERT_FILE") or certifi.where()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._under_way: dict[pycurl.Curl, _Transfer] = {}
        self._idle: list[pycurl.Curl] = []
        self._watched: dict[int, int] = {}
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read its answer.

        Raises:
            httpx.TransportError: it failed, see `aggregator.web.faults`.
            FetchError: the address may not be reached, or the body is too large.
        """
        host, port = request.url.host, request.url.port or _PORTS[request.url.scheme]
        addresses = await self._guard.addresses(host, port)
        transfer = _Transfer(self._loop.create_future(), addresses, self._max_bytes)
        curl = self._idle.pop() if self._idle else pycurl.Curl()
        self._prepare(curl, request)
        _set_target(curl, request.url, port, addresses)
        transfer.attach(curl)
        self._under_way[curl] = transfer
        self._multi.add_handle(curl)
        try:
            await transfer.done
        finally:
            self._multi.remove_handle(curl)
            del self._under_way[curl]
            curl.reset()
            if len(self._idle) < self._connections:
                self._idle.append(curl)
        return transfer.answer()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._timer is not None:
            self._timer.cancel()
        for curl in self._idle:
            curl.close()
        self._multi.close()
        self._guard.close()

    def _prepare(self, curl: pycurl.Curl, request: httpx.Request) -> None:
        # httpx writes Connection for its own pool; HTTP/2 has none.
        headers = [b"%s: %s" % pair for pair in request.headers.raw if pair[0] != b"Connection"]
        for option, value in (
            (pycurl.HTTPHEADER, headers),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.PROXY, ""),  # none, whatever the environment says
            (pycurl.CAINFO, self._authorities),
            (pycurl.SSL_EC_CURVES, _CURVES),
            (pycurl.CONNECTTIMEOUT_MS, self._connect_ms),
            (pycurl.MAXAGE_CONN, _KEPT_ALIVE),
            (pycurl.PATH_AS_IS, 1),
            (pycurl.NOSIGNAL, 1),
        ):
            curl.setopt(option, value)

    def _watch(self, what: int, descriptor: int, *_: object) -> None:
        """libcurl says which sockets it waits for."""
        before = self._watched.pop(descriptor, 0)
        wanted = 0 if what == pycurl.POLL_REMOVE else what
        if before & ~wanted & pycurl.POLL_IN:
            self._loop.remove_reader(descriptor)
        if before & ~wanted & pycurl.POLL_OUT:
            self._loop.remove_writer(descriptor)
        if wanted & ~before & pycurl.POLL_IN:
            self._loop.add_reader(descriptor, self._act, descriptor, pycurl.CSELECT_IN)
        if wanted & ~before & pycurl.POLL_OUT:
            self._loop.add_writer(descriptor, self._act, descriptor, pycurl.CSELECT_OUT)
        if wanted:
            self._watched[descriptor] = wanted

    def _set_timer(self, milliseconds: int) -> None:
        """libcurl says when it wants to be called at the latest."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if milliseconds >= 0:
            self._timer = self._loop.call_later(milliseconds / 1000, self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        self._act(pycurl.SOCKET_TIMEOUT, 0)

    def _act(self, descriptor: int, what: int) -> None:
        self._multi.socket_action(descriptor, what)
        left = 1
        while left:
            left, good, bad = self._multi.info_read()
            for curl in good:
                self._under_way[curl].finish(None)
            for curl, code, words in bad:
                self._under_way[curl].finish(_fault(code, words))


class _Transfer:
    """One request under way: what came so far, and where it may connect to."""

    def __init__(
        self, done: "asyncio.Future[None]", addresses: Sequence[Address], max_bytes: int
    ) -> None:
        self.done = done
        self._addresses, self._max_bytes = frozenset(map(str, addresses)), max_bytes
        self._status = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes, self._head_done = 0, False
        self._body = bytearray()
        self._passed_by = 0
        self._stopped: Exception | None = None
        self._had_enough = False

    def attach(self, curl: pycurl.Curl) -> None:
        """Have a handle report to it."""
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        curl.setopt(pycurl.HEADERFUNCTION, self._take_header)
        curl.setopt(pycurl.WRITEFUNCTION, self._take_body)

    def finish(self, fault: Exception | None) -> None:
        """The handle has come to its end."""
        if self.done.done():
            return
        fault = None if self._had_enough else self._stopped or fault
        if fault is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(fault)

    def answer(self) -> httpx.Response:
        """What came, as httpx has it."""
        version, _, rest = self._status.partition(b" ")
        status, _, reason = rest.partition(b" ")
        return httpx.Response(
            int(status),
            headers=self._headers,
            stream=httpx.ByteStream(bytes(self._body)),
            extensions={"http_version": version, "reason_phrase": reason.strip()},
        )

    def _open(self, _: int, address: tuple[int, int, int, tuple[str, int]]) -> object:
        """Open the socket that libcurl is about to connect; the last look at where it leads."""
        family, kind, protocol, place = address
        if place[0] in self._addresses:
            return socket.socket(family, kind, protocol)
        self._stopped = AddressRefused("address", f"{place[0]} is not the address that was checked")
        return pycurl.SOCKET_BAD

    def _take_header(self, line: bytes) -> int | None:
        self._head_bytes += len(line)
        if self._head_bytes > _HEADER_LIMIT:
            self._stopped = httpx.RemoteProtocolError("the headers are too long")
            return -1
        if self._head_done and not line.startswith(b"HTTP/"):
            return None  # a trailer
        if line.startswith(b"HTTP/"):
            self._status, self._headers, self._head_done = line, [], False
        elif line.strip():
            name, _, value = line.partition(b":")
            self._headers.append((name.strip().title(), value.strip()))
        else:
            self._head_done = True
            return self._look_at_length()
        return None

    def _look_at_length(self) -> int | None:
        """Stop before the body comes if it is too large."""
        stated = dict(self._headers).get(b"Content-Length", b"")
        if self._is_wanted() and stated.isdigit() and int(stated[:20]) > self._max_bytes:
            self._stopped = too_large(self._max_bytes)
            return -1
        return None

    def _is_wanted(self) -> bool:
        return self._status.split(b" ", 2)[1][:3] == b"200"

    def _take_body(self, chunk: bytes) -> int | None:
        if not self._is_wanted():
            self._passed_by += len(chunk)
            self._had_enough = self._passed_by > _UNWANTED
            return -1 if self._had_enough else None
        self._body += chunk
        if len(self._body) > self._max_bytes:
            self._stopped = too_large(self._max_bytes)
            return -1
        return None


def _set_target(curl: pycurl.Curl, url: httpx.URL, port: int, addresses: Sequence[Address]) -> None:
    """Where to go: the name for Host and certificate, the checked addresses to dial."""
    curl.setopt(pycurl.URL, b"%s://%s%s" % (url.raw_scheme, url.netloc, url.raw_path))
    dialled = ",".join(f"[{a}]" if a.version == 6 else str(a) for a in addresses)
    curl.setopt(pycurl.RESOLVE, [f"{url.raw_host.decode('ascii')}:{port}:{dialled}"])


def _fault(code: int, words: str) -> httpx.TransportError:
    if code in _TLS_FAULTS:
        error = httpx.ConnectError(words)
        error.__cause__ = ssl.SSLError(words)
        return error
    return _FAULTS.get(code, httpx.ReadError)(words)
