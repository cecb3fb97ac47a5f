"""`teach` and `replay`: correcting verdicts, and giving them anew."""

import difflib
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import console
from aggregator.cli.options import DEFAULT_CONFIG, Config, Json, Quiet, Verbose
from aggregator.errors import ConfigError, NothingToDo

if TYPE_CHECKING:
    from aggregator.cli.house import House
    from aggregator.models import Post, Verdict
    from aggregator.teaching import Rejudged

_WORDS = ("keep", "drop")
_REPLAY = "`aggregator replay --dry-run` shows what else it changes."


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(
        epilog="Examples: `aggregator teach 17 drop`, `aggregator teach 17 --undo`, "
        "`aggregator teach --list`, `aggregator teach --export corrections.jsonl`"
    )(teach)
    app.command(epilog="Example: `aggregator replay --dry-run`")(replay)


def teach(
    post: Annotated[str, typer.Argument(help="The post's number, address or id in its feed.")] = "",
    verdict: Annotated[
        str, typer.Argument(metavar="keep|drop", help="What is right for it.", show_default=False)
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the post's correction back.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="Show all corrections.")] = False,
    exported: Annotated[
        str, typer.Option("--export", metavar="FILE", help="Write all corrections; - for stdout.")
    ] = "",
    imported: Annotated[
        str, typer.Option("--import", metavar="FILE", help="Take corrections in; - for stdin.")
    ] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Correct a verdict: right at once for this post and its copies, a hint for later ones."""
    from aggregator.cli.house import open_house

    _check_usage(post, verdict, undo=undo, alone=(listing, bool(exported), bool(imported)))
    with open_house(config) as house:
        if listing:
            _list(house, as_json)
        elif exported:
            _export(house, exported, as_json, quiet)
        elif imported:
            _import(house, imported, as_json, quiet)
        elif undo:
            _undo(house, post, as_json, quiet)
        else:
            _teach(house, post, verdict, as_json, quiet)


def replay(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Judge all stored posts again, dropped ones too, show what changes, and store it."""
    from aggregator.cli.house import open_house, utc_now
    from aggregator.teaching import write

    with open_house(config) as house:
        judged, different = _judge_all(house)
        changes = [item for item in different if item.changed]
        report = _report(judged, different, changes)
        if not (as_json or quiet):
            _tell_changes(changes)
            _tell_replay(report, dry_run)
        if not dry_run:
            with console.progress("Writing", len(different)) as step:
                write(house.store, _stepped(different, step), utc_now())
    if as_json:
        console.print_json({**report, "written": not dry_run})


def _check_usage(post: str, verdict: str, *, undo: bool, alone: Sequence[bool]) -> None:
    if any(alone):
        if sum(alone) > 1 or post or undo:
            raise ConfigError("--list, --export and --import stand alone")
        return
    if not post:
        raise ConfigError("no post is named", cure="such as `aggregator teach 17 drop`")
    if undo:
        if verdict:
            raise ConfigError("--undo takes no verdict")
        return
    if not verdict:
        raise ConfigError("no verdict is given", cure=f"such as `aggregator teach {post} drop`")
    if verdict not in _WORDS:
        near = difflib.get_close_matches(verdict.lower(), _WORDS, 1)
        cure = f"did you mean {near[0]}?" if near else "say keep or drop"
        raise ConfigError(f"{verdict} is no verdict", cure=cure)


def _teach(house: "House", name: str, word: str, as_json: bool, quiet: bool) -> None:
    from aggregator.cli.house import utc_now
    from aggregator.teaching import teach as correct

    posts = _posts(house, name)
    rejudged = correct(house.store, house.policy, posts, word == "keep", utc_now())
    _tell(word, [post.number for post in posts], rejudged, as_json, quiet)


def _undo(house: "House", name: str, as_json: bool, quiet: bool) -> None:
    from aggregator.cli.house import utc_now
    from aggregator.teaching import unlearn
    from aggregator.videos.verdict.corrections import RULING

    taught = house.store.corrections.all()
    posts = _named(house.store.posts(name), name)
    known = {(post.entry.feed, post.entry.id) for post in posts}
    # A correction may have come from elsewhere, of a post that never was stored here.
    found = [c for c in taught if (c.feed, c.id) in known] or [
        c for c in taught if name in (c.link, c.id)
    ]
    if not found:
        followed = [r.evidence for p in posts for r in p.verdict.reasons if r.signal == RULING]
        hint = (
            f"it follows that of another post: {followed[0]}"
            if followed
            else "`aggregator teach --list` shows all"
        )
        raise NothingToDo(f"there is no correction of {name}: {hint}")
    rejudged = unlearn(house.store, house.policy, found, utc_now())
    corrected = {(c.feed, c.id) for c in found}
    numbers = [
        item.post.number
        for item in rejudged
        if (item.post.entry.feed, item.post.entry.id) in corrected
    ]
    _tell("undo", numbers, rejudged, as_json, quiet)


def _list(house: "House", as_json: bool) -> None:
    taught = house.store.corrections.all()
    if as_json:
        shown = ("feed", "id", "link", "title", "keep", "taught_at")
        rows = [{name: getattr(c, name) for name in shown} for c in taught]
        for row in rows:
            row["taught_at"] = row["taught_at"].isoformat()
        console.print_json({"corrections": rows})
        return
    console.table(
        ("Taught", "Verdict", "Title", "Post"),
        [
            (f"{c.taught_at:%Y-%m-%d}", _WORDS[not c.keep], c.title or "(no title)", c.link or c.id)
            for c in taught
        ],
    )


def _export(house: "House", target: str, as_json: bool, quiet: bool) -> None:
    import json

    from aggregator.videos.verdict.correction_lines import correction_document

    documents = [correction_document(c) for c in house.store.corrections.all()]
    if target == "-":
        for document in documents:
            console.print_json(document)
        return
    path = Path(target)
    part = path.with_name(f"{path.name}.part")
    part.write_text("".join(f"{json.dumps(document)}\n" for document in documents), "utf-8")
    part.replace(path)
    if as_json:
        console.print_json({"exported": len(documents), "file": target})
    elif not quiet:
        console.say(f"{_counted(len(documents), 'correction')} written to {target}.")


def _import(house: "House", source: str, as_json: bool, quiet: bool) -> None:
    from aggregator.cli.house import utc_now
    from aggregator.teaching import learn
    from aggregator.videos.verdict.correction_lines import read_corrections

    if source == "-":
        lines = io.TextIOWrapper(sys.stdin.buffer, "utf-8", "replace")
        corrections = list(read_corrections(lines, "standard input"))
    else:
        if not Path(source).is_file():
            raise ConfigError("there is no such file of corrections", path=Path(source))
        with Path(source).open(encoding="utf-8", errors="replace") as lines:
            corrections = list(read_corrections(lines, source))
    rejudged = learn(house.store, house.policy, corrections, utc_now())
    changes = [item for item in rejudged if item.changed]
    if as_json:
        documents = [_change_document(item) for item in changes]
        console.print_json({"imported": len(corrections), "changes": documents})
    elif not quiet:
        _tell_changes(changes)
        console.say(f"{_counted(len(corrections), 'correction')} imported. {_REPLAY}")


def _posts(house: "House", name: str) -> "list[Post]":
    """The post of that name; several only where they have one address."""
    found = house.store.posts(name)
    if not found:
        raise NothingToDo(f"no stored post has the number, address or id {name}")
    meant = _named(found, name)
    if len(meant) > 1 and any(post.entry.link != name for post in meant):
        numbers = ", ".join(str(post.number) for post in meant)
        raise ConfigError(f"{name} is the id of several posts", cure=f"name one of {numbers}")
    return meant


def _named(found: "list[Post]", name: str) -> "list[Post]":
    """The post of that number if there is one, else all of that address or id."""
    return [post for post in found if str(post.number) == name] or found


def _judge_all(house: "House") -> "tuple[int, list[Rejudged]]":
    """How many posts were judged, and those whose verdict differs."""
    from aggregator.teaching import judged_again

    numbers, different = house.store.numbers(), []
    if not numbers:
        raise NothingToDo("no post is stored yet: `aggregator fetch` reads some")
    with console.progress("Judging", len(numbers)) as step:
        for item in judged_again(house.store, house.policy, numbers):
            step(item.post.source)
            if item.differs:
                different.append(item)
    return len(numbers), different


def _stepped(items: "Sequence[Rejudged]", step: console.Step) -> "Iterable[Rejudged]":
    for item in items:
        yield item
        step()


def _report(
    judged: int, different: "Sequence[Rejudged]", changes: "Sequence[Rejudged]"
) -> dict[str, Any]:
    switched = [item for item in changes if item.post.verdict.keep != item.after.keep]
    return {
        "judged": judged,
        "changed": len(changes),
        "kept": sum(item.after.keep for item in switched),
        "dropped": sum(not item.after.keep for item in switched),
        "rescored": len(different) - len(changes),
        "changes": [_change_document(item) for item in changes],
    }


def _change_document(item: "Rejudged") -> dict[str, Any]:
    return {
        "number": item.post.number,
        "title": item.post.entry.title,
        "before": _verdict_document(item.post.verdict),
        "after": _verdict_document(item.after),
    }


def _verdict_document(verdict: "Verdict") -> dict[str, Any]:
    works = [asdict(work) for work in verdict.works]
    return {"keep": verdict.keep, "score": verdict.score, "kind": verdict.kind, "works": works}


def _tell(
    word: str, numbers: Sequence[int], rejudged: "Sequence[Rejudged]", as_json: bool, quiet: bool
) -> None:
    """Say what a correction, or taking it back, did to the stored posts."""
    changes = [item for item in rejudged if item.changed]
    if as_json:
        documents = [_change_document(item) for item in rejudged]
        told = {"verdict": word, "numbers": list(numbers), "changed": len(changes)}
        console.print_json({**told, "posts": documents})
        return
    if quiet:
        return
    _tell_changes(rejudged)
    others = sum(item.post.number not in numbers for item in changes)
    also = f" {_counted(others, 'other post')} with the same words changed too." if others else ""
    done = "Taken back" if word == "undo" else "Learned"
    console.say(f"{done}.{also} {_REPLAY}")


def _tell_changes(items: "Sequence[Rejudged]") -> None:
    rows = [
        (
            str(item.post.number),
            item.post.entry.title or "(no title)",
            *(_told(v, item) for v in (item.post.verdict, item.after)),
        )
        for item in items
    ]
    if rows:
        console.table(("Post", "Title", "Before", "After"), rows)


def _told(verdict: "Verdict", item: "Rejudged") -> str:
    """One verdict in a few words; its works only where they change."""
    words = ["kept" if verdict.keep else "dropped"]
    if verdict.kind:
        words.append(f"as {verdict.kind}")
    words.append(f"{verdict.score:.2f}")
    if item.post.verdict.works != item.after.works:
        names = [f"{work.artist} – {work.song}".strip(" –") for work in verdict.works]
        words.append("; ".join(filter(None, names)) or "(no work)")
    return " ".join(words)


def _tell_replay(report: dict[str, Any], dry_run: bool) -> None:
    others = report["changed"] - report["kept"] - report["dropped"]
    console.say(
        f"{_counted(report['judged'], 'post')} judged: {report['kept']} newly kept, "
        f"{report['dropped']} newly dropped, {others} of another kind or with other works, "
        f"{report['rescored']} with another score or reason only."
        + (" Nothing was written." if dry_run else ""),
        style="bold",
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
