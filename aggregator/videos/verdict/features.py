"""What the judge weighs: named signals of an entry, each with the words it rests on.

``title:``, ``title-cue:`` and ``grammar:`` read the headline, ``tag:``, ``feed:`` and
``link:`` what stands around the post, ``shows:`` and ``names:`` its videos and works; what
its words are about is read in `aggregator.videos.verdict.subject`.
"""

import re
from collections.abc import Iterator

from aggregator.models import Entry
from aggregator.videos.page.providers import identify, is_audio_player
from aggregator.videos.verdict.concepts import find_concepts, words_in
from aggregator.videos.verdict.subject import Signal, subject_signals
from aggregator.videos.verdict.wording import LONGEST_TITLE
from aggregator.videos.works.reading import Reading

_ADDRESS = re.compile(r"https?://([^/?#]*)([^?#]*)")
_PATH_WORD = re.compile(r"[^\W_]{2,30}")
_AUDIO_HOSTS = ("bandcamp.", "soundcloud.", "spotify.", "mixcloud.")

_LONG_TEXT = frozenset({"has:length-3+", "has:length-6+"})

Signals = dict[str, tuple[float, str]]


def signals_of(reading: Reading) -> Signals:
    """Find the signals of an entry.

    Args:
        reading: the entry, read.

    Returns:
        By name: the value, most often 1, and the evidence.
    """
    signals: Signals = {}
    for family in (_title, _tags, _videos, _names, subject_signals):
        for name, value, evidence in family(reading):
            if name not in signals:
                signals[name] = (value, evidence)
    return signals


def is_whole_post(signals: Signals) -> bool:
    """Whether an entry is judged by its body: by HTML with some words or a video, or a long text.

    Feeds' plain summaries are shorter than 120 words, and links below a title are no body.
    """
    if "has:html" in signals:
        return "has:length-0" not in signals or "shows:count-0" not in signals
    return not _LONG_TEXT.isdisjoint(signals)


def has_body(signals: Signals) -> bool:
    """Whether whole posts can be learned from an entry: it brought HTML, or forty words."""
    return "has:html" in signals or ("has:body" in signals and "has:length-0" not in signals)


def feed_name(entry: Entry) -> str:
    """What the feed calls itself; a handle such as a subreddit's counts, an address doesn't."""
    handle = "" if "://" in entry.feed else entry.feed
    return f"{entry.feed_title} {handle}".strip()


def _title(reading: Reading) -> Iterator[Signal]:
    title = reading.entry.title[:LONGEST_TITLE].casefold()
    for concept, words in find_concepts(words_in(title), title):
        yield f"title:{concept}", 1.0, words
    for cue in reading.title.cues:
        yield f"title-cue:{cue.kind}", 1.0, cue.text
    if reading.title.grammar:
        yield f"grammar:{reading.title.grammar}", 1.0, reading.entry.title[:80]


def _tags(reading: Reading) -> Iterator[Signal]:
    for family, text in (
        ("tag", " , ".join(reading.entry.tags[:30])),
        ("feed", feed_name(reading.entry)),
        ("link", " ".join(_PATH_WORD.findall(_host_and_path(reading.entry.link)[1]))),
    ):
        folded = text[:1000].casefold()
        for concept, words in find_concepts(words_in(folded), folded):
            yield f"{family}:{concept}", 1.0, words


def _host_and_path(link: str) -> tuple[str, str]:
    """An address's host and path; a slug repeats the title, a folder tells the column."""
    found = _ADDRESS.match(link)
    if not found or "[" in link or "]" in link:
        return "", ""
    return found[1].rpartition("@")[2].partition(":")[0].lower(), found[2]


def _videos(reading: Reading) -> Iterator[Signal]:
    entry = reading.entry
    host, _ = _host_and_path(entry.link)
    if identify(entry.link):
        yield "has:link-is-video", 1.0, entry.link
    elif any(part in host for part in _AUDIO_HOSTS):
        yield "has:link-is-audio", 1.0, host
    for found in reading.found:
        sure = found.video.kind.value if found.sure else "unsure"
        yield f"shows:{sure}", 1.0, found.video.title or found.video.url
        said = found.video.title[:LONGEST_TITLE].casefold()
        for concept, words in find_concepts(words_in(said), said):
            yield f"embed:{concept}", 1.0, words
    yield f"shows:count-{bucket(len(reading.found))}", 1.0, ""
    for player in reading.body.players:
        if is_audio_player(player.url):
            yield "shows:audio-player", 1.0, player.url
    if reading.entry.html and any(block.text for block in reading.body.own):
        yield "has:html", 1.0, ""
    if reading.body.lost_embed:
        yield "shows:lost-embed", 1.0, ""


def _names(reading: Reading) -> Iterator[Signal]:
    """What the title names; the works of the whole post are asked for only when it is kept."""
    works = reading.title.works
    yield f"names:works-{bucket(len(works))}", 1.0, ""
    for work in works:
        if work.artist and work.song:
            yield "names:artist-and-song", 1.0, f"{work.artist} – {work.song}"
        if work.directors:
            yield "names:director", 1.0, ", ".join(work.directors)
        if work.year:
            yield "names:year", 1.0, str(work.year)


def bucket(count: int) -> str:
    """A count as a name: 0, 1, 2, 3+ or 6+."""
    if count < 3:
        return str(count)
    return "3+" if count < 6 else "6+"
