"""`judge`, `why` and `parse`: looking at single posts and documents."""

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console, stories
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose
from aggregator.errors import ConfigError, NothingToDo, ParseError

if TYPE_CHECKING:
    from aggregator.models import Entry, Post, Verdict
    from aggregator.story import Story
    from aggregator.videos.verdict.evaluation import Evaluation
    from aggregator.videos.verdict.judge import Judge
    from aggregator.web.client import Download


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(
        epilog="Examples: `aggregator judge posts.jsonl`, `aggregator judge feed.xml`, "
        "`cat posts.jsonl | aggregator judge -`, `aggregator judge --eval labelled.jsonl`"
    )(judge)
    app.command(epilog="Examples: `aggregator why 17`, `aggregator why https://blog.example/p`")(
        why
    )
    app.command(epilog="Example: `aggregator parse https://blog.example/feed`")(parse)


def judge(
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON lines, a feed file or address, - for stdin.")
    ] = "-",
    measure: Annotated[
        bool, typer.Option("--eval", help="FILE is labelled: print how right the verdicts are.")
    ] = False,
    mistakes: Annotated[int, typer.Option(help="How many mistakes --eval shows.", min=0)] = 20,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Judge posts: JSON lines in, JSON lines of verdicts out."""
    from aggregator.videos.posts import verdict_document

    judging = _judge(config)
    if measure:
        _measure(source, judging.judge, mistakes, as_json)
        return
    for entry in _entries(source, config):
        console.print_json(verdict_document(entry, judging.judge(entry)))


def why(
    post: Annotated[str, typer.Argument(help="The post's number, address or id in its feed.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Say why a stored post was kept or dropped, and what its story is."""
    from aggregator import joining
    from aggregator.cli.house import open_house

    with open_house(config) as house:
        found = house.store.posts(post)
        if found:
            joining.settle(house.store)
        table = house.store.stories
        told = {
            item.number: joining.stories(house.store, table.of_post(item.number)) for item in found
        }
    if not found:
        raise NothingToDo(f"no stored post has the number, address or id {post}")
    for item in found:
        if as_json:
            of = [stories.document(story) for story in told[item.number]]
            console.print_json({**_post_document(item), "stories": of})
        else:
            _tell_why(item)
            _tell_stories(told[item.number])


def parse(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A feed file or address.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Show what the parser makes of one feed document."""
    from aggregator.feeds.parse import parse_feed
    from aggregator.videos.works.reading import read_entry

    body, url, content_type = _document(source, config)
    try:
        parsed = parse_feed(body, url=url, content_type=content_type)
    except ParseError as error:
        if as_json:
            failed = {"what": str(error), "where": ""}
            console.print_json({"feed": None, "entries": [], "problems": [failed]})
        raise
    if as_json:
        entries = [
            {**_entry_document(e), "videos": [asdict(v) for v in read_entry(e).videos(True)]}
            for e in parsed.entries
        ]
        feed = asdict(parsed.feed)
        feed["self"] = feed.pop("own_address")
        problems = [asdict(problem) for problem in parsed.problems]
        console.print_json({"feed": feed, "entries": entries, "problems": problems})
        return
    console.say(f"{parsed.feed.title or 'Untitled'} ({parsed.feed.format})", style="bold")
    rows = [
        (f"{e.published:%Y-%m-%d}" if e.published else "", e.title or "(no title)", e.link)
        for e in parsed.entries
    ]
    console.table(("Published", "Title", "Link"), rows)
    for problem in parsed.problems:
        console.say(f"{problem.where}: {problem.what}".lstrip(": "), style="yellow")


def _judge(config: Path) -> "Judge":
    """A judge as configured and taught; as shipped where no configuration is at hand."""
    from aggregator.models import Policy
    from aggregator.videos.verdict.judge import Judge

    if config == DEFAULT_CONFIG and not config.exists():
        return Judge(Policy())
    from aggregator.cli.house import corrections_of, policy_of
    from aggregator.config import load_settings

    settings = load_settings(config)
    return Judge(policy_of(settings), corrections=corrections_of(settings))


def _entries(source: str, config: Path) -> "Iterator[Entry]":
    from aggregator.videos.posts import read_posts

    if source == "-":
        lines = io.TextIOWrapper(sys.stdin.buffer, "utf-8", "replace")
        yield from read_posts(lines, "standard input")
        return
    body, url, content_type = _document(source, config)
    if not source.startswith(("http://", "https://")) and _is_json_lines(body):
        # Not splitlines: JSON strings may hold the separators of Unicode as they are.
        yield from read_posts(body.decode("utf-8", "replace").split("\n"), source)
        return
    from aggregator.feeds.parse import parse_feed

    yield from parse_feed(body, url=url, content_type=content_type).entries


def _is_json_lines(body: bytes) -> bool:
    """A JSON Feed is one document with a version; posts are objects, one a line."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:2000]
    return start.startswith(b"{") and b"jsonfeed.org/version" not in start


def _document(source: str, config: Path) -> tuple[bytes, str, str]:
    """A document's bytes, address and content type."""
    if source.startswith(("http://", "https://")):
        answer = _download(source, config)
        return answer.body, answer.final_url, answer.content_type
    path = Path(source)
    try:
        return path.read_bytes(), "", ""
    except OSError as error:
        raise ConfigError(f"can't be read: {error.strerror}", path=path) from None


def _download(url: str, config: Path) -> "Download":
    import asyncio

    from aggregator.cli.house import web_settings
    from aggregator.config import load_settings
    from aggregator.settings import Settings
    from aggregator.web.client import WebClient

    known = config != DEFAULT_CONFIG or config.exists()
    settings = load_settings(config) if known else Settings()

    async def get() -> "Download":
        async with WebClient(web_settings(settings)) as web:
            return await web.get(url)

    return asyncio.run(get())


def _entry_document(entry: "Entry") -> dict[str, Any]:
    document = asdict(entry)
    for name in ("published", "updated"):
        document[name] = document[name] and document[name].isoformat()
    return document


def _post_document(post: "Post") -> dict[str, Any]:
    verdict = asdict(post.verdict)
    return {
        "number": post.number,
        "title": post.entry.title,
        "link": post.entry.link,
        "feed": post.entry.feed,
        "first_seen": post.first_seen.isoformat(),
        **verdict,
    }


def _tell_why(post: "Post") -> None:
    from aggregator.videos.verdict.corrections import RULING

    verdict = post.verdict
    outcome = "kept" if verdict.keep else "dropped"
    kind = f" as {verdict.kind}" if verdict.kind else ""
    console.say(f"{post.number}  {post.entry.title or '(no title)'}", style="bold")
    console.say(f"{outcome}{kind}, score {verdict.score:.2f}, from {post.source}")
    if post.entry.link:
        console.say(post.entry.link)
    for work in verdict.works:
        parts = (work.artist, work.song and f"“{work.song}”", *work.directors, work.year)
        console.say("work: " + ", ".join(str(part) for part in parts if part))
    for video in verdict.videos:
        console.say(f"video: {video.kind}, {video.url}")
    for reason in verdict.reasons:
        if reason.signal == RULING:
            console.say(f"{reason.signal}: {reason.evidence}")
    rows = [(f"{r.weight:+.2f}", r.signal, r.evidence) for r in verdict.reasons]
    console.table(("Weight", "Signal", "Evidence"), rows)


def _tell_stories(told: "Sequence[Story]") -> None:
    """Print the stories that a post is of, and what posts disagree on."""
    for story in told:
        others = len(story.posts) - 1
        shared = f" with {others} other post{'s' * (others > 1)}" if others else ""
        console.say(f"story {story.number}: {story.title}{shared}")
        for said in story.disagreements:
            posts = ", ".join(map(str, said.posts))
            console.say(
                f"  not shown, most posts say otherwise: {said.field} {said.value} ({posts})"
            )


def _measure(source: str, judging: Any, mistakes: int, as_json: bool) -> None:
    from aggregator.videos.posts import read_labelled
    from aggregator.videos.verdict.evaluation import evaluate

    path = Path(source)
    if not path.is_file():
        raise ConfigError("there is no such file of labelled posts", path=path)
    with path.open(encoding="utf-8", errors="replace") as lines:
        posts = list(read_labelled(lines, source))
    with console.progress("Judging", len(posts)) as step:
        result = evaluate(posts, lambda entry: _stepped(judging, entry, step))
    if as_json:
        document = asdict(result)
        document["mistakes"] = [
            {"id": m.post.entry.id, "title": m.post.entry.title, "score": m.verdict.score}
            for m in result.mistakes
        ]
        console.print_json(document)
        return
    _tell_evaluation(result, mistakes)


def _stepped(judging: Any, entry: "Entry", step: console.Step) -> "Verdict":
    step()
    verdict: Verdict = judging(entry)
    return verdict


def _tell_evaluation(result: "Evaluation", mistakes: int) -> None:
    overall = result.overall
    console.say(
        f"{overall.posts} posts, {overall.keep} to keep: precision {overall.precision:.3f}, "
        f"recall {overall.recall:.3f}, F1 {overall.f1:.3f}, "
        f"calibration error {result.calibration_error:.3f}"
        + (f", kinds' macro-F1 {result.kind_f1:.3f}" if result.kind_f1 is not None else ""),
        style="bold",
    )
    console.say("By kind")
    kinds = [(k, str(n), f"{r:.2f}", f"{f:.2f}") for k, (n, r, f) in result.by_kind.items()]
    console.table(("Kind", "Posts", "Recall", "F1"), kinds)
    console.say("By language")
    languages = [
        (name, str(f.posts), f"{f.precision:.2f}", f"{f.recall:.2f}", f"{f.f1:.2f}")
        for name, f in result.by_language.items()
    ]
    console.table(("Language", "Posts", "Precision", "Recall", "F1"), languages)
    console.say("Worst mistakes")
    console.table(("Score", "Should be", "Title", "Because"), list(_mistakes(result, mistakes)))


def _mistakes(result: "Evaluation", count: int) -> Iterable[tuple[str, str, str, str]]:
    for mistake in result.mistakes[:count]:
        wrong = -1 if mistake.post.keep else 1
        blamed = [r for r in mistake.verdict.reasons if r.weight * wrong > 0][:3]
        because = "; ".join(f"{r.signal} {r.weight:+.1f}" for r in blamed)
        label = "kept" if mistake.post.keep else "dropped"
        yield f"{mistake.verdict.score:.2f}", label, mistake.post.entry.title[:80], because
