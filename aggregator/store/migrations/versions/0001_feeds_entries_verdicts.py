"""Feeds, entries and verdicts: the first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    _create_feed()
    _create_entry()
    _create_verdict()


def _create_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("id", _ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        _text("title"),
        _text("link"),
        _text("format"),
        _text("language"),
        _text("address"),
        _text("etag"),
        _text("last_modified"),
        sa.Column("validated_at", sa.BigInteger()),
        _text("body_hash"),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        _text("moved_to"),
        sa.Column("moved_since", sa.BigInteger()),
        sa.Column("polled_at", sa.BigInteger()),
        sa.Column("next_poll", sa.BigInteger()),
        _text("next_reason"),
        sa.Column("status", sa.Text(), server_default="new", nullable=False),
        _text("error"),
        sa.Column("problems", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("url", name="uq_feed_url"),
    )
    op.create_index("ix_feed_next_poll", "feed", ["next_poll"])


def _create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("feed_id", _ID, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        _text("title"),
        _text("link"),
        _text("html"),
        _text("text"),
        _text("summary"),
        _text("author"),
        sa.Column("tags", sa.JSON(), server_default="[]", nullable=False),
        _text("language"),
        sa.Column("published", sa.BigInteger()),
        sa.Column("updated", sa.BigInteger()),
        sa.Column("media", sa.JSON(), server_default="[]", nullable=False),
        _text("content"),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_entry_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("feed_id", "entry_id", name="uq_entry_feed_id_entry_id"),
        sa.UniqueConstraint("uid", name="uq_entry_uid"),
    )
    op.create_index("ix_entry_first_seen_id", "entry", ["first_seen", "id"])
    op.create_index("ix_entry_link", "entry", ["link"])


def _create_verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("kind", sa.Text()),
        _text("language"),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("works", sa.JSON(), nullable=False),
        sa.Column("videos", sa.JSON(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_verdict_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_verdict"),
    )
