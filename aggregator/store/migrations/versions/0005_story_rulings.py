"""An editor's rulings on stories, and stories that wait to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("story", sa.Column("untold", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_story_untold", "story", ["untold"])
    op.create_table(
        "story_ruling",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("anchors", sa.JSON(), nullable=False),
        sa.Column("nodes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story_ruling"),
    )
