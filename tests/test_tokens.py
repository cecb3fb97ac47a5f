"""Tokens: they say what they were made for, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.newsletter.tokens import TOKEN_LENGTH, Keys, Purpose

OLD, NEW = b"an old key of 16", b"a new key of 16."
KEYS = Keys([OLD], "weekly")


@given(st.integers(0, 2**63 - 1), st.sampled_from(Purpose))
def test_a_token_reads_back_and_has_its_length(number: int, purpose: Purpose) -> None:
    token = KEYS.token(purpose, number)
    assert KEYS.number(purpose, token) == number
    assert len(token) == TOKEN_LENGTH


@given(st.integers(0, 2**32), st.integers(0, TOKEN_LENGTH * 6 - 1))
def test_a_token_with_one_bit_flipped_says_nothing(number: int, bit: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = KEYS.token(Purpose.UNSUBSCRIBE, number)
    place = bit // 6
    other = alphabet[alphabet.index(token[place]) ^ (1 << bit % 6)]
    assert KEYS.number(Purpose.UNSUBSCRIBE, token[:place] + other + token[place + 1 :]) is None


@given(st.text(max_size=60))
def test_no_text_makes_it_raise_or_say_yes(text: str) -> None:
    assert KEYS.number(Purpose.CONFIRM, text) is None


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.BOUNCE])
def test_a_token_serves_its_own_purpose_only(purpose: Purpose) -> None:
    assert KEYS.number(purpose, KEYS.token(Purpose.UNSUBSCRIBE, 1)) is None


def test_a_token_of_another_list_says_nothing() -> None:
    other = Keys([OLD], "monthly")
    assert KEYS.number(Purpose.UNSUBSCRIBE, other.token(Purpose.UNSUBSCRIBE, 1)) is None


def test_a_changed_key_signs_anew_and_the_old_links_still_work() -> None:
    rotated = Keys([NEW, OLD], "weekly")
    old = KEYS.token(Purpose.UNSUBSCRIBE, 9)
    assert rotated.number(Purpose.UNSUBSCRIBE, old) == 9
    assert rotated.token(Purpose.UNSUBSCRIBE, 9) != old
    assert rotated.message_id("2026-W48", 9) == KEYS.message_id("2026-W48", 9)
    assert rotated.digest("a@b.example") == KEYS.digest("a@b.example")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="sixteen"):
        Keys([b"short"], "weekly")
