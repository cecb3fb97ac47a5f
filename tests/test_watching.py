"""Videos' lives: real HTTP to a loopback server that answers as providers document it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import joining
from aggregator.models import Video
from aggregator.story import VideoCheck, VideoStatus
from aggregator.videos.stories.oembed import after_answer, after_refusal, question
from aggregator.watching import Watch, check, due
from aggregator.web.client import WebClient, WebSettings
from tests.loopback import Asked, Loopback, drip, reply, serving
from tests.stored import NOW, open_store
from tests.test_joining import put, saying

LIFE = VideoCheck("youtube", "vSw1tCh9Pc0")
SAID = {
    "title": "Paper Comet (Official Video)",
    "author_name": "Switchyard",
    "type": "video",
    "version": "1.0",
    "thumbnail_url": "https://i.ytimg.com/vi/vSw1tCh9Pc0/hqdefault.jpg",
}


def video(id: str = "vSw1tCh9Pc0", provider: str = "youtube") -> Video:
    return Video(provider, id, f"https://{provider}.example/{id}")


async def ask(
    folder: Path, server: Loopback, *videos: Video, deadline: float = 5.0
) -> list[VideoCheck]:
    settings = WebSettings("test", ("127.0.0.0/8",), deadline=deadline, host_pause=0.0)
    with open_store(folder) as store:
        async with WebClient(settings) as web:
            places = {
                name: server.url(f"/{name}?url=") for name in ("youtube", "vimeo", "dailymotion")
            }
            watch = Watch(store, web, lambda: NOW, places, {"youtube": server.url("/still/{id}")})
            found = [known async for known in check(watch, due(store, videos, NOW, 10))]
        assert store.checks.of([(v.provider, v.id) for v in videos]) == {
            (known.provider, known.id): known for known in found
        }
    return found


def answering(
    status: str, body: bytes = b"", still: str = "200 OK"
) -> Callable[[Asked], list[bytes]]:
    def answer(asked: Asked) -> list[bytes]:
        return reply(b"", still) if asked.path.startswith("/still") else reply(body, status)

    return answer


async def test_a_living_video_tells_title_author_still_and_running_time(tmp_path: Path) -> None:
    body = json.dumps(SAID | {"duration": 254}).encode()
    with serving(answering("200 OK", body)) as server:
        (known,) = await ask(tmp_path, server, video("76979871", "vimeo"))
        asked = parse_qs(urlsplit(server.asked[0].path).query)
    assert asked["url"] == ["https://vimeo.example/76979871"]
    assert (known.status, known.title, known.duration) == (VideoStatus.ALIVE, SAID["title"], 254)
    assert known.next_check == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("status", "still", "provider", "expected"),
    [
        ("401 Unauthorized", "200 OK", "youtube", VideoStatus.NO_EMBEDDING),
        ("403 Forbidden", "200 OK", "vimeo", VideoStatus.NO_EMBEDDING),
        ("403 Forbidden", "404 Not Found", "youtube", VideoStatus.GONE),
        ("404 Not Found", "404 Not Found", "youtube", VideoStatus.GONE),
        ("404 Not Found", "200 OK", "youtube", VideoStatus.DOUBTFUL),
        ("404 Not Found", "200 OK", "vimeo", VideoStatus.DOUBTFUL),
        ("429 Too Many Requests", "200 OK", "youtube", VideoStatus.UNKNOWN),
        ("500 Internal Server Error", "200 OK", "youtube", VideoStatus.UNKNOWN),
    ],
)
async def test_a_refusal_says_what_providers_mean_by_it(
    tmp_path: Path, status: str, still: str, provider: str, expected: VideoStatus
) -> None:
    with serving(answering(status, still=still)) as server:
        (known,) = await ask(tmp_path, server, video("1", provider))
    assert known.status is expected
    assert known.detail


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"type": 3}', b"\xff\xfe", b"[" * 9999]
)
async def test_garbage_says_nothing_about_the_video(tmp_path: Path, body: bytes) -> None:
    with serving(answering("200 OK", body)) as server:
        (known,) = await ask(tmp_path, server, video())
    assert (known.status, known.failures) == (VideoStatus.UNKNOWN, 1)
    assert known.next_check == NOW + timedelta(hours=6)


async def test_a_slow_provider_is_asked_again_later_and_stops_nobody(tmp_path: Path) -> None:
    def answer(asked: Asked):
        if "youtube" in asked.path.partition("?")[0]:
            return drip([b"HTTP/1.1 200 OK\r\n"] * 50, 0.1)
        return reply(json.dumps(SAID).encode())

    with serving(answer) as server:
        slow, quick = await ask(tmp_path, server, video(), video("1", "vimeo"), deadline=0.6)
    assert (slow.status, quick.status) == (VideoStatus.UNKNOWN, VideoStatus.ALIVE)


def test_not_found_twice_is_gone_and_found_again_is_alive() -> None:
    doubtful = after_refusal(LIFE, 404, None, NOW)
    gone = after_refusal(doubtful, 404, None, NOW + timedelta(days=1))
    alive = after_answer(gone, json.dumps(SAID).encode(), NOW + timedelta(days=91))
    assert [c.status for c in (doubtful, gone, alive)] == [
        VideoStatus.DOUBTFUL, VideoStatus.GONE, VideoStatus.ALIVE
    ]  # fmt: skip


def test_a_premiere_that_has_not_begun_is_asked_for_again_soon() -> None:
    body = SAID | {"thumbnail_url": "https://i.ytimg.com/vi/x/hqdefault_live.jpg"}
    known = after_answer(LIFE, json.dumps(body).encode(), NOW)
    assert (known.status, known.next_check) == (VideoStatus.UPCOMING, NOW + timedelta(hours=6))


def test_what_a_provider_says_is_not_believed_blindly() -> None:
    lies = {"type": "video", "title": ["x"], "thumbnail_url": "javascript:x", "duration": -3}
    known = after_answer(LIFE, json.dumps(lies).encode(), NOW)
    assert (known.title, known.thumbnail, known.duration) == ("", "", None)


@given(st.binary(max_size=300))
def test_no_answer_makes_reading_it_raise(body: bytes) -> None:
    assert after_answer(LIFE, body, NOW).next_check


def test_a_provider_without_oembed_is_not_asked() -> None:
    assert question("peertube", "https://p.example/1") == ""


def test_a_video_is_asked_for_when_due_and_before_an_issue_when_not_fresh(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.checks.put([after_answer(LIFE, json.dumps(SAID).encode(), NOW)])
        later: datetime = NOW + timedelta(days=2)
        assert due(store, [video()], later, 5) == []
        assert len(due(store, [video()], later, 5, timedelta(days=1))) == 1
        assert len(due(store, [video()], NOW + timedelta(days=31), 5)) == 1


def test_a_dead_video_is_replaced_by_another_of_its_story(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel", "Home", "vSw1tCh9Pc0")))
        put(store, ("two", saying("Kestrel", "Home", "PTFwQP86BRs")))
        gone = after_refusal(LIFE, 404, False, NOW)
        store.checks.put([gone])
        (story,) = joining.stories(store, store.stories.newest())
        assert [v.id for v in story.videos] == ["PTFwQP86BRs"]
        assert [v.id for v in story.gone] == ["vSw1tCh9Pc0"]


async def test_a_provider_s_title_joins_a_post_that_names_nothing(tmp_path: Path) -> None:
    body = json.dumps(SAID | {"title": "Switchyard - Paper Comet (Official Video)"}).encode()
    with open_store(tmp_path) as store:
        put(store, ("bare", saying("", "", "vSw1tCh9Pc0")))
        put(store, ("named", saying("Switchyard", "Paper Comet")))
        assert len(store.stories.newest()) == 2
    with serving(answering("200 OK", body)) as server:
        await ask(tmp_path, server, video())
    with open_store(tmp_path) as store:
        joining.settle(store)
        (story,) = joining.stories(store, store.stories.newest())
        assert {m.post.entry.id for m in story.posts} == {"bare", "named"}
        song = next(said for said in story.stated if said.field == "song")
        assert (song.posts, song.source) == ((2,), "")


def test_a_provider_s_title_names_what_no_post_names_and_says_that_it_does(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, ("one", saying("", "", "vSw1tCh9Pc0")))
        said = SAID | {"title": "Switchyard - Paper Comet (Official Video)"}
        store.checks.put([after_answer(LIFE, json.dumps(said).encode(), NOW)])
        (story,) = joining.stories(store, store.stories.newest())
        assert (story.artist, story.song) == ("Switchyard", "Paper Comet")
        assert {said.source for said in story.stated if said.field == "song"} == {"oEmbed, youtube"}
