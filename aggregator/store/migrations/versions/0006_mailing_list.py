"""The mailing list: subscribers, suppression, mailings and their ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "subscriber",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("folded", sa.Text()),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), server_default="weekly", nullable=False),
        sa.Column("wishes", sa.Text(), server_default="", nullable=False),
        sa.Column("paused_until", sa.BigInteger()),
        sa.Column("bounces", sa.Integer(), server_default="0", nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("proof", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("folded", name="uq_subscriber_folded"),
    )
    op.create_index("ix_subscriber_digest", "subscriber", ["digest"])
    op.create_table(
        "suppression",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_suppression"),
    )
    _create_mailing()


def _create_mailing() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("passed_over", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailing"),
    )
    op.create_table(
        "letter",
        sa.Column("mailing_id", sa.Text(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mailing_id", "variant", name="pk_letter"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name="fk_letter_mailing_id"),
    )
    op.create_table(
        "delivery",
        sa.Column("mailing_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", _ID, nullable=False),
        sa.Column("variant", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailing_id", "subscriber_id", name="pk_delivery"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name="fk_delivery_mailing_id"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name="fk_delivery_subscriber_id"
        ),
    )
    columns = ["mailing_id", "state", "due", "subscriber_id"]
    op.create_index("ix_delivery_state_due", "delivery", columns)
