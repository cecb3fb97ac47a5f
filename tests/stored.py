"""Small makers of what goes into a store."""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.feeds.changes import fingerprint
from aggregator.models import (
    Entry,
    FeedInfo,
    FeedState,
    JudgedEntry,
    Kind,
    Policy,
    PollRecord,
    Subscription,
    Verdict,
    Video,
    VideoKind,
    Work,
)
from aggregator.store.store import Store

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
FEED = "https://blog.example/feed"


def open_store(folder: Path, policy: Policy | None = None, name: str = "a.db") -> Store:
    """The store of a test; made when missing."""
    return Store.open(f"sqlite:///{folder / name}", policy or Policy())


def empty_store(folder: Path, policy: Policy | None = None) -> Store:
    """The store of one example of a property test; quick, because it is made only once."""
    ready, copy = folder / "ready.db", folder / "example.db"
    if not ready.exists():
        open_store(folder, name=ready.name).__exit__()
    shutil.copyfile(ready, copy)
    return open_store(folder, policy, copy.name)


def verdict(score: float = 0.9, kind: Kind | None = Kind.PREMIERE) -> Verdict:
    """A verdict on a post with one work and one video."""
    return Verdict(
        keep=Policy().keeps(score, kind),
        score=score,
        kind=kind,
        language="en",
        works=(Work("Paper Comet", "Switchyard", ("Ines Vale",), 2026),),
        videos=(
            Video(
                "youtube",
                "vSw1tCh9Pc0",
                "https://www.youtube.com/watch?v=vSw1tCh9Pc0",
                VideoKind.OFFICIAL,
                thumbnail="https://i.ytimg.com/vi/vSw1tCh9Pc0/hqdefault.jpg",
            ),
        ),
    )


def judged(entry: Entry, made: Verdict | None = None, known_as: str = "") -> JudgedEntry:
    """An entry ready to be stored."""
    content = f"<p>{entry.html or entry.title}</p>"
    return JudgedEntry(entry, content, fingerprint(entry), made or verdict(), known_as)


def entry(ident: str, title: str = "A title", link: str = "", feed: str = FEED) -> Entry:
    """An entry published an hour before `NOW`."""
    published = NOW - timedelta(hours=1)
    return Entry(ident, title, link, html=f"about {title}", published=published, feed=feed)


def record(
    store: Store, entries: Iterable[JudgedEntry], feed: str = FEED, now: datetime = NOW
) -> None:
    """Store entries as one poll of a feed."""
    store.subscribe([Subscription(feed)])
    state = FeedState(url=feed, address=feed, polled_at=now, status="ok")
    info = FeedInfo(title="A Blog", link="https://blog.example/")
    store.keep([PollRecord(state, now, info, (), tuple(entries))])
