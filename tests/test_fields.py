"""Single fields made sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.fields import address_of, name_of, rebased, whole_number

BASE = "https://blog.example/feed/"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("/x", "https://blog.example/x"),
        ("x y", "https://blog.example/feed/x%20y"),
        ("//cdn.example/x", "https://cdn.example/x"),
        (" https://a.example/\n ", "https://a.example/"),
        ("javascript:alert(1)", ""),
        ("JaVa\tscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("tag:blog.example,2024:1", ""),
        ("http://", ""),
        ("http://[", ""),
        ("https://a.example/" + "x" * 5000, ""),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_absolute_and_of_the_web_or_empty(value: object, address: str) -> None:
    assert address_of(value, BASE) == address


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_text_makes_an_address_fail(value: str, base: str) -> None:
    found = address_of(value, base)
    assert not found or found.lower().startswith(("http://", "https://"))


@given(st.text(max_size=300))
def test_a_name_stands_on_one_line_without_controls(text: str) -> None:
    name = name_of(text)
    assert name.split() == " ".join(name.split()).split()
    assert not any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in name)
    assert name_of(name) == name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("60", 60),
        (" 7 ", 7),
        ("²", None),
        ("٣", None),
        ("-1", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_number_is_plain_digits_in_range(text: str, number: int | None) -> None:
    assert whole_number(text, 1000) == number


def test_relative_addresses_in_html_follow_its_base() -> None:
    html = """<a href="x">1</a> <img src='/y'> <a href="http://z.example/">2</a> href="x" """
    assert rebased(html, "https://b.example/c/") == (
        """<a href="https://b.example/c/x">1</a> <img src='https://b.example/y'> """
        """<a href="http://z.example/">2</a> href="https://b.example/c/x" """
    )
