"""Bytes to text: which charset a feed document really is in, and where it begins."""

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
# How "<?" or "<r" begins in the wide encodings when a byte order mark is missing.
_WIDE_STARTS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Charsets that feeds are written in; UTF-7 and the like can smuggle markup past filters.
_ALLOWED = frozenset(
    """
    utf-8 utf-16 utf-16-le utf-16-be ascii koi8-r koi8-u koi8-t gb18030 gbk gb2312 big5 big5hkscs
    euc_kr cp949 johab shift_jis cp932 euc_jp iso2022_jp tis-620 kz1048 ptcp154
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp737 cp775 cp850 cp852
    cp855 cp856 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp1125
    iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9
    iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    mac-roman mac-cyrillic mac-greek mac-latin2 mac-turkish
    """.split()
)
_FEW_BAD_BYTES = 3
# UTF-8 read as Windows-1252 once too often: a lead byte and its continuation bytes.
_WINDOWS = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
_SINGLE = codecs.charmap_build(_WINDOWS)
_CONTINUATION = "\x80-\xbf" + "".join(_WINDOWS[0x80:0xA0])
_DOUBLED = re.compile(
    f"[\xc2-\xdf][{_CONTINUATION}]|[\xe0-\xef][{_CONTINUATION}]{{2}}|[\xf0-\xf4][{_CONTINUATION}]{{3}}"
)
# The beginning of the same in UTF-8.
_DOUBLED_BYTES = re.compile(rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5|\xc6|\xcb|\xe2)")
_NO_LEADS = bytes(range(0xC0))
_WIDE_BOMS = tuple(bom for bom, name in _BOMS if name != "utf-8")
_SPACE = re.compile(r"\s*")
_DOCTYPE = re.compile(r"<!doctype[^<>\[]*+(?:\[[^\]]*+\]\s*+)?>", re.IGNORECASE)
# What these labels mean on the web, after the WHATWG Encoding Standard.
_WEB_MEANING = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gbk"}


def decode(body: bytes, charset: str = "") -> tuple[str, str]:
    """Decode a document; what is sound UTF-8 is UTF-8, whatever a header says.

    Args:
        body: the document.
        charset: what the Content-Type header says, empty when it is silent.

    Returns:
        The text, and the problem met in words, empty when there was none. A bad byte
        becomes U+FFFD; only where most of what is not ASCII is bad is UTF-8 given up.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _forgiving(body[len(bom) :], name)
    for start, name in _WIDE_STARTS:
        if body.lstrip(b"\r\n\t ").startswith(start):
            return _forgiving(body, name)
    stated = _stated(body) or _known(charset)
    # ISO-2022-JP is written in ASCII bytes: what a document says of itself counts.
    if stated == "iso2022_jp":
        return _forgiving(body, stated)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _forgiving(body, stated or "utf-8")
    declared = _known(charset)
    odd = declared not in ("", "utf-8") and not body.isascii()
    return text, f"is UTF-8 although the server says {charset[:40]}" if odd else ""


def is_straight(body: bytes, charset: str = "") -> bool:
    """Whether a document may be read as UTF-8 as it stands, if it is that at all.

    It may not where another charset is written in the bytes of ASCII, or where text seems
    to be encoded twice. Arguments as for `decode`.
    """
    return not (
        _may_be_doubled(body)
        or body.startswith(_WIDE_BOMS)
        or (_known(charset) not in ("", "utf-8") and not body.isascii())
        or _stated(body) == "iso2022_jp"
    )


def undoubled(text: str) -> str:
    """Repair a document that was encoded in UTF-8 twice, so that an accent became two signs.

    It is left alone unless most of what is not ASCII in it looks like that.
    """
    if text.isascii() or not _may_be_doubled(text.encode("utf-8", "replace")):
        return text
    try:
        return codecs.charmap_encode(text, "strict", _SINGLE)[0].decode("utf-8")
    except UnicodeError:
        pass  # not all of it was: sign by sign
    doubled = sum(len(found) for found in _DOUBLED.findall(text))
    if doubled * 2 < _foreign(text):
        return text
    return _DOUBLED.sub(_once, text)


def _may_be_doubled(body: bytes) -> bool:
    """Whether enough beginnings of doubled characters are in it; each makes four at most."""
    found = len(_DOUBLED_BYTES.findall(body))
    return bool(found) and found * 8 >= len(body.translate(None, _NO_LEADS))


def _foreign(text: str) -> int:
    """How many characters are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _once(found: re.Match[str]) -> str:
    try:
        return codecs.charmap_encode(found.group(), "strict", _SINGLE)[0].decode("utf-8")
    except UnicodeError:
        return found.group()


def start_of_root(text: str) -> int:
    """Where the first element starts, behind declarations, comments and DOCTYPE."""
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        doctype = _DOCTYPE.match(text, at)
        end = doctype.end() if doctype else -1
        for opening, closing in (("<?", "?>"), ("<!--", "-->")):
            if text.startswith(opening, at) and (found := text.find(closing, at)) >= 0:
                end = found + len(closing)
        if end <= at:
            return at
        at = end


def _stated(body: bytes) -> str:
    found = _DECLARED.match(body[:1000])
    return _known(found[1].decode("ascii")) if found else ""


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label.strip("\"' ")).name if label else ""
    except (LookupError, ValueError):
        return ""
    return _WEB_MEANING.get(name, name) if name in _ALLOWED else ""


def _forgiving(body: bytes, name: str) -> tuple[str, str]:
    try:
        return body.decode(name), ""
    except UnicodeDecodeError:
        text = body.decode(name, "replace")
    bad = text.count("\ufffd")
    if name == "utf-8" and bad >= _FEW_BAD_BYTES and bad * 2 > _foreign(text):
        return body.decode("cp1252", "replace"), "is not UTF-8; read as Windows-1252"
    return text, f"has bytes that are not {name}"
