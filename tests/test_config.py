"""feeds.yaml: what is accepted, and that every mistake names file, line, key and cure."""

import json
from pathlib import Path

import pytest

from aggregator.bundled import bundled
from aggregator.config import load_settings, schema
from aggregator.errors import ConfigError
from aggregator.models import Kind


def write(folder: Path, text: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_bare_list_of_addresses_is_a_whole_configuration(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "- https://a.example/feed\n- https://b.example/rss\n"))
    assert [feed.url for feed in settings.subscriptions] == [
        "https://a.example/feed",
        "https://b.example/rss",
    ]


def test_paths_are_relative_to_the_file_not_to_the_caller(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "output: public\n"))
    assert settings.output_folder == tmp_path.resolve() / "public"
    assert settings.database_url == f"sqlite:///{tmp_path.resolve() / 'aggregator.db'}"


def test_an_empty_file_means_all_defaults(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "# nothing yet\n"))
    assert settings.feeds == ()
    assert Kind.LIVE not in settings.keep.kinds


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("site:\n  titel: x\n", 2, "site.titel", "did you mean title?"),
        ("feeds:\n  - url: https://x.example\n    langage: en\n", 3, "feeds.0.langage", "language"),
        ("feeds:\n  - url: ftp://x.example\n", 2, "feeds.0.url", "https://blog.example/feed"),
        ("- https://ok.example\n- 5\n", 2, "1", "an address or a mapping"),
        ("feeds:\n  - {title: x}\n", 2, "feeds.0.url", "is missing"),
        ("\n- https://a.example/\n- https://A.example\n", 3, "1", "first in line 2"),
        ("site:\n  timezone: Europe/Londn\n", 2, "site.timezone", "Europe/London"),
        ("keep:\n  threshold: high\n", 2, "keep.threshold", "number"),
        ("keep:\n  threshold: 1.5\n", 2, "keep.threshold", "less than or equal to 1"),
        ("keep:\n  kinds: [premier]\n", 2, "keep.kinds.0", "did you mean premiere?"),
        ("site: 5\n", 1, "site", "int '5'"),
        ("site:\n", 1, "site", "empty"),
        ("polling:\n  parallel: '8'\n", 2, "polling.parallel", "integer"),
        ("polling:\n  allow_networks: [here]\n", 2, "polling.allow_networks.0", "10.0.0.0/8"),
        ("site:\n  title: ${HR_UNSET_NAME}\n", 2, "site.title", "HR_UNSET_NAME"),
        ("database: output/state.db\n", 1, "database", "beside feeds.yaml"),
        ("site:\n  title: a\n  title: b\n", 3, "title", "twice, first in line 2"),
        ("x: !!python/object/apply:os.system [ls]\n", 1, None, "python/object"),
        ("site: {title: 'a\n", None, None, "not YAML"),
        ("just words\n", 1, None, "a mapping or a list"),
    ],
)
def test_a_mistake_is_told_with_file_line_key_and_cure(
    tmp_path: Path, text: str, line: int | None, key: str | None, words: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    error = caught.value
    assert error.path == path
    assert words in str(error)
    if line is not None:
        assert (error.line, error.key) == (line, key)
        assert str(error).startswith(f"{path}:{line}: ")


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="aggregator init"):
        load_settings(tmp_path / "none.yaml")


def test_secrets_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HR_NAME", "Night Shift")
    settings = load_settings(write(tmp_path, "site:\n  title: ${HR_NAME}\n"))
    assert settings.site.title == "Night Shift"


@pytest.mark.parametrize("item", ["- {}\n", "feeds:\n  - {}\n", "feeds:\n  - url: {}\n"])
def test_a_secret_in_a_feed_address_is_only_in_the_address_to_poll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, item: str
) -> None:
    monkeypatch.setenv("HR_TOKEN", "s3cret")
    written = "https://x.example/.rss?feed=${HR_TOKEN}"
    settings = load_settings(write(tmp_path, item.format(written)))
    (feed,) = settings.subscriptions
    assert (feed.url, feed.secret_address) == (written, "https://x.example/.rss?feed=s3cret")
    assert "s3cret" not in repr(settings)


def test_the_shipped_feeds_are_a_valid_configuration() -> None:
    assert len(load_settings(bundled("feeds.yaml")).feeds) >= 40


def test_the_schema_for_editors_describes_every_key() -> None:
    document = schema()
    json.dumps(document)
    parts = [document["anyOf"][0], *document["$defs"].values()]
    for part in parts:
        for name, value in part.get("properties", {}).items():
            meaning = document["$defs"].get(value.get("$ref", "").rpartition("/")[2], value)
            assert meaning.get("description"), f"{name} has no description"
