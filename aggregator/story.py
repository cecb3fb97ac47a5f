"""The vocabulary of stories: the values that joining, store and renderings hand to each other.

A story is one work with all posts about it; `aggregator.models` has posts and works.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.models import Kind, Post, Video, Work


class MentionRole(StrEnum):
    """What a post does for a story: it is about it, or names it as one of several."""

    SUBJECT = "subject"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Mention:
    """What a post says of one work, ready to be joined with others.

    Args:
        node: what it calls the work; posts with the same node are of one story.
        role: whether the work is its subject.
        work: the work as it states it.
        bonds: what can join the node with others, see `aggregator.videos.stories.joining`.
        videos: the post's videos of this work, as ``provider:id``.
    """

    node: str
    role: MentionRole
    work: Work
    bonds: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """One value of a story's field, and who stated it.

    Args:
        field: ``artist``, ``song``, ``director``, ``year``, ``kind`` or ``label``.
        value: as it is written most often.
        posts: numbers of the posts that state it, the earliest first.
        chosen: whether the story shows it; the others are disagreements.
        source: who stated it where no post did, such as ``oEmbed, youtube``.
    """

    field: str
    value: str
    posts: tuple[int, ...]
    chosen: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class StoryPost:
    """A post with what it says of the story's work."""

    post: Post
    mention: Mention


@dataclass(frozen=True, slots=True)
class Story:
    """One work, with all that the kept posts about it tell: what a card shows.

    A field that no post states is empty or None.

    Args:
        number: short id for people and commands.
        uid: permanent id for published files, hexadecimal. When two stories turn out to be
            one, the older one's stays and the other's redirects to it.
        slug: permanent name in addresses, ASCII, unique.
        title: ``Artist – “Song”``, or the leading post's title where no work is named.
        first_seen: when its first post was.
        changed_at: when what it shows last changed, a new post included.
        news_at: date of the post that last brought news of it; stories are published in this
            order.
        artist: as most posts write it, guests left out.
        artists: the artists apart, when several are joined in it.
        song: as most posts write it.
        directors: as most posts write them.
        year: of the work.
        kind: the leading post's.
        label: the record label, where one is stated.
        videos: those that live, the leading one first, each with its role.
        gone: those that the provider has no more.
        checks: what providers said of them, where they were asked; running time and author.
        posts: the posts about it, the leading one first, then the newest; then those that
            only list it.
        stated: every value of every field, with the posts that stated it.
    """

    number: int
    uid: str
    slug: str
    title: str
    first_seen: datetime
    changed_at: datetime
    news_at: datetime
    artist: str = ""
    artists: tuple[str, ...] = ()
    song: str = ""
    directors: tuple[str, ...] = ()
    year: int | None = None
    kind: Kind | None = None
    label: str = ""
    videos: tuple[Video, ...] = ()
    gone: tuple[Video, ...] = ()
    checks: tuple["VideoCheck", ...] = ()
    posts: tuple[StoryPost, ...] = ()
    stated: tuple[Stated, ...] = ()

    @property
    def lead(self) -> Post:
        """The post whose words speak for the story."""
        return self.posts[0].post

    @property
    def disagreements(self) -> tuple[Stated, ...]:
        """Values that the story does not show."""
        return tuple(said for said in self.stated if not said.chosen)


@dataclass(frozen=True, slots=True)
class Facet:
    """One value by which stories are found.

    Args:
        facet: ``artist``, ``director``, ``decade``, ``kind``, ``source``, ``tag`` or ``language``.
        key: what it is compared by.
        label: for people.
        slug: what it would be called in addresses, if nothing else is called so.
    """

    facet: str
    key: str
    label: str
    slug: str


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A facet's value with its permanent name in addresses, and how many stories have it."""

    facet: str
    slug: str
    label: str
    stories: int


class RulingKind(StrEnum):
    """What an editor decides about stories."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A post's mention that an editor ruled on: the post's feed and id, and the node it had."""

    feed: str
    id: str
    node: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """An editor's word on stories; it holds for these posts however they are read later.

    Args:
        number: rulings are heeded in this order.
        kind: whether the posts are of one story, or of a story of their own.
        made_at: when the editor said so.
        anchors: the posts.
        nodes: the nodes all of whose posts are meant, later ones too.
    """

    number: int
    kind: RulingKind
    made_at: datetime
    anchors: tuple[Anchor, ...]
    nodes: tuple[str, ...]


class VideoStatus(StrEnum):
    """What is known of a video's life."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    UPCOMING = "upcoming"
    NO_EMBEDDING = "no-embedding"
    DOUBTFUL = "doubtful"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class VideoCheck:
    """What a provider said of one video.

    Args:
        provider, id: as in `Video`.
        status: `VideoStatus.DOUBTFUL` after a first "not found", `GONE` once it is sure.
        title, author: as the provider states them, empty when unknown.
        thumbnail: https address of the provider's still, empty when unknown.
        duration: running time in seconds, None when unknown.
        detail: why it is not alive, or why nothing is known, in words.
        failures: times in a row that nothing was learned.
        checked_at: when something was learned last.
        next_check: when it is to be asked for again; None for now.
    """

    provider: str
    id: str
    status: VideoStatus = VideoStatus.UNKNOWN
    title: str = ""
    author: str = ""
    thumbnail: str = ""
    duration: int | None = None
    detail: str = ""
    failures: int = 0
    checked_at: datetime | None = None
    next_check: datetime | None = None
