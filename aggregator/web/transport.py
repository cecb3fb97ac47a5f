"""httpx's transport with a guard inside connect: names are resolved once, checked, and dialled
by address, so that no name can lead into the private network and none can change its mind.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpcore
import httpx

from aggregator.errors import AddressRefused, FetchError
from aggregator.web.addresses import Address, Network, is_allowed, is_public

_WEB_PORTS = (80, 443)
_RESOLVER_THREADS = 32
_SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to public addresses on web ports, or to allowed networks.

    Args:
        allowed: networks that may be reached although they are not public, on any port.
    """

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()
        self._resolver = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="resolver")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check and dial.

        Raises:
            AddressRefused: one of the name's addresses may not be reached.
            FetchError: the name has no address.
        """
        addresses = await self._resolve(host, port)
        for address in addresses:
            self._check(host, address, port)
        stream = await self._dial(addresses, port, timeout, socket_options)
        try:
            peer = stream.get_extra_info("server_addr")
            self._check(host, ipaddress.ip_address(str(peer[0]).partition("%")[0]), port)
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: feeds don't live in local sockets."""
        raise AddressRefused("address", "local sockets are not polled")

    async def sleep(self, seconds: float) -> None:
        """Sleep, for httpcore's own retries."""
        await self._inner.sleep(seconds)

    def close(self) -> None:
        """Let the resolver's threads go."""
        self._resolver.shutdown(wait=False, cancel_futures=True)

    async def _resolve(self, host: str, port: int) -> list[Address]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._resolver, _look_up, host, port)
        except (OSError, ValueError, OverflowError) as error:
            raise FetchError("dns", f"the name {host} has no address: {error}") from error
        return [ipaddress.ip_address(text.partition("%")[0]) for text in dict.fromkeys(found)]

    async def _dial(
        self,
        addresses: Sequence[Address],
        port: int,
        timeout: float | None,
        socket_options: Iterable[_SocketOption] | None,
    ) -> httpcore.AsyncNetworkStream:
        options = list(socket_options or ())
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, None, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(str(addresses[-1]), port, timeout, None, options)

    def _check(self, host: str, address: Address, port: int) -> None:
        if is_allowed(address, self._allowed):
            return
        if not is_public(address):
            raise AddressRefused(
                "address",
                f"{host} leads to {address}, which is not a public address "
                "(polling.allow_networks in feeds.yaml can allow it)",
            )
        if port not in _WEB_PORTS:
            raise AddressRefused("port", f"port {port} of {host} is not a web port (80 or 443)")


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx over a pool whose connections go through `GuardedBackend`.

    Args:
        backend: makes the connections.
        connections: open connections at the most.
    """

    def __init__(self, backend: GuardedBackend, connections: int) -> None:
        self._backend = backend
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is streamed."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
        self._backend.close()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()
