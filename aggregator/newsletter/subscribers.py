"""Who reads the digest: values, wishes, and lists of them as CSV."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self, TextIO

from aggregator.errors import ConfigError
from aggregator.models import Kind
from aggregator.newsletter.addresses import checked_address

CSV_COLUMNS = ("address", "status", "rhythm", "kinds", "tags", "paused_until", "added", "source")
_ADDRESS_NAMES = ("address", "email", "e-mail", "email address", "mail")
_SEPARATOR = "; "


class Status(StrEnum):
    """Whether somebody is on the list.

    ``pending`` asked but has not confirmed; ``active`` gets mail; ``left`` unsubscribed;
    ``bounced`` has a mailbox that does not exist; ``complained`` called it spam;
    ``erased`` asked to be forgotten, of whom only the row's number is left.
    """

    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"


class Rhythm(StrEnum):
    """How often somebody wants mail."""

    WEEKLY = "weekly"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody wants to read about; empty fields mean everything.

    Args:
        kinds: kinds of posts, in alphabetical order.
        tags: tags, folded, in alphabetical order.
    """

    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """Read the canonical form back."""
        said = json.loads(text) if text else {}
        return cls(tuple(said.get("kinds", ())), tuple(said.get("tags", ())))

    @classmethod
    def chosen(cls, kinds: Iterable[str], tags: Iterable[str]) -> Self:
        """Make them of what somebody wrote.

        Raises:
            ConfigError: there is no such kind.
        """
        wanted = {kind.strip().casefold() for kind in kinds} - {""}
        for kind in wanted:
            if kind not in tuple(Kind):
                raise ConfigError(f"{kind!r} is no kind of post", cure=f"known: {', '.join(Kind)}")
        folded = {" ".join(tag.casefold().split()) for tag in tags} - {""}
        return cls(tuple(sorted(wanted)), tuple(sorted(folded)))

    @property
    def text(self) -> str:
        """The canonical form: the same wishes, the same text."""
        said = {"kinds": list(self.kinds), "tags": list(self.tags)}
        full = {name: value for name, value in said.items() if value}
        return json.dumps(full, ensure_ascii=False) if full else ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reader of the digest.

    Args:
        address: checked, see `checked_address`; empty once erased.
        status: whether on the list.
        rhythm: how often.
        wishes: what about.
        paused_until: no mail before.
        added_at: when first heard of.
        confirmed_at: when the address's owner agreed; None as long as nobody did.
        source: where the address comes from, such as ``import:club.csv`` or ``form``.
        proof: what shows the owner's will: time, wording, hashed network address.
        number: the store's number, 0 for one who is not stored yet.
        bounces: soft bounces in a row.
    """

    address: str
    status: Status = Status.ACTIVE
    rhythm: Rhythm = Rhythm.WEEKLY
    wishes: Preferences = Preferences()
    paused_until: datetime | None = None
    added_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    confirmed_at: datetime | None = None
    source: str = ""
    proof: tuple[dict[str, Any], ...] = ()
    number: int = 0
    bounces: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line of a list that could not be taken: its 1-based number, what it says, and why not."""

    line: int
    text: str
    reason: str


@dataclass(slots=True)
class Listed:
    """What a list held: good rows with their lines, and the bad ones; none is lost."""

    good: list[tuple[int, Subscriber]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def read_csv(lines: Iterable[str], name: str, now: datetime) -> Listed:
    """Read a list of addresses: with a head line, in any order of columns, or bare, one a line.

    Args:
        lines: of the file.
        name: of the file, for errors and to be noted for each row.
        now: when they are added.

    Raises:
        ConfigError: the head names no column of addresses.
    """
    rows = csv.reader(lines)
    listed, columns = Listed(), None
    seen: dict[str, int] = {}
    for row in rows:
        cells = [cell.strip().lstrip("\ufeff") for cell in row]
        if not any(cells):
            continue
        if columns is None:
            columns = _columns(cells, name)
            if columns is not _BARE:
                continue
        _take(
            listed,
            seen,
            rows.line_num,
            dict(zip(columns, cells, strict=False)),
            (f"import:{name}", now),
        )
    return listed


_BARE = ("address",)


def _columns(cells: Sequence[str], name: str) -> tuple[str, ...]:
    named = tuple(
        "address" if cell.casefold() in _ADDRESS_NAMES else cell.casefold() for cell in cells
    )
    if "address" in named:
        return named
    if "@" in cells[0]:
        return _BARE
    raise ConfigError(
        f"the first line names no column of addresses: {', '.join(cells)[:80]}",
        path=Path(name),
        line=1,
        cure="call it address or email, or give one bare address a line",
    )


def _take(
    listed: Listed,
    seen: dict[str, int],
    line: int,
    cells: dict[str, str],
    origin: tuple[str, datetime],
) -> None:
    said = cells.get("address", "")
    try:
        person = _person(cells, *origin)
        earlier = seen.setdefault(person.address.casefold(), line)
        if earlier != line:
            raise ConfigError(f"stands twice, first in line {earlier}")
    except (ConfigError, ValueError) as error:
        listed.bad.append(BadRow(line, said, str(error)))
    else:
        listed.good.append((line, person))


def _person(cells: dict[str, str], source: str, now: datetime) -> Subscriber:
    status = cells.get("status", "").casefold() or Status.ACTIVE
    if status not in tuple(Status):
        raise ConfigError(f"{status!r} is no status", cure=f"known: {', '.join(Status)}")
    rhythm = cells.get("rhythm", "").casefold() or Rhythm.WEEKLY
    if rhythm not in tuple(Rhythm):
        raise ConfigError(f"{rhythm!r} is no rhythm", cure=f"known: {', '.join(Rhythm)}")
    return Subscriber(
        address=checked_address(cells.get("address", "")),
        status=Status(status),
        rhythm=Rhythm(rhythm),
        wishes=Preferences.chosen(
            cells.get("kinds", "").split(";"), cells.get("tags", "").split(";")
        ),
        paused_until=_instant(cells.get("paused_until", "")),
        added_at=_instant(cells.get("added", "")) or now,
        source=cells.get("source", "") or source,
    )


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r} is no date", cure="write it as 2026-11-28") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def write_csv(people: Iterable[Subscriber], out: TextIO) -> int:
    """Write a list that `read_csv` reads back.

    Returns:
        How many rows.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    count = 0
    for row in _rows(people):
        writer.writerow(row)
        count += 1
    return count


def _rows(people: Iterable[Subscriber]) -> Iterator[tuple[str, ...]]:
    for person in people:
        yield (
            person.address,
            person.status,
            person.rhythm,
            _SEPARATOR.join(person.wishes.kinds),
            _SEPARATOR.join(person.wishes.tags),
            person.paused_until.isoformat() if person.paused_until else "",
            person.added_at.isoformat(),
            person.source,
        )
