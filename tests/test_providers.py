"""Which video an address means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.page.providers import VideoRef, from_thumbnail, identify, is_audio_player

Y = "Zk3-video_A"
V = "204150149"
HASH = "8c1f0a2b3d"
D = "x7tgad0"

YOUTUBE = [
    f"https://www.youtube.com/watch?v={Y}",
    f"http://youtube.com/watch?v={Y}&feature=youtu.be&ab_channel=Larks",
    f"https://www.youtube.com/watch?list=PLabc&v={Y}",
    f"https://www.youtube.com/watch#!v={Y}",
    f"https://www.youtube.com/watch?v={Y}#comments",
    f"https://www.youtube.com/v/{Y}?version=3",
    f"http://www.youtube.com/v/{Y}&hl=en&fs=1",
    f"https://www.youtube.com/e/{Y}",
    f"//www.youtube.com/embed/{Y}?rel=0",
    f"www.youtube.com/embed/{Y}",
    f"youtu.be/{Y}",
    f"https://youtu.be/{Y}?si=AbCdEf",
    f"https://www.youtube.com/shorts/{Y}",
    f"https://www.youtube.com/live/{Y}?feature=share",
    f"https://m.youtube.com/watch?v={Y}",
    f"https://music.youtube.com/watch?v={Y}&list=RDAMVM",
    f"https://youtube.googleapis.com/v/{Y}",
    f"https://www.youtube-nocookie.com/embed/{Y}",
    f"https://www.youtube.com/movie?v={Y}",
    f"https://www.youtube.com/watch_popup?v={Y}",
    f"https://www.youtube.com/verify_age?next_url=/watch%3Fv%3D{Y}",
    f"https://www.youtube.com/das_captcha?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{Y}",
    f"https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{Y}&gl=DE",
    f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{Y}%26feature%3Dshare",
    f"http://www.youtube.com/user/larks#p/u/1/{Y}",
    f"http://www.youtube.com/user/larks#p/a/u/0/{Y}",
    f"https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2F{Y}%3Ffbclid%3Dx&h=AT0",
    f"https://www.google.com/url?q=https://www.youtube.com/watch?v%3D{Y}&sa=D",
    f"https://cdn.embedly.com/widgets/media.html?src=%2F%2Fwww.youtube.com%2Fembed%2F{Y}&url=x",
    f"https://t.umblr.com/redirect?z=https%3A%2F%2Fyoutu.be%2F{Y}&t=abc",
    f"https://web.archive.org/web/20090101000000/http://www.youtube.com/watch?v={Y}",
    f"https:\\/\\/www.youtube.com\\/embed\\/{Y}",
    f"https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{Y}",
    f"https://www.youtube.com/watch%3Fv%3D{Y}",
    f"https://www.youtube.com/watch?feature=x&amp;v={Y}",
    f"httpv://www.youtube.com/watch?v={Y}",
    f" \u201chttps://youtu.be/{Y}\u201d ".replace("\u201c", '"').replace("\u201d", '"'),
    f"HTTPS://WWW.YOUTUBE.COM/watch?v={Y}",
]
VIMEO = [
    f"https://vimeo.com/{V}",
    f"https://player.vimeo.com/video/{V}?dnt=1&app_id=122963",
    f"https://vimeo.com/channels/staffpicks/{V}",
    f"https://vimeo.com/groups/clips/videos/{V}",
    f"https://vimeo.com/album/4412/video/{V}",
    f"https://vimeo.com/showcase/4412/video/{V}",
    f"https://vimeo.com/ondemand/larks/{V}",
    f"https://vimeo.com/m/{V}",
    f"https://vimeo.com/review/{V}/{HASH}",
    f"https://vimeo.com/moogaloop.swf?clip_id={V}&server=vimeo.com",
    f"https://vimeo.com/#{V}",
    f"https://player.vimeo.com/external/{V}.hd.mp4?s=abc",
]
DAILYMOTION = [
    f"https://www.dailymotion.com/video/{D}",
    f"https://www.dailymotion.com/video/{D}_the-larks-tin-roof_music",
    f"https://www.dailymotion.com/fr/video/{D}",
    f"https://www.dailymotion.com/embed/video/{D}?autoplay=1",
    f"https://geo.dailymotion.com/player.html?video={D}",
    f"https://geo.dailymotion.com/player/x1a2b.html?video={D}",
    f"https://dai.ly/{D}",
    f"http://www.dailymotion.com/swf/video/{D}",
    f"http://www.dailymotion.com/swf/{D}&related=0",
    f"http://www.dailymotion.com/hub/x9q_larks#video={D}",
]
NO_VIDEO = [
    "",
    "https://www.youtube.com/",
    "https://www.youtube.com/playlist?list=PLabcdefghijk",
    "https://www.youtube.com/view_play_list?p=ABCDEF0123456789",
    "https://www.youtube.com/embed/videoseries?list=PLabc",
    "https://www.youtube.com/embed/live_stream?channel=UCabc",
    "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
    "https://www.youtube.com/@thelarks",
    "https://www.youtube.com/user/thelarksband",
    "https://www.youtube.com/results?search_query=larks",
    "https://youtu.be/short",
    "https://www.youtube.com/watch?v=muchtoolongforanid",
    f"https://youtube.com.evil.example/watch?v={Y}",
    f"https://youtube.com@evil.example/watch?v={Y}",
    f"https://evil.example/youtube.com/watch?v={Y}",
    f"https://evil.example/?u=https://youtu.be/{Y}",
    f"notyoutube.com/watch?v={Y}",
    f"javascript:location='https://youtu.be/{Y}'",
    "https://vimeo.com/channels/staffpicks",
    "https://vimeo.com/channels/123456",
    "https://vimeo.com/user12345/videos",
    "https://vimeo.com/user12345/likes",
    "https://vimeo.com/ondemand/larks",
    "https://vimeo.com/showcase/5412345",
    "https://www.dailymotion.com/playlist/x5abc",
    "https://www.dailymotion.com/thelarks",
    f"https://i.ytimg.com/vi/{Y}/hqdefault.jpg",
]


@pytest.mark.parametrize(
    ("url", "key"),
    [(url, ("youtube", Y)) for url in YOUTUBE]
    + [(url, ("vimeo", V)) for url in VIMEO]
    + [(url, ("dailymotion", D)) for url in DAILYMOTION],
)
def test_every_spelling_of_an_address_means_the_same_video(url: str, key: tuple[str, str]) -> None:
    found = identify(url)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("url", NO_VIDEO)
def test_what_is_no_video_is_none(url: str) -> None:
    assert identify(url) is None


@pytest.mark.parametrize(
    ("url", "start"),
    [
        (f"https://youtu.be/{Y}?t=90", 90),
        (f"https://youtu.be/{Y}?t=1m30s", 90),
        (f"https://www.youtube.com/watch?v={Y}#t=1h2m3s", 3723),
        (f"https://www.youtube.com/embed/{Y}?start=15", 15),
        (f"https://vimeo.com/{V}#t=30s", 30),
        (f"https://www.dailymotion.com/video/{D}?start=12", 12),
        (f"https://youtu.be/{Y}?t=0", None),
        (f"https://youtu.be/{Y}?t=soon", None),
    ],
)
def test_the_start_is_kept_apart_from_the_video(url: str, start: int | None) -> None:
    found = identify(url)
    assert found is not None
    assert found.start == start
    assert "t=" not in found.watch_url


@pytest.mark.parametrize(
    "url", [f"https://vimeo.com/{V}/{HASH}", f"https://player.vimeo.com/video/{V}?h={HASH}"]
)
def test_an_unlisted_video_keeps_the_hash_that_it_needs(url: str) -> None:
    found = identify(url)
    assert found is not None
    assert found.watch_url == f"https://vimeo.com/{V}/{HASH}"
    assert f"h={HASH}&dnt=1" in found.embed_url


def test_a_live_event_is_not_the_clip_of_the_same_number() -> None:
    found = identify("https://vimeo.com/event/12345")
    assert found == VideoRef("vimeo", "12345", event=True)
    assert found.watch_url == "https://vimeo.com/event/12345"


def test_a_relative_address_is_read_at_its_base_only() -> None:
    assert identify(f"/watch?v={Y}") is None
    found = identify(f"/watch?v={Y}", "https://www.youtube.com/@larks")
    assert found == VideoRef("youtube", Y)


def test_players_are_the_ones_that_track_least() -> None:
    assert VideoRef("youtube", Y).embed_url == f"https://www.youtube-nocookie.com/embed/{Y}"
    assert VideoRef("vimeo", V).embed_url == f"https://player.vimeo.com/video/{V}?dnt=1"


@pytest.mark.parametrize(
    ("url", "ref"),
    [
        (f"https://i.ytimg.com/vi/{Y}/hqdefault.jpg", VideoRef("youtube", Y)),
        (f"https://i3.ytimg.com/vi_webp/{Y}/maxresdefault.webp", VideoRef("youtube", Y)),
        (f"http://img.youtube.com/vi/{Y}/0.jpg", VideoRef("youtube", Y)),
        (f"https://i0.wp.com/i.ytimg.com/vi/{Y}/0.jpg?w=640", VideoRef("youtube", Y)),
        (f"https://vumbnail.com/{V}.jpg", VideoRef("vimeo", V)),
        (f"https://www.dailymotion.com/thumbnail/video/{D}", VideoRef("dailymotion", D)),
        ("https://i.vimeocdn.com/video/123456_640.jpg", None),
        ("https://blog.example/still.jpg", None),
    ],
)
def test_a_still_names_its_video_where_its_address_holds_the_id(
    url: str, ref: VideoRef | None
) -> None:
    assert from_thumbnail(url) == ref


@pytest.mark.parametrize(
    "url",
    [
        "https://bandcamp.com/EmbeddedPlayer/album=1/size=large/",
        "https://open.spotify.com/embed/track/1",
        "//w.soundcloud.com/player/?url=x",
        "https://www.mixcloud.com/widget/iframe/?feed=x",
        "https://embed.music.apple.com/us/album/1",
    ],
)
def test_players_for_sound_only_are_known(url: str) -> None:
    assert is_audio_player(url)
    assert identify(url) is None


@pytest.mark.parametrize(
    "url",
    [f"https://youtu.be/{Y}", "https://bandcamp.com/VideoEmbed?track=1", "", "spotify", "//"],
)
def test_players_that_show_pictures_are_not_for_sound_only(url: str) -> None:
    assert not is_audio_player(url)


starts = st.one_of(st.none(), st.integers(1, 9999))
refs = st.one_of(
    st.builds(
        VideoRef,
        st.just("youtube"),
        st.from_regex(r"[0-9A-Za-z_-]{11}", fullmatch=True).filter(
            lambda id: id not in ("videoseries", "live_stream")
        ),
        start=starts,
    ),
    st.builds(
        VideoRef,
        st.just("vimeo"),
        st.from_regex(r"[1-9][0-9]{4,9}", fullmatch=True),
        hash=st.one_of(st.just(""), st.from_regex(r"[0-9a-f]{10}", fullmatch=True)),
        start=starts,
    ),
    st.builds(
        VideoRef,
        st.just("dailymotion"),
        st.from_regex(r"x[0-9a-z]{5,6}", fullmatch=True),
        start=starts,
    ),
)


@given(refs)
def test_the_canonical_address_of_the_canonical_address_is_itself(ref: VideoRef) -> None:
    again = identify(ref.watch_url)
    assert again is not None
    assert again.key == ref.key
    assert again.watch_url == ref.watch_url


@given(refs)
def test_a_player_leads_back_to_the_same_video_and_second(ref: VideoRef) -> None:
    assert identify(ref.embed_url) == ref


@given(refs)
def test_a_still_leads_back_to_its_video(ref: VideoRef) -> None:
    found = from_thumbnail(ref.thumbnail_url)
    assert (found.key if found else None) == (ref.key if ref.thumbnail_url else None)


@given(st.text(), st.text(max_size=80))
def test_no_text_makes_it_raise(url: str, base: str) -> None:
    for spelled in (url, f"https://www.youtube.com/{url}", f"//vimeo.com/{url}", f"dai.ly/{url}"):
        found = identify(spelled, base)
        assert found is None or found.provider in ("youtube", "vimeo", "dailymotion")
    from_thumbnail(url)
    is_audio_player(url)


@pytest.mark.parametrize(
    "piece", ["https://www.youtube.com/", "%25", "&amp;", "/e/", "?u=http", "#p/a/", "youtu.be/"]
)
def test_a_megabyte_of_address_is_read_like_any_other(piece: str) -> None:
    assert identify(piece * (1_000_000 // len(piece))) is None
    assert from_thumbnail(piece * (1_000_000 // len(piece))) is None
