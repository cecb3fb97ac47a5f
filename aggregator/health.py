"""What is not well, and what helps: findings for `aggregator doctor`.

A check is a function from the house to findings; `CHECKS` has them all. A check looks and
changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator import joining
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.story import VideoCheck, VideoStatus

PUBLISHED = ("atom.xml", "index.html", "style.css")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not well.

    Args:
        area: ``feeds``, ``store``, ``videos`` or ``published``.
        subject: what it is about: a feed, a video, a file.
        problem: what is wrong, in words.
        cure: what helps.
    """

    area: str
    subject: str
    problem: str
    cure: str


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at.

    Args:
        settings: the configuration.
        store: what is known.
        now: the time.
    """

    settings: Settings
    store: Store
    now: datetime


Check = Callable[[Patient], Iterator[Finding]]


def examine(patient: Patient) -> list[Finding]:
    """All findings, check by check."""
    return [finding for check in CHECKS for finding in check(patient)]


def feeds(patient: Patient) -> Iterator[Finding]:
    """Feeds that fail, are gone, or were never polled."""
    urls = [feed.url for feed in patient.settings.subscriptions]
    if not urls:
        yield Finding("feeds", "feeds.yaml", "no feed is subscribed", "add some under feeds:")
    states = {state.url: state for state in patient.store.states(urls)}
    for url in urls:
        state = states.get(url)
        if state is None or state.polled_at is None:
            yield Finding("feeds", url, "never polled", "`aggregator fetch` polls what is due")
        elif state.status == "gone":
            yield Finding("feeds", url, state.error or "gone", "remove it from feeds.yaml")
        elif state.status == "failing":
            yield Finding(
                "feeds", url, f"failed {state.failures} times in a row: {state.error}",
                "look at the address in a browser; it is tried again by itself",
            )  # fmt: skip


def stored(patient: Patient) -> Iterator[Finding]:
    """Posts that wait to be joined into stories."""
    if not patient.store.stories.is_settled():
        yield Finding(
            "store", "stories", "posts wait to be joined into stories",
            "`aggregator publish` joins them",
        )  # fmt: skip


def videos(patient: Patient) -> Iterator[Finding]:
    """Videos that are gone, doubtful or may not be embedded, with what their stories have left."""
    watched = (VideoStatus.GONE, VideoStatus.DOUBTFUL, VideoStatus.NO_EMBEDDING)
    shown = _stories_by_video(patient.store)
    for check in patient.store.checks.with_status(*watched):
        titles, left = shown.get((check.provider, check.id), ("no story", 0))
        yield Finding(
            "videos", f"{check.provider}:{check.id}", _life(check, titles), _help(check, left)
        )


def published(patient: Patient) -> Iterator[Finding]:
    """Files that should be there, and are not, or are older than what is known."""
    newest = patient.store.newest_kept()
    if newest is None:
        return
    folder: Path = patient.settings.output_folder
    for name in PUBLISHED:
        path = folder / name
        if not path.is_file():
            yield Finding("published", str(path), "not there", "`aggregator publish` writes it")


CHECKS: tuple[Check, ...] = (feeds, stored, videos, published)


def _stories_by_video(store: Store) -> dict[tuple[str, str], tuple[str, int]]:
    """The title of the story that shows a video, and how many others it has that live."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for story in joining.stories(store, store.stories.newest()):
        for video in (*story.videos, *story.gone):
            others = [other for other in story.videos if other.id != video.id]
            found[video.provider, video.id] = (story.title, len(others))
    return found


def _life(check: VideoCheck, titles: str) -> str:
    words = {
        VideoStatus.GONE: "gone",
        VideoStatus.DOUBTFUL: "perhaps gone, to be asked again",
        VideoStatus.NO_EMBEDDING: "may not be embedded",
    }
    return f"{words[check.status]} ({check.detail}); in {titles}"


def _help(check: VideoCheck, left: int) -> str:
    if check.status is VideoStatus.NO_EMBEDDING:
        return "nothing: it is linked, not embedded"
    if check.status is VideoStatus.DOUBTFUL:
        return "`aggregator doctor --ask-providers` asks again"
    if left:
        return "nothing: another video of the story is shown in its place"
    return "find another upload; the story is shown without a video until a post has one"
