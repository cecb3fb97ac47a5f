"""Where a connection may go: names are resolved once, checked, and dialled by the address that
was checked, so that no name can lead into the private network and none can change its mind.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from aggregator.errors import AddressRefused, FetchError
from aggregator.web.addresses import Address, Network, is_allowed, is_public

_WEB_PORTS = (80, 443)
# A resolver that takes 50 ms answers 1,000 names a second with so many threads, 100 with six.
_THREADS = 64


class Guard:
    """Resolves names and lets only public addresses on web ports pass, or allowed networks.

    Args:
        allowed: networks that may be reached although they are not public, on any port.
    """

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._resolver = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolver")

    async def addresses(self, host: str, port: int) -> list[Address]:
        """The addresses of a name, all of them checked.

        Raises:
            AddressRefused: one of them may not be reached.
            FetchError: the name has no address.
        """
        found = [literal] if (literal := _literal(host)) else await self._resolve(host, port)
        for address in found:
            self.check(host, address, port)
        return found

    def check(self, host: str, address: Address, port: int) -> None:
        """Refuse an address that may not be reached.

        Raises:
            AddressRefused: it may not.
        """
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


def _literal(host: str) -> Address | None:
    """The address that a host is written as; odd forms are the resolver's to read."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
