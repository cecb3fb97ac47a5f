"""`digest`: the weekly e-mail."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console
from aggregator.cli.doctor import ask, picture
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose

if TYPE_CHECKING:
    from aggregator.mailing import PostOffice
    from aggregator.store.ledger import Ledger, Make

app = typer.Typer(help="The weekly e-mail.", no_args_is_help=True)


@app.callback()
def _digest() -> None:
    """The weekly e-mail."""


@app.command(epilog="Example: `aggregator digest build --issue 2026-W47`")
def build(
    issue: Annotated[
        str, typer.Option(help="ISO week, such as 2026-W47; the newest with posts if not given.")
    ] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Build one issue: page, text and message under the output folder's digest/."""
    from aggregator.cli.house import open_house
    from aggregator.pipeline import build_digest

    with open_house(config) as house:
        if house.settings.videos.ask_providers:
            ask(house, house.settings.digest.max_posts * 2, before_issue=True)
        picture(house)
        made = build_digest(house.store, house.settings, issue)
    if as_json:
        console.print_json({"issue": made.issue.id, "posts": made.posts, "files": made.files})
    elif not quiet:
        console.say(f"Issue {made.issue.id}: {made.posts} posts", style="bold")
        for name in made.files:
            console.say(f"  {house.settings.output_folder / name}")


Issue = Annotated[
    str, typer.Option(help="ISO week, such as 2026-W47; the newest with posts if not given.")
]


@app.command(epilog="Example: `aggregator digest send --dry-run`, then `aggregator digest send`")
def send(
    issue: Issue = "",
    to: Annotated[
        str, typer.Option(help="Send one copy to this address only, as a test; nothing is noted.")
    ] = "",
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check everything, say who would get it, send nothing."),
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Freeze the list and send an issue to everyone on it, each once."""
    from aggregator.cli.postal import open_mail, post_office
    from aggregator.pipeline import letters

    with open_mail(config) as (house, mail, keys):
        name, make = letters(house.store, house.settings, issue)
        if dry_run:
            _say_dry_run(mail.ledger, name, make, as_json=as_json)
            return
        post = post_office(house.settings, mail, keys)
        if to:
            _send_test(post, make, to)
            console.say(f"Issue {name} went to {to} as a test; the ledger knows nothing of it")
            return
        from aggregator.cli.house import utc_now

        mail.ledger.freeze(name, make, utc_now())
        _carry_on(post, name, as_json=as_json, quiet=quiet)


@app.command(epilog="Example: `aggregator digest resume`")
def resume(
    issue: Annotated[str, typer.Option(help="A frozen issue; the latest if not given.")] = "",
    uncertain: Annotated[
        bool,
        typer.Option(
            "--uncertain", help="Send again what is uncertain, though it may have arrived."
        ),
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Go on with a mailing that is not complete."""
    from aggregator.cli.house import utc_now
    from aggregator.cli.postal import open_mail, post_office
    from aggregator.newsletter.replies import Delivery

    with open_mail(config) as (house, mail, keys):
        name = _frozen(mail.ledger, issue)
        post = post_office(house.settings, mail, keys)
        if uncertain:
            rows = mail.ledger.rows(name, Delivery.UNCERTAIN)
            mail.ledger.send_again(name, (number for number, _, _ in rows), utc_now())
        _carry_on(post, name, as_json=as_json, quiet=quiet)


@app.command(epilog="Example: `aggregator digest status --json`")
def status(
    issue: Annotated[str, typer.Option(help="A frozen issue; the latest if not given.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Say where a mailing stands, and name who is uncertain or failed."""
    from aggregator.cli.postal import open_mail
    from aggregator.newsletter.replies import Delivery

    with open_mail(config) as (_, mail, _):
        name = _frozen(mail.ledger, issue)
        told = _told(mail.ledger, name)
        for state in (Delivery.UNCERTAIN, Delivery.FAILED):
            told[f"{state}_rows"] = [
                {"number": number, "address": address, "note": note}
                for number, address, note in mail.ledger.rows(name, state)
            ]
    if as_json:
        console.print_json(told)
        return
    _show(told)
    for state in (Delivery.UNCERTAIN, Delivery.FAILED):
        rows = told[f"{state}_rows"]
        if rows:
            console.say(f"\n{state}:", style="bold")
            console.table(
                ("number", "address", "note"),
                [(str(row["number"]), row["address"], row["note"]) for row in rows],
            )


def _frozen(ledger: "Ledger", issue: str) -> str:
    from aggregator.errors import NothingToDo

    known = ledger.mailings()
    if not known:
        raise NothingToDo("no issue was ever sent; `aggregator digest send` begins")
    if issue and issue not in known:
        raise NothingToDo(f"issue {issue} was never sent; known: {', '.join(known[:5])}")
    return issue or known[0]


def _carry_on(post: "PostOffice", name: str, *, as_json: bool, quiet: bool) -> None:
    """Send what is due, say where the mailing stands, and leave with 3 unless it is complete."""
    import asyncio

    from aggregator.mailing import deliver

    async def all_of_it(step: console.Step) -> None:
        async for settlement in deliver(post, name):
            step(settlement.note if settlement.wait or settlement.bad_mailbox else "")

    standing = post.ledger.standing(name)
    with console.progress(f"Sending {name}", standing.open if standing else 0) as step:
        asyncio.run(all_of_it(step))
    told = _told(post.ledger, name)
    if as_json:
        console.print_json(told)
    elif not quiet:
        _show(told)
    if told["open"] or told["uncertain"]:
        raise typer.Exit(3)


def _told(ledger: "Ledger", name: str) -> dict[str, Any]:
    standing = ledger.standing(name)
    if standing is None:
        return {}
    return {
        "issue": name,
        "frozen_at": standing.frozen_at.isoformat(),
        "recipients": standing.recipients,
        "passed_over": standing.passed_over,
        **{state.value: count for state, count in standing.states.items()},
        "open": standing.open,
        "next_try_in": standing.next_due,
    }


def _show(told: dict[str, Any]) -> None:
    console.say(f"Issue {told['issue']}: {told['recipients']} recipients", style="bold")
    words = {
        "sent": "sent",
        "pending": "waiting for their next try",
        "claimed": "in a sender's hands",
        "data": "being handed over",
        "failed": "failed for good",
        "withheld": "withheld, they left after the freeze",
        "uncertain": "uncertain: may have arrived, held; `digest resume --uncertain` sends again",
    }
    for state, meaning in words.items():
        if told[state]:
            console.say(f"  {told[state]:>7} {meaning}")
    if told["passed_over"]:
        console.say(f"  {told['passed_over']:>7} passed over: nothing in it that they asked for")
    if told["open"]:
        console.say(f"Not complete; `aggregator digest resume` in {_wait(told['next_try_in'])}")


def _wait(seconds: float | None) -> str:
    return "a moment" if not seconds else f"{max(1, round(seconds / 60))} min"


def _say_dry_run(ledger: "Ledger", name: str, make: "Make", *, as_json: bool) -> None:
    sizes, passed_over = ledger.rehearse(make)
    total = sum(count for count, _ in sizes)
    told = {
        "issue": name,
        "recipients": total,
        "passed_over": passed_over,
        "letters": [{"recipients": count, "octets": octets} for count, octets in sizes],
        "frozen_before": ledger.standing(name) is not None,
    }
    if as_json:
        console.print_json(told)
        return
    console.say(f"Issue {name} would go to {total} subscribers; nothing was sent", style="bold")
    for count, octets in sizes:
        console.say(f"  {count:>7} copies of {octets / 1000:.0f} KB")
    if passed_over:
        console.say(f"  {passed_over:>7} passed over: nothing in it that they asked for")
    if told["frozen_before"]:
        console.say("It was frozen before: `digest send` goes on with that list")


def _send_test(post: "PostOffice", make: "Make", to: str) -> None:
    import asyncio

    from aggregator.errors import NothingToDo
    from aggregator.mailing import send_test
    from aggregator.newsletter.addresses import checked_address
    from aggregator.newsletter.subscribers import Preferences

    document = make(Preferences())
    if document is None:
        raise NothingToDo("the issue holds nothing, so there is nothing to test")
    asyncio.run(send_test(post, document, checked_address(to)))
