"""Which charset a document is in, whatever it or its server claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.decoding import decode, start_of_root, undoubled

SONG = "Björk – Jóga ♫"


def document(text: str, charset: str) -> bytes:
    return f'<?xml version="1.0" encoding="{charset}"?><rss>{text}</rss>'.encode(charset)


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (SONG, "utf-8"),
        ("Música “Olé”", "windows-1252"),
        ("Música", "iso-8859-1"),
        ("Музыка", "koi8-r"),
        ("Музыка", "windows-1251"),
        ("音乐新闻", "gb2312"),
        ("音楽ニュース", "shift_jis"),
        ("音楽ニュース", "euc-jp"),
        ("音楽ニュース", "iso-2022-jp"),
        ("음악", "euc-kr"),
        ("音樂", "big5"),
        (SONG, "utf-16"),
        (SONG, "utf-32"),
        (SONG, "utf-16-le"),
        (SONG, "utf-16-be"),
    ],
)
def test_a_document_is_read_in_the_charset_that_it_declares(text: str, charset: str) -> None:
    assert text in decode(document(text, charset))[0]


def test_the_header_counts_where_the_document_is_silent() -> None:
    assert decode("<rss>Музыка</rss>".encode("cp1251"), "windows-1251")[0] == "<rss>Музыка</rss>"


def test_sound_utf8_is_utf8_whatever_is_claimed() -> None:
    text, problem = decode(SONG.encode(), "ISO-8859-1")
    assert (text, problem) == (SONG, "is UTF-8 although the server says ISO-8859-1")
    claimed = document(SONG, "utf-8").replace(b"utf-8", b"iso-8859-1")
    assert SONG in decode(claimed)[0]


def test_one_bad_byte_is_marked_and_changes_nothing_else() -> None:
    text, problem = decode(document(f"{SONG} BAD", "utf-8").replace(b"BAD", b"\xff"))
    assert f"{SONG} \ufffd" in text
    assert problem == "has bytes that are not utf-8"
    assert f"{SONG} \ufffd" in decode(SONG.encode() + b" \xff")[0]


def test_windows_1252_that_calls_itself_utf8_is_read_as_what_it_is() -> None:
    text, problem = decode("“Olé, olé, olé”".encode("cp1252"), "utf-8")
    assert (text, problem) == ("“Olé, olé, olé”", "is not UTF-8; read as Windows-1252")


@pytest.mark.parametrize("charset", ["utf-7", "x-klingon", "hex", "rot13", "idna", "\x00", "é"])
def test_a_charset_that_no_feed_is_written_in_is_not_believed(charset: str) -> None:
    evil = b"+ADw-script+AD4-"
    assert decode(evil, charset)[0] == evil.decode()


@pytest.mark.parametrize("text", [SONG, "“Olé”", "Ásgeir Ã", "日本 – né", "Motörhead’s €5 œuvre"])
def test_text_encoded_twice_is_repaired(text: str) -> None:
    assert undoubled(_exact(text)) == text


def _exact(text: str) -> str:
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())


def test_a_few_signs_that_look_doubled_in_other_text_are_left_alone() -> None:
    text = "Ã© steht oft für é; schöne Grüße aus Köln, für Übermütige"
    assert undoubled(text) == text


@given(st.text(max_size=200))
def test_repairing_ascii_and_its_own_output_never_fails(text: str) -> None:
    assert len(undoubled(undoubled(text))) <= len(text)


@given(st.binary(max_size=400), st.sampled_from(["", "utf-8", "utf-16", "shift_jis", "big5"]))
def test_any_bytes_decode_to_something(body: bytes, charset: str) -> None:
    text, _ = decode(body, charset)
    assert isinstance(text, str)


@pytest.mark.parametrize(
    "prolog",
    [
        "",
        " \n",
        '<?xml version="1.0"?>\n<!-- a --> <?pi x?>',
        '<!DOCTYPE rss PUBLIC "-//N//DTD" "http://x/y.dtd">',
        '<!doctype rss [<!ENTITY a "<b>"> <!ELEMENT c (d)>\n]>',
        "<!-- -->" * 50_000,
        "<?x y?>" * 50_000,
    ],
)
def test_the_root_is_found_behind_any_prolog(prolog: str) -> None:
    assert start_of_root(prolog + "<rss>") == len(prolog)


@pytest.mark.parametrize("open_end", ["<!--", "<?x", "<!DOCTYPE rss [", "", "<!-- " * 100_000])
def test_a_prolog_without_end_ends_the_search(open_end: str) -> None:
    assert start_of_root(open_end) == 0
