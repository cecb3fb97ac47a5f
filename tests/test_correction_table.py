"""Corrections and new verdicts in the store on real SQLite."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from aggregator.models import Correction, Verdict
from aggregator.store.store import Store
from tests.stored import FEED, NOW, entry, judged, open_store, record, verdict

pytestmark = pytest.mark.slow


def correction(ident: str = "1", keep: bool = True, when: datetime = NOW) -> Correction:
    return Correction(
        feed=FEED, id=ident, link="https://b.example/1", title="Tïtle", keep=keep, taught_at=when,
        score=0.25, signals={"title:video": 1.0, "focus:song": 1 / 3}, videos=("youtube:a",),
        sketch=(1, 2, 1 << 31),
    )  # fmt: skip


def test_a_correction_reads_back_as_it_was_written(tmp_path: Path) -> None:
    there = datetime(2026, 11, 18, 1, tzinfo=timezone(timedelta(hours=9)))
    with open_store(tmp_path) as store:
        assert store.corrections.put([correction("2"), correction("1", when=there)]) == 2
    with open_store(tmp_path) as store:
        first, second = store.corrections.all()
    assert (first, second) == (correction("1", when=there), correction("2"))
    assert first.taught_at.tzinfo is UTC


def test_of_two_corrections_of_a_post_the_later_one_stays(tmp_path: Path) -> None:
    older, newer = correction(keep=False), correction(keep=True, when=NOW + timedelta(days=1))
    for pair in ((older, newer), (newer, older)):
        with open_store(tmp_path, name=f"{pair[0].keep}.db") as store:
            for one in pair:
                store.corrections.put([one])
            assert store.corrections.all() == [newer]


def test_what_was_known_already_is_not_counted(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.corrections.put([correction()])
        assert store.corrections.put([correction(), correction("2")]) == 1


def test_a_correction_that_was_removed_is_gone(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.corrections.put([correction("1"), correction("2")])
        store.corrections.remove([correction("1")])
        assert store.corrections.all() == [correction("2")]


def test_every_change_gives_another_mark(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        marks = [store.corrections.mark()]
        store.corrections.put([correction()])
        marks.append(store.corrections.mark())
        store.corrections.put([correction(keep=False)])
        marks.append(store.corrections.mark())
        store.corrections.remove([correction()])
        marks.append(store.corrections.mark())
        assert len(set(marks)) == 4
        assert store.corrections.mark() == marks[-1]


def test_a_crash_among_corrections_leaves_none_of_them(tmp_path: Path) -> None:
    def some() -> Iterator[Correction]:
        yield correction()
        raise ZeroDivisionError

    with open_store(tmp_path) as store:
        with pytest.raises(ZeroDivisionError):
            store.corrections.put(some())
        assert store.corrections.all() == []


def test_outlines_tell_number_title_link_and_videos(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1", "One", "https://b.example/1")), judged(entry("2", "Two"))])
        one, two = store.outlines()
        assert one[1:] == ("One", "https://b.example/1", ("youtube:vSw1tCh9Pc0",))
        assert [one[0], two[0]] == store.numbers()


def test_numbered_posts_come_batch_by_batch_and_missing_ones_are_left_out(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry(str(n))) for n in range(450)])
        found = list(store.numbered([*store.numbers(), 10_000]))
        assert len({post.number for post in found}) == 450
        assert found[0] == store.posts(str(found[0].number))[0]


def made(store: Store) -> list[Verdict]:
    return [post.verdict for post in store.numbered(store.numbers())]


def test_new_verdicts_replace_the_old_ones_and_nothing_else(tmp_path: Path) -> None:
    new = verdict(0.1, None)
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1")), judged(entry("2"))])
        first, second = store.numbered(store.numbers())
        assert store.judge_again([(first, new)], NOW + timedelta(days=1)) == 1
        after, untouched = store.numbered(store.numbers())
        assert after == replace(first, verdict=new)
        assert untouched == second


def test_a_post_that_changed_meanwhile_keeps_its_newer_verdict(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1", "Before"))])
        (before,) = store.numbered(store.numbers())
        newer = judged(entry("1", "After"), verdict(0.7), known_as="1")
        record(store, [newer], now=NOW + timedelta(hours=1))
        assert store.judge_again([(before, verdict(0.1, None))], NOW) == 0
        assert made(store) == [verdict(0.7)]


def test_an_interruption_leaves_whole_batches(tmp_path: Path) -> None:
    new = verdict(0.1, None)
    with open_store(tmp_path) as store:
        record(store, [judged(entry(str(n))) for n in range(450)])
        posts = list(store.numbered(store.numbers()))

        def stopped() -> "Iterator[tuple[object, Verdict]]":
            for number, post in enumerate(posts):
                if number == 430:
                    raise KeyboardInterrupt
                yield post, new

        with pytest.raises(KeyboardInterrupt):
            store.judge_again(stopped(), NOW)  # type: ignore[arg-type]
        assert made(store).count(new) == 400
        assert len(made(store)) == 450
