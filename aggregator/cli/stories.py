"""`stories`: what was joined of the posts, and the editor's word on it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose
from aggregator.errors import ConfigError, NothingToDo

if TYPE_CHECKING:
    from aggregator.store.store import Store
    from aggregator.store.stories import StoryRow
    from aggregator.story import FacetCount, Story

app = typer.Typer(
    help="List, show, merge and split stories: works with all posts about them.",
    no_args_is_help=True,
)
_FACETS = ("artist", "director", "decade", "kind", "source", "tag", "language")
_NAMED = "The story's number, permanent id or slug, or a post's address."


@app.command(
    "list",
    epilog="Examples: `aggregator stories list --by director`, "
    "`aggregator stories list --only director=mark-romanek`",
)
def list_(
    by: Annotated[
        str, typer.Option("--by", metavar="FACET", help=f"Count stories by {', '.join(_FACETS)}.")
    ] = "",
    only: Annotated[
        str,
        typer.Option("--only", metavar="FACET=SLUG", help="Only stories with a facet's value."),
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """List stories, those with the newest news first, or count them by a facet."""
    from aggregator.cli.house import open_house
    from aggregator.joining import settle

    facet, _, slug = only.partition("=")
    for asked in filter(None, (by, facet)):
        if asked not in _FACETS:
            raise ConfigError(f"{asked} is no facet", cure=f"one of {', '.join(_FACETS)}")
    with open_house(config) as house:
        settle(house.store)
        table = house.store.stories
        if by:
            counts = table.facets(by)[:limit]
            if as_json:
                console.print_json([asdict(count) for count in counts])
            else:
                _tell_counts(by, counts)
            return
        found = table.under(facet, slug)[:limit] if only else table.newest(limit=limit)
    if as_json:
        console.print_json([asdict(row) for row in found])
        return
    rows = [(str(r.number), r.title, str(r.posts), str(r.videos), r.slug) for r in found]
    console.table(("Story", "Title", "Posts", "Videos", "Slug"), rows)


@app.command(epilog="Example: `aggregator stories show nine-inch-nails-closer`")
def show(
    story: Annotated[str, typer.Argument(help=_NAMED)],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Show a story: what is known of the work, who stated it, its videos and posts."""
    from aggregator.cli.house import open_house
    from aggregator.joining import settle, stories

    with open_house(config) as house:
        settle(house.store)
        told = stories(house.store, _found(house.store, story))
    for item in told:
        if as_json:
            console.print_json(document(item))
        else:
            tell(item)


@app.command(epilog="Example: `aggregator stories merge 12 15`")
def merge(
    stories_: Annotated[list[str], typer.Argument(metavar="STORY STORY…", help=_NAMED)],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Make several stories one for good; the oldest one's id stays, the others redirect to it."""
    from aggregator import joining
    from aggregator.cli.house import open_house, utc_now

    with open_house(config) as house:
        joining.settle(house.store)
        rows = {row.uid: row for name in stories_ for row in _found(house.store, name)}
        if len(rows) < 2:
            raise ConfigError("one story can't be merged", cure="name two or more")
        told = joining.merge(house.store, list(rows.values()), utc_now())
    _report([told], as_json, quiet)


@app.command(epilog="Example: `aggregator stories split 12 --post 33 --post 34`")
def split(
    story: Annotated[str, typer.Argument(help=_NAMED)],
    posts: Annotated[
        list[int], typer.Option("--post", metavar="POST", help="Number of a post to part from it.")
    ],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Make posts of a story a story of their own for good."""
    from aggregator import joining
    from aggregator.cli.house import open_house, utc_now

    with open_house(config) as house:
        joining.settle(house.store)
        rows = _found(house.store, story)
        if len(rows) > 1:
            raise ConfigError(f"{story} is in {len(rows)} stories", cure="say a story's number")
        told = joining.split(house.store, rows[0], posts, utc_now())
    _report(told, as_json, quiet)


def document(story: "Story") -> dict[str, Any]:
    """A story as one JSON document."""
    found = asdict(story)
    found["posts"] = [
        {
            "number": member.post.number,
            "title": member.post.entry.title,
            "link": member.post.entry.link,
            "source": member.post.source,
            "role": member.mention.role.value,
            "first_seen": member.post.first_seen.isoformat(),
        }
        for member in story.posts
    ]
    return found


def tell(story: "Story") -> None:
    """Print a story for people."""
    console.say(f"{story.number}  {story.title}", style="bold")
    console.say(f"{story.slug}, {story.uid}, first seen {story.first_seen:%Y-%m-%d}")
    for said in story.stated:
        posts = ", ".join(map(str, said.posts))
        held = "" if said.chosen else "; not shown, most posts say otherwise"
        console.say(f"{said.field}: {said.value} (posts {posts}{held})")
    for video in story.videos:
        console.say(f"video: {video.kind}, {video.url}")
    rows = [
        (str(m.post.number), m.mention.role.value, m.post.source, m.post.entry.title)
        for m in story.posts
    ]
    console.table(("Post", "Role", "Source", "Title"), rows)


def _tell_counts(facet: str, counts: "list[FacetCount]") -> None:
    rows = [(str(count.stories), count.label, count.slug) for count in counts]
    console.table(("Stories", facet.title(), "Slug"), rows)


def _found(store: "Store", name: str) -> "list[StoryRow]":
    found = store.stories.find(name)
    if not found:
        raise NothingToDo(f"no story has the number, id, slug or post {name}")
    return found


def _report(told: "list[Story]", as_json: bool, quiet: bool) -> None:
    if as_json:
        console.print_json([document(story) for story in told])
    elif not quiet:
        for story in told:
            tell(story)
