"""What is new, changed or only named anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.changes import (
    MOST_EDITS,
    Known,
    find_changes,
    fingerprint,
    same_feed,
    tame,
    title_key,
)
from aggregator.models import Entry, Media

NOW = datetime(2026, 3, 6, tzinfo=UTC)
ONE = Entry("1", "Closer", "https://b.example/1", "<p>Words</p>")
TWO = Entry("2", "Hurt", "https://b.example/2", "<p>Other</p>")


def stored(*entries: Entry) -> list[Known]:
    return [
        Known.of(e.id, e.link, e.title, fingerprint(e), e.published, e.updated) for e in entries
    ]


def test_an_unknown_entry_is_new_and_a_known_one_is_not() -> None:
    changes = list(find_changes([ONE, TWO], stored(ONE)))
    assert [(change.entry.id, change.known_as) for change in changes] == [("2", "")]


def test_other_words_are_a_change_of_the_known_entry() -> None:
    edited = replace(ONE, html="<p>Words, corrected</p>")
    [change] = find_changes([edited], stored(ONE))
    assert (change.known_as, change.fingerprint) == ("1", fingerprint(edited))


def test_white_space_case_tags_and_tracking_are_no_edit() -> None:
    image = Media("https://c.example/i.jpg?w=1")
    before = replace(ONE, media=(image,))
    after = replace(
        ONE, title=" CLOSER ", html="<div>words\n</div>", media=(Media(image.url + "&utm=2"),)
    )
    assert fingerprint(before) == fingerprint(after)


def test_another_video_is_an_edit() -> None:
    frame = '<p>Words</p><iframe width="1" src="https://www.youtube.com/embed/{}?rel=0"></iframe>'
    a, b = (replace(ONE, html=frame.format(video)) for video in ("aaaaaaaaaaa", "bbbbbbbbbbb"))
    assert fingerprint(a) != fingerprint(b)
    watch = "https://www.youtube.com/watch?feature=x&v={}"
    c, d = (replace(ONE, media=(Media(watch.format(v * 11)),)) for v in "cd")
    assert fingerprint(c) != fingerprint(d)


def test_ids_that_are_all_issued_anew_make_nothing_new() -> None:
    renamed = [replace(ONE, id="x1"), replace(TWO, id="x2")]
    changes = list(find_changes(renamed, stored(ONE, TWO)))
    assert [(change.entry.id, change.known_as) for change in changes] == [("x1", "1"), ("x2", "2")]


def test_entries_of_one_place_and_title_are_told_apart_after_new_ids() -> None:
    twins = [replace(ONE, id="a"), replace(ONE, id="b", html="<p>Second</p>")]
    renamed = [replace(twin, id=f"new-{twin.id}") for twin in twins]
    changes = list(find_changes(renamed, stored(*twins)))
    assert [change.known_as for change in changes] == ["a", "b"]


def test_an_entry_still_in_the_document_is_not_taken_for_another() -> None:
    twin = replace(ONE, id="0", html="<p>A second post of the same name</p>")
    changes = list(find_changes([twin, ONE], stored(ONE)))
    assert [(change.entry.id, change.known_as) for change in changes] == [("0", "")]


def test_another_title_at_the_same_place_is_new() -> None:
    other = replace(ONE, id="9", title="Another song")
    assert [c.known_as for c in find_changes([other], stored(ONE))] == [""]


def test_a_move_to_new_ids_and_addresses_makes_nothing_new() -> None:
    old = [
        replace(ONE, published=NOW - timedelta(days=n), id=f"{n}", link=f"http://old/{n}")
        for n in range(9)
    ]
    moved = [
        replace(e, id=f"urn:{e.id}", link=f"https://new/{e.id}", html=f"<p>New theme</p>{e.html}")
        for e in old
    ]
    changes = list(find_changes(moved, stored(*old)))
    assert [change.known_as for change in changes] == [entry.id for entry in old]


def test_the_same_words_under_new_ids_addresses_and_dates_are_nothing_new() -> None:
    old = replace(ONE, published=NOW)
    again = replace(ONE, id="x", link="https://c.example/1", published=NOW + timedelta(days=9))
    assert [c.known_as for c in find_changes([again], stored(old))] == ["1"]


def test_numbers_of_a_column_with_one_title_and_address_are_told_apart_by_date() -> None:
    column = Entry("mon", "Video of the day", "https://b.example/", "<p>A</p>", published=NOW)
    tuesday = replace(column, id="tue", html="<p>B</p>", published=NOW + timedelta(days=1))
    assert [c.known_as for c in find_changes([tuesday], stored(column))] == [""]
    corrected = replace(tuesday, published=NOW + timedelta(hours=1))
    assert [c.known_as for c in find_changes([corrected], stored(column))] == ["mon"]


def test_words_that_change_at_every_poll_are_followed_only_so_often() -> None:
    [known] = stored(ONE)
    restless, edited = replace(known, edits=MOST_EDITS), replace(ONE, html="<p>41 readers</p>")
    assert list(find_changes([edited], [replace(known, edits=MOST_EDITS - 1)]))
    assert list(find_changes([edited], [restless])) == []
    dated = replace(edited, updated=NOW)
    assert [c.known_as for c in find_changes([dated], [restless])] == ["1"]
    renamed = replace(edited, id="new", html=ONE.html)
    assert [c.known_as for c in find_changes([renamed], [restless])] == ["1"]


def test_a_document_is_the_same_feed_when_one_known_entry_is_in_it() -> None:
    known = stored(ONE, TWO)
    assert same_feed([TWO, replace(ONE, id="9", title="Other")], known)
    assert same_feed([replace(ONE, id="new")], known)
    assert same_feed([ONE], [])
    assert not same_feed([replace(ONE, id="9", title="Sign in")], known)
    assert not same_feed([], known)


words = st.text(max_size=12)
entries = st.lists(
    st.builds(
        Entry,
        st.text(min_size=1, max_size=3),
        words,
        st.sampled_from(["", "https://b.example/1", "https://b/2"]),
        words,
    ),
    max_size=8,
    unique_by=lambda entry: entry.id,
)


@given(entries)
def test_what_is_stored_is_not_found_again(document: list[Entry]) -> None:
    assert len(list(find_changes(document, []))) == len(document)
    assert list(find_changes(document, stored(*document))) == []


@given(entries, entries)
def test_storing_the_changes_leaves_none(before: list[Entry], after: list[Entry]) -> None:
    table = {entry.id: entry for entry in before}
    for change in find_changes(after, stored(*before)):
        table.pop(change.known_as, None)
        table[change.entry.id] = change.entry
    assert list(find_changes(after, stored(*table.values()))) == []


def test_a_title_key_is_words_only() -> None:
    assert title_key("  “Closer” – NIN!  ") == "closer nin"


def test_a_date_is_shown_where_it_is_plausible() -> None:
    day = timedelta(days=1)
    assert tame(NOW - day, NOW) == NOW - day
    assert tame(NOW + day / 2, NOW) == NOW
    assert tame(NOW + 400 * day, NOW) == NOW
    assert tame(datetime(1970, 1, 1, tzinfo=UTC), NOW) == NOW
    assert tame(None, NOW) == NOW
