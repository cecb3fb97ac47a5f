"""Holds our parser against the expectations of feedparser's own test documents.

Usage: ``python -m tests.benchmarks.feedparser_suite [FOLDER]`` where the folder is the unpacked
sdist; without one, pip downloads it into a temporary folder. Nothing of it is kept.

An expectation counts if it speaks of what our entries and feeds hold: title, link, id, dates,
author, content, summary, enclosures and media, and the feed's title, link and language. HTML
is the same if it is the same when we have cleaned it, for feedparser's sanitiser keeps styles
and SVG, which ours never lets through; a title is the same if its words are.
"""

import argparse
import ast
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.errors import ParseError
from aggregator.feeds.clean import clean_html, plain_text
from aggregator.feeds.parse import parse_feed
from aggregator.feeds.xml.people import _name_in
from aggregator.models import Entry, ParsedFeed

VERSION = "6.0.12"
FOLDERS = ("wellformed", "illformed", "encoding", "entities")
URL = "http://127.0.0.1:8097/tests/"
_EXPECT = re.compile(r"Expect:\s*(.+?)\s*\n")
_HEADER = re.compile(r"Header:\s*([\w-]+):\s*(.+?)\s*\n")
# Feedparser and we differ in where a text gets or keeps a wrapper without meaning.
_WRAPPER = re.compile(r"</?(?:p|div|span)>")
_OURS = frozenset(
    "title title_detail link id guid published published_parsed updated updated_parsed created "
    "created_parsed author author_detail authors content summary summary_detail description "
    "enclosures media_content media_thumbnail media_player feed entries bozo".split()
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one document of the suite expects.

    Args:
        name: the document's path in the suite.
        body: the document.
        headers: the HTTP headers it is served with, names in small letters.
        condition: a Python expression on what feedparser makes of it.
    """

    name: str
    body: bytes
    headers: dict[str, str]
    condition: str


def download(folder: Path) -> Path:
    """Fetch and unpack the sdist with pip.

    Raises:
        OSError: pip can't get it.
    """
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    done = subprocess.run(
        [*command, "-d", str(folder), f"feedparser=={VERSION}"], capture_output=True, check=False
    )
    found = list(folder.glob("feedparser-*.tar.gz"))
    if done.returncode or not found:
        raise OSError(f"pip can't download feedparser's sdist: {done.stderr.decode()[-300:]}")
    with tarfile.open(found[0]) as archive:
        archive.extractall(folder, filter="data")
    return folder / found[0].name.removesuffix(".tar.gz") / "tests"


def expectations(suite: Path) -> Iterator[Expectation]:
    """The expectations that concern what we read."""
    for folder in FOLDERS:
        for path in sorted((suite / folder).rglob("*.xml")):
            body = path.read_bytes()
            text = _readable(body)
            found = _EXPECT.search(text)
            if found and found[1] != "0" and _concerns_us(found[1]):
                headers = {name.lower(): value for name, value in _HEADER.findall(text)}
                yield Expectation(str(path.relative_to(suite)), body, headers, found[1])


def _readable(body: bytes) -> str:
    for charset in ("utf-32", "utf-16"):
        if b"\0" in body[:8]:
            try:
                return body.decode(charset)
            except UnicodeDecodeError:
                continue
    return body.decode("utf-8", "replace")


def _concerns_us(condition: str) -> bool:
    try:
        tree = ast.parse(condition, mode="eval")
    except SyntaxError:
        return False
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    keys = [*_keys(tree)]
    files = {"enclosures", "media_content", "media_thumbnail", "media_player"} & set(keys)
    detail = {"value", "name"} | ({"href", "url", "type", "duration"} if files else set())
    known = set(keys) <= _OURS | detail and names <= {"feed", "entries", "bozo"}
    about_head = "feed" not in names or set(keys) <= {"title", "title_detail", "link", "value"}
    return bool(keys) and known and about_head


def _keys(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            if isinstance(node.slice.value, str):
                yield node.slice.value
        elif isinstance(node, ast.Attribute):
            yield node.attr


class _Said(str):
    """A value of ours, equal to what means the same."""

    kind: str

    base: str

    def __new__(cls, value: str, kind: str, base: str = "") -> "_Said":
        said = super().__new__(cls, value)
        said.kind, said.base = kind, base
        return said

    def __eq__(self, other: object) -> bool:
        mine, theirs = str(self), str(other)
        if _meaning(mine, self.kind, self.base) == _meaning(theirs, self.kind, self.base):
            return True
        if self.kind == "words":
            return mine.split() == plain_text(theirs).split()
        return self.kind == "html" and plain_text(mine).split() == theirs.split()

    __hash__ = str.__hash__


def _meaning(value: str, kind: str, base: str) -> object:
    if kind == "html":
        return "".join(_WRAPPER.sub("", clean_html(value, base)).split())
    if kind == "words":
        return " ".join(plain_text(value).split())
    if kind == "person":
        return _name_in(value)
    if kind == "date":
        return value[:16]
    return value.strip().replace(" ", "%20") if kind == "address" else value.strip()


class _View(dict[str, Any]):
    """A mapping that may be asked by attribute, as feedparser's may."""

    __getattr__ = dict.__getitem__


def view_of(feed: ParsedFeed, url: str) -> dict[str, Any]:
    """What we made of a document, in the shape of feedparser's answer."""
    info = feed.feed
    head = _View(
        title=_Said(info.title, "words"),
        title_detail=_View(value=_Said(info.title, "words")),
        link=_Said(info.link, "address"),
    )
    return {"feed": head, "entries": [_entry(entry, url) for entry in feed.entries], "bozo": 0}


def _entry(entry: Entry, url: str) -> _View:
    title = _Said(entry.title, "words")
    summary = _Said(entry.summary or entry.html, "html", url)
    derived = entry.id.startswith("derived:")
    identity = _Said("" if derived else entry.id, "address")
    media = [_medium(medium) for medium in entry.media]
    return _View(
        title=title,
        title_detail=_View(value=title),
        link=_Said(entry.link, "address"),
        id=identity,
        guid=identity,
        author=_Said(entry.author, "person"),
        author_detail=_View(name=_Said(entry.author, "person"), value=entry.author),
        authors=[_View(name=name) for name in entry.author.split(", ")],
        content=[_View(value=_Said(entry.html, "html", url))],
        summary=summary,
        description=summary,
        summary_detail=_View(value=summary),
        enclosures=media,
        media_content=media,
        media_player=media[0] if media else None,
        media_thumbnail=[_View(url=_Said(m.thumbnail, "address")) for m in entry.media],
        **_dates(entry),
    )


def _medium(medium: Any) -> _View:
    address = _Said(medium.url, "address")
    return _View(href=address, url=address, type=medium.type, duration=str(medium.duration))


def _dates(entry: Entry) -> dict[str, Any]:
    dates: dict[str, Any] = {}
    for name, when in (
        ("published", entry.published),
        ("updated", entry.updated or entry.published),
        ("created", entry.published),
    ):
        dates[f"{name}_parsed"] = when and (*when.astimezone(UTC).timetuple()[:8], 0)
        dates[name] = _Moment(when)
    return dates


class _Moment:
    """A date that equals any spelling of it."""

    def __init__(self, when: datetime | None) -> None:
        self._when = when

    def __eq__(self, other: object) -> bool:
        from aggregator.feeds.dates import read_date

        return self._when == read_date(str(other))

    def __hash__(self) -> int:
        return hash(self._when)


def holds(expectation: Expectation) -> bool:
    """Whether the expectation holds for what we make of its document."""
    url = expectation.headers.get("content-location", URL)
    base = url if "://" in url else URL + url.lstrip("/")
    try:
        feed = parse_feed(
            expectation.body, url=base, content_type=expectation.headers.get("content-type", "")
        )
    except ParseError:
        return False
    condition = re.sub(r"\b(not )?bozo and ", "", expectation.condition)
    try:
        return bool(
            eval(condition, {}, view_of(feed, base))
        )  # the sdist's own words, as its tests do
    except (LookupError, TypeError, AttributeError):
        return False


def main() -> None:
    """Print how many expectations hold, by field, and those that don't."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as temporary:
        report([*expectations(folder or download(Path(temporary)))])


def report(all_of: Sequence[Expectation]) -> None:
    """Print the figures."""
    failed = [expectation for expectation in all_of if not holds(expectation)]
    missed = Counter(field_of(expectation) for expectation in failed)
    for field, total in sorted(Counter(map(field_of, all_of)).items()):
        print(f"  {field:20}{total - missed[field]:5} of {total}")
    kept = len(all_of) - len(failed)
    print(f"{kept} of {len(all_of)} expectations hold: {100 * kept / len(all_of):.1f} %")
    for expectation in failed:
        print(f"{expectation.name}: {expectation.condition[:150]}")


def field_of(expectation: Expectation) -> str:
    """The field that an expectation is about."""
    keys = [*_keys(ast.parse(expectation.condition, mode="eval"))]
    return next((key for key in keys if key not in ("value", "name")), keys[0])


if __name__ == "__main__":
    main()
