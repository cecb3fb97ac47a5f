"""The tables of stories: what posts say of works, and what was joined of it."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from aggregator.store.schema import Instant, entry, metadata

_ID = entry.c.id.type

story = Table(
    "story",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False, unique=True),
    # The story that it turned out to be; a redirect is never removed.
    Column("merged_into", ForeignKey("story.id"), index=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("artist", Text, nullable=False, server_default=""),
    Column("song", Text, nullable=False, server_default=""),
    Column("year", Integer),
    Column("posts", Integer, nullable=False, server_default="0"),
    Column("videos", Integer, nullable=False, server_default="0"),
    # Posts about it; a story that posts only list is not published.
    Column("subjects", Integer, nullable=False, server_default="0"),
    Column("first_seen", Instant),
    Column("news_at", Instant),
    # 1 while its posts were joined, but what they tell was not written down yet.
    Column("untold", Integer, nullable=False, server_default="0", index=True),
)
Index("ix_story_news_at_id", story.c.news_at, story.c.id)

node = Table(
    "story_node",
    metadata,
    Column("node", Text, primary_key=True),
    Column("story_id", ForeignKey("story.id"), nullable=False, index=True),
)

member = Table(
    "story_member",
    metadata,
    Column("entry_id", ForeignKey("entry.id"), primary_key=True),
    Column("node", Text, primary_key=True, index=True),
    Column("place", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("work", JSON, nullable=False),
    Column("bonds", JSON, nullable=False),
    Column("videos", JSON, nullable=False),
)

bond = Table(
    "story_bond",
    metadata,
    Column("bond", Text, primary_key=True),
    Column("node", Text, primary_key=True, index=True),
    Column("posts", Integer, nullable=False),
)

# Posts whose verdict is newer than what stories know of them.
due = Table("story_due", metadata, Column("entry_id", ForeignKey("entry.id"), primary_key=True))

facet = Table(
    "facet",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("facet", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("label", Text, nullable=False),
    UniqueConstraint("facet", "key"),
    UniqueConstraint("facet", "slug"),
)

story_facet = Table(
    "story_facet",
    metadata,
    Column("story_id", ForeignKey("story.id"), primary_key=True),
    Column("facet_id", ForeignKey("facet.id"), primary_key=True, index=True),
)

ruling = Table(
    "story_ruling",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    # Posts by feed and id, not by number, with the node they had: it outlives a new reading.
    Column("anchors", JSON, nullable=False),
    Column("nodes", JSON, nullable=False),
)

video_check = Table(
    "video_check",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False, index=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("author", Text, nullable=False, server_default=""),
    Column("thumbnail", Text, nullable=False, server_default=""),
    Column("duration", Integer),
    Column("detail", Text, nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("checked_at", Instant),
    Column("next_check", Instant),
)
Index("ix_video_check_id", video_check.c.id)

video_still = Table(
    "video_still",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    # Empty while the provider has none to give; asked for again after a while.
    Column("jpeg", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
)
