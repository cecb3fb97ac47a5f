"""Posts as JSON lines: what `judge` reads and writes, and labelled posts for measuring."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import ConfigError
from aggregator.models import Entry, Media, Verdict

_TEXTS = ("title", "link", "html", "text", "summary", "author", "language", "feed", "feed_title")

_MEDIUM_TEXTS = ("url", "type", "title", "thumbnail")


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """A post with what careful readers say of it.

    Args:
        entry: the post.
        keep: the right verdict.
        kind: the right kind, empty when it has none.
        gold: all that the label says.
    """

    entry: Entry
    keep: bool
    kind: str
    gold: Mapping[str, Any]


def read_posts(lines: Iterable[str], name: str) -> Iterator[Entry]:
    """Read posts from JSON lines, all keys but ``id`` optional.

    Raises:
        ConfigError: a line is no post; names the file and line.
    """
    for row, _ in _rows(lines, name):
        yield row


def read_labelled(lines: Iterable[str], name: str) -> Iterator[LabelledPost]:
    """Read labelled posts (key ``gold``); those marked ``unclear`` are left out.

    Raises:
        ConfigError: a line is no labelled post; names the file and line.
    """
    for number, (entry, document) in enumerate(_rows(lines, name), 1):
        gold = document.get("gold")
        if not isinstance(gold, dict) or "label" not in gold:
            raise ConfigError(f"entry {entry.id} has no label", line=number, cure="add gold.label")
        if gold["label"] != "unclear":
            yield LabelledPost(entry, gold["label"] == "keep", gold.get("kind") or "", gold)


def verdict_document(entry: Entry, verdict: Verdict) -> dict[str, Any]:
    """A verdict as one JSON document, see the contract in docs/commands.md."""
    return {"id": entry.id, **asdict(verdict)}


def _rows(lines: Iterable[str], name: str) -> Iterator[tuple[Entry, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
            yield _entry_of(document), document
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(
                f"{name}:{number}: is no post: {error}",
                cure="one JSON object a line, with at least an id",
            ) from None


def _entry_of(document: Mapping[str, Any]) -> Entry:
    published = document.get("published")
    texts: dict[str, Any] = {name: str(document.get(name) or "") for name in _TEXTS}
    return Entry(
        id=str(document["id"]),
        **texts,
        tags=tuple(map(str, document.get("tags") or ())),
        published=_time(published) if published else None,
        media=tuple(map(_medium_of, document.get("media") or ())),
    )


def _medium_of(medium: Mapping[str, Any]) -> Media:
    said: dict[str, Any] = {key: str(medium.get(key) or "") for key in _MEDIUM_TEXTS}
    return Media(**said)


def _time(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)
