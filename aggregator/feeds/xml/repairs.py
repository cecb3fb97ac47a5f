"""Bounded repairs that make ill-formed XML well-formed, from the harmless to the bold.

Each takes a text that begins with its root element and gives a text; whether it helped is
asked of the strict gate. None looks at more than the text once or twice.
"""

import re
from collections.abc import Callable, Iterator
from html.entities import html5
from xml.parsers import expat

from aggregator.feeds.xml.names import MODULES

_REFERENCE = re.compile(r"&(?:(#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});)?")
_TAG = re.compile(
    r"<(/?)([A-Za-z_][\w:.-]{0,60})((?:\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+|/)?)>|<(?![!?])"
)
_ENTRY = frozenset(("item", "entry"))
_END = re.compile(r"</(?:[a-z]{1,20}:)?(?:item|entry)\s{0,9}>", re.IGNORECASE)
_TEXT_TAG = re.compile(
    r"(<(/?)((?:[a-z]{1,20}:)?(?:description|summary|encoded|title))(?:\s[^<>]{0,300})?(?<!/)>)",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][A-Za-z0-9_.-]{0,30}):[A-Za-z_]")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][A-Za-z0-9_.-]{0,30})\s?=")
_MEANING = re.compile(r"(?<=\sxmlns)(:[\w.-]{1,31})?=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}')")
_OPENING = re.compile(r"<([^\s/<>]{1,60})")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_MOST_PREFIXES = 50
_DEEPEST = 256


def repaired(text: str) -> Iterator[str]:
    """The text after ever bolder repairs, each with those before it.

    1. What follows the root goes.
    2. References, bare ``&`` and the spelling of namespaces.
    3. Prefixes that are used without saying what they mean get their usual meaning.
    4. A document that ends too early is closed behind its last whole entry.
    5. HTML that stands unescaped in a text is escaped; start and end tags are paired, and
       an entry that is never closed ends where the next begins.
    """
    whole = _without_tail(text)
    if len(whole) < len(text):
        yield whole
    referring = _outside_cdata(whole, _with_sound_references)
    yield referring
    prefixed = _with_prefixes(referring)
    if prefixed != referring:
        yield prefixed
    if closed := _closed(prefixed):
        yield closed
    yield _outside_cdata(prefixed, lambda marked: _balanced(_escaped(marked)))


def _outside_cdata(text: str, mend: Callable[[str], str]) -> str:
    """Apply a repair to what is markup; a CDATA section without end is none."""
    first, *others = text.split("<![CDATA[")
    pieces = [first]
    for part in others:
        data, closed, rest = part.partition("]]>")
        pieces += (f"<![CDATA[{data}]]>", rest) if closed else ("", part)
    pieces[::2] = mend("\0".join(pieces[::2])).split("\0")
    return "".join(pieces)


def _with_sound_references(marked: str) -> str:
    marked = _MEANING.sub(lambda found: "".join(found.group().split()), marked)
    return _REFERENCE.sub(_reference, marked)


def _reference(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        return found.group() if _is_legal(name) else ""
    if name in _XML_NAMES:
        return found.group()
    characters = html5.get(f"{name};")
    if characters is None:
        return f"&amp;{name};"
    return "".join(f"&#{ord(character)};" for character in characters)


def _is_legal(reference: str) -> bool:
    """Whether XML 1.0 allows the character (section 2.2)."""
    digits = reference[1:]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    in_range = 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return in_range or code in (9, 10, 13)


def _with_prefixes(text: str) -> str:
    """Declare the prefixes that the document uses without saying what they mean."""
    used = set(_PREFIX.findall(text)) - set(_DECLARED.findall(text)) - {"xml", "xmlns"}
    opening = _OPENING.match(text)
    if not used or opening is None:
        return text
    declared = "".join(
        f' xmlns:{prefix}="{MODULES.get(prefix.lower(), f"urn:undeclared:{prefix}")}"'
        for prefix in sorted(used, key=lambda p: (p not in MODULES, p))[:_MOST_PREFIXES]
    )
    return opening.group() + declared + text[opening.end() :]


def _without_tail(text: str) -> str:
    """Cut off what follows the root element: comments of a server, a script, a second feed."""
    opening = _OPENING.match(text)
    end = text.rfind(f"</{opening[1]}") if opening else -1
    bracket = text.find(">", end) if end >= 0 else -1
    return text[: bracket + 1] if bracket >= 0 else text


def _closed(text: str) -> str:
    """The text up to its last whole entry, with what is open there closed; empty if that fails."""
    ends = [found.end() for found in _END.finditer(text)]
    if not ends:
        return ""
    whole = text[: ends[-1]]
    open_elements: list[str] = []
    reader = expat.ParserCreate("utf-8")
    reader.StartElementHandler = lambda name, _: open_elements.append(name)
    reader.EndElementHandler = lambda _: open_elements.pop()
    try:
        reader.Parse(whole.encode("utf-8", "replace"), False)
    except expat.ExpatError:
        return ""
    return whole + "".join(f"</{name}>" for name in reversed(open_elements))


def _balanced(marked: str) -> str:
    """Pair start and end tags: what is not closed ends with what holds it, stray ends go."""
    open_tags: list[str] = []
    pieces: list[str] = []
    at = 0
    for tag in _TAG.finditer(marked):
        ends, name, attributes = tag.groups()
        pieces.append(marked[at : tag.start()])
        at = tag.end()
        if name is None:
            pieces.append("&lt;")
        elif not ends:
            if _local(name) in _ENTRY:
                pieces += _closing(open_tags, lambda other: _local(other) in _ENTRY)
            pieces.append(tag.group())
            if not attributes.endswith("/"):
                open_tags.append(name)
        elif name in open_tags:
            pieces += _closing(open_tags, name.__eq__)
        if not open_tags and pieces:
            break
        if len(open_tags) > _DEEPEST:
            return marked
    rest = marked[at:] if open_tags else ""
    return "".join((*pieces, rest, *(f"</{name}>" for name in reversed(open_tags))))


def _closing(open_tags: list[str], is_last: Callable[[str], bool]) -> list[str]:
    """Close elements from the innermost to the first of that kind; none where there is none."""
    depth = next((n for n in reversed(range(len(open_tags))) if is_last(open_tags[n])), None)
    if depth is None:
        return []
    ends = [f"</{name}>" for name in reversed(open_tags[depth:])]
    del open_tags[depth:]
    return ends


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _escaped(marked: str) -> str:
    """Escape HTML that stands unescaped in a text: its open tags would swallow what follows."""
    first, *rest = _TEXT_TAG.split(marked)
    tags = [tuple(rest[at : at + 4]) for at in range(0, len(rest), 4)]
    pieces = [first]
    for (tag, ends, name, text), following in zip(tags, [*tags[1:], ("",) * 4], strict=False):
        is_whole = not ends and following[1] and following[2] == name and "xhtml" not in tag
        pieces += (tag, text.replace("<", "&lt;") if is_whole else text)
    return "".join(pieces)
