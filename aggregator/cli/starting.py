"""`init`, `demo` and `config`: first steps."""

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose
from aggregator.errors import ConfigError

if TYPE_CHECKING:
    from aggregator.demo.server import DemoServer

config_app = typer.Typer(help="The configuration file.", no_args_is_help=True)
_MARK = "# Written by `aggregator demo`; the next demo writes it again."


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: `aggregator init my-blog-roll`")(init)
    app.command(epilog="Example: `aggregator demo --folder /tmp/demo`")(demo)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to begin; made when missing.")] = Path(),
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Write a feeds.yaml to begin with: about fifty music and retro-culture feeds."""
    from aggregator.bundled import bundled

    target = folder / DEFAULT_CONFIG
    if target.exists():
        raise ConfigError("is there already", path=target, cure="remove it, or name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(bundled("feeds.yaml").read_bytes())
    if as_json:
        console.print_json({"config": str(target)})
    elif not quiet:
        console.say(f"Wrote {target}. Next: fill in polling.contact, then `aggregator run`.")


def demo(
    folder: Annotated[Path, typer.Option(help="For the demo's own feeds.yaml and store.")] = Path(
        "heavy-rotation-demo"
    ),
    output: Annotated[
        Path | None, typer.Option(help="For the published files; FOLDER/output if not given.")
    ] = None,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Do the whole job on sample feeds, served over HTTP on this machine; no network needed."""
    from aggregator.cli.house import open_house, utc_now
    from aggregator.cli.polling import poll, tell
    from aggregator.demo.server import DemoServer
    from aggregator.pipeline import build_digest, publish

    config = _demo_folder(folder)
    with DemoServer(utc_now()) as server:
        config.write_text(_demo_config(server, (output or folder / "output").resolve()), "utf-8")
        with open_house(config) as house:
            report = poll(house, house.settings.subscriptions, everything=True)
            written = publish(house.store, house.settings)
            digest = build_digest(house.store, house.settings)
            published, counts = house.settings.output_folder, house.store.counts()
    if as_json:
        console.print_json({"fetch": report, "published": written, "issue": digest.issue.id})
        return
    if quiet:
        return
    tell(report)
    console.say()
    console.say(f"{counts['kept']} of {counts['entries']} posts are about music videos.")
    console.say("Look at:", style="bold")
    for name, what in (
        ("index.html", "the page"),
        ("atom.xml", "the combined feed"),
        (f"digest/{digest.issue.id}.html", "the weekly e-mail"),
    ):
        console.say(f"  {published / name}  ({what})")
    console.say(f"Ask why a post was kept or dropped: {_command()} why 1 --config {config}")


def _command() -> str:
    """How to call the program again: by name where the shell finds it, else by its path."""
    found = shutil.which("aggregator")
    return "aggregator" if found and Path(found).samefile(sys.argv[0]) else sys.argv[0]


def _demo_folder(folder: Path) -> Path:
    """Make the demo's folder ready; never touches a feeds.yaml that is not the demo's."""
    config = folder / DEFAULT_CONFIG
    store = folder / "aggregator.db"
    ours = config.is_file() and config.read_text("utf-8", "replace").startswith(_MARK)
    for path in (config, store):
        if path.exists() and not ours:
            raise ConfigError("is not the demo's", path=path, cure="name another --folder")
    folder.mkdir(parents=True, exist_ok=True)
    for ending in ("", "-wal", "-shm"):
        Path(f"{store}{ending}").unlink(missing_ok=True)
    return config


def _demo_config(server: "DemoServer", output: Path) -> str:
    settings = {
        "site": {
            "title": "Heavy Rotation",
            "description": "Music videos, found in the blogs that write about them.",
            "pictures": "drawn",
        },
        "polling": {"allow_networks": ["127.0.0.0/8"], "pause": 0},
        "output": str(output),
        "feeds": [server.url_of(feed.name) for feed in server.feeds],
    }
    return f"{_MARK}\n{json.dumps(settings, indent=2)}\n"


@config_app.callback()
def _config() -> None:
    """The configuration file."""


@config_app.command(epilog="Example: `aggregator config check --config blog/feeds.yaml`")
def check(
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Check feeds.yaml; a mistake is told with line, key and cure (exit code 2)."""
    from aggregator.config import load_settings

    try:
        settings = load_settings(config)
    except ConfigError as error:
        if as_json:
            console.print_json({"ok": False, "error": _error_document(error)})
        raise
    if as_json:
        console.print_json({"ok": True, "feeds": len(settings.feeds)})
    elif not quiet:
        console.say(f"{config} is right: {len(settings.feeds)} feeds.")


@config_app.command(epilog="Example: `aggregator config schema > feeds.schema.json`")
def schema(as_json: Json = False, verbose: Verbose = 0, quiet: Quiet = False) -> None:
    """Print the JSON Schema of feeds.yaml, for editors that complete and check."""
    from aggregator.config import schema as schema_of

    document = schema_of()
    if as_json:
        console.print_json(document)
    else:
        print(json.dumps(document, indent=2))


def _error_document(error: ConfigError) -> dict[str, Any]:
    return {
        "message": error.message,
        "file": str(error.path),
        "line": error.line,
        "key": error.key,
        "cure": error.cure,
    }
