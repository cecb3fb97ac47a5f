"""Opening the database: the engine with safe settings, and its schema brought up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from aggregator.errors import StoreError
from aggregator.store.schema import REVISION


def open_engine(url: str, *, durable: bool = False) -> Engine:
    """Open the database and bring its schema up to date.

    Args:
        url: SQLAlchemy URL; SQLite for one machine.
        durable: on SQLite wait at every commit until the disk has it: what was promised to
            a subscriber or a mail server must outlive a power cut, what a feed said comes again.

    Returns:
        An engine whose transactions on SQLite take the write lock at once, so that two
        processes wait for each other instead of failing half way.

    Raises:
        StoreError: it can't be opened, is no database, or was written by a newer program.
    """
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(f"the database address can't be used: {error}") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, "FULL" if durable else "NORMAL")
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError):
            raise StoreError(f"the store {engine.url} can't be opened: {error.orig}") from error
        raise
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all of it or nothing.

    Raises:
        StoreError: the database failed.
    """
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and waits for no writer.

    Raises:
        StoreError: the database failed.
    """
    with _translated(), engine.execution_options(read_only=True).connect() as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the store failed: {error.orig}") from error


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def settle(dbapi_connection: object, record: object) -> None:
        dbapi_connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = dbapi_connection.cursor()  # type: ignore[attr-defined]
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails with "locked" at once.
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _upgrade(connection: Connection) -> None:
    found = _revision(connection)
    if found == REVISION:
        return
    from alembic import command  # noqa: PLC0415 - slow to import, needed once per schema
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"the store has schema {found}, which this program does not know; "
            "it was written by a newer version: upgrade the program"
        )
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
