"""`digest`: the weekly e-mail."""

from typing import Annotated

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose

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
        made = build_digest(house.store, house.settings, issue)
    if as_json:
        console.print_json({"issue": made.issue.id, "posts": made.posts, "files": made.files})
    elif not quiet:
        console.say(f"Issue {made.issue.id}: {made.posts} posts", style="bold")
        for name in made.files:
            console.say(f"  {house.settings.output_folder / name}")
