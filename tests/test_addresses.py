"""Which addresses are public, held against a table of blocks."""

import ipaddress

import pytest

from aggregator.web.addresses import is_allowed, is_public, networks

PUBLIC = """
8.8.8.8 1.1.1.1 93.184.216.34 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 192.0.1.1
169.253.255.255 198.17.255.255 198.20.0.1 223.255.255.255 11.0.0.1
2606:4700::1111 2a00:1450:4001::1 2400:cb00::1 2001:4860:4860::8888 2620:0:ccc::2 2001:200::1
""".split()
REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1
127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1
192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255
192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
64:ff9b:1::1 100::1 2001::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2620:4f:8000::1
3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 4000::1 1fff::1
""".split()


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_public_internet_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_of_a_special_block_is_refused(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


def test_the_allow_list_lets_only_its_own_networks_pass() -> None:
    allowed = networks(("127.0.0.2/32", "fd00::/8"))
    assert is_allowed(ipaddress.ip_address("127.0.0.2"), allowed)
    assert is_allowed(ipaddress.ip_address("fd12::1"), allowed)
    assert not is_allowed(ipaddress.ip_address("127.0.0.3"), allowed)
    assert not is_allowed(ipaddress.ip_address("::ffff:127.0.0.2"), allowed)
