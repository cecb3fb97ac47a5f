"""Reading feeds.yaml: one file, validated, with errors that name line and cure."""

import difflib
import os
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from aggregator.errors import ConfigError
from aggregator.models import Kind
from aggregator.settings import FeedItem, Settings

_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LIST_FILE_KEY = "feeds"
# libyaml where PyYAML was built with it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_settings(path: Path) -> Settings:
    """Read and validate a configuration.

    Args:
        path: the YAML file: a mapping, or just a list of feed addresses.

    Returns:
        The settings, with paths relative to the file's folder.

    Raises:
        ConfigError: names file, line, key and cure; nothing was touched.
    """
    tree = compose(path)
    data = _secrets_filled(_plain(tree, path), path, tree, ())
    if isinstance(data, list):
        data = {_LIST_FILE_KEY: data}
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise _first_error(error, path, tree) from None
    settings._folder = path.resolve().parent
    for feed in settings.feeds:
        if _SECRET.search(feed.url):
            feed._secret_address = _filled(feed.url, path, None, None)
    _refuse_duplicates(settings, path, tree)
    _refuse_database_in_output(settings, path, tree)
    return settings


def schema() -> dict[str, Any]:
    """JSON Schema of feeds.yaml, for editors."""
    mapping = Settings.model_json_schema()
    feeds = mapping["properties"]["feeds"]
    item = {"anyOf": [{"type": "string", "format": "uri"}, feeds["items"]]}
    feeds["items"] = item
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "feeds.yaml",
        "$defs": mapping.pop("$defs"),
        "anyOf": [mapping, {"type": "array", "items": item}],
    }


def compose(path: Path) -> yaml.Node | None:
    """The file as a tree whose nodes know where they stand; None for an empty file.

    Raises:
        ConfigError: it can't be read or is no YAML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            "there is no such file", path=path, cure="write one with `aggregator init`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"can't be read: {error}", path=path) from None
    try:
        return yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigError(
            f"is not YAML: {error.problem or error.context}",
            path=path,
            line=mark.line + 1 if mark else None,
            cure="check quotes, colons and indentation",
        ) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"is not YAML: {error}", path=path) from None


def _plain(tree: yaml.Node | None, path: Path) -> object:
    if tree is None:
        return {}
    _refuse_twin_keys(tree, path)
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(tree)
    except yaml.constructor.ConstructorError as error:
        mark = error.problem_mark
        raise ConfigError(
            str(error.problem), path=path, line=mark.line + 1 if mark else None
        ) from None
    finally:
        loader.dispose()


def _refuse_twin_keys(node: yaml.Node, path: Path) -> None:
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_twin_keys(child, path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in seen:
            raise ConfigError(
                f"stands twice, first in line {seen[key.value]}",
                path=path,
                line=line,
                key=str(key.value),
                cure="remove one of them",
            )
        seen[key.value] = line
        _refuse_twin_keys(value, path)


def _secrets_filled(
    data: object, path: Path, tree: yaml.Node | None, where: tuple[str | int, ...]
) -> Any:
    """Fill in secrets everywhere but in feeds' addresses, see `FeedItem`."""
    if isinstance(data, dict):
        return {k: _secrets_filled(v, path, tree, (*where, k)) for k, v in data.items()}
    if isinstance(data, list):
        return [_secrets_filled(v, path, tree, (*where, n)) for n, v in enumerate(data)]
    if not isinstance(data, str):
        return data
    filled = _filled(data, path, _line(tree, where), _dotted(where))
    return data if _is_feed_address(where) else filled


def _is_feed_address(where: tuple[str | int, ...]) -> bool:
    inside = where[1:] if where[:1] == (_LIST_FILE_KEY,) else where
    return len(inside) > 0 and isinstance(inside[0], int) and inside[1:] in ((), ("url",))


def _filled(text: str, path: Path, line: int | None, key: str | None) -> str:
    def value_of(match: re.Match[str]) -> str:
        if match[1] in os.environ:
            return os.environ[match[1]]
        raise ConfigError(
            f"the environment has no variable {match[1]}",
            path=path,
            line=line,
            key=key,
            cure=f"set it before the call: {match[1]}=… aggregator …",
        )

    return _SECRET.sub(value_of, text)


def _first_error(error: ValidationError, path: Path, tree: yaml.Node | None) -> ConfigError:
    found = error.errors(include_url=False)
    first = min(found, key=lambda e: (e["type"] != "extra_forbidden", _line(tree, e["loc"]) or 0))
    where = first["loc"]
    if isinstance(tree, yaml.SequenceNode) and where[:1] == (_LIST_FILE_KEY,):
        where = where[1:]
    message, cure = _in_words(first)
    more = f"; {len(found) - 1} more to mend after this" if len(found) > 1 else ""
    return ConfigError(
        message, path=path, line=_line(tree, where), key=_dotted(where), cure=cure + more
    )


def _in_words(detail: Any) -> tuple[str, str]:
    """Say what pydantic found, and what to do, in words for the editor of the file."""
    given, where = detail["input"], detail["loc"]
    shown = "empty" if given is None else f"{type(given).__name__} {str(given)[:60]!r}"
    match detail["type"]:
        case "extra_forbidden":
            return "unknown key", _nearest(str(where[-1]), _known_keys(where[:-1]))
        case "enum":
            return f"{given!r} is no kind of post", _nearest(str(given), [*Kind])
        case "value_error":
            return str(detail["ctx"]["error"]), f"it is {given!r} now"
        case "missing":
            return "is missing", "add it"
        case "model_type" | "dict_type" if not where:
            return f"should be a mapping or a list of feeds, not {shown}", "see `aggregator init`"
        case "model_type" if where[0] == _LIST_FILE_KEY:
            return f"should be an address or a mapping with url, not {shown}", "mend the value"
        case "model_type":
            return f"should be a mapping, not {shown}", f"known: {', '.join(_known_keys(where))}"
    return f"{detail['msg'].removeprefix('Input ')}, not {shown}", "mend the value"


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"


def _known_keys(where: tuple[str | int, ...]) -> list[str]:
    model: Any = Settings
    for step in where:
        if isinstance(step, int):
            model = FeedItem
        elif step != _LIST_FILE_KEY:
            model = model.model_fields[step].annotation
    return list(model.model_fields)


def _dotted(where: tuple[str | int, ...]) -> str | None:
    return ".".join(str(step) for step in where) or None


def _line(tree: yaml.Node | None, where: tuple[str | int, ...]) -> int | None:
    """The 1-based line of the deepest node on the way that the file has."""
    if tree is None:
        return None
    node, line = tree, tree.start_mark.line + 1
    for step in where:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _refuse_duplicates(settings: Settings, path: Path, tree: yaml.Node | None) -> None:
    first: dict[str, int] = {}
    for number, feed in enumerate(settings.feeds):
        where: tuple[str | int, ...] = (number,)
        if not isinstance(tree, yaml.SequenceNode):
            where = (_LIST_FILE_KEY, number)
        same = feed.url.rstrip("/").lower()
        if same in first:
            earlier = _line(tree, (*where[:-1], first[same]))
            raise ConfigError(
                f"{feed.url} is subscribed twice, first in line {earlier}",
                path=path,
                line=_line(tree, where),
                key=_dotted(where),
                cure="remove one of them",
            )
        first[same] = number


def _refuse_database_in_output(settings: Settings, path: Path, tree: yaml.Node | None) -> None:
    if "://" in settings.database:
        return
    database = (settings._folder / settings.database).resolve()
    if database.is_relative_to(settings.output_folder.resolve()):
        raise ConfigError(
            "lies inside the output folder, which is published",
            path=path,
            line=_line(tree, ("database",)),
            key="database",
            cure="put it beside feeds.yaml",
        )
