"""Adding feeds to feeds.yaml and taking them out, so that every other byte stays as it is."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from aggregator.config import compose, load_settings
from aggregator.errors import ConfigError
from aggregator.models import Subscription

_KEY = "feeds"


def add_feeds(path: Path, feeds: Iterable[Subscription]) -> list[Subscription]:
    """Write feeds into a configuration, after those that are there.

    Args:
        path: the file.
        feeds: what to add.

    Returns:
        Those that were not in it yet.

    Raises:
        ConfigError: the file is wrong, or would be; it was not touched.
    """
    known = {_folded(feed.url) for feed in load_settings(path).feeds}
    fresh: list[Subscription] = []
    for feed in feeds:
        if _folded(feed.url) not in known:
            known.add(_folded(feed.url))
            fresh.append(feed)
    if fresh:
        _write(path, _with(_read(path), compose(path), [_line_of(feed) for feed in fresh]))
    return fresh


def remove_feeds(path: Path, urls: Iterable[str]) -> None:
    """Take feeds out of a configuration, with their lines; comments around them stay.

    Args:
        path: the file.
        urls: their addresses, as the file has them.

    Raises:
        ConfigError: one is not in it, or the file is wrong; it was not touched.
    """
    load_settings(path)
    text, listed = _read(path), _list_of(compose(path))
    for url in dict.fromkeys(urls):
        found = [item for item in (listed.value if listed else ()) if _url_of(item) == url]
        if listed is None or not found:
            raise ConfigError(f"{url} is not subscribed", path=path, cure="see `feeds list`")
        text = _without(text, listed, listed.value.index(found[0]))
        listed = _list_of(yaml.compose(text, Loader=yaml.SafeLoader))
    _write(path, text)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig")


def _folded(url: str) -> str:
    return url.rstrip("/").lower()


def _line_of(feed: Subscription) -> str:
    """A feed as YAML on one line: JSON is YAML."""
    said = {"url": feed.url, "title": feed.title, "language": feed.language}
    pairs = [f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in said.items() if v]
    return f"{{{', '.join(pairs)}}}" if len(pairs) > 1 else json.dumps(feed.url)


def _list_of(tree: yaml.Node | None) -> yaml.SequenceNode | None:
    """The sequence of feeds: the whole file, or under its key."""
    if isinstance(tree, yaml.MappingNode):
        tree = next((value for key, value in tree.value if key.value == _KEY), None)
    return tree if isinstance(tree, yaml.SequenceNode) else None


def _url_of(item: yaml.Node) -> str:
    if isinstance(item, yaml.MappingNode):
        item = next((value for key, value in item.value if key.value == "url"), item)
    return str(item.value)


def _with(text: str, tree: yaml.Node | None, lines: Sequence[str]) -> str:
    listed = _list_of(tree)
    if listed is None:
        items = [f"  - {line}" for line in lines]
        return _inserted(text, len(text.splitlines()), [f"{_KEY}:", *items])
    if not listed.flow_style and listed.value:
        last = listed.value[-1]
        dash, end = _lines_of(text, last)
        column = text.splitlines()[dash].index("-")
        return _inserted(text, end + 1, [f"{' ' * column}- {x}" for x in lines])
    end = listed.end_mark.index - 1  # before the bracket
    before = text[:end].rstrip()
    comma = "" if before.endswith(("[", ",")) else ", "
    return f"{before}{comma}{', '.join(lines)}{text[end:]}"


def _inserted(text: str, at: int, lines: Sequence[str]) -> str:
    kept = text.splitlines(keepends=True)
    ending = "\r\n" if kept and kept[0].endswith("\r\n") else "\n"
    if kept and not kept[-1].endswith("\n"):
        kept[-1] += ending
    return "".join([*kept[:at], *(f"{line}{ending}" for line in lines), *kept[at:]])


def _without(text: str, listed: yaml.SequenceNode, number: int) -> str:
    item = listed.value[number]
    if not listed.flow_style:
        first, last = _lines_of(text, item)
        kept = text.splitlines(keepends=True)
        rest = "".join([*kept[:first], *kept[last + 1 :]])
        if len(listed.value) > 1 or _list_of(yaml.compose(rest, Loader=yaml.SafeLoader)):
            return rest
        column = " " * kept[first].index("-")
        return "".join([*kept[:first], f"{column}[]\n", *kept[last + 1 :]])
    if number + 1 < len(listed.value):
        return text[: item.start_mark.index] + text[listed.value[number + 1].start_mark.index :]
    start = listed.value[number - 1].end_mark.index if number else item.start_mark.index
    return text[:start] + text[item.end_mark.index :]


def _lines_of(text: str, item: yaml.Node) -> tuple[int, int]:
    """First and last line of an item of a block list, its dash included."""
    lines, first = text.splitlines(), item.start_mark.line
    while not lines[first].lstrip().startswith("-"):
        first -= 1
    last = _last_line(item)
    while not lines[last].strip():
        last -= 1  # a folded text ends behind the blank lines that follow it
    return first, last


def _last_line(node: yaml.Node) -> int:
    """Where a node's text ends; a block's own mark stands after the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    folded = isinstance(node, yaml.ScalarNode) and node.style in (">", "|")
    return int(node.end_mark.line) - folded


def _write(path: Path, text: str) -> None:
    """Replace the file, whole or not at all, and only by what can be read again."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        load_settings(Path(name))
        shutil.copymode(target, name)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
