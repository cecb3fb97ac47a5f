"""The guard inside connect: odd literals, rebinding, mixed answers, ports, certificates."""

import asyncio
import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pycurl
import pytest

from aggregator.errors import AddressRefused, FetchError
from aggregator.web import guard, transport
from tests.loopback import Loopback, client, reply, serving

pytestmark = pytest.mark.slow

ODD_HOSTS = """
127.0.0.1 127.1 127.0.1 0 0.0.0.0 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 0177.0.0.1 0177.1
017700000001 127.0.0.1. 0x7F.0x0.0x0.0x1 00000177.0.0.1 127.000.000.001 localhost LOCALHOST
localhost. 10.0.0.1 0xa000001 167772161 012.0.0.1 169.254.169.254 0xa9fea9fe 2852039166
0251.0376.0251.0376 169.254.43518 192.168.1.1 0xc0a80101 3232235777 172.16.0.1 100.64.0.1 [::1]
[::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [0:0:0:0:0:ffff:a9fe:a9fe]
[64:ff9b::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [fe80::1] [fd00::1] [fec0::1] [ff02::1]
224.0.0.1 255.255.255.255 168.63.129.16
""".split()


@pytest.fixture
def inside() -> Iterator[Loopback]:
    with serving(lambda _: reply(b"secret"), host="0.0.0.0") as web:
        yield web


def test_the_table_of_odd_hosts_is_long_enough() -> None:
    assert len(ODD_HOSTS) >= 39


@pytest.mark.parametrize("host", ODD_HOSTS)
async def test_an_odd_form_of_a_private_address_is_refused(host: str, inside: Loopback) -> None:
    async with client(allow_networks=()) as web:
        with pytest.raises(FetchError) as caught:
            await web.get(f"http://{host}:{inside.port}/")
    # A form that this machine's resolver does not read has no address at all.
    assert caught.value.reason in ("address", "dns", "url"), caught.value
    assert inside.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "localhost"])
async def test_loopback_is_refused_as_an_address(host: str) -> None:
    async with client(allow_networks=()) as web:
        with pytest.raises(AddressRefused) as caught:
            await web.get(f"http://{host}/")
    assert caught.value.reason == "address"


async def test_a_name_is_resolved_once_and_the_checked_address_is_dialled(
    inside: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.3"], ["10.0.0.1"]])
    lookups: list[str] = []

    def flipping(host: str, port: int) -> list[str]:
        lookups.append(host)
        return next(answers)

    monkeypatch.setattr(guard, "_look_up", flipping)
    async with client(allow_networks=("127.0.0.2/32",)) as web:
        download = await web.get(f"http://flip.example:{inside.port}/")
    assert (download.body, lookups) == (b"secret", ["flip.example"])
    assert inside.asked[0].headers["host"] == f"flip.example:{inside.port}"


async def test_one_bad_address_among_good_ones_refuses_the_name(
    inside: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_look_up", lambda h, p: ["127.0.0.2", "127.0.0.3"])
    async with client(allow_networks=("127.0.0.2/32",)) as web:
        with pytest.raises(AddressRefused) as caught:
            await web.get(f"http://mixed.example:{inside.port}/")
    assert (caught.value.reason, inside.connections) == ("address", 0)


async def test_the_next_address_is_tried_when_the_first_is_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "_look_up", lambda h, p: ["127.0.0.9", "127.0.0.2"])
    with serving(lambda _: reply(b"alive"), host="127.0.0.2") as alive:
        async with client() as web:
            assert (await web.get(f"http://two.example:{alive.port}/")).body == b"alive"


async def test_a_public_address_is_reached_only_on_web_ports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "_look_up", lambda h, p: ["93.184.216.34"])
    async with client(allow_networks=()) as web:
        for port in (22, 25, 6379, 8080):
            with pytest.raises(AddressRefused) as caught:
                await web.get(f"http://public.example:{port}/")
            assert caught.value.reason == "port"


async def test_a_socket_to_any_other_address_is_never_opened() -> None:
    done = asyncio.get_running_loop().create_future()
    transfer = transport._Transfer(done, [ipaddress.ip_address("127.0.0.2")], 100)
    tcp = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened = transfer._open(0, (*tcp, ("127.0.0.2", 80)))
    assert isinstance(opened, socket.socket)
    opened.close()
    assert transfer._open(0, (*tcp, ("10.0.0.1", 80))) == pycurl.SOCKET_BAD
    transfer.finish(httpx.ConnectError("no socket"))
    with pytest.raises(AddressRefused, match="not the address that was checked"):
        await done


async def test_a_name_without_address_is_named_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(guard, "_look_up", unknown)
    async with client() as web:
        with pytest.raises(FetchError) as caught:
            await web.get("http://nowhere.example/")
    assert caught.value.reason == "dns"
    assert "nowhere.example" in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no self-signed certificate to test with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subprocess.run(
        [*command.split(), "-subj", "/CN=localhost", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    return key, cert


async def test_a_certificate_that_nobody_vouches_for_is_a_tls_fault(
    certificate: tuple[Path, Path],
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            context.wrap_socket(connection, server_side=True)

    threading.Thread(target=serve, daemon=True).start()
    async with client() as web:
        with pytest.raises(FetchError) as caught:
            await web.get(f"https://localhost:{listener.getsockname()[1]}/")
    listener.close()
    assert caught.value.reason == "tls"
