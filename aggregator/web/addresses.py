"""Which addresses are on the public internet; everything else is refused.

`ipaddress.is_global` is not a guard: it lets multicast, NAT64 and 6to4 pass, and
`is_private` misses carrier-grade NAT. The tables follow the IANA special-purpose
address registries.
"""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REFUSED_IPV4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # the inside of Azure: looks public, answers every virtual machine
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_IPV6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks in CIDR notation."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _REFUSED_IPV4)
    return address in _GLOBAL_IPV6 and not any(address in block for block in _REFUSED_IPV6)


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether an address lies in a network that the configuration allows."""
    return any(address.version == block.version and address in block for block in allowed)
