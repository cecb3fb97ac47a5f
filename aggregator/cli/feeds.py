"""`feeds`: what is subscribed, how it is, and changing it."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose
from aggregator.errors import NothingToDo

if TYPE_CHECKING:
    from aggregator.models import FeedState, Subscription
    from aggregator.scouting import Found

app = typer.Typer(help="The feeds: list, check, find, add and remove them.", no_args_is_help=True)

Urls = Annotated[list[str], typer.Argument(help="Addresses, as feeds.yaml has them.")]


@app.command("list", epilog="Example: `aggregator feeds list --failing`")
def list_feeds(
    failing: Annotated[bool, typer.Option("--failing", help="Only those that fail.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Show each feed: how it is, when it is polled next, and why then."""
    from aggregator.cli.house import open_house, utc_now

    with open_house(config) as house:
        house.store.subscribe(house.settings.subscriptions)
        titles = house.store.titles()
        states = house.store.states([feed.url for feed in house.settings.subscriptions])
    rows = [_row(state, titles.get(state.url, ""), utc_now()) for state in states]
    if failing:
        rows = [row for row in rows if row["health"] not in ("new", "ok")]
    if as_json:
        console.print_json({"feeds": rows})
    elif not quiet:
        _show(rows)


@app.command(epilog="Example: `aggregator feeds add https://blog.example/ --title 'A Blog'`")
def add(
    urls: Annotated[list[str], typer.Argument(help="Addresses of feeds or of web pages.")],
    title: Annotated[str, typer.Option(help="Your name for it.")] = "",
    language: Annotated[str, typer.Option(help="BCP 47, if the feed doesn't say.")] = "",
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Add them as they are, without asking the network.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Add feeds to feeds.yaml; of a web page, the feed that it names first."""
    from aggregator.config import load_settings
    from aggregator.models import Subscription
    from aggregator.subscribing import add_feeds

    load_settings(config)
    found = [*urls] if unchecked else [_first(config, url) for url in urls]
    added = add_feeds(config, [Subscription(url, title, language) for url in found])
    _tell_added(added, len(found), config, as_json=as_json, quiet=quiet)


@app.command(epilog="Example: `aggregator feeds remove https://blog.example/feed`")
def remove(
    urls: Urls,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Take feeds out of feeds.yaml; their posts stay in the store."""
    from aggregator.subscribing import remove_feeds

    remove_feeds(config, urls)
    if as_json:
        console.print_json({"removed": urls})
    elif not quiet:
        console.say(f"Removed {len(urls)} from {config}; posts already read stay in the store.")


@app.command(epilog="Example: `aggregator feeds check --json`")
def check(
    urls: Annotated[
        list[str] | None, typer.Argument(help="Addresses; all subscribed feeds if none.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Ask feeds now and tell what they hold, without storing anything."""
    import asyncio

    from aggregator.cli.house import web_settings
    from aggregator.config import load_settings
    from aggregator.scouting import examine_all

    settings = load_settings(config)
    known = {feed.url: feed.secret_address or feed.url for feed in settings.subscriptions}
    asked = {url: known.get(url, url) for url in (urls or known)}
    if not asked:
        raise NothingToDo("there is no feed to check: add some with `aggregator feeds add`")
    with console.progress("Checking", len(asked)) as step:
        found = asyncio.run(examine_all(web_settings(settings), asked, step))
    if as_json:
        console.print_json({"feeds": [_examined(item) for item in found]})
    elif not quiet:
        columns = ("Feed", "Is", "Entries", "Newest", "Notes")
        console.table(columns, [_checked(item) for item in found])
    if all(item.error for item in found):
        raise NothingToDo(f"all {len(found)} feeds failed, see above")


@app.command(epilog="Example: `aggregator feeds discover https://blog.example/`")
def discover(
    url: Annotated[str, typer.Argument(help="Address of a web page.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Find the feeds of a web page: those it names, else where feeds usually are."""
    found = _discovered(config, url)
    if as_json:
        console.print_json({"feeds": [_examined(item) for item in found]})
    elif not quiet:
        console.table(("Feed", "Is", "Entries", "Newest", "Notes"), [_checked(f) for f in found])
    if not found:
        raise NothingToDo(f"no feed was found at {url}")


@app.command("import", epilog="Example: `aggregator feeds import subscriptions.opml`")
def import_feeds(
    file: Annotated[Path, typer.Argument(help="An OPML file, or - for standard input.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Add the feeds of an OPML file to feeds.yaml."""
    from aggregator.feeds.opml import read_opml
    from aggregator.subscribing import add_feeds

    feeds = read_opml(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    if not feeds:
        raise NothingToDo(f"{file} names no feed")
    _tell_added(add_feeds(config, feeds), len(feeds), config, as_json=as_json, quiet=quiet)


@app.command("export", epilog="Example: `aggregator feeds export > subscriptions.opml`")
def export_feeds(
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Print the subscribed feeds as OPML, or as JSON; secrets in addresses stay out."""
    from aggregator.config import load_settings
    from aggregator.feeds.opml import write_opml

    settings = load_settings(config)
    feeds = settings.subscriptions
    if as_json:
        said = [{"url": f.url, "title": f.title, "language": f.language} for f in feeds]
        console.print_json({"feeds": said})
    else:
        sys.stdout.write(write_opml(settings.site.title, feeds))


def _first(config: Path, url: str) -> str:
    found = _discovered(config, url)
    if not found:
        raise NothingToDo(f"no feed was found at {url}; `--unchecked` adds it all the same")
    return found[0].url


def _discovered(config: Path, url: str) -> "list[Found]":
    import asyncio

    from aggregator.cli.house import web_settings
    from aggregator.config import load_settings
    from aggregator.scouting import discover as scout
    from aggregator.settings import Settings

    known = config != DEFAULT_CONFIG or config.exists()
    settings = load_settings(config) if known else Settings()
    return asyncio.run(scout(web_settings(settings), url))


def _tell_added(
    added: "Sequence[Subscription]", asked: int, config: Path, *, as_json: bool, quiet: bool
) -> None:
    if as_json:
        console.print_json({"added": [f.url for f in added], "known": asked - len(added)})
    elif not quiet:
        for feed in added:
            console.say(f"+ {feed.url}")
        known = f", {asked - len(added)} were there already" if asked > len(added) else ""
        console.say(f"{len(added)} added to {config}{known}.")


def _row(state: "FeedState", title: str, now: datetime) -> dict[str, Any]:
    from aggregator.feeds.polling import health

    return {
        "url": state.url,
        "title": title,
        "health": health(state, now),
        "polled_at": state.polled_at and state.polled_at.isoformat(),
        "next_poll": state.next_poll and state.next_poll.isoformat(),
        "next_reason": state.next_reason,
        "failures": state.failures,
        "failing_since": state.failing_since and state.failing_since.isoformat(),
        "error": state.error or None,
        "address": state.address if state.address not in ("", state.url) else None,
        "moving_to": state.moved_to or None,
    }


def _show(rows: Sequence[dict[str, Any]]) -> None:
    columns = ("Feed", "Health", "Next poll", "Because", "Notes")
    console.table(columns, [_line(row) for row in rows])
    console.say(f"{len(rows)} feed{'' if len(rows) == 1 else 's'}.")


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    moved = row["address"] or row["moving_to"]
    notes = row["error"] or (f"moves to {moved}; mend feeds.yaml" if moved else "")
    when = (row["next_poll"] or "now")[:16].replace("T", " ")
    return row["title"] or row["url"], row["health"], when, row["next_reason"], notes


def _examined(found: "Found") -> dict[str, Any]:
    return {
        "url": found.url,
        "title": found.title,
        "format": found.format,
        "entries": found.entries,
        "newest": found.newest and found.newest.isoformat(),
        "problems": list(found.problems),
        "error": found.error or None,
    }


def _checked(found: "Found") -> tuple[str, ...]:
    newest = f"{found.newest:%Y-%m-%d}" if found.newest else ""
    notes = found.error or "; ".join(found.problems[:2])
    return found.url, found.format or "no feed", str(found.entries), newest, notes
