"""Which videos a post shows, and the role each plays."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import Kind, Media, Video, VideoKind
from aggregator.videos.page.body import read_body
from aggregator.videos.page.embeds import find_videos, look, settle
from aggregator.videos.page.providers import identify

POSTS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "embeds.toml").read_text("utf-8")
)["post"]
CLIP, OTHER_CLIP = "Zk3-video_A", "Qb7_clip-02"


def videos_of(post: dict[str, Any]) -> tuple[Video, ...]:
    media = [Media(url=m.get("url", ""), thumbnail=m.get("thumbnail", "")) for m in post["media"]]
    body = read_body(post["html"])
    return find_videos(body, link=post["link"], media=media, title=post["title"])


def frame(id: str, title: str = "") -> str:
    return f'<p><iframe title="{title}" src="https://www.youtube.com/embed/{id}"></iframe></p>'


@pytest.mark.parametrize("post", POSTS, ids=lambda post: f"{post['family']}: {post['note']}")
def test_a_post_shows_the_videos_a_reader_finds_in_it(post: dict[str, Any]) -> None:
    post = {"title": "", "link": "", "media": []} | post
    found = videos_of(post)
    assert [f"{v.provider}:{v.id}:{v.kind}" for v in found] == post["videos"]
    if "urls" in post:
        assert [v.url for v in found] == post["urls"]
    if "lost" in post:
        assert read_body(post["html"]).lost_embed is post["lost"]


def test_the_table_covers_all_sixteen_shapes() -> None:
    numbers = {post["family"].split()[0] for post in POSTS}
    assert {str(n) for n in range(1, 17)} <= numbers
    assert len(POSTS) >= 150


def test_a_video_carries_its_canonical_address_title_and_still() -> None:
    (video,) = find_videos(read_body(frame(CLIP, "Tin Roof (Official Video)")))
    assert video == Video(
        provider="youtube",
        id=CLIP,
        url=f"https://www.youtube.com/watch?v={CLIP}",
        kind=VideoKind.OFFICIAL,
        title="Tin Roof (Official Video)",
        thumbnail=f"https://i.ytimg.com/vi/{CLIP}/hqdefault.jpg",
    )


def test_the_hash_of_an_unlisted_video_is_kept_whichever_place_states_it() -> None:
    html = (
        '<iframe src="https://player.vimeo.com/video/204150149"></iframe>'
        '<p><a href="https://vimeo.com/204150149/8c1f0a2b3d">watch</a></p>'
    )
    (video,) = find_videos(read_body(html))
    assert video.url == "https://vimeo.com/204150149/8c1f0a2b3d"


def test_relative_links_are_read_against_the_post() -> None:
    body = read_body(f'<p><a href="/watch?v={CLIP}">watch</a></p>')
    assert [v.id for v in find_videos(body, link="https://www.youtube.com/feed")] == [CLIP]
    assert find_videos(body, link="https://blog.example/post") == ()


def test_a_role_that_words_give_is_sure_and_stays_when_the_post_is_settled() -> None:
    found = look(read_body(frame(CLIP, "Tin Roof (Live at Union Hall)")))
    assert [item.sure for item in found] == [True]
    assert settle(found, about=False)[0].kind is VideoKind.LIVE


@pytest.mark.parametrize(
    ("about", "kind", "role"),
    [
        (True, None, VideoKind.OFFICIAL),
        (False, None, VideoKind.OTHER),
        (True, Kind.PREMIERE, VideoKind.OFFICIAL),
        (False, Kind.LIVE, VideoKind.LIVE),
        (True, Kind.LYRIC, VideoKind.LYRIC),
        (True, Kind.VISUALIZER, VideoKind.OTHER),
        (True, Kind.FAN, VideoKind.OTHER),
        (True, Kind.MAKING_OF, VideoKind.OFFICIAL),
    ],
)
def test_a_role_that_no_words_give_follows_the_post(
    about: bool, kind: Kind | None, role: VideoKind
) -> None:
    found = look(read_body(frame(CLIP)))
    assert not found[0].sure
    assert settle(found, about, kind)[0].kind is role


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Behind the scenes of “Tin Roof”", VideoKind.MAKING_OF),
        ("“Tin Roof” MVメイキング公開", VideoKind.MAKING_OF),
        ("Eleven hundred rows and a moth", VideoKind.OFFICIAL),
    ],
)
def test_a_report_from_a_set_shows_the_finished_video_unless_its_headline_says_otherwise(
    title: str, role: VideoKind
) -> None:
    found = look(read_body(frame(CLIP)), title=title)
    assert settle(found, True, Kind.MAKING_OF)[0].kind is role


def test_beside_an_official_video_the_other_one_of_a_making_of_post_is_the_making_of() -> None:
    found = look(read_body(frame(CLIP, "Tin Roof (Official Video)") + frame(OTHER_CLIP)))
    roles = [video.kind for video in settle(found, True, Kind.MAKING_OF)]
    assert roles == [VideoKind.OFFICIAL, VideoKind.MAKING_OF]


def test_words_between_two_videos_lead_to_the_second() -> None:
    html = f"{frame(CLIP)}<p>And here is the making of it:</p>{frame(OTHER_CLIP)}"
    roles = [video.kind for video in find_videos(read_body(html))]
    assert roles == [VideoKind.OFFICIAL, VideoKind.MAKING_OF]


@pytest.mark.parametrize(
    "piece",
    [
        f"a b c d e: <a href=https://youtu.be/{CLIP}>a b</a> ",
        f"<p>live below</p><iframe src=https://youtu.be/{CLIP}></iframe>",
        f"<li><a href=https://youtu.be/{CLIP}>watch</a> above</li>",
        f"https://youtu.be/{CLIP} ",
    ],
)
def test_a_megabyte_of_the_same_video_shows_it_once(piece: str) -> None:
    found = find_videos(read_body(piece * (1_000_000 // len(piece))))
    assert [video.id for video in found] == [CLIP]


ids = st.from_regex(r"[0-9A-Za-z_-]{11}", fullmatch=True).filter(
    lambda id: id not in ("videoseries", "live_stream")
)


@given(st.lists(ids, unique=True, max_size=8))
def test_players_come_in_reading_order_each_once(clips: list[str]) -> None:
    html = "".join(frame(id) for id in [*clips, *clips])
    assert [video.id for video in find_videos(read_body(html))] == clips


@given(st.text(max_size=400), st.text(max_size=60), st.text(max_size=60))
def test_no_text_makes_it_raise(html: str, link: str, title: str) -> None:
    for video in find_videos(read_body(html), link=link, title=title, media=[Media(url=link)]):
        assert identify(video.url)


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div class=related>",
                "</div>",
                "<a href=https://youtu.be/Zk3-video_A>",
                "</a>",
                "watch below",
                "<iframe src=//www.youtube.com/embed/Qb7_clip-02>",
                "</iframe>",
                "[youtube=Zk3-video_A]",
                "<br>",
                "<!--",
                "-->",
                "&lt;iframe ",
                "上の",
                "<h2>Live at</h2>",
                "<script>",
                "</script>",
                "\x00",
                "<td>",
                "<li>",
                "https://vimeo.com/204150149 ",
            ]
        ),
        max_size=40,
    )
)
def test_broken_markup_never_shows_a_video_twice(pieces: list[str]) -> None:
    found = find_videos(read_body("".join(pieces)))
    assert len({(v.provider, v.id) for v in found}) == len(found)
