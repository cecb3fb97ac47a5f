"""Making text XML again: what stands before the root, and faults that feeds often have.

Every repair is one linear pass. The DOCTYPE goes whole, and with it every entity it could
declare: no expansion, no external file, whatever parser comes next.
"""

import re
from collections.abc import Callable, Iterator
from html.entities import html5

_XML_ENTITIES = ("amp", "lt", "gt", "quot", "apos")
_ROOT = re.compile(r"<(?=[a-zA-Z_])")
_DOCTYPE_PART = re.compile(r"[\[\]>]|\"[^\"]*\"|'[^']*'")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,8}|[xX][0-9a-fA-F]{1,7});|([a-zA-Z][a-zA-Z0-9]{0,31});)?")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def document(text: str) -> str:
    """A document from its root element on: junk, XML declaration, comments and DOCTYPE gone.

    Args:
        text: a decoded document.

    Returns:
        Legal XML characters only; empty where no element starts.
    """
    at = _root_start(text)
    return _ILLEGAL.sub("", text[at:]) if at >= 0 else ""


def _root_start(text: str) -> int:
    at = 0
    while 0 <= (at := text.find("<", at)):
        if _ROOT.match(text, at):
            return at
        at = _skipped(text, at)
    return -1


def _skipped(text: str, at: int) -> int:
    """Where the comment, instruction or declaration ends that starts here."""
    for start, end in (("<!--", "-->"), ("<?", "?>")):
        if text.startswith(start, at):
            found = text.find(end, at + len(start))
            return found + len(end) if found >= 0 else len(text)
    if text[at : at + 9].upper() == "<!DOCTYPE":
        return _doctype_end(text, at)
    return at + 1


def _doctype_end(text: str, at: int) -> int:
    depth = 0
    for part in _DOCTYPE_PART.finditer(text, at):
        depth += {"[": 1, "]": -1}.get(part[0], 0)
        if part[0] == ">" and depth <= 0:
            return part.end()
    end = text.find("]>", at)
    return end + 2 if end >= 0 else len(text)


def repaired(text: str) -> str:
    """Repair references: HTML's entities become characters, a bare ``&`` is escaped.

    Character references to what XML forbids go. CDATA sections stay as they are.

    Args:
        text: see `document`.
    """
    return "".join(_outside_cdata(text, lambda part: _REFERENCE.sub(_reference, part)))


def _outside_cdata(text: str, change: Callable[[str], str]) -> Iterator[str]:
    at = 0
    while (start := text.find(_CDATA, at)) >= 0:
        yield change(text[at:start])
        end = text.find(_CDATA_END, start)
        at = end + len(_CDATA_END) if end >= 0 else len(text)
        yield text[start:at]
    yield change(text[at:])


def _reference(found: re.Match[str]) -> str:
    number, name = found.groups()
    if number:
        point = int(number[1:], 16) if number[0] in "xX" else int(number)
        legal = point <= 0x10FFFF and not _ILLEGAL.match(chr(point))
        return found[0].replace("X", "x", 1) if legal else ""
    if name in _XML_ENTITIES:
        return found[0]
    return html5.get(f"{name};", f"&amp;{found[0][1:]}") if name else "&amp;"
