"""What the judge weighs: named signals of an entry, each with the words it rests on.

``title:``, ``title-cue:`` and ``grammar:`` read the headline; ``lead:``, ``word:``,
``share:`` and ``dense:`` read the post's own words as concepts, in any language; ``has:``,
``shows:`` and ``names:`` read its structure.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from aggregator.models import Entry
from aggregator.videos.body import Role
from aggregator.videos.concepts import WORD, find_concepts
from aggregator.videos.providers import identify, is_audio_player
from aggregator.videos.reading import Reading
from aggregator.videos.wording import LONGEST_TITLE

_READ_WORDS = 700
_LEAD_WORDS = 60
_SUBJECT = ("musicvideo", "video", "direct", "shoot")

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
    return "has:body" in signals and "has:length-0" not in signals


def feed_name(entry: Entry) -> str:
    """What the feed calls itself; a handle such as a subreddit's counts, an address doesn't."""
    handle = "" if "://" in entry.feed else entry.feed
    return f"{entry.feed_title} {handle}".strip()


def _all(reading: Reading) -> Iterator[tuple[str, float, str]]:
    yield from _title(reading)
    yield from _tags(reading)
    yield from _videos(reading)
    yield from _names(reading)
    yield from _words(reading)


def _title(reading: Reading) -> Iterator[tuple[str, float, str]]:
    title = reading.entry.title[:LONGEST_TITLE].casefold()
    words = WORD.findall(title)
    for hit in find_concepts(words, title):
        yield f"title:{hit.concept}", 1.0, hit.words
    for cue in reading.title.cues:
        yield f"title-cue:{cue.kind}", 1.0, cue.text
    if reading.title.grammar:
        yield f"grammar:{reading.title.grammar}", 1.0, reading.entry.title[:80]


def _tags(reading: Reading) -> Iterator[tuple[str, float, str]]:
    for family, text in (
        ("tag", " , ".join(reading.entry.tags[:30])),
        ("feed", feed_name(reading.entry)),
    ):
        folded = text[:1000].casefold()
        for hit in find_concepts(WORD.findall(folded), folded):
            yield f"{family}:{hit.concept}", 1.0, hit.words


def _videos(reading: Reading) -> Iterator[tuple[str, float, str]]:
    entry = reading.entry
    host = (urlsplit(entry.link).hostname or "") if _is_url(entry.link) else ""
    if identify(entry.link):
        yield "has:link-is-video", 1.0, entry.link
    elif any(part in host for part in ("bandcamp.", "soundcloud.", "spotify.", "mixcloud.")):
        yield "has:link-is-audio", 1.0, host
    for found in reading.found:
        sure = found.video.kind.value if found.sure else "unsure"
        yield f"shows:{sure}", 1.0, found.video.title or found.video.url
    yield f"shows:count-{_bucket(len(reading.found))}", 1.0, ""
    for player in reading.body.players:
        if is_audio_player(player.url):
            yield "shows:audio-player", 1.0, player.url
    if reading.body.lost_embed:
        yield "shows:lost-embed", 1.0, ""


def _is_url(link: str) -> bool:
    return link.startswith(("http://", "https://")) and "[" not in link and "]" not in link


def _names(reading: Reading) -> Iterator[tuple[str, float, str]]:
    works = reading.works
    yield f"names:works-{_bucket(len(works))}", 1.0, ""
    for work in works:
        if work.artist and work.song:
            yield "names:artist-and-song", 1.0, f"{work.artist} – {work.song}"
        if work.directors:
            yield "names:director", 1.0, ", ".join(work.directors)
        if work.year:
            yield "names:year", 1.0, str(work.year)


def _words(reading: Reading) -> Iterator[tuple[str, float, str]]:
    blocks = [b for b in reading.body.own if b.text and b.role is not Role.CODE]
    if not blocks:
        yield "has:no-body", 1.0, ""
        return
    counts: Counter[str] = Counter()
    shares: Counter[str] = Counter()
    samples: dict[str, str] = {}
    subject = read = 0
    for block in blocks:
        text = block.text[:6000].casefold()
        words = WORD.findall(text)
        hits = list(find_concepts(words, text))
        in_lead = read < _LEAD_WORDS
        read += max(1, len(words) or len(text) // 3)
        concepts = {hit.concept for hit in hits}
        shares.update(concepts)
        subject += not concepts.isdisjoint(_SUBJECT)
        for hit in hits:
            counts[hit.concept] += 1
            samples.setdefault(hit.concept, hit.words)
            if in_lead:
                yield f"lead:{hit.concept}", 1.0, hit.words
        if read > _READ_WORDS:
            break
    yield from _shares(blocks, counts, shares, samples, read)
    yield "subject:share", subject / len(blocks), f"{subject} of {len(blocks)} paragraphs"
    yield f"has:length-{_bucket(read // 40)}", 1.0, f"{read} words"
    yield "has:body", 1.0, ""


def _shares(
    blocks: Sequence[object],
    counts: Counter[str],
    shares: Counter[str],
    samples: dict[str, str],
    read: int,
) -> Iterable[tuple[str, float, str]]:
    for concept, count in counts.items():
        dense = min(1.5, math.log1p(100 * count / max(read, 25)) / 2)
        evidence = f"{samples[concept]} ×{count}" if count > 1 else samples[concept]
        yield f"dense:{concept}", dense, evidence
        yield f"share:{concept}", shares[concept] / len(blocks), evidence
        yield f"word:{concept}", 1.0, evidence


def _bucket(count: int) -> str:
    if count < 3:
        return str(count)
    return "3+" if count < 6 else "6+"
