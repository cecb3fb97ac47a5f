"""Measures how well works, credits, videos and their roles are read from labelled posts.

Usage: ``python -m tests.benchmarks.works_accuracy [--mistakes N] FILE...`` where a file
holds one JSON post a line with a ``gold`` object.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregator.models import Entry, Kind, Media, Video, Work
from aggregator.videos.names import fold
from aggregator.videos.page.blocks import Body
from aggregator.videos.page.body import read_body
from aggregator.videos.page.embeds import find_videos, look, settle
from aggregator.videos.works.works import find_works


@dataclass
class Tally:
    """Counts of one file."""

    pairs: int = 0
    pairs_right: int = 0
    directors_said: int = 0
    directors_right: int = 0
    directors_gold: int = 0
    directors_found: int = 0
    years_said: int = 0
    years_right: int = 0
    years_gold: int = 0
    videos_said: int = 0
    videos_gold: int = 0
    videos_found: int = 0
    roles_alone: int = 0
    roles_with_kind: int = 0
    mistakes: list[str] = field(default_factory=list)

    def report(self, name: str) -> str:
        """One line of figures."""
        return (
            f"{name:<14} artist+song {_share(self.pairs_right, self.pairs)}"
            f"  directors P {_share(self.directors_right, self.directors_said)}"
            f" R {_share(self.directors_found, self.directors_gold)}"
            f"  year P {_share(self.years_right, self.years_said)}"
            f" R {_share(self.years_right, self.years_gold)}"
            f"\n{'':<14} videos P {_share(self.videos_found, self.videos_said)}"
            f" R {_share(self.videos_found, self.videos_gold)}"
            f"  roles {_share(self.roles_alone, self.videos_found)}"
            f"  with the post's kind {_share(self.roles_with_kind, self.videos_found)}"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else "  –  (0/0)"


def entry_of(row: dict[str, Any]) -> Entry:
    """Make an entry of a labelled row."""
    media = row.get("media") or ()
    return Entry(
        id=row["id"],
        title=row.get("title") or "",
        link=row.get("link") or "",
        html=row.get("html") or "",
        text=row.get("text") or "",
        summary=row.get("summary") or "",
        author=row.get("author") or "",
        tags=tuple(row.get("tags") or ()),
        language=row.get("language") or "",
        media=tuple(Media(m.get("url", ""), m.get("type", ""), m.get("title", "")) for m in media),
        feed_title=row.get("feed_title") or row.get("feed") or "",
    )


def gold_works(gold: dict[str, Any]) -> list[Work]:
    """Give the works that a label states."""
    rows = gold.get("works")
    if rows is None:
        rows = [gold] if gold.get("artist") or gold.get("song") else []
    return [
        Work(
            r.get("artist") or "",
            r.get("song") or "",
            tuple(r.get("directors") or ()),
            r.get("year"),
        )
        for r in rows
    ]


def same_pair(one: Work, other: Work) -> bool:
    """Tell whether artist and song agree, case, accents, quotes and guests folded."""
    return fold(one.artist) == fold(other.artist) and any(
        fold(one.song) == fold(song) for song in (other.song, *other.song.split("; "))
    )


def measure(path: Path, *, every_label: bool = False) -> Tally:
    """Compare what is found in a file's posts with their labels."""
    tally = Tally()
    for row in _rows(path):
        if row["gold"]["label"] != "keep" and not every_label:
            continue
        entry = entry_of(row)
        body = read_body(entry.html or entry.text or entry.summary)
        _count(tally, row, find_works(entry, body, _videos(entry, body)))
        _count_videos(tally, row["gold"], entry, body)
    return tally


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _videos(entry: Entry, body: Body) -> tuple[Video, ...]:
    return find_videos(body, link=entry.link, media=entry.media, title=entry.title)


def _count_videos(tally: Tally, gold: dict[str, Any], entry: Entry, body: Body) -> None:
    """Count the videos of a post whose label lists them: found, and each with its role."""
    if "videos" not in gold:
        return
    roles = {(v["provider"], v["id"]): v["role"] for v in gold["videos"]}
    found = look(body, link=entry.link, media=entry.media, title=entry.title)
    kind = Kind(gold["kind"]) if gold.get("kind") else None
    alone = {(v.provider, v.id): v.kind for v in _videos(entry, body)}
    told = {(v.provider, v.id): v.kind for v in settle(found, gold["label"] == "keep", kind)}
    tally.videos_gold += len(roles)
    tally.videos_said += len(alone)
    tally.videos_found += len(roles.keys() & alone.keys())
    tally.roles_alone += sum(alone.get(key) == role for key, role in roles.items())
    tally.roles_with_kind += sum(told.get(key) == role for key, role in roles.items())


def _count(tally: Tally, row: dict[str, Any], found: tuple[Work, ...]) -> None:
    before = (tally.pairs_right, tally.directors_right, tally.directors_found, tally.years_right)
    gold = gold_works(row["gold"])
    whole = [work for work in gold if work.artist and work.song]
    for work in whole:
        tally.pairs += 1
        tally.pairs_right += any(same_pair(other, work) for other in found)
    stated = {fold(name) for work in gold for name in work.directors}
    said = {fold(name) for work in found for name in work.directors}
    tally.directors_gold += len(stated)
    tally.directors_said += len(said)
    tally.directors_right += sum(_among(name, stated) for name in said)
    tally.directors_found += sum(_among(name, said) for name in stated)
    years = {work.year for work in gold if work.year}
    years_said = {work.year for work in found if work.year}
    tally.years_gold += len(years)
    tally.years_said += len(years_said)
    tally.years_right += len(years & years_said)
    after = (tally.pairs_right, tally.directors_right, tally.directors_found, tally.years_right)
    due = (len(whole), len(said), len(stated), max(len(years), len(years_said)))
    if any(a - b < d for a, b, d in zip(after, before, due, strict=True)):
        tally.mistakes.append(_shown(row, gold, found))


def _among(name: str, names: set[str]) -> bool:
    return any(
        name == other or (len(name) > 3 and len(other) > 3 and (name in other or other in name))
        for other in names
    )


def _shown(row: dict[str, Any], gold: list[Work], found: tuple[Work, ...]) -> str:
    def line(works: Any) -> str:
        return "; ".join(f"{w.artist} / {w.song} {list(w.directors)} {w.year or ''}" for w in works)

    return f"{row['id']} {row['title'][:90]}\n  gold  {line(gold)}\n  found {line(found)}"


def main() -> None:
    """Print figures per file, and mistakes when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--mistakes", type=int, default=0)
    parser.add_argument("--every-label", action="store_true", help="drops and unclear posts too")
    options = parser.parse_args()
    for path in options.files:
        tally = measure(path, every_label=options.every_label)
        print(tally.report(path.name))
        for mistake in tally.mistakes[: options.mistakes]:
            print(mistake)


if __name__ == "__main__":
    main()
