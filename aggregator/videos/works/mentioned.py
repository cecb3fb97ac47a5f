"""The names that a post mentions, each with what stands around it.

A name is found by its capitals, or by its script where a script has none. What stands
around it becomes features, from which `cast` tells artists from directors.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from aggregator.videos.names import fold
from aggregator.videos.tables import table, words

_LONGEST = 12_000
_MOST_SPANS = 400
_WINDOW = 4
_STEM = 5
_WORD = re.compile(
    r"[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:[.’'-][^\W\d_\u3040-\u30ff\u3400-\u9fff]+)*\.?"
    r"|[^\s\w\u3040-\u30ff\u3400-\u9fff]"
)
_WIDE = re.compile(
    r"[\u3400-\u9fff々ヶノ]{1,6}[ \u3000](?:[\u3400-\u9fff々]{1,4}|[ァ-ヶー]{1,8}|[ぁ-ん]{2,5})"
    r"|[\u3400-\u9fff々〆]{1,8}[0-9]{1,3}(?![\d月日年時])|[\u3400-\u9fff々〆]{2,8}|[ァ-ヶー]{2,14}(?:[・＝][ァ-ヶー]{1,12}){0,3}|[0-9A-Za-z&.'☆-]{2,24}"
)
_KOREAN = re.compile(r"[\uac00-\ud7af]{2,10}")
_PARTICLES = ("에서", "으로", "은", "는", "이", "가", "을", "를", "의", "와", "과", "도")
_OWNED = re.compile(r"[’'](?:s|S|n?[ıiuü]n|[dt][ae]n?|[yn]?[aeıiuü]|l[ae])$|(?<=[sS])[’']$")
_ARTICLES = frozenset("The El La Los Las Le Les Die Der Das De Os As O A Het Il I Gli".split())
_Token = tuple[str, int, int]
_Span = tuple[int, str, list[str]]
_JOINERS = frozenset("and & et und y e i en och og ja ve и + x a".split())


@dataclass(slots=True)
class Name:
    """A name with all its places.

    Args:
        shown: as the post writes it.
        features: what stands around it, by name.
        places: where it begins in the text.
    """

    shown: str
    features: set[str] = field(default_factory=set)
    places: list[int] = field(default_factory=list)


def names_in(text: str) -> dict[str, Name]:
    """Find the names of a text.

    Args:
        text: the paragraphs, a line each; its first 12,000 characters are read.

    Returns:
        The names by their folded form.
    """
    found: dict[str, Name] = {}
    text = text[:_LONGEST]
    for start, shown, features in _spans(text):
        key = fold(shown)
        if len(key) < 2:
            continue
        name = found.setdefault(key, Name(shown))
        name.features.update(features)
        name.places.append(start)
        if len(found) > _MOST_SPANS:
            break
    return found


def _spans(text: str) -> Iterator[_Span]:
    if not text.isascii() and _KOREAN.search(text):
        yield from _korean(text)
    elif not text.isascii() and re.search(r"[\u3040-\u30ff]", text):
        yield from _wide(text)
    tokens = [(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]
    index = 0
    while index < len(tokens):
        size = _run(text, tokens, index)
        if size:
            yield from _named(text, tokens, index, size)
        index += size or 1


def _run(text: str, tokens: list[_Token], index: int) -> int:
    """Count the tokens of a name that begins at one, small words inside included."""
    if not _capital(tokens[index][0]):
        return 0
    size, glue = 1, words("titles", "glue")
    last = index
    while index + size < len(tokens) and size < 8:
        word, start, _ = tokens[index + size]
        before = tokens[index + size - 1]
        if "\n" in text[before[2] : start] or _owner(before[0]):
            break
        if before[0].endswith(".") and len(before[0]) > 4:
            break
        if _capital(word) or (word.isdigit() and last == index + size - 1):
            last = index + size
        elif not (word.casefold() in glue or word in _JOINERS) or index + size - last > 2:
            break
        size += 1
    return last - index + 1


def _owner(word: str) -> re.Match[str] | None:
    """Find a possessive or a case ending behind an apostrophe."""
    return _OWNED.search(word) if "’" in word or "'" in word else None


def _capital(word: str) -> bool:
    return word[:1].isupper() and not "\uac00" <= word[:1] <= "\ud7af"


def _named(text: str, tokens: list[_Token], index: int, size: int) -> Iterator[_Span]:
    """Yield a run of words as a name, without a sentence's first word, and in its parts."""
    first, last = index, index + size
    opening = words("credits", "not-names")
    while first < last and tokens[first][0].casefold() in opening:
        if last - first > 1 and tokens[first][0] in _ARTICLES:
            yield _one(text, tokens, first, last, ("article",))
        first += 1
    while first < last and not _capital(tokens[first][0]):
        first += 1
    if first >= last:
        return
    joins = [at for at in range(first + 1, last - 1) if tokens[at][0] in _JOINERS]
    yield _one(text, tokens, first, last, ("joined",) if joins else ())
    if last - first > 2 and not joins and (not first or tokens[first - 1][0] in ".!?…:–—"):
        yield _one(text, tokens, first + 1, last, ("led",))
    for start, end in zip([first, *(at + 1 for at in joins)], [*joins, last], strict=True):
        if joins and start < end and _capital(tokens[start][0]):
            yield _one(text, tokens, start, end, ("part",))


def _one(text: str, tokens: list[_Token], first: int, last: int, extra: tuple[str, ...]) -> _Span:
    start = tokens[first][1]
    shown = text[start : tokens[last - 1][2]]
    owned = _owner(shown)
    features = [*extra, f"size{min(last - first, 4)}", *_around(tokens, first, last)]
    if owned:
        shown = shown[: owned.start()]
        features.append("owned")
    if shown.endswith(".") and len(shown) > 3 and shown[-3] != ".":
        shown = shown[:-1]
    if shown.isupper() and len(shown) > 2:
        features.append("capitals")
    return start, " ".join(shown.split()), features


def _around(tokens: list[_Token], first: int, last: int) -> list[str]:
    """Name the words around a name: the nearest themselves, the others by what they speak of."""
    before = [token[0].casefold() for token in tokens[max(0, first - _WINDOW) : first]]
    after = [token[0].casefold() for token in tokens[last : last + _WINDOW]]
    features = [f"<{word[:_STEM]}" for word in before] + [f">{word[:_STEM]}" for word in after]
    features += [f"<~{part}" for word in before for part in parts_of(word)]
    features += [f">~{part}" for word in after for part in parts_of(word)]
    if before:
        features.append(f"<<{before[-1]}")
        features += [f"<<~{part}" for part in parts_of(before[-1])]
        features.append("<<<" + " ".join(word[:7] for word in before[-2:]))
        if before[-1] in ".!?…:":
            features.append("opens")
    else:
        features.append("first")
    if after:
        features.append(f">>{after[0]}")
        features += [f">>~{part}" for word in after[:2] for part in parts_of(word)]
        features.append(">>>" + " ".join(word[:7] for word in after[:2]))
    return features


@lru_cache(maxsize=20_000)
def parts_of(word: str) -> tuple[str, ...]:
    """Give the classes of words (``make``, ``say``, ``other``, …) that a word belongs to."""
    whole, stems = _classes()
    found = set(whole.get(word, ()))
    for size in range(3, min(len(word), 10) + 1):
        found.update(stems.get(word[:size], ()))
    return tuple(sorted(found))


@cache
def _classes() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    whole: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for name in table("parts")["words"]:
        for word in words("parts", name):
            known, form = (stems, word[:-1]) if word.endswith("*") else (whole, word)
            known.setdefault(form, set()).add(name)
    return whole, stems


def _wide(text: str) -> Iterator[_Span]:
    for found in _WIDE.finditer(text):
        start, end = found.span()
        before, after = text[max(0, start - 6) : start], text[end : end + 6]
        features = [
            "wide",
            f"<<{before[-1:]}",
            f"<<<{before[-2:]}",
            f"<<<{before[-3:]}",
            f">>{after[:1]}",
            f">>>{after[:2]}",
            f">>>{after[:3]}",
            f"size{min(len(found.group()), 6)}w",
        ]
        yield start, found.group(), features


def _korean(text: str) -> Iterator[_Span]:
    for found in _KOREAN.finditer(text):
        start, end = found.span()
        before = text[max(0, start - 12) : start].split(" ")[-2:]
        after = text[end : end + 10].split(" ")[:2]
        word = found.group()
        for particle in ("", *_PARTICLES):
            if particle and not (word.endswith(particle) and len(word) > len(particle) + 1):
                continue
            name = word[: len(word) - len(particle)]
            yield (
                start,
                name,
                [
                    "korean",
                    f"pt{particle}",
                    f"<<{' '.join(before)[-4:]}",
                    f"<<<{before[-1] if before[-1] else before[0]}",
                    f">>{after[0] or (after[1] if len(after) > 1 else '')}"[:5],
                    f"size{min(len(name), 6)}k",
                ],
            )
            if particle:
                break
