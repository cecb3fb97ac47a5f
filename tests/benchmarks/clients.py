"""Our client against httpx as it comes, each feed on a new connection, 128 at once."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.feed_farm import farm, host_of, url_of

_ROUNDS = 3
_TLS_HOSTS = 250  # names in the certificate

# Each runs in a process of its own; only the polling is timed.
_TIMED = """
import asyncio, resource, sys, time
urls, conditional = sys.argv[1].split(), sys.argv[2] == "304"
headers = {"If-None-Match": "*"} if conditional else {}
{client}
wall, cpu = time.perf_counter(), time.process_time()
done = asyncio.run(poll())
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
assert done == len(urls), done
print(len(urls) / wall, 1000 * cpu / len(urls))
"""
_OURS = """
from aggregator.web.client import Download, Request, WebClient, WebSettings
async def poll():
    settings = WebSettings("bench", ("127.0.0.0/8",), host_pause=0, concurrency=128)
    done = 0
    async with WebClient(settings) as web:
        async for batch in web.get_all([Request(url, headers, url)] for url in urls):
            done += sum(isinstance(answer, Download) for _, answer in batch)
    return done
"""
_HTTPX = """
import httpx
async def poll():
    done, left = 0, iter(urls)
    limits = httpx.Limits(max_connections=128, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=60) as web:
        async def work():
            nonlocal done
            for url in left:
                answer = await web.get(url, headers=headers)
                done += answer.status_code in (200, 304)
        await asyncio.gather(*(work() for _ in range(128)))
    return done
"""


def main(count: int) -> None:
    """Print both over HTTP and, where openssl can make a certificate, over TLS."""
    print("\nclients: feeds a second (CPU ms a feed), medians of 3, taking turns")
    with farm() as port:
        urls = [url_of(number, port) for number in range(count)]
        for answer in ("304", "200"):
            _compare(f"http {answer}", urls, answer)
    if shutil.which("openssl") is None:
        print("  openssl is not installed: TLS is left out")
        return
    with tempfile.TemporaryDirectory() as folder:
        certificate = _certificate(Path(folder))
        with farm(certificate) as port:
            urls = [url_of(number % _TLS_HOSTS, port, "https") for number in range(count)]
            _compare("https 304", urls, "304", {"SSL_CERT_FILE": str(certificate)})


def _compare(
    what: str, urls: list[str], answer: str, environment: dict[str, str] | None = None
) -> None:
    figures: dict[str, list[tuple[float, float]]] = {"ours": [], "httpx": []}
    for _ in range(_ROUNDS):
        for name, client in (("httpx", _HTTPX), ("ours", _OURS)):
            code = _TIMED.replace("{client}", client)
            done = subprocess.run(
                [sys.executable, "-c", code, " ".join(urls), answer],
                env=os.environ | (environment or {}), capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(done.stderr)
            speed, cpu = map(float, done.stdout.split())
            figures[name].append((speed, cpu))
    (fast, light), (slow, heavy) = (
        [statistics.median(column) for column in zip(*figures[name], strict=True)]
        for name in ("ours", "httpx")
    )
    print(
        f"  {what:10} ours {fast:6.0f} ({light:.2f})   httpx {slow:6.0f} ({heavy:.2f})   "
        f"{fast / slow:.1f} times as fast, {heavy / light:.1f} times less CPU time"
    )


def _certificate(folder: Path) -> Path:
    """A certificate that vouches for itself and names the addresses; key and chain in one file."""
    key, chain = folder / "key.pem", folder / "chain.pem"
    names = ",".join(f"IP:{host_of(number)}" for number in range(_TLS_HOSTS))
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subprocess.run(
        [*command.split(), "-subj", "/CN=farm", "-addext", f"subjectAltName={names}",
         "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + chain.read_bytes())
    return both
