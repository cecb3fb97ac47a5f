"""Pictures of our own depend on nothing but a post's id."""

import io
from pathlib import Path

import pytest
from PIL import Image

from aggregator.publish.artwork import SIZE, draw_missing, draw_still
from aggregator.publish.files import write_files
from tests.sample_posts import posts

SOME = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" for number in range(1, 41)]


def test_the_same_post_gives_the_same_bytes() -> None:
    assert draw_still(SOME[0], "news") == draw_still(SOME[0], "news")


@pytest.mark.slow
def test_every_still_is_a_small_jpeg_of_the_size_stated_and_none_is_like_another() -> None:
    drawn = [draw_still(uid, "premiere") for uid in SOME]
    assert len(set(drawn)) == len(SOME)
    for content in drawn:
        assert len(content) < 40_000
        picture = Image.open(io.BytesIO(content))
        assert (picture.format, picture.size, picture.mode) == ("JPEG", SIZE, "RGB")


@pytest.mark.slow
def test_a_still_is_a_picture_and_not_a_blank() -> None:
    for uid in SOME:
        grey = Image.open(io.BytesIO(draw_still(uid, ""))).convert("L")
        low, high = grey.getextrema()
        assert high - low > 120


def test_only_what_is_shown_and_missing_is_drawn(tmp_path: Path) -> None:
    chosen = posts()
    unknown = draw_missing(chosen, "provider", tmp_path)
    everything = draw_missing(chosen, "drawn", tmp_path)
    assert set(unknown) < set(everything)
    assert len(everything) == sum(bool(post.verdict.videos) for post in chosen)
    assert all(path.startswith("art/") and path.endswith(".jpg") for path in everything)
    write_files(tmp_path, everything)
    assert draw_missing(chosen, "drawn", tmp_path) == {}
