"""`run`, `fetch` and `publish`."""

import difflib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console
from aggregator.cli.doctor import ask, picture
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose
from aggregator.errors import ConfigError, NothingToDo

if TYPE_CHECKING:
    from aggregator.cli.house import House
    from aggregator.models import Subscription
    from aggregator.visits import FeedOutcome

All = Annotated[bool, typer.Option("--all", help="Poll every feed, due or not.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: `aggregator run --all`")(run)
    app.command(epilog="Example: `aggregator fetch https://blog.example/feed --json`")(fetch)
    app.command(epilog="Example: `aggregator publish --config blog/feeds.yaml`")(publish)


def run(
    everything: All = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Poll what is due, judge it, publish: the whole job once."""
    from aggregator.cli.house import open_house
    from aggregator.pipeline import publish as write

    with open_house(config) as house:
        report = poll(house, house.settings.subscriptions, everything=everything)
        if not (as_json or quiet):
            tell(report)
        try:
            refuse_if_all_failed(report)
            if house.settings.videos.ask_providers:
                ask(house, house.settings.videos.per_run)
            picture(house)
            written = write(house.store, house.settings)
        except NothingToDo:
            if as_json:
                console.print_json({"fetch": report, "published": []})
            raise
    if as_json:
        console.print_json({"fetch": report, "published": written})
    elif not quiet:
        tell_published(written, house.settings.output_folder)


def fetch(
    feeds: Annotated[
        list[str] | None, typer.Argument(help="Addresses of feeds; those that are due if none.")
    ] = None,
    everything: All = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Poll and judge only; publish nothing."""
    from aggregator.cli.house import open_house

    with open_house(config) as house:
        chosen = _chosen(house.settings.subscriptions, feeds or [])
        report = poll(house, chosen, everything=everything or bool(feeds))
    if as_json:
        console.print_json(report)
    elif not quiet:
        tell(report)
    refuse_if_all_failed(report)


def publish(
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Write everything under the output folder again from the store."""
    from aggregator.cli.house import open_house
    from aggregator.pipeline import publish as write

    with open_house(config) as house:
        written = write(house.store, house.settings)
    if as_json:
        console.print_json({"published": written})
    elif not quiet:
        tell_published(written, house.settings.output_folder)


def poll(
    house: "House", subscriptions: "Sequence[Subscription]", *, everything: bool
) -> dict[str, Any]:
    """Poll feeds with a progress bar; gives the report that ``fetch --json`` prints.

    Raises:
        NothingToDo: the configuration names no feed.
    """
    from aggregator.cli.crew import crew
    from aggregator.cli.house import utc_now
    from aggregator.visits import due

    if not subscriptions:
        raise NothingToDo("there is no feed to poll: add some under `feeds:` in the configuration")
    started = time.monotonic()
    house.store.subscribe(subscriptions)
    asked = subscriptions if everything else due(house.store, subscriptions, utc_now())
    outcomes: list[FeedOutcome] = []
    with crew(house, asked) as poll_them, console.progress("Polling", len(asked)) as step:

        def tell(told: "Sequence[FeedOutcome]") -> None:
            outcomes.extend(told)
            for outcome in told:
                step(outcome.url)

        if asked:
            poll_them(tell)
    if any(outcome.outcome == "updated" for outcome in outcomes):
        from aggregator.joining import settle

        settle(house.store)
    return _report(len(subscriptions), outcomes, time.monotonic() - started)


def _report(feeds: int, outcomes: "Sequence[FeedOutcome]", seconds: float) -> dict[str, Any]:
    def count(name: str) -> int:
        return sum(outcome.outcome == name for outcome in outcomes)

    return {
        "feeds": feeds,
        "polled": len(outcomes) - count("postponed"),
        "unchanged": count("unchanged"),
        "updated": count("updated"),
        "failed": count("failed"),
        "postponed": count("postponed"),
        "new_posts": sum(outcome.new for outcome in outcomes),
        "kept": sum(outcome.kept for outcome in outcomes),
        "seconds": round(seconds, 3),
        "results": [
            {
                "url": outcome.url,
                "outcome": outcome.outcome,
                "status": outcome.status,
                "entries": outcome.entries,
                "new": outcome.new,
                "kept": outcome.kept,
                "error": outcome.error or None,
                "health": outcome.health,
                "problems": [f"{p.where}: {p.what}".lstrip(": ") for p in outcome.problems],
                "next_poll": outcome.next_poll and outcome.next_poll.isoformat(),
                "next_reason": outcome.next_reason,
            }
            for outcome in sorted(outcomes, key=lambda outcome: outcome.url)
        ],
    }


def tell(report: dict[str, Any]) -> None:
    """Print a poll's report for people."""
    if not report["results"]:
        console.say(f"None of {report['feeds']} feeds is due; `--all` polls them all the same.")
        return
    rows = [
        (
            result["url"],
            result["outcome"],
            str(result["new"]),
            str(result["kept"]),
            _notes(result),
        )
        for result in report["results"]
        if result["outcome"] != "unchanged"
    ]
    console.table(("Feed", "Outcome", "New", "Kept", "Notes"), rows)
    console.say(
        f"{report['polled']} of {report['feeds']} feeds polled in {report['seconds']:.1f} s: "
        f"{report['updated']} updated, {report['unchanged']} unchanged, "
        f"{report['failed']} failed, {report['postponed']} postponed; "
        f"{report['new_posts']} new posts, {report['kept']} kept."
    )


def _notes(result: dict[str, Any]) -> str:
    if result["outcome"] == "postponed":
        return str(result["next_reason"])
    health = result["health"]
    warned = "" if health in ("ok", "retrying") else f"{health}: "
    return f"{warned}{result['error']}" if result["error"] else _problems(result["problems"])


def _problems(problems: Sequence[str]) -> str:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""


def tell_published(written: Sequence[str], folder: object) -> None:
    """Print what was published."""
    count = len(written)
    what = f"{count} file{'s' if count != 1 else ''} changed" if count else "nothing changed"
    console.say(f"Published to {folder}: {what}.", style="bold")


def refuse_if_all_failed(report: dict[str, Any]) -> None:
    """End with exit code 1 where not one feed could be polled.

    Raises:
        NothingToDo: every poll failed.
    """
    if report["polled"] and report["failed"] == report["polled"]:
        raise NothingToDo(f"all {report['failed']} feeds failed, see above")


def _chosen(subscriptions: "Sequence[Subscription]", urls: Sequence[str]) -> Any:
    known = {feed.url: feed for feed in subscriptions}
    for url in urls:
        if url not in known:
            near = difflib.get_close_matches(url, known, 1)
            cure = f"did you mean {near[0]}?" if near else "add it under feeds: in feeds.yaml"
            raise ConfigError(f"{url} is not subscribed", cure=cure)
    return [known[url] for url in urls] if urls else subscriptions
