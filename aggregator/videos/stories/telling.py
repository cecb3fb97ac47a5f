"""What a story tells: its posts' statements weighed into one, each with who stated it.

The value that most posts state wins; posts about the work outweigh posts that list it; among
equals the earliest stated one. Spellings of one name count together and the commonest is shown.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.feeds.changes import tame
from aggregator.models import Kind, Post, Video, VideoKind, Work
from aggregator.story import MentionRole, Stated, Story, StoryPost, VideoCheck, VideoStatus
from aggregator.videos.names import fold, is_known
from aggregator.videos.stories.mentions import videos_key
from aggregator.videos.stories.naming import artist_names, song_names
from aggregator.videos.stories.nearness import Likeness, artists_alike
from aggregator.videos.titles.titles import read_title

LEAD_ORDER = (
    VideoKind.OFFICIAL, VideoKind.LYRIC, VideoKind.OTHER, VideoKind.MAKING_OF, VideoKind.LIVE,
)  # fmt: skip
SILENCE = timedelta(days=180)
"""After so long without a post about it, a story is news again."""
_NEWS_KINDS = (Kind.MAKING_OF, Kind.RESTORATION)
_SUBJECT_WEIGHT, _LISTED_WEIGHT = 3, 1
_MOST_TITLE = 200


Checks = Mapping[tuple[str, str], VideoCheck]
NO_CHECKS: Checks = {}


@dataclass(frozen=True, slots=True)
class Identity:
    """What of a story is remembered, not told: see `Story`."""

    number: int
    uid: str
    slug: str


@dataclass(frozen=True, slots=True)
class _Said:
    """One statement: which post, how it is written, how much it weighs."""

    post: int
    value: str
    weight: int


def tell(identity: Identity, members: Iterable[StoryPost], checks: Checks = NO_CHECKS) -> Story:
    """Tell a story.

    Args:
        identity: of the story.
        members: its posts, at least one, in any order.
        checks: what providers said of videos, by provider and id. It never outweighs a post.

    Returns:
        The story; the same for the same posts in any order.
    """
    posts = _in_order(members)
    early = sorted(posts, key=lambda member: (member.post.first_seen, member.post.number))
    artist = _choose("artist", early, lambda m: [m.mention.work.artist], _artist_key)
    song = _choose("song", early, lambda m: [m.mention.work.song], _song_key)
    year = _choose("year", early, lambda m: [str(m.mention.work.year or "")], str)
    directors = _choose_directors(early)
    lead = posts[0].post
    kinds = _choose("kind", posts[:1], lambda m: [str(m.post.verdict.kind or "")], str)
    videos = tuple(_enriched(video, checks) for video in _videos(early))
    artist, song = _named_by_provider(artist, song, videos, checks)
    shown = {said.field: said.value for said in (*artist, *song, *year) if said.chosen}
    return Story(
        number=identity.number,
        uid=identity.uid,
        slug=identity.slug,
        title=_title(shown.get("artist", ""), shown.get("song", ""), posts[0]),
        first_seen=min(member.post.first_seen for member in posts),
        changed_at=max(member.post.changed_at for member in posts),
        news_at=max(_published(post) for post in news_of(early)),
        artist=shown.get("artist", ""),
        artists=(shown["artist"],) if "artist" in shown else (),
        song=shown.get("song", ""),
        directors=tuple(said.value for said in directors if said.chosen),
        year=int(shown["year"]) if "year" in shown else None,
        kind=lead.verdict.kind,
        videos=tuple(video for video in videos if not _is_gone(video, checks)),
        gone=tuple(video for video in videos if _is_gone(video, checks)),
        checks=tuple(checks[v.provider, v.id] for v in videos if (v.provider, v.id) in checks),
        posts=posts,
        stated=(*artist, *song, *directors, *year, *kinds),
    )


def spoken_by(story: Story, post: Post) -> Post:
    """A story as one post, for renderings of posts.

    Args:
        story: the story.
        post: one of its posts, whose words are shown.

    Returns:
        The post with the story's id, work and videos.
    """
    verdict = post.verdict
    dead = {(video.provider, video.id) for video in story.gone}
    living = tuple(v for v in verdict.videos if (v.provider, v.id) not in dead)
    verdict = replace(verdict, videos=living)
    if story.song:
        work = Work(story.artist, story.song, story.directors, story.year)
        verdict = replace(verdict, works=(work,), videos=story.videos)
    return replace(post, uid=story.uid, verdict=verdict, changed_at=story.changed_at)


def _title(artist: str, song: str, lead: StoryPost) -> str:
    if artist and song:
        return f"{artist} – “{song}”"
    if song and lead.mention.role is MentionRole.LISTED:
        return f"“{song}”"
    return " ".join(lead.post.entry.title.split())[:_MOST_TITLE] or song or lead.post.source


def _in_order(members: Iterable[StoryPost]) -> tuple[StoryPost, ...]:
    """The post that speaks for the story, those about it from the newest, those listing it."""
    newest = sorted(members, key=lambda m: (_published(m.post), m.post.number), reverse=True)
    lead = min(newest, key=_leading)
    rest = [member for member in newest if member is not lead]
    return (lead, *sorted(rest, key=lambda m: m.mention.role is MentionRole.LISTED))


def _leading(member: StoryPost) -> tuple[object, ...]:
    """The more there is to see and to read, the better; among equals who came first."""
    post, work = member.post, member.mention.work
    kinds = {video.kind for video in post.verdict.videos}
    return (
        member.mention.role is MentionRole.LISTED,
        not post.verdict.videos,
        not (work.artist and work.song),
        not kinds & {VideoKind.OFFICIAL, VideoKind.MAKING_OF},
        not work.directors,
        _published(post),
        post.number,
    )


def news_of(posts: Iterable[StoryPost]) -> tuple[Post, ...]:
    """The posts of a story that brought news, the earliest first.

    The first one about it does; a later one when it is the first making-of or restoration, shows
    a video in a role that none had before, or comes after a long silence.
    """
    news: list[Post] = []
    roles: set[VideoKind] = set()
    kinds: set[Kind | None] = set()
    seen: datetime | None = None
    subjects = [m for m in posts if m.mention.role is MentionRole.SUBJECT] or list(posts)
    for member in sorted(subjects, key=lambda m: (m.post.first_seen, m.post.number)):
        post, shown = member.post, _roles(member)
        fresh_kind = post.verdict.kind in _NEWS_KINDS and post.verdict.kind not in kinds
        if seen is None or fresh_kind or shown - roles or post.first_seen - seen > SILENCE:
            news.append(post)
        seen, roles, kinds = post.first_seen, roles | shown, kinds | {post.verdict.kind}
    return tuple(news)


def _roles(member: StoryPost) -> set[VideoKind]:
    shown = (v for v in member.post.verdict.videos if videos_key(v) in member.mention.videos)
    return {video.kind for video in shown} - {VideoKind.OTHER}


def _published(post: Post) -> datetime:
    return tame(post.entry.published, post.first_seen)


def _choose(
    field: str,
    posts: Sequence[StoryPost],
    values: Callable[[StoryPost], Iterable[str]],
    key: Callable[[str], Hashable],
) -> tuple[Stated, ...]:
    """All values of a field, the chosen one first; posts come the earliest first."""
    by_key: dict[Hashable, list[_Said]] = defaultdict(list)
    for said in _statements(posts, values):
        by_key[key(said.value)].append(said)
    ranked = sorted(by_key.values(), key=_rank)
    return tuple(_stated(field, said, chosen=place == 0) for place, said in enumerate(ranked))


def _choose_directors(posts: Sequence[StoryPost]) -> tuple[Stated, ...]:
    """All directors; shown is who at least half of the posts that name any name."""
    persons: list[list[_Said]] = []
    for said in _statements(posts, lambda member: filter(is_known, member.mention.work.directors)):
        for person in persons:
            if artists_alike(fold(person[0].value), fold(said.value)) >= Likeness.NEAR:
                person.append(said)
                break
        else:
            persons.append([said])
    silent = [member for member in posts if not member.mention.work.directors]
    most = sum(_weight(member) for member in posts) - sum(_weight(member) for member in silent)
    ranked = sorted(persons, key=_rank)
    return tuple(
        _stated("director", said, chosen=place == 0 or 2 * _total(said) >= most)
        for place, said in enumerate(ranked)
    )


def _statements(
    posts: Sequence[StoryPost], values: Callable[[StoryPost], Iterable[str]]
) -> list[_Said]:
    """What posts state, in their order."""
    return [
        _Said(member.post.number, value, _weight(member))
        for member in posts
        for value in values(member)
        if value
    ]


def _weight(member: StoryPost) -> int:
    listed = member.mention.role is MentionRole.LISTED
    return _LISTED_WEIGHT if listed else _SUBJECT_WEIGHT


def _total(statements: Sequence[_Said]) -> int:
    return sum(said.weight for said in statements)


def _rank(statements: Sequence[_Said]) -> tuple[int, int, str]:
    first = statements[0]
    return -_total(statements), first.post, first.value


def _stated(field: str, statements: Sequence[_Said], *, chosen: bool) -> Stated:
    spellings: Counter[str] = Counter()
    for said in statements:
        spellings[said.value] += said.weight
    order = [said.value for said in statements]
    value = min(spellings, key=lambda text: (-spellings[text], _is_odd(text), order.index(text)))
    return Stated(field, value, tuple(dict.fromkeys(said.post for said in statements)), chosen)


def _is_odd(text: str) -> bool:
    """Whether a name is written all small or all large, as haste does."""
    return text.islower() or (text.isupper() and len(text) > 4)


def _artist_key(text: str) -> str:
    return artist_names(text).key


def _song_key(text: str) -> str:
    return song_names(text).key


def _videos(posts: Sequence[StoryPost]) -> tuple[Video, ...]:
    """The story's videos, one a provider's id, each with the role that most posts give it.

    Posts come the earliest first.
    """
    sights: dict[str, list[Video]] = defaultdict(list)
    for member in posts:
        for video in member.post.verdict.videos:
            if videos_key(video) in member.mention.videos:
                sights[videos_key(video)].append(video)
    merged = [_merged(videos) for videos in sights.values()]
    return tuple(sorted(merged, key=lambda video: LEAD_ORDER.index(video.kind)))


def _is_gone(video: Video, checks: Checks) -> bool:
    check = checks.get((video.provider, video.id))
    return check is not None and check.status is VideoStatus.GONE


def _enriched(video: Video, checks: Checks) -> Video:
    """A video with what its provider says where no post says it."""
    check = checks.get((video.provider, video.id))
    if check is None:
        return video
    still = video.thumbnail or check.thumbnail
    return replace(video, title=video.title or check.title, thumbnail=still)


def _named_by_provider(
    artist: tuple[Stated, ...], song: tuple[Stated, ...], videos: Sequence[Video], checks: Checks
) -> tuple[tuple[Stated, ...], tuple[Stated, ...]]:
    """Artist and song as a provider's title names them, where no post names the song."""
    for video in videos if not song else ():
        check = checks.get((video.provider, video.id))
        works = read_title(check.title, author=check.author).works if check else ()
        if len(works) == 1 and works[0].artist and works[0].song:
            source = f"oEmbed, {video.provider}"
            return (
                artist or (Stated("artist", works[0].artist, (), True, source),),
                (Stated("song", works[0].song, (), True, source),),
            )
    return artist, song


def _merged(videos: Sequence[Video]) -> Video:
    roles = Counter(video.kind for video in videos if video.kind is not VideoKind.OTHER)
    role = max(roles, key=lambda kind: (roles[kind], -LEAD_ORDER.index(kind)), default=None)
    titled = next((video.title for video in videos if video.title), "")
    still = next((video.thumbnail for video in videos if video.thumbnail), "")
    return replace(videos[0], kind=role or VideoKind.OTHER, title=titled, thumbnail=still)
