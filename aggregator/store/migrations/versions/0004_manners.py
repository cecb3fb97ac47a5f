"""What publishers ask for, how long a feed has failed, and hosts that want to be left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("feed", sa.Column("wishes", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("feed", sa.Column("recent", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("feed", sa.Column("failing_since", sa.BigInteger()))
    op.add_column("entry", sa.Column("edits", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rests_until", sa.BigInteger()),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("distrusted_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_host"),
    )
