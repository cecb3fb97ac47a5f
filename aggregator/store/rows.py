"""Values to table rows and back."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from aggregator.models import (
    Entry,
    FeedState,
    Kind,
    Media,
    Policy,
    Post,
    Reason,
    Verdict,
    Video,
    VideoKind,
    Wishes,
    Work,
)

STATE_COLUMNS = tuple(field.name for field in fields(FeedState))
_ENTRY_TEXTS = ("title", "link", "html", "text", "summary", "author", "language")
_ENTRY_TIMES = ("published", "updated")


def entry_row(entry: Entry) -> dict[str, Any]:
    """Columns of `schema.entry` that hold what the feed said."""
    return {
        "entry_id": entry.id,
        **{name: getattr(entry, name) for name in (*_ENTRY_TEXTS, *_ENTRY_TIMES)},
        "tags": list(entry.tags),
        "media": [asdict(medium) for medium in entry.media],
    }


def verdict_row(verdict: Verdict, judged_at: datetime) -> dict[str, Any]:
    """Columns of `schema.verdict`; whether it is kept is the policy's to say."""
    return {
        "score": verdict.score,
        "kind": verdict.kind.value if verdict.kind else None,
        "language": verdict.language,
        "reasons": [asdict(reason) for reason in verdict.reasons],
        "works": [asdict(work) for work in verdict.works],
        "videos": [asdict(video) for video in verdict.videos],
        "judged_at": judged_at,
    }


def state_of(row: Row[Any]) -> FeedState:
    """A row of `schema.feed` as what we remember of that feed."""
    found: dict[str, Any] = {name: row._mapping[name] for name in STATE_COLUMNS}
    wishes: dict[str, Any] = {
        n: tuple(v) if isinstance(v, list) else v for n, v in found.pop("wishes").items()
    }
    return FeedState(**found | {"wishes": Wishes(**wishes), "recent": tuple(found["recent"])})


def state_row(state: FeedState) -> dict[str, Any]:
    """Columns of `schema.feed` that hold what we remember of a feed."""
    row = {name: getattr(state, name) for name in STATE_COLUMNS}
    asked = {field.name: getattr(state.wishes, field.name) for field in fields(Wishes)}
    row["wishes"] = {name: value for name, value in asked.items() if value}
    return row | {"recent": list(state.recent)}


def post_of(row: Row[Any], policy: Policy) -> Post:
    """A row of entry, verdict and feed joined, with prefixed feed columns, as a post."""
    found: Any = row._mapping
    entry = Entry(
        id=found["entry_id"],
        **{name: found[name] for name in (*_ENTRY_TEXTS, *_ENTRY_TIMES)},
        tags=tuple(found["tags"]),
        media=tuple(Media(**medium) for medium in found["media"]),
        feed=found["feed_url"],
        feed_title=found["feed_title"],
    )
    return Post(
        number=found["id"],
        uid=found["uid"],
        entry=entry,
        content=found["content"],
        verdict=_verdict_of(found, policy),
        first_seen=found["first_seen"],
        changed_at=found["changed_at"],
        source=found["feed_title"],
        source_link=found["feed_link"],
    )


def _verdict_of(found: Any, policy: Policy) -> Verdict:
    kind = Kind(found["kind"]) if found["kind"] else None
    return Verdict(
        keep=policy.keeps(found["score"], kind),
        score=found["score"],
        kind=kind,
        language=found["verdict_language"],
        reasons=tuple(Reason(**reason) for reason in found["reasons"]),
        works=tuple(
            Work(**{**work, "directors": tuple(work["directors"])}) for work in found["works"]
        ),
        videos=tuple(
            Video(**{**video, "kind": VideoKind(video["kind"])}) for video in found["videos"]
        ),
    )
