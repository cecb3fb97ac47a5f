"""What is new, changed or only named anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.changes import Known, find_changes, fingerprint, tame, title_key
from aggregator.models import Entry, Media

NOW = datetime(2026, 3, 6, tzinfo=UTC)
ONE = Entry("1", "Closer", "https://b.example/1", "<p>Words</p>")
TWO = Entry("2", "Hurt", "https://b.example/2", "<p>Other</p>")


def stored(*entries: Entry) -> list[Known]:
    return [Known.of(e.id, e.link, e.title, fingerprint(e)) for e in entries]


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
