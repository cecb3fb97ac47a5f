"""A title taken apart: what stands in brackets, before and after its core."""

import re
from dataclasses import dataclass
from html import unescape

from aggregator.videos.names import EDGE, persons
from aggregator.videos.quoting import MARKS, Quoted, find_quoted
from aggregator.videos.tables import words
from aggregator.videos.titles.cues import Token, tokens, words_of

LONGEST = 400

_EARLY = re.compile(
    r"^[^-–—()\[\]]{2,80}[(\[][^()\[\]]{0,30}\b(?:video|audio|visuali[sz]er|mv|clip)[)\]]\s+[-–—]\s",
    re.IGNORECASE,
)
_UNSEEN = "\u200b\u200e\u200f\ufeff"
_SPACE = re.compile(rf"[\s{_UNSEEN}]+")
_ADDRESS = re.compile(r"\(?(?:https?://\S+|\b[\w-]{2,40}\.com\b(?:/\S*)?)\)?")
_BRACKET = re.compile(r"[()\[\]{}（）［］【】]")
_PAIRS = {"(": ")", "[": "]", "{": "}", "（": "）", "［": "］", "【": "】"}
_YEAR = re.compile(r"\b(19[5-9]\d|20[0-4]\d)\b")
_ONLY_YEAR = re.compile(r"\s*(?:19[5-9]\d|20[0-4]\d)\s*\??\s*")
_RANK = re.compile(r"(?:#?\d{1,3}[.):]|(?:no|nr)\.? ?\d{1,3}[.:]?|#\d{1,3})\s+", re.IGNORECASE)
_MAKING = re.compile(
    r"(?:the )?(?:making of|story behind|on the set of) (?=(?!the )[^“\"‘']{2,40}['’]s )",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?:MV|PV|M/V)\s*[_|:·]\s*")
_SEPARATORS = (" - ", " – ", " — ", ": ", " | ")
_REMARK = re.compile(r" (?=[^\s\-–—|/(\[])(?!(?:f(?:ea)?t\b|featuring\b))", re.IGNORECASE)
_STARRED = re.compile(r"\s\*{1,3}[^*]{1,30}\*{1,3}(?=\s|$)")
_SITES = ("YouTube", "Vimeo", "Dailymotion", "TIME", "VEVO")
_SITE = re.compile(rf"\s+[-–—|]\s+(?:{'|'.join(_SITES)})\s*$")
_LOOSE_CREDIT = re.compile(
    r"[\s,(]+(?:official |a )?(?:(?:directed|dir\.?|shot|visuals?|video|film|stop motion)"
    r"\s?by:? +|dir\. +)"
    r"(\S.*)$",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:\b(?:co-)?(?:directed|direct(?:or|ion)s?(?![’'])|dirs?|réal|réalis(?:ation|ateur|atrice|é|ée)|regie|"
    r"regi|regia|reż|reżyseria|dirección|direção|dirigido|ohjaus|režie|yön|yönetmen|режисс[её]р)\b|"
    r"監督|감독)\.?\s*(?:by\b|par\b|von\b|por\b|di\b|av\b)?[\s:.：]*",
    re.IGNORECASE,
)
_CREDIT_END = re.compile(r"[,;|/•]?\s*\b(?:prod|starring|edited|shot|ft|feat)\b|\s[|•–—]\s", re.I)
_VERSION = frozenset(
    "remix mix version edit rework remixed cover acoustic demo pt part vol".split()
)
_GUESTS = frozenset(("feat", "ft", "featuring", "with", "w/"))


@dataclass(frozen=True, slots=True)
class Parts:
    """A title without its frame.

    Args:
        core: what is left when asides, prefixes and suffixes are gone.
        spans: the quoted spans of the core.
        directors: named in an aside or at the end.
        year: stated in an aside.
        framed: whether an aside, prefix or suffix spoke of a video.
        trailing: whether a suffix did.
        early: whether an aside about a video stands before the first dash, as in
            "Song (Official Video) - Artist".
    """

    core: str
    spans: tuple[Quoted, ...] = ()
    directors: tuple[str, ...] = ()
    year: int | None = None
    framed: bool = False
    trailing: bool = False
    early: bool = False


def tidy(title: str) -> str:
    """Give a title on one line, entities decoded twice at the most, 400 characters at most."""
    text = title[: 4 * LONGEST]
    if "&" in text:
        text = unescape(unescape(text))
    if "://" in text or ".com" in text:
        text = _ADDRESS.sub(" ", text)
    return _spaced(text.replace('\\"', '"'))[:LONGEST]


def _spaced(text: str) -> str:
    """Fold white space and signs that nobody sees."""
    if not text.isascii() and any([sign in text for sign in _UNSEEN]):
        text = _SPACE.sub(" ", text)
    return " ".join(text.split())


def take_apart(text: str) -> Parts:
    """Take a tidied title out of its frame."""
    core = _SITE.sub("", text) if text.rstrip().endswith(_SITES) else text
    core, directors, year, framed = _asides(_STARRED.sub("", core) if "*" in core else core)
    core, loose = _loose_credit(core)
    core, prefixed = _without_prefix(core)
    core, suffixed = without_suffix(core)
    core = core.strip(" -–—―|/:;,_~·•*")
    return Parts(
        core,
        tuple(find_quoted(core)),
        directors or loose,
        year,
        framed or prefixed or suffixed,
        suffixed,
        ("(" in text or "[" in text) and _EARLY.match(text) is not None,
    )


def _asides(text: str) -> tuple[str, tuple[str, ...], int | None, bool]:
    """Read and remove what stands in brackets, except what belongs to a name."""
    directors: tuple[str, ...] = ()
    year: int | None = None
    framed = False
    kept: list[str] = []
    last = 0
    for start, end in _brackets(text):
        inner = text[start + 1 : end - 1]
        found = _CREDIT.search(inner)
        stated = _YEAR.search(inner)
        if found and text[start] != "【":
            directors = directors or _credited(inner, found)
        elif not _is_aside(text, start, end, inner):
            continue
        if stated and (found or _ONLY_YEAR.fullmatch(inner) or "video" in inner.casefold()):
            year = year or int(stated.group())
        framed = framed or not _ONLY_YEAR.fullmatch(inner)
        kept += [text[last:start], " "]
        last = end
    if not kept:
        return text, directors, year, framed
    if _REMARK.match(text, last) and any(dash in kept[0] for dash in _SEPARATORS):
        directors = directors or _loose_credit(text[last - 1 :])[1]
        last = len(text)
    return _spaced("".join([*kept, text[last:]])), directors, year, framed


def _brackets(text: str) -> list[tuple[int, int]]:
    """Find outermost bracketed spans outside quotes."""
    spans: list[tuple[int, int]] = []
    closer, start, depth = "", 0, 0
    for found in _BRACKET.finditer(text):
        sign = found.group()
        if not closer:
            closer, start, depth = _PAIRS.get(sign, ""), found.start(), 1
        elif sign == closer:
            depth -= 1
            if not depth:
                spans.append((start, found.end()))
                closer = ""
        elif _PAIRS.get(sign) == closer:
            depth += 1
    if spans and MARKS.search(text):
        quoted = find_quoted(text)
        spans = [
            span for span in spans if not any(q.start < span[0] and span[1] < q.end for q in quoted)
        ]
    return spans


def _is_aside(text: str, start: int, end: int, inner: str) -> bool:
    read = set(words_of(inner))
    if start == 0 and end == len(text):
        return False
    if text[start] in "【［" and start > 0:
        return bool(read & words("titles", "noun")) or not read or inner[-2:] in ("PV", "MV")
    if read & _VERSION and not read & words("titles", "noun"):
        return False
    if text[start] in "[【{［" or read & _GUESTS or read & words("titles", "junk"):
        return True
    return bool(_ONLY_YEAR.fullmatch(inner)) or inner.strip() in ("", "?")


def _credited(inner: str, found: re.Match[str]) -> tuple[str, ...]:
    """Read "Dir. X", "1994, dir by X" or "X, dir."."""
    after = inner[found.end() :]
    named = after if any(char.isalnum() for char in after) else inner[: found.start()]
    ended = _CREDIT_END.search(named)
    return persons(_YEAR.sub("", named[: ended.start()] if ended else named).strip(EDGE + "?"))


def _loose_credit(text: str) -> tuple[str, tuple[str, ...]]:
    said = ". " in text or "by" in text.lower()
    found = _LOOSE_CREDIT.search(text, 3) if said else None
    if not found:
        return text, ()
    ended = _CREDIT_END.search(found.group(1))
    named = found.group(1)[: ended.start()] if ended else found.group(1)
    named = named.strip("\"“”'()[] .")
    told = "dir." in found.group() or named[:1].isupper() or named[:1] in "@"
    if not told or named.casefold().split()[:1] == ["her"]:
        return text, ()
    return text[: found.start()], persons(named) if len(named.split()) <= 6 else ()


def _without_prefix(text: str) -> tuple[str, bool]:
    made = _MAKING.match(text)
    framed = made is not None
    text = text[made.end() :] if made else text
    for _ in range(3):
        ranked = _RANK.match(text) or _TAG.match(text)
        cut = ranked.end() if ranked else _prefix_end(text)
        if not cut or cut >= len(text):
            break
        framed = framed or not ranked
        text = text[cut:].lstrip(EDGE)
    return text, framed


def _prefix_end(text: str) -> int:
    """Find the end of "Watch:", "Video Premiere:" or "Clip - "; 0 when there is none."""
    place = text.find(":", 0, 60)
    if place < 0:
        place = min(
            (at for at in (text.find(" - ", 0, 24), text.find(" | ", 0, 24)) if at > 0), default=-1
        )
    if place <= 0:
        return 0
    read = words_of(text[:place])
    telling = any(word in ("premiere", "videopremiere") for word in read)
    known = words("titles", "prefix")
    if telling and MARKS.search(text, 0, place) is None and text[place] == ":":
        return place + 1
    return place + 1 if read and all(word in known or word.isdigit() for word in read) else 0


def without_suffix(text: str) -> tuple[str, bool]:
    """Cut "Official Video", ": Watch", "MV Teaser" off a title's end, never all of it."""
    nouns, trims = words("titles", "noun"), words("titles", "trim")
    last = words_of(text[text.rfind(" ") + 1 :])
    if last and last[-1] not in nouns and last[-1] not in trims:
        return text, False
    read = tokens(text)
    cut, noun = len(read), False
    while cut > 1 and (read[cut - 1].word in nouns or read[cut - 1].word in trims):
        if not _touches(text, read, cut):
            break
        noun = noun or read[cut - 1].word in nouns
        cut -= 1
    cut = _first_trim(read, cut, nouns)
    if cut == len(read) or not (noun or _set_apart(text, read[cut])):
        return text, False
    return text[: read[cut].start].rstrip(" -–—―|/:;,_~·•(["), noun


def _touches(text: str, read: list[Token], cut: int) -> bool:
    """Tell whether nothing but space lies between the word and what was cut already."""
    end = read[cut].start if cut < len(read) else len(text)
    between = text[read[cut - 1].end : end]
    return MARKS.search(between) is None and ")" not in between


def _first_trim(read: list[Token], cut: int, nouns: frozenset[str]) -> int:
    """Leave a small word with the name when no noun follows ("A - Brand New")."""
    while cut < len(read) and read[cut].word in ("the", "with", "in", "of", "1", "2", "3"):
        cut += 1
    return cut


def _set_apart(text: str, first: Token) -> bool:
    return text[: first.start].rstrip()[-1:] in (":", "|", "—", "–")
