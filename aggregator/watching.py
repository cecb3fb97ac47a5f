"""The story of videos' lives: who is asked, what the provider says, what is known then.

::

    videos of stories -> due for a check -> oEmbed, and the still where in doubt -> store

Nothing here decides or touches anything itself: `videos.stories.oembed` decides, `web` and
`store` act. Providers are asked one after the other, as politely as feeds are polled.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator import joining
from aggregator.errors import FetchError
from aggregator.models import Video
from aggregator.publish.stills import make_still
from aggregator.store.store import Store
from aggregator.story import Story, VideoCheck, VideoStatus
from aggregator.videos.stories import oembed
from aggregator.web.client import WebClient

NEWEST = 500
"""Of so many stories the videos are watched, those with the newest news first."""
FRESH = timedelta(days=1)
"""Before an issue, what was learned within this time need not be asked again."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The real objects that a door hands in.

    Args:
        store: what is known.
        web: the guarded client.
        clock: tells the time, aware and in UTC.
        endpoints: the providers' oEmbed addresses.
        stills: the providers' stills, with ``{id}``.
    """

    store: Store
    web: WebClient
    clock: Callable[[], datetime]
    endpoints: Mapping[str, str] = field(default_factory=lambda: oembed.ENDPOINTS)
    stills: Mapping[str, str] = field(default_factory=lambda: oembed.STILLS)


def wanted(
    store: Store, now: datetime, limit: int, fresh: timedelta | None = None
) -> list[tuple[Video, VideoCheck]]:
    """The videos of the newest stories that are due, see `due`."""
    joining.settle(store)
    told = joining.stories(store, store.stories.newest(limit=NEWEST))
    shown = (video for story in told for video in (*story.videos, *story.gone))
    return due(store, shown, now, limit, fresh)


def due(
    store: Store, videos: Iterable[Video], now: datetime, limit: int, fresh: timedelta | None = None
) -> list[tuple[Video, VideoCheck]]:
    """The videos to ask for, with what is known of them: never asked ones first.

    Args:
        store: what is known.
        videos: in question, the most wanted first.
        now: the time.
        limit: at most so many.
        fresh: ask for those too that were checked longer ago than this.
    """
    by_key = {(video.provider, video.id): video for video in videos}
    known = store.checks.of(by_key)
    asked = [
        (video, known.get(key) or VideoCheck(*key))
        for key, video in by_key.items()
        if oembed.question(video.provider, video.url)
    ]
    waiting = [pair for pair in asked if _is_due(pair[1], now, fresh)]
    return sorted(waiting, key=lambda pair: pair[1].checked_at is not None)[:limit]


async def check(
    watch: Watch, videos: Sequence[tuple[Video, VideoCheck]]
) -> AsyncIterator[VideoCheck]:
    """Ask the providers for videos, one by one, and keep what they say.

    Yields:
        What is known now; one that fails never stops the rest.
    """
    for video, before in videos:
        after = await _ask(watch, video, before)
        watch.store.checks.put([after])
        if after.title != before.title:
            watch.store.stories.make_due_with(after.provider, after.id)
        yield after


async def picture(watch: Watch, stories: Iterable[Story]) -> int:
    """Fetch the stills of stories' leading videos that we have none of; gives how many came.

    A still that is refused or can't be read is not asked for again: a picture is drawn instead.
    """
    leading = {(s.videos[0].provider, s.videos[0].id): s for s in stories if s.videos}
    have, came = watch.store.checks.stills(leading), 0
    for (provider, id), story in leading.items():
        if (provider, id) in have or not story.videos[0].thumbnail.startswith("http"):
            continue
        known = next((c for c in story.checks if (c.provider, c.id) == (provider, id)), None)
        try:
            answer = await watch.web.get(story.videos[0].thumbnail)
        except FetchError as error:
            if error.status not in (403, 404, 410):
                continue
            jpeg = b""
        else:
            jpeg = make_still(answer.body, known.duration if known else None) or b""
        watch.store.checks.put_still(provider, id, jpeg, watch.clock())
        came += bool(jpeg)
    return came


def _is_due(known: VideoCheck, now: datetime, fresh: timedelta | None) -> bool:
    if known.next_check is None or known.next_check <= now:
        return True
    stale = known.checked_at is not None and fresh is not None and known.checked_at < now - fresh
    return stale and known.status is not VideoStatus.GONE


async def _ask(watch: Watch, video: Video, before: VideoCheck) -> VideoCheck:
    try:
        answer = await watch.web.get(oembed.question(video.provider, video.url, watch.endpoints))
    except FetchError as error:
        doubtful = error.status in (400, 403, 404, 410)
        still = await _has_still(watch, video) if doubtful else None
        return oembed.after_refusal(before, error.status, still, watch.clock())
    return oembed.after_answer(before, answer.body, watch.clock())


async def _has_still(watch: Watch, video: Video) -> bool | None:
    """Whether the video's still exists; None when the provider has none to ask for."""
    place = watch.stills.get(video.provider)
    if not place:
        return None
    try:
        await watch.web.get(place.format(id=video.id))
    except FetchError as error:
        return False if error.status in (404, 410) else None
    return True
