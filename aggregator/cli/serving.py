"""`serve`: poll and publish on schedule, and serve what is published."""

from typing import Annotated

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: `aggregator serve --port 8080`")(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)] = 8080,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Poll what is due every minute, publish, and serve the published files, until stopped."""
    import asyncio

    from aggregator.cli.house import web_settings
    from aggregator.cli.postal import desk_of, open_mail
    from aggregator.publish.rendering import Templates
    from aggregator.schedule import Heartbeat
    from aggregator.server.files import serve_files
    from aggregator.server.lists import list_pages
    from aggregator.web.client import WebClient

    async def live() -> None:
        async with WebClient(web_settings(house.settings)) as web:
            with Heartbeat(house.tools(web), house.settings):
                await serve_files(house.settings.output_folder, host, port, pages)

    with open_mail(config) as (house, mail, keys):
        templates = Templates(house.settings.templates_folder, house.settings.site.timezone)
        pages = list_pages(desk_of(house, mail, keys), house.settings, templates)
        house.settings.output_folder.mkdir(parents=True, exist_ok=True)
        if as_json:
            console.print_json({"url": f"http://{host}:{port}/"})
        elif not quiet:
            console.say(f"Serving http://{host}:{port}/ (Ctrl-C stops)", style="bold")
        asyncio.run(live())
