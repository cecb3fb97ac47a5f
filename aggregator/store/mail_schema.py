"""The tables of the mailing list: who reads, who never again, what was sent to whom."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from aggregator.store.schema import Instant, id_type, metadata, text_column

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", id_type, primary_key=True),
    # Empty once the person was erased; the row stays, so that its number is never given again.
    Column("address", Text),
    Column("folded", Text, unique=True),
    Column("digest", Text, nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("rhythm", Text, nullable=False, server_default="weekly"),
    # Canonical text, so that subscribers with the same wishes can be counted and joined.
    text_column("wishes"),
    Column("paused_until", Instant),
    Column("bounces", Integer, nullable=False, server_default="0"),
    Column("added_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    text_column("source"),
    Column("proof", JSON, nullable=False, server_default="[]"),
)

suppression = Table(
    "suppression",
    metadata,
    # A keyed hash of the address: it survives an erasure and a re-import, and tells nobody whom.
    Column("digest", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

mailing = Table(
    "mailing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("frozen_at", Instant, nullable=False),
    Column("recipients", Integer, nullable=False),
    Column("passed_over", Integer, nullable=False, server_default="0"),
)

letter = Table(
    "letter",
    metadata,
    Column("mailing_id", ForeignKey("mailing.id"), primary_key=True),
    Column("variant", Integer, primary_key=True),
    Column("document", LargeBinary, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("mailing_id", ForeignKey("mailing.id"), primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id"), primary_key=True),
    Column("variant", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Seconds by the database's own clock: senders on two machines may disagree on the time.
    Column("due", BigInteger, nullable=False, server_default="0"),
    text_column("worker"),
    text_column("note"),
    Column("changed_at", Instant, nullable=False),
)

Index(
    "ix_delivery_state_due",
    delivery.c.mailing_id,
    delivery.c.state,
    delivery.c.due,
    delivery.c.subscriber_id,
)
