"""Manners on the wire: real servers, a real store, a clock that is set by hand."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.utils import format_datetime, formatdate
from pathlib import Path

import pytest

from aggregator.store.store import Store
from aggregator.web import client as client_module
from tests.loopback import Asked, Loopback, Pieces, reply, serving
from tests.rounds import Rounds
from tests.small_web import item, rss
from tests.stored import NOW, open_store

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Answer = Callable[[Asked], Pieces]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def rounds(store: Store) -> Rounds:
    return Rounds(store)


def feed(*items: str, more: str = "", **headers: str) -> list[bytes]:
    """An answer with a feed whose head says more; headers with _ for -."""
    body = rss(*(items or (item(1), item(2)))).replace(b"<item>", f"{more}<item>".encode(), 1)
    return reply(body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def not_modified(**headers: str) -> list[bytes]:
    every = {name.replace("_", "-"): text for name, text in headers.items()}
    return reply(status="304 Not Modified", headers=every)


def pages(pages: dict[str, Pieces]) -> AbstractContextManager[Loopback]:
    return serving(lambda asked: pages[asked.path], host="0.0.0.0")


def roughly(span: timedelta, wanted: timedelta) -> bool:
    return 0.9 * wanted <= span <= 1.1 * wanted


def conditional(asked: Asked) -> bool:
    return bool({"if-none-match", "if-modified-since"} & set(asked.headers))


# ---- validators


def test_validators_go_back_for_eight_days_and_then_the_feed_is_asked_plainly(
    rounds: Rounds,
) -> None:
    def answer(asked: Asked) -> Pieces:
        frozen = conditional(asked)
        return not_modified() if frozen else feed(item(1), ETag='W/"a"', Last_Modified="Fri")

    with serving(answer) as web:
        for _ in range(9):
            rounds.poll(web.url())
            rounds.now += DAY
    assert [conditional(asked) for asked in web.asked] == [False] + [True] * 7 + [False]
    assert web.asked[1].headers["if-none-match"] == 'W/"a"'
    assert web.asked[1].headers["if-modified-since"] == "Fri"


def test_a_host_that_lies_with_validators_is_asked_without_them_for_a_month(
    rounds: Rounds,
) -> None:
    numbers = iter(range(1, 99))
    with serving(lambda _: feed(item(next(numbers)), ETag='"same"'), host="0.0.0.0") as web:
        rounds.poll(web.url("/a"))
        assert rounds.poll(web.url("/a"), later=HOUR).outcome == "updated"
        rounds.poll(web.url("/a"), later=HOUR)
        rounds.poll(web.url("/b"))
        rounds.poll(web.url("/b"), later=HOUR)
        rounds.poll(web.url("/a", "127.0.0.9"))
        rounds.poll(web.url("/a", "127.0.0.9"), later=HOUR)
        rounds.poll(web.url("/b"), later=29 * DAY)  # lies on: another month
        rounds.poll(web.url("/b"), later=29 * DAY)
    seen = [conditional(asked) for asked in web.asked]
    assert seen == [False, True, False, False, False, False, True, False, False]


def test_the_same_bytes_are_nothing_new_whatever_the_status(rounds: Rounds) -> None:
    with serving(lambda _: feed(item(1))) as web:
        assert rounds.poll(web.url()).outcome == "updated"
        again = rounds.poll(web.url(), later=HOUR)
    assert (again.outcome, again.status) == ("unchanged", 200)


# ---- being told to wait


@pytest.mark.parametrize("status", ["429 Slow down", "503 Busy"])
@pytest.mark.parametrize("as_date", [False, True])
def test_a_restart_leaves_a_host_alone_as_long_as_it_asked(
    tmp_path: Path, status: str, as_date: bool
) -> None:
    asked_for = formatdate(datetime.now().timestamp() + 7200, usegmt=True) if as_date else "7200"
    answers = {"/a": reply(status=status, headers={"Retry-After": asked_for}), "/b": feed()}
    with pages(answers) as web:
        a, b, other = web.url("/a"), web.url("/b"), web.url("/b", "127.0.0.9")
        with open_store(tmp_path) as store:
            assert Rounds(store).poll(a).error
        with open_store(tmp_path) as store:
            rounds = Rounds(store, NOW + HOUR)
            found = rounds.poll_due(a, b, other)
            assert {url: o.outcome for url, o in found.items()} == {
                b: "postponed", other: "updated",
            }  # fmt: skip
            assert "127.0.0.1 rests: it answered" in found[b].next_reason
            assert 55 * MINUTE < rounds.wait(b) <= 66 * MINUTE
            assert rounds.state(b).failures == 0
            assert rounds.poll(b, later=2 * HOUR).outcome == "updated"
    assert [asked.path for asked in web.asked] == ["/a", "/b", "/b"]


def test_a_rest_is_never_longer_than_two_days(rounds: Rounds) -> None:
    busy = reply(status="429 Slow", headers={"Retry-After": "99999999"})
    with serving(lambda _: busy) as web:
        rounds.poll(web.url())
        assert 2 * DAY <= rounds.wait(web.url()) <= 2.2 * DAY
        [host] = rounds.store.hosts().values()
    assert host.rests_until == NOW + 2 * DAY


def at_reddit(monkeypatch: pytest.MonkeyPatch) -> None:
    """All names lead to loopback."""
    look_up = socket.getaddrinfo

    def here(host: str, *more: object, **named: object) -> object:
        return look_up("127.0.0.1" if "reddit" in host else host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", here)


def test_reddits_403_counts_like_a_429_for_all_of_its_names(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_reddit(monkeypatch)
    with serving(lambda _: reply(status="403 Blocked")) as web:
        rounds.poll(web.url("/a", "www.reddit.com"))
        assert rounds.poll(web.url("/b", "old.reddit.com"), later=MINUTE).outcome == "postponed"
        rounds.poll(web.url("/b", "old.reddit.com"), later=10 * MINUTE)
    assert [asked.path for asked in web.asked] == ["/a", "/b"]


def test_reddit_is_asked_once_a_minute_even_by_two_runs(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_reddit(monkeypatch)
    with serving(lambda _: feed()) as web:
        rounds.poll(web.url("/a", "www.reddit.com"))
        soon = rounds.poll(web.url("/b", "reddit.com"), later=MINUTE / 2)
        assert soon.outcome == "postponed"
        assert "one request in 60 s" in soon.next_reason
        assert rounds.poll(web.url("/b", "reddit.com"), later=MINUTE / 2).outcome == "updated"


def test_two_feeds_of_reddit_in_one_run_are_a_minute_apart(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_reddit(monkeypatch)
    monkeypatch.setitem(client_module._STRICT_HOSTS, "reddit.com", 0.4)
    with serving(lambda _: feed()) as web:
        rounds.poll(web.url("/a", "www.reddit.com"), web.url("/b", "old.reddit.com"))
    assert web.asked[1].at - web.asked[0].at >= 0.4


# ---- how often


@pytest.mark.parametrize(
    ("headers", "more", "wait"),
    [
        ({"Cache_Control": "public, max-age=10800"}, "", 3 * HOUR),
        ({"Cache_Control": "max-age=60"}, "", HOUR),
        ({"Cache_Control": "max-age=9999999"}, "", DAY),
        ({"Date": format_datetime(NOW), "Expires": format_datetime(NOW + 5 * HOUR)}, "", 5 * HOUR),
        ({}, "<ttl>300</ttl>", 5 * HOUR),
        ({}, "<ttl>99999</ttl>", DAY),
        ({"Cache_Control": "max-age=7200"}, "<ttl>300</ttl>", 5 * HOUR),
        ({}, '<s:updatePeriod xmlns:s="http://purl.org/rss/1.0/modules/syndication/">daily'
             '</s:updatePeriod><s:updateFrequency '
             'xmlns:s="http://purl.org/rss/1.0/modules/syndication/">4</s:updateFrequency>',
         6 * HOUR),
    ],
)  # fmt: skip
def test_what_the_publisher_asks_for_holds_also_after_polls_that_bring_nothing(
    rounds: Rounds, headers: dict[str, str], more: str, wait: timedelta
) -> None:
    first = feed(more=more, ETag='"1"', **headers)
    with serving(lambda asked: not_modified() if conditional(asked) else first) as web:
        rounds.poll(web.url())
        assert roughly(rounds.wait(web.url()), wait)
        after = rounds.poll(web.url(), later=HOUR)
        assert (after.outcome, after.status) == ("unchanged", 304)
        assert roughly(rounds.wait(web.url()), wait)


def test_a_304_may_bring_a_new_max_age(rounds: Rounds) -> None:
    def answer(asked: Asked) -> Pieces:
        later = not_modified(Cache_Control="max-age=14400")
        return later if conditional(asked) else feed(ETag='"1"', Cache_Control="max-age=7200")

    with serving(answer) as web:
        rounds.poll(web.url())
        rounds.poll(web.url(), later=HOUR)
        assert roughly(rounds.wait(web.url()), 4 * HOUR)


def test_hours_and_days_to_skip_are_kept_for_polls_that_bring_nothing(rounds: Rounds) -> None:
    hours = "".join(f"<hour>{n}</hour>" for n in range(12, 20))
    skip = f"<skipHours>{hours}</skipHours><skipDays><day>Thursday</day></skipDays>"
    first = feed(more=skip, ETag='"1"')
    with serving(lambda asked: not_modified() if conditional(asked) else first) as web:
        rounds.poll(web.url())
        at_eight = rounds.state(web.url()).next_poll
        assert at_eight is not None and (at_eight.day, at_eight.hour) == (NOW.day, 20)
        rounds.now = at_eight.replace(hour=23, minute=30)
        rounds.poll(web.url())
        friday = rounds.state(web.url()).next_poll
        assert friday is not None and friday.weekday() == 4
        assert "asks to skip" in rounds.state(web.url()).next_reason


def dated(number: int, when: datetime) -> str:
    return item(number).replace("Mon, 16 Nov 2026 10:00:00 +0000", format_datetime(when))


def test_the_interval_follows_each_feeds_rhythm_and_slows_down_with_it(rounds: Rounds) -> None:
    often = [dated(n, NOW - n * 4 * HOUR) for n in range(10)]
    rare = [dated(n, NOW - n * 16 * HOUR) for n in range(10)]
    answers = {"/often": feed(*often), "/rare": feed(*rare)}
    with pages(answers) as web:
        for path, wait in (("/often", 2 * HOUR), ("/rare", 8 * HOUR)):
            rounds.poll(web.url(path))
            assert roughly(rounds.wait(web.url(path)), wait)
            assert "half its usual gap" in rounds.state(web.url(path)).next_reason
        rounds.poll(web.url("/often"), later=2 * HOUR)
        assert roughly(rounds.wait(web.url("/often")), 2 * HOUR)


def test_feeds_that_came_together_do_not_come_back_together(rounds: Rounds) -> None:
    with serving(lambda _: feed()) as web:
        urls = [web.url(f"/{n}") for n in range(20)]
        rounds.poll(*urls)
        waits = {rounds.wait(url) for url in urls}
    assert len(waits) > 15
    assert all(roughly(wait, HOUR) for wait in waits)


# ---- failing


def test_a_failing_feed_is_asked_ever_more_rarely_and_recovers(rounds: Rounds) -> None:
    answers: dict[str, Pieces] = {"/feed": reply(status="500 Oops")}
    with pages(answers) as web:
        waits, healths = [], []
        for _ in range(10):
            healths.append(rounds.poll(web.url()).health)
            waits.append(rounds.wait(web.url()))
            rounds.now += waits[-1]
        minutes = [min(5 * 2**n, 1440) for n in range(10)]
        assert all(roughly(w, m * MINUTE) for w, m in zip(waits, minutes, strict=True))
        assert healths == ["retrying"] * 2 + ["failing"] * 8
        assert rounds.poll(web.url(), later=31 * DAY).health == "dead?"
        answers["/feed"] = feed()
        assert rounds.poll(web.url(), later=DAY).health == "ok"


def test_410_pauses_a_feed_and_says_so(rounds: Rounds) -> None:
    answers: dict[str, Pieces] = {"/feed": reply(status="410 Gone")}
    with pages(answers) as web:
        gone = rounds.poll(web.url())
        assert (gone.outcome, gone.health) == ("failed", "gone")
        assert "paused: the publisher took it away" in gone.next_reason
        assert rounds.poll_due(web.url(), later=20 * DAY) == {}
        answers["/feed"] = feed()
        assert rounds.poll(web.url()).health == "ok"


def test_youtubes_waves_of_404_are_waited_out(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: look_up("127.0.0.1", *more, **named)
    )
    with serving(lambda _: reply(status="404 Not Found")) as web:
        url = web.url("/feeds/videos.xml", "www.youtube.com")
        for _ in range(8):
            rounds.poll(url, later=HOUR)
        assert rounds.wait(url) <= 1.1 * HOUR
        assert "in waves" in rounds.state(url).next_reason


# ---- moving


def moved(location: str, status: str = "301 Moved Permanently") -> list[bytes]:
    return reply(status=status, headers={"Location": location})


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_move_for_good_is_remembered_after_a_week_of_agreement(
    rounds: Rounds, status: str
) -> None:
    with pages({"/feed": moved("/new", status), "/new": feed()}) as web:
        for _ in range(8):
            rounds.poll(web.url())
            assert rounds.state(web.url()).address in ("", web.url())
            rounds.now += DAY - MINUTE
        rounds.poll(web.url())
        assert rounds.state(web.url()).address == web.url("/new")
        before = len(web.asked)
        rounds.poll(web.url(), later=HOUR)
    assert [asked.path for asked in web.asked[before:]] == ["/new"]


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_move_for_now_is_never_remembered(rounds: Rounds, status: str) -> None:
    with pages({"/feed": moved("/new", status), "/new": feed()}) as web:
        for _ in range(20):
            rounds.poll(web.url(), later=DAY)
        assert rounds.state(web.url()).address in ("", web.url())
        assert rounds.state(web.url()).moved_to == ""


def test_a_move_to_another_feed_is_reported_and_never_remembered(rounds: Rounds) -> None:
    answers: dict[str, Pieces] = {"/feed": feed(item(1))}
    with pages(answers) as web:
        rounds.poll(web.url())
        for number in range(10, 30):
            answers |= {"/feed": moved("/portal"), "/portal": feed(item(number))}
            portal = rounds.poll(web.url(), later=DAY)
            assert "another feed" in portal.problems[0].what or number > 10
        assert rounds.state(web.url()).address in ("", web.url())


def test_a_captive_portal_is_a_failure_and_no_move(rounds: Rounds) -> None:
    page = reply(b"<html><title>Sign in</title></html>", headers={"Content-Type": "text/html"})
    with pages({"/feed": moved("/portal"), "/portal": page}) as web:
        for _ in range(12):
            assert rounds.poll(web.url(), later=DAY).outcome == "failed"
        assert rounds.state(web.url()).address in ("", web.url())


# ---- identity


def test_a_feed_that_issues_everything_under_new_ids_floods_nobody(rounds: Rounds) -> None:
    numbers = range(1, 9)
    answers: dict[str, Pieces] = {"/feed": feed(*(item(n) for n in numbers))}
    with pages(answers) as web:
        rounds.poll(web.url())
        uids = {post.uid for post in rounds.store.kept()}
        renamed = [item(n).replace("<guid>", "<guid isPermaLink='false'>new-") for n in numbers]
        answers["/feed"] = feed(*renamed)
        again = rounds.poll(web.url(), later=30 * DAY)
        assert (again.outcome, again.entries, again.new) == ("updated", 8, 0)
        assert {post.uid for post in rounds.store.kept()} == uids
        assert {post.first_seen for post in rounds.store.kept()} == {NOW}
        assert {post.changed_at for post in rounds.store.kept()} == {NOW}


def test_one_feed_cannot_write_over_the_entry_of_another(rounds: Rounds) -> None:
    answers = {"/a": feed(item(1)), "/b": feed(item(1, title="Watch the video for Evil by Eve"))}
    with pages(answers) as web:
        rounds.poll(web.url("/a"))
        assert rounds.poll(web.url("/b")).new == 1
        titles = {post.entry.feed: post.entry.title for post in rounds.store.kept()}
    assert "Song 1" in titles[web.url("/a")] and "Evil" in titles[web.url("/b")]


def test_an_edit_is_written_in_place_and_makes_no_news(rounds: Rounds) -> None:
    answers: dict[str, Pieces] = {"/feed": feed(item(1))}
    with pages(answers) as web:
        rounds.poll(web.url())
        answers["/feed"] = feed(item(1, words="Now with credits."))
        edit = rounds.poll(web.url(), later=9 * DAY)
        [post] = rounds.store.kept()
    assert (edit.new, post.first_seen, post.changed_at) == (0, NOW, NOW + 9 * DAY)
    assert "Now with credits" in post.content


def test_a_counter_in_the_text_stops_being_an_edit(rounds: Rounds) -> None:
    numbers = iter(range(99))
    with serving(lambda _: feed(item(1, words=f"Read {next(numbers)} times."))) as web:
        for _ in range(40):
            rounds.poll(web.url(), later=HOUR)
        [post] = rounds.store.kept()
    assert post.changed_at == NOW + 25 * HOUR


def test_dates_of_the_future_and_of_1970_do_not_lead_the_list(rounds: Rounds) -> None:
    wild = [dated(1, NOW + 400 * DAY), dated(2, datetime.fromisoformat("1970-01-01T00:00Z"))]
    with serving(lambda _: feed(*wild, dated(3, NOW - HOUR))) as web:
        rounds.poll(web.url())
        rounds.poll(web.url())
    assert [post.number for post in rounds.store.kept()] == [3, 2, 1]
    assert roughly(rounds.wait(web.url()), HOUR)


# ---- who asks


def test_the_reason_for_the_next_poll_is_kept(rounds: Rounds) -> None:
    with serving(lambda _: feed(Cache_Control="max-age=7200")) as web:
        told = rounds.poll(web.url()).next_reason
        assert told == rounds.state(web.url()).next_reason
    assert told == "the publisher asks for 2 h (Cache-Control or Expires)"
