"""The schema: what migrations make is what the code expects, and strangers are refused."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import aggregator.store
from aggregator.errors import StoreError
from aggregator.store import mail_schema, schema
from tests.stored import NOW, entry, judged, open_store, record


def script() -> ScriptDirectory:
    config = Config()
    folder = Path(aggregator.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    return ScriptDirectory.from_config(config)


def test_migrations_make_the_schema_that_the_code_expects(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, mail_schema.metadata) == []
        assert context.get_current_revision() == schema.REVISION
    engine.dispose()


def test_migrations_give_the_columns_the_same_defaults_as_the_code(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    migrated, plain = (
        {name: columns(tmp_path / file, name) for name in schema.metadata.tables}
        for file in ("a.db", "plain.db")
    )
    assert migrated == plain


def columns(database: Path, table: str) -> dict[str, tuple[object, ...]]:
    """Type, nullability, default and place in the primary key by column."""
    with sqlite3.connect(database) as raw:
        return {row[1]: row[2:] for row in raw.execute(f"PRAGMA table_info({table})")}


def test_the_revision_in_the_code_is_the_newest_script() -> None:
    assert script().get_heads() == [schema.REVISION]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1"))])
    with open_store(tmp_path) as store:
        assert store.kept()[0].first_seen == NOW


def test_a_store_of_the_first_schema_is_brought_up_to_date_with_all_that_is_in_it(
    tmp_path: Path,
) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1"))])
        before = store.kept()
    write_as_of("0001", tmp_path / "a.db", tmp_path / "old.db")
    with open_store(tmp_path, name="old.db") as store:
        assert store.kept() == before
        assert store.corrections.all() == []
        assert not store.stories.is_settled()  # what was stored before is due to be joined


def write_as_of(revision: str, database: Path, old: Path) -> None:
    """Make a database of an old schema with what is in a new one."""
    engine = create_engine(f"sqlite:///{old}")
    config = Config()
    config.set_main_option("script_location", str(script().dir))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    with sqlite3.connect(old) as raw:
        raw.execute("ATTACH ? AS new", [str(database)])
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
        for (table,) in raw.execute(tables).fetchall():
            names = ", ".join(columns(old, table))
            raw.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new.{table}")


def test_a_store_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "a.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"schema 9999.*newer version: upgrade"):
        open_store(tmp_path)
    with sqlite3.connect(tmp_path / "a.db") as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as raw:
        raw.execute("CREATE TABLE feed (mine TEXT)")
    with pytest.raises(StoreError, match="feed already exists"):
        open_store(tmp_path)
    with sqlite3.connect(tmp_path / "a.db") as raw:
        tables = raw.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("feed",)]
