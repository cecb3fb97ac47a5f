"""Parts of questions that several tables share: posts as they are read, and which are kept."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, and_, literal, or_, select

from aggregator.models import Kind, Policy
from aggregator.store import schema

_BODIES = ("html", "text", "summary", "content")
_NONE: ColumnElement[Any] = literal([], JSON)


def posts(*, light: bool = False, reasons: bool = True) -> Select[Any]:
    """Everything that `aggregator.store.rows.post_of` needs of posts.

    Args:
        light: leave bodies, media and reasons out; they are read as empty.
        reasons: whether to read the verdicts' reasons.
    """
    entry, verdict, feed = schema.entry.c, schema.verdict.c, schema.feed.c
    columns = [
        literal("").label(column.name)
        if light and column.name in _BODIES
        else _NONE.label(column.name)
        if light and column.name == "media"
        else column
        for column in entry
    ]
    return (
        select(
            *columns,
            verdict.score,
            verdict.kind,
            verdict.language.label("verdict_language"),
            verdict.reasons if reasons and not light else _NONE.label("reasons"),
            verdict.works,
            verdict.videos,
            feed.url.label("feed_url"),
            feed.title.label("feed_title"),
            feed.link.label("feed_link"),
        )
        .join_from(schema.entry, schema.feed)
        .join(schema.verdict)
    )


def kept_by(policy: Policy) -> ColumnElement[bool]:
    """`Policy.keeps` as SQL."""
    verdict = schema.verdict.c
    wanted = [kind.value for kind in policy.kinds if kind is not Kind.LIVE]
    kept = and_(
        verdict.score >= policy.threshold, or_(verdict.kind.is_(None), verdict.kind.in_(wanted))
    )
    live = verdict.kind == Kind.LIVE.value
    return or_(kept, live) if Kind.LIVE in policy.kinds else kept
