"""Stories: which posts tell of one work."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables; every post already stored is due to be joined."""
    _create_story()
    _create_facets()
    op.create_table(
        "story_member",
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("work", sa.JSON(), nullable=False),
        sa.Column("bonds", sa.JSON(), nullable=False),
        sa.Column("videos", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_story_member_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", "node", name="pk_story_member"),
    )
    op.create_index("ix_story_member_node", "story_member", ["node"])
    op.create_table(
        "story_bond",
        sa.Column("bond", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bond", "node", name="pk_story_bond"),
    )
    op.create_index("ix_story_bond_node", "story_bond", ["node"])
    op.create_table(
        "story_due",
        sa.Column("entry_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_story_due_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_story_due"),
    )
    op.execute("INSERT INTO story_due (entry_id) SELECT entry_id FROM verdict")


def _create_story() -> None:
    op.create_table(
        "story",
        sa.Column("id", _ID, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("merged_into", _ID),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("artist", sa.Text(), server_default="", nullable=False),
        sa.Column("song", sa.Text(), server_default="", nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("videos", sa.Integer(), server_default="0", nullable=False),
        sa.Column("subjects", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_seen", sa.BigInteger()),
        sa.Column("news_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["merged_into"], ["story.id"], name="fk_story_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
        sa.UniqueConstraint("uid", name="uq_story_uid"),
        sa.UniqueConstraint("slug", name="uq_story_slug"),
    )
    op.create_index("ix_story_news_at_id", "story", ["news_at", "id"])
    op.create_index("ix_story_merged_into", "story", ["merged_into"])
    op.create_table(
        "story_node",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("story_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_node_story_id"),
        sa.PrimaryKeyConstraint("node", name="pk_story_node"),
    )
    op.create_index("ix_story_node_story_id", "story_node", ["story_id"])


def _create_facets() -> None:
    op.create_table(
        "facet",
        sa.Column("id", _ID, nullable=False),
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facet"),
        sa.UniqueConstraint("facet", "key", name="uq_facet_facet_key"),
        sa.UniqueConstraint("facet", "slug", name="uq_facet_facet_slug"),
    )
    op.create_table(
        "story_facet",
        sa.Column("story_id", _ID, nullable=False),
        sa.Column("facet_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_facet_story_id"),
        sa.ForeignKeyConstraint(["facet_id"], ["facet.id"], name="fk_story_facet_facet_id"),
        sa.PrimaryKeyConstraint("story_id", "facet_id", name="pk_story_facet"),
    )
    op.create_index("ix_story_facet_facet_id", "story_facet", ["facet_id"])
