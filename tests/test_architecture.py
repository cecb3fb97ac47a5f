"""The house holds: who may import whom, where a library lives, and how big things get."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "aggregator"
LONGEST_MODULE = 500
LONGEST_FUNCTION = 60
VOCABULARY = {"models", "story", "errors", "settings", "aggregator"}

# What each room may import of the others; everyone may use the vocabulary.
ROOMS = {
    "models": set[str](),
    "story": set[str](),
    "errors": set[str](),
    "settings": set[str](),
    "aggregator": set[str](),
    "config": set[str](),
    "bundled": set[str](),
    "web": set[str](),
    "feeds": set[str](),
    "videos": {"feeds"},
    "publish": {"feeds", "bundled"},
    "newsletter": {"feeds", "publish"},
    "store": {"feeds", "newsletter"},
    "smtp": set[str](),
    "mailing": {"newsletter", "smtp", "store"},
    "demo": set[str](),
    "visits": {"feeds", "store", "web"},
    "scouting": {"feeds", "web"},
    "subscribing": {"config"},
    "pipeline": {"joining", "videos", "publish", "newsletter", "store", "visits"},
    "teaching": {"store", "videos"},
    "joining": {"store", "videos"},
    "watching": {"joining", "publish", "store", "videos", "web"},
    "health": {"joining", "store"},
    "schedule": {"joining", "pipeline", "visits", "watching"},
    "server": {"newsletter", "publish", "signup"},
    "signup": {"newsletter", "store"},
    "cli": {
        "bundled", "config", "demo", "feeds", "health", "joining", "mailing", "newsletter",
        "pipeline", "publish", "schedule", "server", "signup", "smtp", "store", "teaching",
        "videos", "visits", "watching", "web",
        "scouting", "subscribing",
    },
    "__main__": {"cli"},
}  # fmt: skip

# The inner rooms of videos, from the ground up; each may use those before it.
FLOORS = ("page", "titles", "works", "verdict", "stories")

# Where a foreign library may be imported: a room, or one module of it.
LIBRARIES = {
    "aiosmtplib": {"smtp"},
    "alembic": {"store"},
    "anyascii": {"videos.stories"},
    "apscheduler": {"schedule"},
    "cryptography": {"newsletter.signing"},
    "css_inline": {"newsletter"},
    "email_validator": {"newsletter.addresses"},
    "feedgen": {"publish.atom"},
    "feedparser": {"feeds"},
    "certifi": {"web.transport"},
    "httpx": {"web"},
    "jinja2": {"publish", "demo"},
    "lxml": {"feeds", "videos"},
    "nh3": {"feeds"},
    "PIL": {"publish.artwork", "publish.stills"},
    "pycurl": {"web.transport"},
    "pydantic": {"settings", "config"},
    "rapidfuzz": {"videos.stories"},
    "rich": {"cli"},
    "numpy": {"videos.verdict.headline_training", "videos.verdict.post_training"},
    "scipy": {"videos.verdict.headline_training", "videos.verdict.post_training"},
    "sklearn": {
        "videos.verdict.training",
        "videos.verdict.headline_training",
        "videos.verdict.post_training",
        "videos.works.cast_training",
    },
    "sqlalchemy": {"store"},
    "starlette": {"server"},
    "typer": {"cli"},
    "uvicorn": {"server"},
    "yaml": {"config", "subscribing"},
}

# Pure code: values in, values out. Whatever touches the world is an edge.
PURE = ("models", "story", "errors", "settings", "feeds", "videos", "newsletter", "publish")
EDGES = {
    "web", "store", "smtp", "pipeline", "visits", "mailing", "signup", "teaching", "joining", "cli",
    "server", "schedule", "demo",
    "scouting", "subscribing",
}  # fmt: skip
WORLDLY = {
    "aiosmtplib", "asyncio", "httpx", "os", "random", "secrets", "shutil", "smtplib", "socket",
    "sqlite3", "subprocess", "tempfile", "threading", "urllib.request", "uuid",
}  # fmt: skip
DISK = {"publish.files"}  # the one module that writes what is published
CHILD = {"feeds.lenient"}  # the one that lets a process of its own do its work
READS_CLOCK = {"now", "utcnow", "today", "time", "monotonic", "time_ns", "localtime", "gmtime"}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    dotted = ".".join(part for part in parts if part != "__init__")
    return dotted or "aggregator"


def room_of(name: str) -> str:
    return name.partition(".")[0]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports_of(path: Path) -> set[str]:
    """Every module that is imported, wherever in the file; ours without the package's name."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in {path}"
            found.update(_targets(node))
    return found


def _targets(node: ast.ImportFrom) -> Iterator[str]:
    module = str(node.module)
    for alias in node.names:
        inner = ROOT.parent / f"{module}.{alias.name}".replace(".", "/")
        is_module = inner.with_suffix(".py").exists() or inner.is_dir()
        yield f"{module}.{alias.name}" if is_module and module.startswith("aggregator") else module


def ours(path: Path) -> set[str]:
    names = {name for name in imports_of(path) if name.partition(".")[0] == "aggregator"}
    return {name.removeprefix("aggregator").lstrip(".") or "aggregator" for name in names}


def functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (name_of(path), node)
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_the_table_of_rooms_knows_every_room() -> None:
    assert {room_of(name_of(path)) for path in modules()} == set(ROOMS)


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_its_neighbours(room: str) -> None:
    for path in modules():
        if room_of(name_of(path)) == room:
            strangers = {room_of(name) for name in ours(path)} - ROOMS[room] - VOCABULARY - {room}
            assert not strangers, f"{name_of(path)} imports {strangers}"


def test_the_floors_of_videos_lean_only_downwards() -> None:
    for path in modules():
        here = name_of(path).split(".")
        if here[0] == "videos" and len(here) > 2:
            height = FLOORS.index(here[1])
            above = {
                name
                for name in ours(path)
                if name.split(".")[0] == "videos"
                and name.count(".") > 1
                and FLOORS.index(name.split(".")[1]) > height
            }
            assert not above, f"{name_of(path)} imports {above}"


def test_no_two_modules_lean_on_each_other() -> None:
    leaning = {name_of(path): ours(path) for path in modules()}
    order = TopologicalSorter({name: found & leaning.keys() for name, found in leaning.items()})
    assert len(list(order.static_order())) == len(leaning)  # a circle raises, and is named


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_foreign_library_is_used_in_its_room_alone(library: str) -> None:
    for path in modules():
        if any(name.partition(".")[0] == library for name in imports_of(path)):
            name = name_of(path)
            at_home = any(
                name == home or name.startswith(f"{home}.") for home in LIBRARIES[library]
            )
            assert at_home, f"{name} imports {library}"


def test_every_foreign_library_has_a_room() -> None:
    used = {name.partition(".")[0] for path in modules() for name in imports_of(path)}
    foreign = used - set(sys.stdlib_module_names) - {"aggregator"}
    assert foreign == set(LIBRARIES)


def test_edges_do_not_import_each_other() -> None:
    for path in modules():
        room = room_of(name_of(path))
        if room in {"web", "store", "smtp"}:
            assert not {room_of(name) for name in ours(path)} & (EDGES - {room}), path


def test_pure_code_imports_no_edge_and_touches_nothing() -> None:
    for path in modules():
        name = name_of(path)
        if room_of(name) in PURE and name not in DISK | CHILD:
            assert not {room_of(found) for found in ours(path)} & EDGES, name
            assert not imports_of(path) & WORLDLY, f"{name}: {imports_of(path) & WORLDLY}"


def test_pure_code_and_the_story_read_no_clock() -> None:
    for path in modules():
        name = name_of(path)
        story = ("pipeline", "visits", "mailing", "signup", "teaching", "joining", "store")
        if room_of(name) not in (*PURE, *story):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                clock = isinstance(owner, ast.Name) and owner.id in ("datetime", "date", "time")
                assert not (clock and node.func.attr in READS_CLOCK), f"{name}:{node.lineno}"


def test_no_module_is_too_long() -> None:
    for path in modules():
        lines = len(path.read_text("utf-8").splitlines())
        assert lines <= LONGEST_MODULE, f"{name_of(path)} has {lines} lines"


def test_every_function_can_be_seen_at_once() -> None:
    for name, function in functions():
        lines = int(function.end_lineno or 0) - function.lineno + 1
        assert lines <= LONGEST_FUNCTION, f"{name}.{function.name} has {lines} lines"


def test_nine_of_ten_functions_are_short() -> None:
    lengths = sorted(int(f.end_lineno or 0) - f.lineno + 1 for _, f in functions())
    assert lengths[len(lengths) * 9 // 10] < 30


def test_there_is_no_cupboard_for_odds_and_ends() -> None:
    odd = {"utils", "util", "helpers", "misc", "common", "tools"}
    assert not odd & {path.stem for path in modules()}


def test_everything_public_has_a_docstring() -> None:
    for path in modules():
        tree = tree_of(path)
        empty = not tree.body
        assert empty or ast.get_docstring(tree), f"{name_of(path)} has no docstring"
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if public and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{name_of(path)}.{node.name} has no docstring"


def test_values_that_rooms_exchange_are_frozen_and_have_slots() -> None:
    for name in (
        "models.py",
        "story.py",
        "web/client.py",
        "feeds/changes.py",
        "feeds/polling.py",
        "pipeline.py",
        "visits.py",
    ):
        for node in ast.walk(tree_of(ROOT / name)):
            for mark in node.decorator_list if isinstance(node, ast.ClassDef) else []:
                assert isinstance(node, ast.ClassDef)
                said = ast.unparse(mark)
                if said.startswith("dataclass") and not node.name.startswith("_"):
                    assert "frozen=True" in said, node.name
                    assert "slots=True" in said, node.name
