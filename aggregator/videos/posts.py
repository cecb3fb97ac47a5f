"""Posts as JSON lines: what `judge` reads and writes, and labelled posts for measuring."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import ConfigError
from aggregator.models import Entry, Media, Verdict

_TEXTS = ("title", "link", "html", "text", "summary", "author", "language", "feed", "feed_title")

_LABELS = ("keep", "drop", "unclear")
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
    """Read posts from JSON lines, every key optional.

    Raises:
        ConfigError: a line is no post; names the file and line.
    """
    for _, entry, _ in _rows(lines, name):
        yield entry


def read_labelled(lines: Iterable[str], name: str) -> Iterator[LabelledPost]:
    """Read labelled posts (key ``gold``); those marked ``unclear`` are left out.

    Raises:
        ConfigError: a line is no labelled post; names the file and line.
    """
    for place, entry, document in _rows(lines, name):
        said = document.get("gold")
        gold = said if isinstance(said, dict) else {}
        label = gold.get("label")
        if label not in _LABELS:
            raise ConfigError(
                f"{place}: {entry.id or 'the post'} has no label",
                cure=f"add gold.label: {', '.join(_LABELS)}",
            )
        if label != "unclear":
            yield LabelledPost(entry, label == "keep", gold.get("kind") or "", gold)


def verdict_document(entry: Entry, verdict: Verdict) -> dict[str, Any]:
    """A verdict as one JSON document, see the contract in docs/commands.md."""
    return {"id": entry.id, **asdict(verdict)}


def _rows(lines: Iterable[str], name: str) -> Iterator[tuple[str, Entry, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("\ufeff")
        if not text:
            continue
        place = f"{name}:{number}"
        try:
            document = json.loads(text)
            entry = _entry_of(document)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise ConfigError(
                f"{place}: is no post: {error}", cure="write one JSON object a line"
            ) from None
        yield place, entry, document


def _entry_of(document: object) -> Entry:
    said = _mapping(document, "it")
    published, ident = said.get("published"), said.get("id")
    texts: dict[str, Any] = {name: str(said.get(name) or "") for name in _TEXTS}
    return Entry(
        id="" if ident is None else str(ident),
        **texts,
        tags=tuple(map(str, _list(said, "tags"))),
        published=_time(str(published)) if published else None,
        media=tuple(map(_medium_of, _list(said, "media"))),
    )


def _medium_of(medium: object) -> Media:
    said = _mapping(medium, "a medium")
    texts: dict[str, Any] = {key: str(said.get(key) or "") for key in _MEDIUM_TEXTS}
    return Media(**texts)


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise TypeError(f"{what} is not a JSON object")


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    value = said.get(name) or []
    if isinstance(value, list):
        return value
    raise TypeError(f"{name} is not a list")


def _time(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
