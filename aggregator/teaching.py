"""The story of an editor's corrections, and of judging stored posts again.

::

    post, ruling -> correction -> store; the same posts -> judge -> store    (teach, unlearn)
    stored posts -> judge -> what changes -> store                           (judged_again, write)

Nothing here decides or touches anything itself: `videos` decides, `store` acts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.models import Correction, Kind, Policy, Post, Verdict, Work
from aggregator.store.store import Store
from aggregator.videos.verdict.corrections import Corrections, correction_of, could_be_same
from aggregator.videos.verdict.judge import Judge
from aggregator.videos.works.reading import read_entry

_FEW = 20
"""Of so many corrections it is looked up what they could rule on; of more, all is judged."""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A stored post, judged again.

    Args:
        post: with the verdict it had; its body may be left out.
        after: the verdict it gets now.
    """

    post: Post
    after: Verdict

    @property
    def changed(self) -> bool:
        """Whether readers or the editor would notice: kept or not, kind, works."""
        return _outcome(self.post.verdict) != _outcome(self.after)

    @property
    def differs(self) -> bool:
        """Whether anything at all is different, be it a reason."""
        return self.post.verdict != self.after


class TaughtJudge:
    """A judge that heeds the store's corrections, those made meanwhile elsewhere too.

    Args:
        policy: what the editor wants kept.
        store: holds the corrections.
    """

    def __init__(self, policy: Policy, store: Store) -> None:
        self._policy, self._store = policy, store
        self._mark, self._judge = "", Judge(policy)

    def heeding(self) -> Judge:
        """The judge that heeds all corrections made up to now; to be asked for each document."""
        mark = self._store.corrections.mark()
        if mark != self._mark:
            self._judge, self._mark = _judge(self._policy, self._store), mark
        return self._judge


def teach(
    store: Store, policy: Policy, posts: Iterable[Post], keep: bool, now: datetime
) -> list[Rejudged]:
    """Correct posts.

    Args:
        store: what is known.
        policy: what the editor wants kept.
        posts: the posts in question.
        keep: whether they are to be kept.
        now: when the editor said so.

    Returns:
        These posts and those that are the same, judged again and stored.
    """
    untaught, when = Judge(policy), now.replace(microsecond=0)
    made = [
        correction_of(post.entry, keep, when, untaught.judge(post.entry).score) for post in posts
    ]
    return learn(store, policy, made, now)


def learn(
    store: Store, policy: Policy, corrections: Sequence[Correction], now: datetime
) -> list[Rejudged]:
    """Take corrections in; gives the stored posts they rule on, judged again and stored."""
    store.corrections.put(corrections)
    return _settle(store, policy, corrections, now)


def unlearn(
    store: Store, policy: Policy, corrections: Sequence[Correction], now: datetime
) -> list[Rejudged]:
    """Take corrections back; gives the posts they ruled on, judged again and stored."""
    store.corrections.remove(corrections)
    return _settle(store, policy, corrections, now)


def judged_again(store: Store, policy: Policy, numbers: Iterable[int]) -> Iterator[Rejudged]:
    """Judge stored posts again; nothing is written.

    Args:
        store: what is known.
        policy: what the editor wants kept.
        numbers: of the posts, such as `Store.numbers` gives.
    """
    judge = _judge(policy, store)
    for post in store.numbered(numbers):
        yield Rejudged(_outline(post), judge.judge(post.entry))


def write(store: Store, rejudged: Iterable[Rejudged], now: datetime) -> int:
    """Store new verdicts, batch by batch; gives how many were replaced."""
    return store.judge_again(((item.post, item.after) for item in rejudged), now)


def _settle(
    store: Store, policy: Policy, corrections: Sequence[Correction], now: datetime
) -> list[Rejudged]:
    ruled = Corrections(corrections)
    near = store.numbers() if len(corrections) > _FEW else _near(store, corrections)
    judge = _judge(policy, store)
    rejudged = [
        Rejudged(post, judge.judge(post.entry))
        for post in store.numbered(near)
        if ruled.ruling(read_entry(post.entry)) is not None
    ]
    write(store, [item for item in rejudged if item.differs], now)
    return rejudged


def _near(store: Store, corrections: Sequence[Correction]) -> list[int]:
    return [
        number
        for number, title, link, videos in store.outlines()
        if any(could_be_same(correction, title, link, videos) for correction in corrections)
    ]


def _outline(post: Post) -> Post:
    """A post without its body, of which a whole store's would fill the memory."""
    return replace(post, content="", entry=replace(post.entry, html="", text="", summary=""))


def _judge(policy: Policy, store: Store) -> Judge:
    return Judge(policy, corrections=Corrections(store.corrections.all()))


def _outcome(verdict: Verdict) -> tuple[bool, Kind | None, tuple[Work, ...]]:
    return verdict.keep, verdict.kind, verdict.works
