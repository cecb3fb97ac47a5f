"""The HTTP door over real HTTP: types, validators, compression, and nothing but the folder."""

import gzip
import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from aggregator.server.files import app_for

PAGE = b"<!doctype html><title>Page</title>" + b"<p>words</p>" * 500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("place")
    output = root / "output"
    (output / "digest").mkdir(parents=True)
    (root / "aggregator.db").write_bytes(b"secret")
    (output / "index.html").write_bytes(PAGE)
    (output / "style.css").write_bytes(b"body{}")
    (output / "atom.xml").write_bytes(b"<feed/>")
    (output / "digest" / "2026-W47.eml").write_bytes(b"Subject: x\r\n\r\n")
    (output / "digest" / "2026-W47.html").write_bytes(b"<p>x")
    (output / "art").mkdir()
    (output / "art" / "x.jpg").write_bytes(b"\xff\xd8")
    (output / "link").symlink_to(root / "aggregator.db")
    return output


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    config = uvicorn.Config(app_for(folder), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as running:
        yield running
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/digest/2026-W47.eml", "message/rfc822"),
        ("/digest/2026-W47.html", "text/html; charset=utf-8"),
        ("/art/x.jpg", "image/jpeg"),
    ],
)
def test_files_have_the_type_that_readers_need(
    client: httpx.Client, path: str, media_type: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize("path", ["/", "/atom.xml", "/none", "/digest/"])
def test_every_answer_forbids_guessing_scripts_and_framing(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy


def test_a_known_file_is_answered_with_304(client: httpx.Client) -> None:
    first = client.get("/atom.xml")
    assert not first.headers["etag"].startswith("W/")
    for name, value in (
        ("If-None-Match", first.headers["etag"]),
        ("If-Modified-Since", first.headers["last-modified"]),
    ):
        again = client.get("/atom.xml", headers={name: value})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["x-content-type-options"] == "nosniff"


def test_a_changed_file_is_sent_again(client: httpx.Client, folder: Path) -> None:
    path = folder / "changing.xml"
    path.write_bytes(b"<one/>")
    etag = client.get("/changing.xml").headers["etag"]
    path.write_bytes(b"<another/>")
    again = client.get("/changing.xml", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (200, b"<another/>")


def test_gzip_is_sent_to_who_accepts_it_and_only_to_them(client: httpx.Client) -> None:
    with client.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(body) == PAGE
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == PAGE


@pytest.mark.parametrize(
    "path",
    [
        "/../aggregator.db", "/digest/../../aggregator.db", "/%2e%2e/aggregator.db",
        "/..%2faggregator.db", "/%2e%2e%2faggregator.db", "//etc/passwd", "/..\\aggregator.db",
        "/....//aggregator.db", "/link", "/%00", "/art", "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_nothing_outside_the_folder_is_served(client: httpx.Client, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.base_url.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status in (400, 404), answer.status
    assert b"secret" not in body
    assert b"root:" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_reading_is_allowed(client: httpx.Client, method: str) -> None:
    assert client.request(method, "/index.html").status_code == 405


def test_head_gives_the_headers_alone(client: httpx.Client) -> None:
    answer = client.head("/index.html")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
