"""Templates: an editor's own replace single ones, and feeds' words are only ever data."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.publish.rendering import Templates


def template(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_own_template_replaces_one_and_the_others_stay(tmp_path: Path) -> None:
    template(tmp_path, "site/style.css", "body { color: hotpink }\n")
    templates = Templates(tmp_path, "UTC")
    assert templates.render("site/style.css") == "body { color: hotpink }\n"
    with pytest.raises(ConfigError, match=r"site/index\.html.*undefined"):
        templates.render("site/index.html")


def test_an_own_template_can_build_on_a_shipped_one(tmp_path: Path) -> None:
    template(tmp_path, "site/mine.css", '{% include "site/style.css" %}.mine { color: red }\n')
    rendered = Templates(tmp_path, "UTC").render("site/mine.css")
    assert rendered.endswith(".mine { color: red }\n")
    assert len(rendered) > 1000


def test_a_broken_template_is_told_with_its_name_and_line(tmp_path: Path) -> None:
    template(tmp_path, "mine.html", "<p>\n{% if %}\n")
    with pytest.raises(ConfigError, match=r"mine\.html") as caught:
        Templates(tmp_path, "UTC").render("mine.html")
    assert caught.value.line == 2


@pytest.mark.parametrize("name", ["mine.html", "mine.xml"])
def test_foreign_words_are_escaped_in_markup(tmp_path: Path, name: str) -> None:
    template(tmp_path, name, '<p title="{{ word }}">{{ word }}</p>')
    rendered = Templates(tmp_path, "UTC").render(name, word='"><script>{{ 7 * 7 }}</script>')
    assert "<script" not in rendered
    assert '"><' not in rendered
    assert "49" not in rendered


def test_a_template_reaches_nothing_beyond_its_values(tmp_path: Path) -> None:
    template(tmp_path, "mine.txt", "{{ word.__class__.__mro__ }}")
    with pytest.raises(ConfigError, match=r"unsafe|undefined"):
        Templates(tmp_path, "UTC").render("mine.txt", word="x")


def test_dates_are_shown_in_the_sites_zone(tmp_path: Path) -> None:
    template(tmp_path, "mine.txt", "{{ when | day }}")
    when = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert Templates(tmp_path, "Europe/Berlin").render("mine.txt", when=when) == "23 November 2026"
