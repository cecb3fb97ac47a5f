"""Bytes to text: which charset a feed document really is in."""

import codecs
import re

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s?=\s?["']([A-Za-z0-9._:-]{2,40})["']""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Charsets that feeds are written in; UTF-7 and the like can smuggle markup past filters.
_ALLOWED = frozenset(
    """
    utf-8 utf-16 utf-16-le utf-16-be ascii koi8-r koi8-u gb18030 gbk gb2312 big5 euc_kr cp949
    cp1250 cp1251 cp1252 cp1253 cp1254 shift_jis cp932 euc_jp iso2022_jp
    iso8859-1 iso8859-2 iso8859-5 iso8859-7 iso8859-9 iso8859-15
    """.split()
)
# What these labels mean on the web, after the WHATWG Encoding Standard.
_WEB_MEANING = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gbk"}


def decode(body: bytes, charset: str = "") -> tuple[str, str]:
    """Decode a document; what is sound UTF-8 is UTF-8, whatever a header says.

    Args:
        body: the document.
        charset: what the Content-Type header says, empty when it is silent.

    Returns:
        The text, and the problem met in words, empty when there was none. A bad byte
        becomes U+FFFD; it never turns the whole document into another charset.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _forgiving(body[len(bom) :], name)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and "\x00" not in text[:64]:
        declared = _known(charset)
        odd = declared not in ("", "utf-8") and not body.isascii()
        return text, f"is UTF-8 although the server says {charset}" if odd else ""
    return _forgiving(body, _stated(body) or _known(charset) or "cp1252")


def _stated(body: bytes) -> str:
    found = _DECLARED.match(body[:1000])
    return _known(found[1].decode("ascii")) if found else ""


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label.strip("\"' ")).name if label else ""
    except LookupError:
        return ""
    return _WEB_MEANING.get(name, name) if name in _ALLOWED else ""


def _forgiving(body: bytes, name: str) -> tuple[str, str]:
    try:
        return body.decode(name), ""
    except UnicodeDecodeError:
        return body.decode(name, "replace"), f"has bytes that are not {name}"
