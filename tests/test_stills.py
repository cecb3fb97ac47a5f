"""Providers' stills made ours: pixels only, within bounds, 16:9, with badge and running time."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aggregator import joining
from aggregator.publish.artwork import draw_missing
from aggregator.publish.stills import MOST_BYTES, SIZE, clock, make_still
from aggregator.videos.stories.telling import spoken_by
from aggregator.watching import Watch, picture
from aggregator.web.client import WebClient, WebSettings
from tests.loopback import reply, serving
from tests.stored import NOW, open_store
from tests.test_joining import put, saying


def foreign(size: tuple[int, int] = (480, 360), kind: str = "JPEG", **more: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(file, kind, **more)
    return file.getvalue()


@pytest.mark.parametrize("size", [(480, 360), (1280, 720), (360, 640), (2000, 300)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_still_is_cut_to_16_by_9_and_stays_small(size: tuple[int, int], kind: str) -> None:
    made = make_still(foreign(size, kind), 276)
    assert made is not None
    assert len(made) <= MOST_BYTES
    with Image.open(io.BytesIO(made)) as picture_:
        assert (picture_.size, picture_.format) == (SIZE, "JPEG")


def test_nothing_but_pixels_is_passed_on() -> None:
    marked = foreign(comment=b"who reads this", exif=b"Exif\0\0secret")
    made = make_still(marked)
    assert made is not None
    assert b"who reads" not in made
    assert b"secret" not in made


def test_the_running_time_is_drawn_in() -> None:
    body = foreign()
    assert make_still(body, 276) != make_still(body)
    assert make_still(body, 276) == make_still(body, 276)
    assert [clock(seconds) for seconds in (7, 276, 3723)] == ["0:07", "4:36", "1:02:03"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<svg/>", b"GIF89a", foreign()[:200], foreign((16, 16)), foreign((5000, 4000), "PNG")],
)
def test_what_is_no_sound_picture_is_refused(body: bytes) -> None:
    assert make_still(body) is None


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert make_still(b"\xff\xd8\xff" + body) is None


async def test_the_leading_video_s_still_is_fetched_once_and_published(tmp_path: Path) -> None:
    settings = WebSettings("test", ("127.0.0.0/8",), host_pause=0.0)
    with serving(lambda asked: reply(foreign())) as server, open_store(tmp_path) as store:
        put(store, ("one", saying("Kestrel", "Home", "vSw1tCh9Pc0", still=server.url("/a.jpg"))))
        async with WebClient(settings) as web:
            watch = Watch(store, web, lambda: NOW)
            told = joining.stories(store, store.stories.newest())
            assert [await picture(watch, told), await picture(watch, told)] == [1, 0]
        assert len(server.asked) == 1
        post = spoken_by(told[0], told[0].lead)
        stills = store.checks.stills([("youtube", "vSw1tCh9Pc0")])
        files = draw_missing([post], "ours", tmp_path, stills)
        assert list(files.values()) == list(stills.values())
        assert set(draw_missing([post], "ours", tmp_path, {})) == set(files)


async def test_a_still_that_is_refused_is_drawn_and_not_asked_for_again(tmp_path: Path) -> None:
    settings = WebSettings("test", ("127.0.0.0/8",), host_pause=0.0)
    with (
        serving(lambda asked: reply(b"", "404 Not Found")) as server,
        open_store(tmp_path) as store,
    ):
        put(store, ("one", saying("Kestrel", "Home", "vSw1tCh9Pc0", still=server.url("/a.jpg"))))
        told = joining.stories(store, store.stories.newest())
        async with WebClient(settings) as web:
            for _ in range(2):
                assert await picture(Watch(store, web, lambda: NOW), told) == 0
        assert len(server.asked) == 1
