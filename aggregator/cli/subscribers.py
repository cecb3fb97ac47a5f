"""`subscribers`: the mailing list."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose

if TYPE_CHECKING:
    from aggregator.newsletter.subscribers import Status

app = typer.Typer(help="The mailing list.", no_args_is_help=True)


@app.callback()
def _subscribers() -> None:
    """The mailing list."""


@app.command("list", epilog="Example: `aggregator subscribers list --status active`")
def list_(
    status: Annotated[str, typer.Option(help="Only those with this status.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Show who is on the list."""
    from aggregator.cli.postal import open_mail

    with open_mail(config) as (_, mail, _):
        people = mail.subscribers.all(_status(status))
        rows = [_told(person) for person in people]
    if as_json:
        for row in rows:
            console.print_json(row)
        return
    columns = ("number", "address", "status", "rhythm", "added", "source")
    console.table(columns, [[str(row[name]) for name in columns] for row in rows])


@app.command(epilog="Example: `aggregator subscribers add ann@club.example --kind lyric`")
def add(
    address: Annotated[str, typer.Argument(help="A mail address whose owner agreed.")],
    kind: Annotated[list[str] | None, typer.Option(help="Only these kinds of posts.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only posts with these tags.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Add one subscriber, on your word that the address's owner agreed."""
    from aggregator.cli.house import utc_now
    from aggregator.cli.postal import open_mail
    from aggregator.newsletter.addresses import checked_address
    from aggregator.newsletter.subscribers import Preferences, Subscriber

    person = Subscriber(
        checked_address(address),
        wishes=Preferences.chosen(kind or (), tag or ()),
        added_at=utc_now(),
        source="editor",
    )
    with open_mail(config) as (_, mail, _):
        [added] = mail.subscribers.add([person], utc_now())
    _say_outcome(person.address, added.outcome, as_json=as_json, quiet=quiet)


@app.command("import", epilog="Example: `aggregator subscribers import club.csv`")
def import_(
    file: Annotated[typer.FileText, typer.Argument(help="CSV; `-` for standard input.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Add many: good rows are taken, bad ones are listed with their lines."""
    from collections import Counter

    from aggregator.cli.house import utc_now
    from aggregator.cli.postal import open_mail
    from aggregator.newsletter.subscribers import read_csv

    now = utc_now()
    listed = read_csv(file, Path(file.name).name, now)
    with open_mail(config) as (_, mail, _):
        outcomes = mail.subscribers.add((person for _, person in listed.good), now)
    counts = Counter(added.outcome for added in outcomes)
    told: dict[str, Any] = {name: counts[name] for name in ("added", "known", "suppressed")}
    told["bad"] = [{"line": b.line, "text": b.text, "reason": b.reason} for b in listed.bad]
    if as_json:
        console.print_json(told)
    elif not quiet:
        console.say(
            f"{counts['added']} added, {counts['known']} known before, "
            f"{counts['suppressed']} left out because they once left, {len(listed.bad)} bad rows",
            style="bold",
        )
        console.table(
            ("line", "row", "reason"), [(str(b.line), b.text, b.reason) for b in listed.bad]
        )
    if listed.bad and not listed.good:
        raise typer.Exit(1)


@app.command(epilog="Example: `aggregator subscribers export > club.csv`")
def export(
    status: Annotated[str, typer.Option(help="Only those with this status.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Write the list as CSV on standard output; `import` reads it back."""
    import sys

    from aggregator.cli.postal import open_mail
    from aggregator.newsletter.subscribers import write_csv

    with open_mail(config) as (_, mail, _):
        everyone = mail.subscribers.all(_status(status))
        people = (person for person in everyone if person.address)
        if not as_json:
            write_csv(people, sys.stdout)
            return
        for person in people:
            console.print_json(_told(person))


@app.command(epilog="Example: `aggregator subscribers remove ann@club.example --erase`")
def remove(
    address: Annotated[str, typer.Argument(help="Whose.")],
    erase: Annotated[
        bool, typer.Option("--erase", help="Forget all but a hash that keeps them off the list.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Take somebody off the list for good; a later import does not bring them back."""
    from aggregator.cli.house import utc_now
    from aggregator.cli.postal import open_mail
    from aggregator.errors import NothingToDo
    from aggregator.newsletter.subscribers import Status

    with open_mail(config) as (_, mail, _):
        found = mail.subscribers.find(address.strip())
        if found is None:
            raise NothingToDo(f"{address} is not on the list")
        status = Status.ERASED if erase else Status.LEFT
        mail.subscribers.leave(found.number, status, utc_now())
    _say_outcome(address, status.value, as_json=as_json, quiet=quiet)


@app.command(epilog="Example: `aggregator subscribers bounces /var/mail/bounce`")
def bounces(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(help="A mailbox file, or one message; `-` for one on standard input."),
    ],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Read what came back, and take gone mailboxes and complaints off the list."""
    from collections import Counter

    from aggregator.cli.house import utc_now
    from aggregator.cli.postal import open_mail
    from aggregator.newsletter.bounces import messages_of, read_report
    from aggregator.signup import heed

    counts: Counter[str] = Counter()
    with open_mail(config) as (_, mail, keys):
        for octets in messages_of(file.read()):
            returned = read_report(octets, keys)
            done = heed(mail.subscribers, returned, utc_now()) if returned else "unknown"
            counts[done] += 1
    told = {
        name: counts[name] for name in ("bounced", "complained", "counted", "nothing", "unknown")
    }
    if as_json:
        console.print_json(told)
    elif not quiet:
        console.say(
            f"{told['bounced']} mailboxes gone, {told['complained']} complaints, "
            f"{told['counted']} soft bounces counted, {told['nothing']} other answers, "
            f"{told['unknown']} messages to no return path of ours"
        )


def _status(name: str) -> "Status | None":
    from aggregator.errors import ConfigError
    from aggregator.newsletter.subscribers import Status

    if name and name not in tuple(Status):
        raise ConfigError(f"{name!r} is no status", cure=f"known: {', '.join(Status)}")
    return Status(name) if name else None


def _told(person: Any) -> dict[str, Any]:
    return {
        "number": person.number,
        "address": person.address,
        "status": person.status.value,
        "rhythm": person.rhythm.value,
        "kinds": list(person.wishes.kinds),
        "tags": list(person.wishes.tags),
        "paused_until": person.paused_until and person.paused_until.isoformat(),
        "added": person.added_at.isoformat(),
        "confirmed": person.confirmed_at and person.confirmed_at.isoformat(),
        "source": person.source,
        "bounces": person.bounces,
        "proof": list(person.proof),
    }


def _say_outcome(address: str, outcome: str, *, as_json: bool, quiet: bool) -> None:
    words = {
        "added": "is on the list now",
        "known": "was on the list before; nothing changed",
        "suppressed": "once left and stays away; only their own sign-up brings them back",
        "left": "is off the list",
        "erased": "is forgotten",
    }
    if as_json:
        console.print_json({"address": address, "outcome": outcome})
    elif not quiet:
        console.say(f"{address} {words[outcome]}")
