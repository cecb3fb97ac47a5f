"""Every entry gets an id of its own, said aloud where the feed gave none."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from aggregator.feeds.dates import odd_date
from aggregator.models import Entry, ParsedFeed, Problem


def settled(feed: ParsedFeed, problems: list[Problem]) -> ParsedFeed:
    """Give every entry an id of its own and list what it lacks.

    Args:
        feed: as it was read; ids may be missing or repeated.
        problems: what was odd before its entries were read.

    Returns:
        The feed with each id once; of two entries that are the same, one.
    """
    seen: dict[str, Entry] = {}
    for stated in feed.entries:
        entry = _identified(stated, seen, problems)
        if entry.id not in seen:
            problems += _blanks(entry)
            seen[entry.id] = entry
    return ParsedFeed(feed.feed, tuple(seen.values()), (*feed.problems, *problems))


def _identified(entry: Entry, seen: Mapping[str, Entry], problems: list[Problem]) -> Entry:
    if not entry.id:
        problems.append(Problem("has no id; its link or content stands in", _name(entry)))
        entry = replace(entry, id=entry.link or _derived(entry))
    earlier = seen.get(entry.id)
    if earlier is None or earlier == entry:
        return entry
    problems.append(Problem(f"has the id of another entry: {entry.id[:80]}", _name(entry)))
    return replace(entry, id=_derived(entry))


def _blanks(entry: Entry) -> Iterator[Problem]:
    when = entry.published
    if entry.title and entry.link and when is not None and not odd_date(when):
        return
    name = entry.title[:60] or entry.id[:60]
    for what, value in (("title", entry.title), ("link", entry.link), ("date", when)):
        if not value:
            yield Problem(f"has no {what}", name)
    if when is not None and odd_date(when):
        yield Problem(f"has an odd date: {when:%Y-%m-%d}", name)


def _name(entry: Entry) -> str:
    return entry.title[:60] or entry.link or "an entry without title"


def _derived(entry: Entry) -> str:
    said = "\0".join((entry.id, entry.link, entry.title, entry.html[:2000], entry.summary[:2000]))
    return f"derived:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"
