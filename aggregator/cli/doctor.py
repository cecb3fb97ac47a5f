"""`doctor`: what is not well, each finding with its cure."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose

if TYPE_CHECKING:
    from aggregator.cli.house import House


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Examples: `aggregator doctor`, `aggregator doctor --ask-providers`")(doctor)


def doctor(
    ask_providers: Annotated[
        bool,
        typer.Option("--ask-providers", help="First ask the providers whether videos live."),
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Ask for at most so many.")] = 50,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Look at feeds, store, videos and published files; say what is not well and what helps."""
    from aggregator.cli.house import open_house, utc_now
    from aggregator.health import Patient, examine

    with open_house(config) as house:
        if ask_providers:
            ask(house, limit)
        findings = examine(Patient(house.settings, house.store, utc_now()))
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
        return
    rows = [(f.area, f.subject, f.problem, f.cure) for f in findings]
    if rows:
        console.table(("Area", "What", "Problem", "Cure"), rows)
    elif not quiet:
        console.say("All is well.")


def ask(house: "House", limit: int, *, before_issue: bool = False) -> None:
    """Ask providers for the videos of the newest stories that are due.

    Args:
        house: the real objects.
        limit: at most so many.
        before_issue: ask for those too that were not asked for today.
    """
    import asyncio

    from aggregator import watching
    from aggregator.cli.house import utc_now, web_settings
    from aggregator.web.client import WebClient

    fresh = watching.FRESH if before_issue else None
    videos = watching.wanted(house.store, utc_now(), limit, fresh)

    async def run() -> None:
        async with WebClient(web_settings(house.settings)) as web:
            watch = watching.Watch(house.store, web, utc_now)
            with console.progress("Asking providers", len(videos)) as step:
                async for known in watching.check(watch, videos):
                    step(f"{known.provider}:{known.id} {known.status}")

    if videos:
        asyncio.run(run())


def picture(house: "House") -> None:
    """Fetch the stills that the newest stories show, where the configuration wants ours."""
    import asyncio

    from aggregator import joining, watching
    from aggregator.cli.house import utc_now, web_settings
    from aggregator.web.client import WebClient

    if house.settings.site.pictures != "ours":
        return
    joining.settle(house.store)
    told = joining.stories(
        house.store, house.store.stories.newest(limit=house.settings.videos.per_run * 5)
    )

    async def run() -> None:
        async with WebClient(web_settings(house.settings)) as web:
            await watching.picture(watching.Watch(house.store, web, utc_now), told)

    asyncio.run(run())
