"""What the judge weighs: named signals of an entry, each with the words it rests on.

``title:``, ``title-cue:`` and ``grammar:`` read the headline, ``tag:``, ``feed:`` and
``link:`` what stands around the post, ``shows:`` and ``names:`` its videos and works; what
its words are about is read in `aggregator.videos.subject`.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from aggregator.models import Entry
from aggregator.videos.concepts import WORD, find_concepts
from aggregator.videos.providers import identify, is_audio_player
from aggregator.videos.reading import Reading
from aggregator.videos.subject import Signal, subject_signals
from aggregator.videos.wording import LONGEST_TITLE

_PATH_WORD = re.compile(r"[^\W_]{2,30}")

Signals = dict[str, tuple[float, str]]


def signals_of(reading: Reading) -> Signals:
    """Find the signals of an entry.

    Args:
        reading: the entry, read.

    Returns:
        By name: the value, most often 1, and the evidence.
    """
    signals: Signals = {}
    for name, value, evidence in _all(reading):
        if name not in signals:
            signals[name] = (value, evidence)
    return signals


def is_whole_post(signals: Signals) -> bool:
    """Whether an entry brought a body of some length, so that its headline is not all we know."""
    return "has:html" in signals or ("has:body" in signals and "has:length-0" not in signals)


def feed_name(entry: Entry) -> str:
    """What the feed calls itself; a handle such as a subreddit's counts, an address doesn't."""
    handle = "" if "://" in entry.feed else entry.feed
    return f"{entry.feed_title} {handle}".strip()


def _all(reading: Reading) -> Iterator[Signal]:
    yield from _title(reading)
    yield from _tags(reading)
    yield from _videos(reading)
    yield from _names(reading)
    yield from subject_signals(reading)


def _title(reading: Reading) -> Iterator[Signal]:
    title = reading.entry.title[:LONGEST_TITLE].casefold()
    words = WORD.findall(title)
    for hit in find_concepts(words, title):
        yield f"title:{hit.concept}", 1.0, hit.words
    for cue in reading.title.cues:
        yield f"title-cue:{cue.kind}", 1.0, cue.text
    if reading.title.grammar:
        yield f"grammar:{reading.title.grammar}", 1.0, reading.entry.title[:80]


def _tags(reading: Reading) -> Iterator[Signal]:
    for family, text in (
        ("tag", " , ".join(reading.entry.tags[:30])),
        ("feed", feed_name(reading.entry)),
        ("link", _path_words(reading.entry.link)),
    ):
        folded = text[:1000].casefold()
        for hit in find_concepts(WORD.findall(folded), folded):
            yield f"{family}:{hit.concept}", 1.0, hit.words


def _path_words(link: str) -> str:
    """The words of an address's path; a slug repeats the title, a folder tells the column."""
    return " ".join(_PATH_WORD.findall(urlsplit(link).path)) if _is_url(link) else ""


def _videos(reading: Reading) -> Iterator[Signal]:
    entry = reading.entry
    host = (urlsplit(entry.link).hostname or "") if _is_url(entry.link) else ""
    if identify(entry.link):
        yield "has:link-is-video", 1.0, entry.link
    elif any(part in host for part in ("bandcamp.", "soundcloud.", "spotify.", "mixcloud.")):
        yield "has:link-is-audio", 1.0, host
    for found in reading.found:
        sure = found.video.kind.value if found.sure else "unsure"
        yield f"shows:{sure}", 1.0, found.video.title or found.video.url
    yield f"shows:count-{bucket(len(reading.found))}", 1.0, ""
    for player in reading.body.players:
        if is_audio_player(player.url):
            yield "shows:audio-player", 1.0, player.url
    if reading.entry.html and reading.body.text:
        yield "has:html", 1.0, ""
    if reading.body.lost_embed:
        yield "shows:lost-embed", 1.0, ""


def _is_url(link: str) -> bool:
    return link.startswith(("http://", "https://")) and "[" not in link and "]" not in link


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
