"""What providers said of videos, and stills of our own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "video_check",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("thumbnail", sa.Text(), server_default="", nullable=False),
        sa.Column("duration", sa.Integer()),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("checked_at", sa.BigInteger()),
        sa.Column("next_check", sa.BigInteger()),
        sa.PrimaryKeyConstraint("provider", "id", name="pk_video_check"),
    )
    op.create_index("ix_video_check_status", "video_check", ["status"])
    op.create_index("ix_video_check_id", "video_check", ["id"])
    op.create_table(
        "video_still",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "id", name="pk_video_still"),
    )
