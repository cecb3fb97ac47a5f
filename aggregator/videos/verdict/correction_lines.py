"""Corrections as JSON lines, to be carried from one store to another."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import ConfigError
from aggregator.feeds.fields import legal_text
from aggregator.models import Correction
from aggregator.videos.verdict.alike import SKETCH_SIZE

_TEXTS = ("feed", "id", "link", "title")
_MOST = 1_000
_LARGEST = 1_000.0


def correction_document(correction: Correction) -> dict[str, Any]:
    """A correction as one JSON document."""
    return {**asdict(correction), "taught_at": correction.taught_at.isoformat()}


def read_corrections(lines: Iterable[str], name: str) -> Iterator[Correction]:
    """Read what `correction_document` wrote, one document a line.

    Raises:
        ConfigError: a line is no correction; names the file and line.
    """
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("\ufeff")
        if not text:
            continue
        try:
            yield _correction_of(json.loads(text))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ConfigError(
                f"{name}:{number}: is no correction: {what}",
                cure="import what `aggregator teach --export` wrote",
            ) from None


def _correction_of(said: object) -> Correction:
    if not isinstance(said, dict):
        raise TypeError("it is not a JSON object")
    if not isinstance(said["keep"], bool):
        raise TypeError("keep is neither true nor false")
    texts = {name: legal_text(_text(said[name], name)) for name in _TEXTS}
    return Correction(
        **texts,
        keep=said["keep"],
        taught_at=_time(_text(said["taught_at"], "taught_at")),
        score=_number(said["score"], "score", 1.0),
        signals={
            legal_text(name): _number(value, f"signals.{name}", _LARGEST)
            for name, value in _some(said["signals"], dict, "signals").items()
        },
        videos=tuple(legal_text(_text(v, "videos")) for v in _some(said["videos"], list, "videos")),
        sketch=_sketch(_some(said["sketch"], list, "sketch")),
    )


def _text(value: object, name: str) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"{name} is no text")


def _number(value: object, name: str, largest: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= largest:
        return float(value)
    raise TypeError(f"{name} is no number from 0 to {largest:g}")


def _some(value: object, kind: type, name: str) -> Any:
    if isinstance(value, kind) and len(value) <= _MOST:  # type: ignore[arg-type]
        return value
    raise TypeError(f"{name} is no {kind.__name__} of up to {_MOST}")


def _sketch(marks: list[object]) -> tuple[int, ...]:
    if all(type(mark) is int and 0 <= mark < 1 << 32 for mark in marks):
        return tuple(sorted(set(marks))[:SKETCH_SIZE])  # type: ignore[type-var, arg-type]
    raise TypeError("sketch holds something else than hashes")


def _time(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when.astimezone(UTC).replace(microsecond=0)
