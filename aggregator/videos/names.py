"""Names as posts write them: cleaning, folding for comparison, splitting persons."""

import re
import unicodedata
from functools import lru_cache

from aggregator.videos.tables import words

EDGE = " \t\n\r\u200b\u200e\u200f\ufeff-–—―|/:;,_~·•*>＿▶►→★☆▼▽■□◆◇●○▲△"
QUOTES = "\"“”„‟«»‹›‘’‚'`´「」『』《》〈〉＂＇′″"

_FEAT = re.compile(r"[\s(\[,]+(?:feat(?:uring)?\b|ft\b|f/|w/|vocals?[:：])\.?[ \w]", re.IGNORECASE)
_GUESTS = ("feat", "ft", "f/", "w/", "vocal")
_PAREN = re.compile(r"\s*[(（\[][^()（）\[\]]{0,80}[)）\]]")
_ASCII_GAPS = {code: None for code in range(128) if not chr(code).isalnum()}
_JOIN_FIRM = re.compile(
    r"\s*(?:,|/|、|;|(?<=[\u3040-\u9fff])[+＋&＆](?=[\u3040-\u9fff]))\s*(?:(?:and|et|und|y|e|i|en|och|og|ja|ve|и)\s+)?"
)
_JOIN_WORD = re.compile(r"\s+(?:and|et|und|y|e|i|a|en|och|og|ja|ve|и|és)\s+")
_JOIN_SIGN = re.compile(r"\s*[&＆]\s*|\s+[+x×]\s+")


def without_guests(text: str) -> str:
    """Cut the guests off a song or artist ("feat. X" and what follows)."""
    if len(text) < 6:
        return text
    lowered = text.lower()
    found = _FEAT.search(text, 1) if any([sign in lowered for sign in _GUESTS]) else None
    return text[: found.start()].rstrip(EDGE + "([") if found else text


def clean(text: str) -> str:
    """Give a name without guests, edge punctuation and unpaired brackets."""
    text = without_guests(text.strip(EDGE)).strip(EDGE)
    for opening, closing in ("()", "[]"):
        if text.count(opening) != text.count(closing):
            text = text.strip(opening + closing + EDGE)
    return text.removesuffix(" '").strip()


def fold(text: str) -> str:
    """Reduce a name to what two writers of it agree on.

    Case, accents, punctuation, spaces, guests and asides in brackets are gone; a name
    that is nothing but those keeps what it has.
    """
    return _fold_name(text) if len(text) <= _LONGEST_NAME else _fold(text)


def _fold(text: str) -> str:
    bare = without_guests(text)
    if "(" in bare or "[" in bare or "（" in bare:
        bare = _PAREN.sub("", bare)
    bare = bare or text
    return folded_text(bare) or bare.strip()


_LONGEST_NAME = 120
_fold_name = lru_cache(maxsize=4096)(_fold)


def folded_text(text: str) -> str:
    """Fold a text of any length so that folded names can be looked for in it."""
    if "&" in text:
        text = text.replace("&", " and ")
    if text.isascii():
        return text.lower().translate(_ASCII_GAPS)
    flat = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    return "".join(filter(str.isalnum, flat))


def persons(text: str) -> tuple[str, ...]:
    """Split a list of names into persons; duos that are one name stay whole.

    ``A and B`` are two; ``A & B`` or ``A + B`` are one when a side is a single word, as
    in "Fleur & Manu", and two when both sides have a first and a last name.
    """
    found: list[str] = []
    for part in _JOIN_FIRM.split(text):
        for name in _JOIN_WORD.split(part):
            found += _signed(name)
    kept = (name.strip(EDGE + QUOTES + ".") for name in found)
    return tuple(dict.fromkeys(name for name in kept if is_known(name)))


def _signed(name: str) -> list[str]:
    sides = [side for side in _JOIN_SIGN.split(name) if side.strip()]
    if len(sides) > 1 and all(len(side.split()) > 1 for side in sides):
        return sides
    return [name]


def is_known(name: str) -> bool:
    """Tell whether a credit names somebody ("TBA", "?" and "unknown" don't)."""
    if name.casefold().strip(" .") in words("credits", "nobody"):
        return False
    return any(char.isalnum() for char in name)
