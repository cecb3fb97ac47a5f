"""The vocabulary: immutable values that the rooms hand to each other.

Times are aware and in UTC. What a feed said (`Entry`), what we judged (`Verdict`)
and what we publish (`Post`) are separate values, never one that is overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a kept post does, after the editorial policy; `LIVE` is recognised apart."""

    PREMIERE = "premiere"
    LYRIC = "lyric"
    VISUALIZER = "visualizer"
    MAKING_OF = "making-of"
    INTERVIEW = "interview"
    RETROSPECTIVE = "retrospective"
    LIST = "list"
    AWARD = "award"
    RESTORATION = "restoration"
    NEWS = "news"
    FAN = "fan"
    LIVE = "live"


class VideoKind(StrEnum):
    """The role one video plays in a post."""

    OFFICIAL = "official"
    LYRIC = "lyric"
    MAKING_OF = "making-of"
    LIVE = "live"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Media:
    """A media file or player that a feed states beside an entry's text.

    Args:
        url: address of the file or player; empty when only a thumbnail is stated.
        type: MIME type, empty when not stated.
        title: the medium's own title, empty when not stated.
        thumbnail: address of a still, empty when not stated.
        duration: running time in seconds, None when not stated.
    """

    url: str
    type: str = ""
    title: str = ""
    thumbnail: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as a feed states it; text in it is foreign and unclean.

    Args:
        id: the feed's own id for it; never resolved, never invented in silence.
        title: plain text, entities decoded, tags removed.
        link: absolute http(s) address of the post, empty when there is none.
        html: the body as HTML, raw (embeds included); empty when there is none.
        text: the body as plain text where a source gives it so; usually empty.
        summary: the short description as HTML, raw, when stated apart from the body.
        author: plain text.
        tags: categories, plain text, in the feed's order.
        language: BCP 47 tag that the entry or its feed states, empty when none.
        published: when it was published; None when the feed doesn't say.
        updated: when it was changed; None when the feed doesn't say.
        media: enclosures and Media RSS items.
        feed: address of the feed.
        feed_title: the feed's title.
    """

    id: str
    title: str = ""
    link: str = ""
    html: str = ""
    text: str = ""
    summary: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    media: tuple[Media, ...] = ()
    feed: str = ""
    feed_title: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in a document that was read all the same.

    Args:
        what: the oddity in words a person understands.
        where: the entry or line it was found at, empty for the document.
    """

    what: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What a feed document says about itself; empty strings where it is silent.

    Args:
        format: such as ``rss20``, ``rss10``, ``atom10``, ``json11``.
        ttl: minutes the publisher wants between two polls, None when not stated.
        own_address: the address the document gives as its own (``rel="self"``).
        skip_hours: hours of the day, 0 to 23 in UTC, in which it is not to be polled.
        skip_days: days of the week, Monday is 0, on which it is not to be polled.
        image: address of the feed's picture.
    """

    title: str = ""
    link: str = ""
    format: str = ""
    language: str = ""
    hub: str = ""
    own_address: str = ""
    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    image: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """One feed document, read."""

    feed: FeedInfo
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Video:
    """One video that a post embeds or links as its content.

    Args:
        provider: ``youtube``, ``vimeo`` or ``dailymotion``.
        id: the provider's id.
        url: canonical https address to watch it at.
        kind: the role it plays in the post.
        title: the title the embed states, empty when none.
        thumbnail: https address of a still, empty when unknown.
    """

    provider: str
    id: str
    url: str
    kind: VideoKind = VideoKind.OTHER
    title: str = ""
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A music video as a work; a field the post does not state is empty or None."""

    artist: str = ""
    song: str = ""
    directors: tuple[str, ...] = ()
    year: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One summand of a verdict.

    Args:
        signal: the signal's name, such as ``title:official-video``.
        weight: what it adds to the log-odds of keeping; negative speaks for dropping.
        evidence: the words of the post it rests on.
    """

    signal: str
    weight: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we make of an entry.

    Args:
        keep: whether the policy keeps it.
        score: calibrated probability that the post is about a music video, 0 to 1.
        kind: the post's kind, None when it has none.
        language: the stated or detected language, empty when unknown.
        reasons: the score's summands: what an editor taught, then the strongest first.
        works: the music videos that the post is about.
        videos: the videos that the post shows, in its order.
    """

    keep: bool
    score: float
    kind: Kind | None = None
    language: str = ""
    reasons: tuple[Reason, ...] = ()
    works: tuple[Work, ...] = ()
    videos: tuple[Video, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """An editor's word on one post, with what is needed to know its like again.

    Args:
        feed: address of the post's feed.
        id: the post's id in that feed.
        link: the post's address, empty when it has none.
        title: the post's title.
        keep: whether it is to be kept.
        taught_at: when the editor said so.
        score: the score that the judge gives it untaught, 0 to 1.
        signals: its signals then: their values by name.
        videos: what it shows, as ``provider:id``.
        sketch: stands for its words, see `aggregator.videos.verdict.alike`.
    """

    feed: str
    id: str
    link: str
    title: str
    keep: bool
    taught_at: datetime
    score: float
    signals: Mapping[str, float]
    videos: tuple[str, ...] = ()
    sketch: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What the editor wants kept.

    Args:
        threshold: score from which a post is kept, 0 to 1.
        kinds: the kinds to keep; `Kind.LIVE` is kept only when it is among them.
    """

    threshold: float = 0.45
    kinds: frozenset[Kind] = frozenset(Kind) - {Kind.LIVE}

    def keeps(self, score: float, kind: Kind | None) -> bool:
        """Whether a post with this score and kind is kept."""
        if kind is Kind.LIVE:
            return kind in self.kinds
        return score >= self.threshold and (kind is None or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed the configuration asks for.

    Args:
        url: its address as the configuration writes it, which is also its identity.
        title: the editor's name for it; empty means the feed's own.
        language: what to assume when neither feed nor entry state one.
        secret_address: the address with its secrets filled in; empty when it has none.
            Never stored, logged or shown.
    """

    url: str
    title: str = ""
    language: str = ""
    secret_address: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a publisher asks of those who poll, kept for the polls that bring no document.

    Args:
        max_age: seconds that the last answer stays fresh, by its headers.
        ttl: seconds between two polls, by the document.
        skip_hours, skip_days: as in `FeedInfo`.
    """

    max_age: float | None = None
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of a feed between two polls.

    Args:
        url: the subscription's address.
        address: where it is polled after a permanent move, else empty.
        etag: validator, sent back verbatim; empty when there is none.
        last_modified: validator, sent back verbatim; empty when there is none.
        validated_at: when the validators were received.
        body_hash: SHA-256 of the last body, hexadecimal.
        wishes: what the publisher asked for.
        recent: when its latest posts were published, in seconds since 1970, newest first.
        failures: polls that failed in a row.
        failing_since: when the first of them did.
        moved_to: target of a permanent redirect under observation.
        moved_since: since when every poll agreed on it.
        polled_at: when it was last polled.
        next_poll: when it is due; None means now.
        next_reason: why then, in words.
        status: ``ok``, ``failing``, ``gone`` or ``new``.
        error: what the last poll failed with, in words.
    """

    url: str
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    validated_at: datetime | None = None
    body_hash: str = ""
    wishes: Wishes = NO_WISHES
    recent: tuple[int, ...] = ()
    failures: int = 0
    failing_since: datetime | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    polled_at: datetime | None = None
    next_poll: datetime | None = None
    next_reason: str = ""
    status: str = "new"
    error: str = ""


@dataclass(frozen=True, slots=True)
class HostState:
    """What we remember of a host, for all feeds that it serves.

    Args:
        name: its name, without port.
        rests_until: until when it asked to be left alone.
        why: in words, what it answered.
        distrusted_until: until when its validators are not sent, because it lied with them.
    """

    name: str
    rests_until: datetime | None = None
    why: str = ""
    distrusted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class JudgedEntry:
    """An entry that is new or changed, ready to be stored.

    Args:
        entry: what the feed said.
        content: the body cleaned and safe to publish, URLs absolute.
        fingerprint: hash of what matters in it.
        verdict: what we made of it.
        known_as: the entry id it is stored under already; empty for a new one.
    """

    entry: Entry
    content: str
    fingerprint: str
    verdict: Verdict
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class PollRecord:
    """What one poll of a feed leaves to be stored.

    Args:
        state: the feed's new state.
        now: when the poll ended; when its new entries were first seen.
        info: what the document says about its feed, None when none came.
        problems: the document's oddities.
        entries: the new and the changed entries, oldest first.
    """

    state: FeedState
    now: datetime
    info: FeedInfo | None = None
    problems: tuple[Problem, ...] = ()
    entries: tuple[JudgedEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A judged entry as the store holds it.

    Args:
        number: short id for people and commands.
        uid: permanent id for published files, hexadecimal.
        entry: what the feed said.
        content: the body cleaned and safe to publish, URLs absolute.
        verdict: what we made of it.
        first_seen: when we first read it; decides what is new.
        changed_at: when its content last really changed.
        source: title of the feed for people.
        source_link: address of the blog, empty when unknown. The feed's own address is
            never published: it may carry a reader's secret token.
    """

    number: int
    uid: str
    entry: Entry
    content: str
    verdict: Verdict
    first_seen: datetime
    changed_at: datetime
    source: str = ""
    source_link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A headed group of posts in an issue."""

    slug: str
    heading: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """One number of the weekly digest.

    Args:
        id: ISO week, such as ``2026-W48``.
        title: the digest's name.
        start: first instant of the week, inclusive.
        end: first instant after the week.
        sections: what it shows, in order, empty sections left out.
        more: posts beyond the issue's size, for one-line links.
    """

    id: str
    title: str
    start: datetime
    end: datetime
    sections: tuple[Section, ...] = ()
    more: tuple[Post, ...] = ()
