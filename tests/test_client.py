"""The client over real HTTP on loopback: conditions, redirects, deadlines, manners."""

import asyncio
import itertools
import time
from email.utils import formatdate

import pytest

from aggregator.errors import AddressRefused, FeedGone, FetchError, HostRests
from aggregator.web import client as client_module
from aggregator.web.client import Download, Request, host_of
from tests.loopback import Asked, Pieces, client, drip, reply, serving

FEED = b"<rss/>"


def redirect(location: str, status: str = "302 Found") -> list[bytes]:
    return reply(status=status, headers={"Location": location})


async def refused(answer: Pieces, path: str = "/feed", **changes: object) -> FetchError:
    with serving(lambda _: answer) as web:
        async with client(**changes) as reader:
            with pytest.raises(FetchError) as caught:
                await reader.get(web.url(path))
    return caught.value


async def test_an_answer_keeps_validators_and_type_verbatim() -> None:
    headers = {
        "ETag": 'W/"a b"',
        "Last-Modified": "yesterday, about noon",
        "Content-Type": "text/xml; charset=x",
        "Cache-Control": "max-age=60",
    }
    with serving(lambda _: reply(FEED, headers=headers)) as web:
        async with client() as reader:
            got = await reader.get(web.url())
    assert (got.status, got.body, got.url, got.final_url) == (200, FEED, web.url(), web.url())
    assert (got.etag, got.last_modified) == ('W/"a b"', "yesterday, about noon")
    assert (got.content_type, got.hints.max_age) == ("text/xml; charset=x", 60)


async def test_conditions_go_over_the_wire_verbatim_and_304_is_a_value() -> None:
    conditions = {"If-None-Match": 'W/"a b"', "If-Modified-Since": "yesterday, about noon"}
    with serving(lambda _: reply(status="304 Not Modified", headers={"ETag": '"n"'})) as web:
        async with client() as reader:
            got = await reader.get(web.url(), conditions)
    assert (got.status, got.body, got.etag) == (304, b"", '"n"')
    sent = web.asked[0].headers
    assert sent["if-none-match"] == 'W/"a b"'
    assert sent["if-modified-since"] == "yesterday, about noon"


async def test_a_304_that_nobody_asked_for_is_an_error() -> None:
    error = await refused(reply(status="304 Not Modified"))
    assert error.reason == "http-304"


@pytest.mark.parametrize("value", ['"a"\r\nX-Evil: 1', '"a"\nX: 1', '"a\x00"', '"é"', "x" * 5000])
async def test_a_stored_validator_cannot_inject_a_header(value: str) -> None:
    with serving(lambda _: reply(FEED)) as web:
        async with client() as reader:
            await reader.get(web.url(), {"If-None-Match": value})
    assert not {"if-none-match", "x-evil", "x"} & set(web.asked[0].headers)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://a.example/\r\nX-Evil: 1", "url"),
        ("ftp://a.example/feed", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("", "scheme"),
        ("http://[::1", "url"),
        ("http://a.example:99999999/", "dns"),
        ("http://" + "a" * 70 + ".example/", "dns"),
    ],
)
async def test_what_is_no_address_is_refused_with_a_reason(url: str, reason: str) -> None:
    async with client() as reader:
        with pytest.raises(FetchError) as caught:
            await reader.get(url)
    assert caught.value.reason == reason


async def test_who_asks_is_said_and_nothing_else_is_carried() -> None:
    headers = {"Set-Cookie": "sid=1; Path=/"}
    with serving(lambda _: reply(FEED, headers=headers)) as web:
        async with client() as reader:
            await reader.get(web.url())
            await reader.get(web.url())
    assert web.asked[1].headers["user-agent"] == "heavy-rotation-test/1 (+https://example.org)"
    assert "cookie" not in web.asked[1].headers
    assert "referer" not in web.asked[1].headers


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _: reply(b"proxied")) as proxy, serving(lambda _: reply(FEED)) as web:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
        async with client() as reader:
            assert (await reader.get(web.url())).body == FEED
    assert proxy.connections == 0


async def test_only_permanent_redirects_move_a_feed() -> None:
    pages = {
        "/a": redirect("/b", "301 Moved Permanently"),
        "/b": redirect("c", "308 Permanent Redirect"),
        "/c": redirect("/d#part", "307 Temporary Redirect"),
        "/d": redirect("/e", "301 Moved Permanently"),
        "/e": reply(FEED),
    }
    with serving(lambda asked: pages[asked.path]) as web:
        async with client() as reader:
            got = await reader.get(web.url("/a"))
    assert got.url == web.url("/a")
    assert got.permanent_url == web.url("/c")
    assert got.final_url == web.url("/e")


async def test_a_redirect_in_a_circle_is_named_so() -> None:
    pages = {"/a": redirect("/b"), "/b": redirect("/a")}
    with serving(lambda asked: pages[asked.path]) as web:
        async with client() as reader:
            with pytest.raises(FetchError) as caught:
                await reader.get(web.url("/a"))
    assert (caught.value.reason, len(web.asked)) == ("redirect-loop", 2)


async def test_five_redirects_are_followed_and_six_are_not() -> None:
    def answer(asked: Asked) -> Pieces:
        left = int(asked.path[1:])
        return redirect(f"/{left - 1}") if left else reply(FEED)

    with serving(answer) as web:
        async with client() as reader:
            assert (await reader.get(web.url("/5"))).body == FEED
            with pytest.raises(FetchError) as caught:
                await reader.get(web.url("/6"))
    assert caught.value.reason == "redirects"


@pytest.mark.parametrize(
    "location",
    [
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "file:///etc/passwd",
        "ftp://127.0.0.3/",
        "gopher://127.0.0.3:70/",
        "data:text/xml,<rss/>",
        "http://[::1",
        "mailto:a@b.example",
    ],
)
async def test_a_redirect_to_no_web_address_is_refused(location: str) -> None:
    error = await refused(redirect(location))
    assert (error.reason, error.status) == ("redirect", 302)


@pytest.mark.parametrize("form", ["127.0.0.3", "2130706435", "0x7f.3", "127.3", "[::ffff:7f00:3]"])
async def test_a_redirect_to_a_private_address_never_reaches_it(form: str) -> None:
    with serving(lambda _: reply(b"secret"), host="127.0.0.3") as inside:
        answer = redirect(f"http://{form}:{inside.port}/")
        with serving(lambda _: answer, host="127.0.0.2") as web:
            async with client(allow_networks=("127.0.0.2/32",)) as reader:
                with pytest.raises(AddressRefused) as caught:
                    await reader.get(web.url())
    assert caught.value.reason == "address"
    assert (inside.connections, len(web.asked)) == (0, 1)


async def test_credentials_stay_at_the_origin_they_were_meant_for() -> None:
    headers = {"Authorization": "Bearer secret", "If-None-Match": '"1"'}
    with serving(lambda _: reply(FEED), host="127.0.0.3") as other:
        pages = {"/feed": redirect("/same"), "/same": redirect(other.url())}
        with serving(lambda asked: pages[asked.path], host="127.0.0.2") as web:
            async with client() as reader:
                await reader.get(web.url(), headers)
                await reader.get(web.url().replace("http://", "http://me:secret@"))
    assert [a.headers.get("authorization", "")[:6] for a in web.asked] == [
        "Bearer", "Bearer", "Basic ", "Basic ",
    ]  # fmt: skip
    assert all("authorization" not in asked.headers for asked in other.asked)
    assert other.asked[0].headers["if-none-match"] == '"1"'


async def test_a_slow_drip_is_stopped_by_the_one_deadline_wherever_it_is() -> None:
    in_headers = drip(itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"y")), 0.03)
    opening = b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"
    in_body = drip(itertools.chain([opening], itertools.repeat(b"y")), 0.03)
    for answer in (in_headers, in_body):
        error = await asyncio.wait_for(refused(answer, deadline=0.3), 10)
        assert error.reason == "timeout"


async def test_the_deadline_covers_all_hops_together() -> None:
    def answer(asked: Asked) -> Pieces:
        time.sleep(0.15)
        yield from redirect(f"{asked.path}x")

    with serving(answer) as web:
        async with client(deadline=0.35) as reader:
            with pytest.raises(FetchError) as caught:
                await reader.get(web.url())
    assert caught.value.reason == "timeout"
    assert len(web.asked) < 5


async def test_huge_headers_are_refused() -> None:
    assert (await refused(reply(FEED, headers={"X": "y" * 1_000_000}))).reason == "protocol"


@pytest.mark.parametrize("status", [204, 400, 401, 404, 500, 503])
async def test_a_status_becomes_a_reason(status: int) -> None:
    error = await refused(reply(status=f"{status} Words"))
    assert (error.reason, error.status, error.retry_after) == (f"http-{status}", status, None)


async def test_410_says_that_the_feed_is_gone() -> None:
    error = await refused(reply(status="410 Gone"))
    assert isinstance(error, FeedGone)
    assert error.status == 410


async def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    seconds = await refused(reply(status="429 Slow", headers={"Retry-After": "120"}))
    assert seconds.retry_after == 120
    date = formatdate(time.time() + 3600, usegmt=True)
    dated = await refused(reply(status="503 Busy", headers={"Retry-After": date}))
    assert dated.retry_after is not None and 3500 < dated.retry_after <= 3600


async def test_nonsense_on_the_line_is_a_protocol_fault() -> None:
    assert (await refused([b"SSH-2.0-OpenSSH_9\r\n\r\n", b""])).reason == "protocol"
    assert (await refused([b""])).reason == "protocol"


async def gather(requests: list[Request], **changes: object) -> dict[str, Download | FetchError]:
    async with client(**changes) as reader:
        groups = [[*group] for _, group in itertools.groupby(requests, lambda r: host_of(r.url))]
        found = {}
        async for batch in reader.get_all(groups):
            found |= {request.key: outcome for request, outcome in batch}
        return found


@pytest.mark.parametrize("headers", [{"Retry-After": "600"}, {}])
async def test_after_429_the_whole_host_waits(headers: dict[str, str]) -> None:
    def answer(asked: Asked) -> Pieces:
        return reply(status="429 Slow", headers=headers) if asked.path == "/2" else reply(FEED)

    with serving(answer, host="0.0.0.0") as web:
        requests = [Request(web.url(f"/{n}"), key=f"{n}") for n in range(1, 5)]
        requests.append(Request(web.url("/other", "127.0.0.9"), key="other"))
        got = await gather(requests)
    assert isinstance(got["1"], Download)
    assert isinstance(got["other"], Download)
    for key in "234":
        error = got[key]
        assert isinstance(error, FetchError)
        assert (error.reason, error.status) == ("http-429", 429)
    first, later = got["2"], got["4"]
    assert isinstance(first, FetchError) and first.resting_host == "127.0.0.1"
    assert not isinstance(first, HostRests)
    assert isinstance(later, HostRests) and f"{web.url('/4')} was not asked" in str(later)
    assert later.retry_after is not None and 590 < later.retry_after <= 600
    assert sorted(asked.path for asked in web.asked) == ["/1", "/2", "/other"]


async def test_503_without_a_wish_does_not_stop_the_host() -> None:
    with serving(lambda _: reply(status="503 Busy")) as web:
        await gather([Request(web.url(f"/{n}"), key=str(n)) for n in range(3)])
    assert len(web.asked) == 3


async def test_one_connection_and_a_pause_for_each_host_but_hosts_at_once() -> None:
    def answer(_: Asked) -> Pieces:
        time.sleep(0.05)
        return reply(FEED)

    hosts = [f"127.0.0.{n}" for n in range(2, 12)]
    with serving(answer, host="0.0.0.0") as web:
        requests = [
            Request(web.url(f"/{host}", host), key=f"{host}-{n}") for host in hosts for n in "abc"
        ]
        got = await gather(requests, host_pause=0.1, concurrency=5)
    assert all(isinstance(outcome, Download) for outcome in got.values())
    assert len(got) == 30
    assert web.connections == 10
    assert web.most_open >= 2
    for host in hosts:
        times = [asked.at for asked in web.asked if asked.path == f"/{host}"]
        assert all(b - a >= 0.1 for a, b in itertools.pairwise(times))


async def test_no_more_hosts_are_asked_at_once_than_allowed() -> None:
    busy, most = 0, 0

    def answer(_: Asked) -> Pieces:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        time.sleep(0.05)
        busy -= 1
        return reply(FEED)

    with serving(answer, host="0.0.0.0") as web:
        await gather([Request(web.url("/", f"127.0.0.{n}"), key=str(n)) for n in range(2, 12)],
                     concurrency=3)  # fmt: skip
    assert 2 <= most <= 3


async def test_one_bad_feed_never_stops_the_others() -> None:
    pages = {"/good": reply(FEED), "/bad": reply(status="500 No"), "/worse": [b""]}
    with serving(lambda asked: pages[asked.path]) as web:
        urls = [*(web.url(path) for path in pages), "ftp://x/", "http://[", "http://:0/"]
        got = await gather([Request(url, key=url) for url in urls])
    assert [isinstance(outcome, Download) for outcome in got.values()].count(True) == 1
    assert len(got) == 6


async def test_leaving_early_leaves_no_task_behind() -> None:
    def answer(_: Asked) -> Pieces:
        return drip(reply(FEED), 0.05)

    with serving(answer, host="0.0.0.0") as web:
        requests = [Request(web.url("/", f"127.0.0.{n}"), key=str(n)) for n in range(2, 40)]
        async with client(concurrency=4) as reader:
            answers = reader.get_all([request] for request in requests)
            async for _ in answers:
                break
            await answers.aclose()
            assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_bug_is_raised_and_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(client_module, "_download", broken)
    with serving(lambda _: reply(FEED)) as web, pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(gather([Request(web.url())]), 5)


def test_all_names_of_a_strict_host_are_one() -> None:
    names = {host_of(f"https://{n}reddit.com/r/x.rss") for n in ("", "www.", "OLD.")}
    assert names == {"reddit.com"}
    assert host_of("https://notreddit.com/") == "notreddit.com"
    strict = FetchError("http-403", "", status=403)
    assert client_module._asked_to_wait(strict, "reddit.com")
    assert client_module._asked_to_wait(strict, "a.example") is None
