"""feeds.yaml is changed where it must be and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.bundled import bundled
from aggregator.config import load_settings
from aggregator.errors import ConfigError
from aggregator.models import Subscription
from aggregator.subscribing import add_feeds, remove_feeds

A, B, C = (f"https://{name}.example/feed" for name in "abc")
FILE = f"""# what I read
site: {{title: Mine}}   # a name
feeds:
  # the good ones
  - {A}   # my favourite

  # the others
  - url: {B}
    title: "B: a blog"   # quoted
keep: {{threshold: 0.5}}
# the end
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_feed_is_added_after_the_last_and_nothing_else_changes(tmp_path: Path) -> None:
    path = write(tmp_path, FILE)
    assert add_feeds(path, [Subscription(C, 'The "C" blog: new', "nl"), Subscription(A)]) == [
        Subscription(C, 'The "C" blog: new', "nl")
    ]
    line = f'  - {{url: "{C}", title: "The \\"C\\" blog: new", language: "nl"}}\n'
    assert path.read_text("utf-8") == FILE.replace("keep:", f"{line}keep:")
    assert load_settings(path).subscriptions[2] == Subscription(C, 'The "C" blog: new', "nl")


def test_a_feed_is_removed_with_its_lines_and_nothing_else_changes(tmp_path: Path) -> None:
    path = write(tmp_path, FILE)
    remove_feeds(path, [B])
    gone = f'  - url: {B}\n    title: "B: a blog"   # quoted\n'
    assert path.read_text("utf-8") == FILE.replace(gone, "")
    remove_feeds(path, [A])
    assert load_settings(path).feeds == ()
    assert "# the good ones" in path.read_text("utf-8")
    add_feeds(path, [Subscription(C)])
    assert [feed.url for feed in load_settings(path).feeds] == [C]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "[]",
        "feeds: []\n",
        "site: {title: Mine}",
        f"- {A}\n- {B}",
        f"[{A}, {B}]\n",
        f"feeds: [{A}, '{B}',]\n",
        f"feeds:\n- {A}\n- {{url: {B}}}\noutput: out\n",
        f"feeds:\n- url: {A}\n  title: >-\n    folded\n    title\n\n- {B}\n\n# end\n",
        f"feeds:\r\n  - {A}\r\n  - {B}\r\noutput: out\r\n",
        f"feeds:\n  -\n    url: {A}\n  - {B}\n",
    ],
)
def test_every_way_to_write_the_list_is_understood(tmp_path: Path, text: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(text.encode())
    before = [feed.url for feed in load_settings(path).feeds]
    add_feeds(path, [Subscription(C, "C")])
    assert [feed.url for feed in load_settings(path).feeds] == [*before, C]
    for url in before:
        remove_feeds(path, [url])
    assert [feed.url for feed in load_settings(path).feeds] == [C]


def test_the_file_that_init_writes_keeps_its_comments(tmp_path: Path) -> None:
    text = bundled("feeds.yaml").read_text("utf-8")
    path = write(tmp_path, text)
    urls = [feed.url for feed in load_settings(path).feeds]
    remove_feeds(path, urls[::2])
    add_feeds(path, [Subscription(C)])
    gone = [f'"{url}"' for url in urls[::2]]
    kept = path.read_text("utf-8").splitlines()
    kept.remove(f'  - "{C}"')
    assert kept == [line for line in text.splitlines() if not any(url in line for url in gone)]


def test_what_is_not_there_or_would_not_be_read_again_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, FILE)
    with pytest.raises(ConfigError, match="is not subscribed"):
        remove_feeds(path, [A, C])
    with pytest.raises(ConfigError, match="http"):
        add_feeds(path, [Subscription("ftp://c.example/")])
    assert path.read_text("utf-8") == FILE
    assert [file.name for file in tmp_path.iterdir()] == ["feeds.yaml"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([A, B, C, "https://d.example/${X}"]), max_size=6), st.booleans())
def test_adding_and_removing_leaves_the_file_as_it_was(
    tmp_path: Path, urls: list[str], block: bool
) -> None:
    before = FILE if block else f"feeds: [{A}, {B}]\n"
    path = write(tmp_path, before)
    added = add_feeds(path, [Subscription(url, "T") for url in urls if "$" not in url])
    remove_feeds(path, [feed.url for feed in added])
    assert path.read_text("utf-8") == before
