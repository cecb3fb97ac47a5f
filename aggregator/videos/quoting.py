"""Quoted spans in the quote systems of the world, found in one pass."""

import re
from dataclasses import dataclass

# Begun by a set of characters, so that a search leaps to those; two apostrophes are one mark.
MARKS = re.compile(r"[\"“”„‟«»‹›‘’‚'`´「」『』《》〈〉＂＇′″](?:(?<=')')?")

_CLOSERS = {
    "“": '”"″“＂',
    "„": '“”"‟″',
    "‟": '”"',
    "”": "”",
    '"': '"”″',
    "＂": "＂",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "‘": "’'′‘",
    "‚": "‘’",
    "'": "'’",
    "’": "′’'",
    "＇": "＇",
    "`": "'`´",
    "´": "´",
    "''": "''",
}
_SINGLE = frozenset("‘'’`´‚")
_APOSTROPHES = frozenset("'’‘′")
_LONGEST = 120
_NEAREST_MARKS = 10


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted span.

    Args:
        text: what stands between the quotes, trimmed.
        start: offset of the opening quote.
        end: offset after the closing quote.
        mark: the opening quote.
    """

    text: str
    start: int
    end: int
    mark: str


def find_quoted(text: str) -> list[Quoted]:
    """Find quoted spans of at most 120 characters, left to right, none inside another.

    An apostrophe closes nothing and opens nothing; a dropped final g ("Choosin’ Texas")
    does not close when a better closing quote follows.

    Args:
        text: plain text of any length; the time is linear in it.
    """
    marks = [(found.start(), found.group()) for found in MARKS.finditer(text)]
    spans: list[Quoted] = []
    index = 0
    while index < len(marks):
        closing = _closing(text, marks, index)
        if closing is None:
            index += 1
            continue
        start, mark = marks[index]
        end, end_mark = marks[closing]
        inner = text[start + len(mark) : end].strip(" ,\u00a0\u202f")
        if inner:
            spans.append(Quoted(inner, start, end + len(end_mark), mark))
        index = closing + 1
    return spans


def _closing(text: str, marks: list[tuple[int, str]], index: int) -> int | None:
    start, mark = marks[index]
    closers = _CLOSERS.get(mark)
    if closers is None or not _may_open(text, start, mark):
        return None
    candidate = None
    for other in range(index + 1, min(index + _NEAREST_MARKS, len(marks))):
        place, sign = marks[other]
        if place - start > _LONGEST:
            break
        if candidate is not None and sign in '‘“"「':
            break
        if sign not in closers or not _may_close(text, place, sign, mark):
            continue
        if mark not in _SINGLE or not _drops_g(text, place):
            return other
        candidate = other if candidate is None else candidate
    return candidate


def _may_open(text: str, place: int, mark: str) -> bool:
    after = text[place + len(mark) : place + len(mark) + 1]
    if not after or (after.isspace() and mark in "'’`´"):
        return False
    if (
        mark in "'’"
        and text[place + 1 : place + 3].isdigit()
        and text[place + 3 : place + 4] != " "
    ):
        return False
    if mark in _SINGLE or mark == "''":
        before = text[place - 1 : place]
        return not before.isalnum() or (mark == "‘" and before > "⺀")
    return True


def _may_close(text: str, place: int, sign: str, mark: str) -> bool:
    if sign not in _APOSTROPHES:
        return True
    after = text[place + 1 : place + 2]
    before = text[place - 1 : place]
    if after.isalnum() and after < "⺀":
        return False
    return mark != "'" or not before.isspace()


def _drops_g(text: str, place: int) -> bool:
    return text[place - 2 : place].casefold() == "in" and text[place + 1 : place + 2] == " "
