"""What providers say of a video over oEmbed (oembed.com), read without believing too much.

Only oEmbed and the still are asked, never the page that people watch. Documented answers:
YouTube gives 200, 401 where embedding is switched off, 403 for a private video, 404 and 400 for
none; Vimeo 200 with ``duration``, 403 where a domain is locked out, 404 for private and removed
ones; Dailymotion 200, 403, 404. Anything else says nothing about the video.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from aggregator.story import VideoCheck, VideoStatus

ENDPOINTS = {
    "youtube": "https://www.youtube.com/oembed?format=json&url=",
    "vimeo": "https://vimeo.com/api/oembed.json?url=",
    "dailymotion": "https://www.dailymotion.com/services/oembed?format=json&url=",
}
STILLS = {"youtube": "https://i.ytimg.com/vi/{id}/mqdefault.jpg"}
"""Stills that exist as long as the video does, by provider."""

_LONGEST_TITLE = 300
_LONGEST_ADDRESS = 1000
_LONGEST_VIDEO = 24 * 3600
_AGAIN = {
    VideoStatus.ALIVE: timedelta(days=30),
    VideoStatus.NO_EMBEDDING: timedelta(days=30),
    VideoStatus.UPCOMING: timedelta(hours=6),
    VideoStatus.DOUBTFUL: timedelta(days=1),
    VideoStatus.GONE: timedelta(days=90),
}
_RETRY, _LONGEST_RETRY = timedelta(hours=6), timedelta(days=7)
_MOST_DOUBLINGS = 5


def question(provider: str, url: str, endpoints: Mapping[str, str] = ENDPOINTS) -> str:
    """The oEmbed address that tells of a video; empty for a provider without one.

    Args:
        provider: as in `Video`.
        url: where the video is watched.
        endpoints: the providers' addresses, to which the video's is appended.
    """
    endpoint = endpoints.get(provider, "")
    return endpoint and f"{endpoint}{quote(url, safe='')}"


def after_answer(before: VideoCheck, body: bytes, now: datetime) -> VideoCheck:
    """What is known of a video after a provider answered 200.

    Args:
        before: what was known.
        body: the answer; garbage changes nothing but when to ask again.
        now: when it came.
    """
    said = _document(body)
    if said is None:
        return after_silence(before, "the answer is no oEmbed document", now)
    still = _address(said.get("thumbnail_url"))
    # The stills of streams and premieres that have not begun are named so by YouTube.
    status = VideoStatus.UPCOMING if "_live." in still else VideoStatus.ALIVE
    return replace(
        before,
        status=status,
        title=_text(said.get("title")) or before.title,
        author=_text(said.get("author_name")) or before.author,
        thumbnail=still or before.thumbnail,
        duration=_seconds(said.get("duration")) or before.duration,
        detail="",
        failures=0,
        checked_at=now,
        next_check=now + _AGAIN[status],
    )


def after_refusal(
    before: VideoCheck, status: int | None, still: bool | None, now: datetime
) -> VideoCheck:
    """What is known of a video after a provider refused to tell.

    Args:
        before: what was known.
        status: the HTTP status, None when no answer came.
        still: whether the video's still exists; None when that isn't known.
        now: when it was refused.
    """
    if status == 401 or (status == 403 and before.provider != "youtube" and still is not False):
        found = VideoStatus.NO_EMBEDDING
    elif status in (400, 403, 404, 410):
        # Providers have had hours in which all was "not found": one such answer is a doubt.
        sure = still is False or before.status in (VideoStatus.DOUBTFUL, VideoStatus.GONE)
        found = VideoStatus.GONE if sure else VideoStatus.DOUBTFUL
    else:
        return after_silence(before, f"answered {status}" if status else "no answer", now)
    again = now + _AGAIN[found]
    detail = f"the provider answered {status}"
    return replace(
        before, status=found, detail=detail, failures=0, checked_at=now, next_check=again
    )


def after_silence(before: VideoCheck, detail: str, now: datetime) -> VideoCheck:
    """What is known after nothing was learned: the same, to be asked again later and later."""
    wait = min(_RETRY * 2 ** min(before.failures, _MOST_DOUBLINGS), _LONGEST_RETRY)
    return replace(before, detail=detail, failures=before.failures + 1, next_check=now + wait)


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    known = isinstance(said, dict) and said.get("type") in ("video", "rich", "link", "photo")
    return said if known else None


def _text(value: object) -> str:
    return " ".join(value.split())[:_LONGEST_TITLE] if isinstance(value, str) else ""


def _address(value: object) -> str:
    sound = isinstance(value, str) and value.startswith("https://") and value.isprintable()
    return value if sound and isinstance(value, str) and len(value) <= _LONGEST_ADDRESS else ""


def _seconds(value: object) -> int | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LONGEST_VIDEO
    return value if sound and isinstance(value, int) else None
