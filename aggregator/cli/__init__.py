"""The command line: a door that builds the real objects and calls the story.

Heavy imports happen inside the commands, so that ``--help`` answers at once. On a terminal
it is drawn in colour and boxes; elsewhere it is plain lines, for which rich isn't loaded.
"""

import logging
import os
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from aggregator import __version__
from aggregator.cli import (
    digest,
    doctor,
    feeds,
    judging,
    polling,
    serving,
    starting,
    stories,
    subscribers,
    teaching,
)
from aggregator.errors import AggregatorError, ConfigError


class _Doors(TyperGroup):
    """All commands; what goes wrong in one becomes a line on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise _end(130, "Interrupted; what was done is kept.") from None
        except BrokenPipeError:
            # Who read our output has seen enough; what is left in the buffer goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except ConfigError as error:
            raise _end(2, f"Error: {error}") from error
        except (AggregatorError, OSError) as error:
            logging.getLogger(__name__).debug("failed", exc_info=error)
            raise _end(1, f"Error: {error}") from error
        return done


def _end(code: int, words: str) -> typer.Exit:
    print(words, file=sys.stderr)
    return typer.Exit(code)


_ON_TERMINAL = sys.stdout.isatty()
_PLAIN_WIDTH = 120

app = typer.Typer(
    name="aggregator",
    cls=_Doors,
    help="Heavy Rotation: poll feeds, keep the posts about music videos, publish a feed, "
    "a page and a weekly digest.",
    epilog="First steps: `aggregator init`, then `aggregator run`. "
    "To see it work without a network: `aggregator demo`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if _ON_TERMINAL else None,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "terminal_width": None if _ON_TERMINAL else _PLAIN_WIDTH,
    },
)
for group in (doctor, starting, polling, judging, teaching, serving):
    group.add_to(app)
app.add_typer(digest.app, name="digest")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(feeds.app, name="feeds")
app.add_typer(starting.config_app, name="config")
app.add_typer(stories.app, name="stories")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"aggregator {__version__}")
        raise typer.Exit


@app.callback()
def _everywhere(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Heavy Rotation: poll feeds, keep the posts about music videos, publish them."""


def main() -> NoReturn:
    """Run the command line and leave with the exit code that the contract promises.

    0 done; 1 nothing could be done; 2 wrong usage or configuration; 3 a mailing is not
    complete; 130 interrupted.
    """
    app()
    raise SystemExit
