"""Bodies read with a bound: gzip, bombs, endless streams, lies about length."""

import gzip
import resource
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.web.bodies import inflate
from tests.loopback import Asked, Pieces, client, reply, serving

LIMIT = 1_000_000
MEGABYTE = b"x" * 1_000_000


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def reason_of(answer: Pieces, **changes: object) -> str:
    with serving(lambda _: answer) as web:
        async with client(max_bytes=LIMIT, **changes) as reader:
            with pytest.raises(FetchError) as caught:
                await reader.get(web.url())
    return caught.value.reason


async def test_gzip_is_offered_alone_and_decoded() -> None:
    packed = reply(gzip.compress(b"<rss/>"), headers={"Content-Encoding": "gzip"})
    with serving(lambda _: packed) as web:
        async with client() as reader:
            assert (await reader.get(web.url())).body == b"<rss/>"
    assert web.asked[0].headers["accept-encoding"] == "gzip"


async def test_gzip_that_ends_in_the_middle_is_truncated() -> None:
    packed = gzip.compress(bytes(range(256)) * 50)[:-40]
    assert await reason_of(reply(packed, headers={"Content-Encoding": "gzip"})) == "truncated"


async def test_gzip_that_is_none_is_an_encoding_fault() -> None:
    assert await reason_of(reply(b"<rss/>", headers={"Content-Encoding": "gzip"})) == "encoding"


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "gzip, br", "x" * 500])
async def test_an_encoding_that_was_not_offered_is_refused(coding: str) -> None:
    assert await reason_of(reply(b"?", headers={"Content-Encoding": coding})) == "encoding"


async def test_a_gzip_bomb_is_refused_in_bounded_memory() -> None:
    bomb = gzip.compress(bytes(128_000_000), 1)
    before = peak_megabytes()
    assert await reason_of(reply(bomb, headers={"Content-Encoding": "gzip"})) == "too-large"
    assert peak_megabytes() - before < 50


def flood() -> Pieces:
    for _ in range(200):
        yield MEGABYTE


async def test_a_stated_length_over_the_limit_is_refused_before_the_body_comes() -> None:
    def answer(_: Asked) -> Pieces:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"
        raise OSError("the reader must not wait for the body")

    with serving(answer) as web:
        async with client(max_bytes=LIMIT) as reader:
            with pytest.raises(FetchError) as caught:
                await reader.get(web.url())
    assert caught.value.reason == "too-large"
    assert "1 MB" in str(caught.value)


async def test_200_megabytes_without_a_length_are_refused_by_counting() -> None:
    before = peak_megabytes()

    def answer(_: Asked) -> Pieces:
        yield b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
        yield from flood()

    with serving(answer) as web:
        async with client(max_bytes=LIMIT) as reader:
            with pytest.raises(FetchError) as caught:
                await reader.get(web.url())
    assert caught.value.reason == "too-large"
    assert peak_megabytes() - before < 50


async def test_a_body_shorter_than_stated_is_no_answer() -> None:
    lie = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b""]
    assert await reason_of(lie) == "protocol"


async def test_a_body_of_exactly_the_limit_is_read() -> None:
    for headers, body in (({}, MEGABYTE), ({"Content-Encoding": "gzip"}, gzip.compress(MEGABYTE))):
        with serving(lambda _, b=body, h=headers: reply(b, headers=h)) as web:
            async with client(max_bytes=LIMIT) as reader:
                assert (await reader.get(web.url())).body == MEGABYTE


def test_members_are_joined_and_junk_behind_them_is_left() -> None:
    assert inflate(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0junk", 10) == b"ab"


def test_a_hundred_thousand_members_are_refused() -> None:
    with pytest.raises(FetchError) as caught:
        inflate(gzip.compress(b"") * 100_000, LIMIT)
    assert caught.value.reason == "encoding"


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_inflating_gives_the_body_or_says_that_it_is_too_large(body: bytes, limit: int) -> None:
    packed = gzip.compress(body)
    if len(body) <= limit:
        assert inflate(packed, limit) == body
    else:
        with pytest.raises(FetchError) as caught:
            inflate(packed, limit)
        assert caught.value.reason == "too-large"


@given(st.binary(min_size=1, max_size=300))
def test_no_bytes_make_inflating_fail_otherwise(junk: bytes) -> None:
    for packed in (junk, gzip.compress(b"x" * 99)[:18] + junk, b"\x1f\x8b\x08" + junk):
        try:
            assert len(inflate(packed, 1000)) <= 1000
        except FetchError as error:
            assert error.reason in ("encoding", "truncated", "too-large")
        except zlib.error:
            pytest.fail("zlib's own error came through")
