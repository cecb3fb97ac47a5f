"""The tables: what a feed said, what we judged, and what we remember of each feed.

Times are whole seconds since 1970 in UTC, because SQLite drops time zones silently.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

REVISION = "0007"


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as whole seconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware time into seconds; a naive one is a bug and raises."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time for the store: {value!r}")
        return int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn seconds into an aware time."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

id_type = BigInteger().with_variant(Integer, "sqlite")


def text_column(name: str) -> Column[str]:
    """A text that is never NULL, empty by default."""
    return Column(name, Text, nullable=False, server_default="")


setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("id", id_type, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    text_column("title"),
    text_column("link"),
    text_column("format"),
    text_column("language"),
    text_column("address"),
    text_column("etag"),
    text_column("last_modified"),
    Column("validated_at", Instant),
    text_column("body_hash"),
    Column("wishes", JSON, nullable=False, server_default="{}"),
    Column("recent", JSON, nullable=False, server_default="[]"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", Instant),
    text_column("moved_to"),
    Column("moved_since", Instant),
    Column("polled_at", Instant),
    Column("next_poll", Instant, index=True),
    text_column("next_reason"),
    Column("status", Text, nullable=False, server_default="new"),
    text_column("error"),
    Column("problems", JSON, nullable=False, server_default="[]"),
)

host = Table(
    "host",
    metadata,
    Column("name", Text, primary_key=True),
    Column("rests_until", Instant),
    text_column("why"),
    Column("distrusted_until", Instant),
)

entry = Table(
    "entry",
    metadata,
    Column("id", id_type, primary_key=True),
    Column("feed_id", ForeignKey("feed.id"), nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("uid", Text, nullable=False, unique=True),
    text_column("title"),
    Column("link", Text, nullable=False, server_default="", index=True),
    text_column("html"),
    text_column("text"),
    text_column("summary"),
    text_column("author"),
    Column("tags", JSON, nullable=False, server_default="[]"),
    text_column("language"),
    Column("published", Instant),
    Column("updated", Instant),
    Column("media", JSON, nullable=False, server_default="[]"),
    text_column("content"),
    Column("fingerprint", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("edits", Integer, nullable=False, server_default="0"),
    UniqueConstraint("feed_id", "entry_id"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("entry_id", ForeignKey("entry.id"), primary_key=True),
    Column("score", Float, nullable=False),
    Column("kind", Text),
    text_column("language"),
    Column("reasons", JSON, nullable=False),
    Column("works", JSON, nullable=False),
    Column("videos", JSON, nullable=False),
    Column("judged_at", Instant, nullable=False),
)

correction = Table(
    "correction",
    metadata,
    Column("id", id_type, primary_key=True),
    # Not the entry's number: an editor's word can come from elsewhere, before the post does.
    Column("feed", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    text_column("link"),
    text_column("title"),
    Column("keep", Boolean, nullable=False),
    Column("taught_at", Instant, nullable=False),
    Column("score", Float, nullable=False),
    Column("signals", JSON, nullable=False),
    Column("videos", JSON, nullable=False),
    Column("sketch", JSON, nullable=False),
    UniqueConstraint("feed", "entry_id"),
)

Index("ix_entry_first_seen_id", entry.c.first_seen, entry.c.id)
