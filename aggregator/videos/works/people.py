"""Persons' names in running text: where one begins and where it ends."""

import re

from aggregator.videos.names import EDGE, QUOTES, is_known
from aggregator.videos.quoting import find_quoted
from aggregator.videos.tables import words

_REACH = 160
_LONGEST_NAME = 5
_WORD = re.compile(r"\S+")
_ENDS = ',;:.!?)]"”»…、。'
_QUOTING = '“"«„‘「『'
_ELIDED = re.compile(r"[cdjlmnstCDJLMNST][’'][a-zà-ÿ]")
_OPENS = "([“\"«„‘'‹*_"
_INITIAL = re.compile(r"(?:[^\W\d_]\.){1,3}|(?:Jr|Sr|St|Mc|Dr|Mr|Ms|Mrs)\.")
_CONTRACTED = re.compile(r"(?:s?he|they|we|i|you|it|that|who)[’'](?:d|s|ve|re|m|ll)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[’']s$|(?<=s)[’']$")
_HANDLE = re.compile(r"@?[\w.]*\w")


def names_after(text: str, place: int) -> list[str]:
    """Read the names that begin at a place, words such as "the French duo" skipped.

    Args:
        text: running text.
        place: offset behind a cue such as "directed by".

    Returns:
        One name per person; empty when no name stands there.
    """
    stretch = text[place : place + _REACH].split("\n", 1)[0]
    found = [word.group() for word in _WORD.finditer(stretch)]
    if len(text) > place + _REACH and found and "\n" not in text[place : place + _REACH]:
        found = found[:-1]
    found = found[_skip_filler(found) :]
    return _read(found) if found and found[0][0] not in _QUOTING else []


def _skip_filler(found: list[str]) -> int:
    filler = words("credits", "filler")
    index = 0
    while index < min(len(found), 9):
        word = found[index].strip(EDGE + QUOTES + "(").casefold()
        nationality = word in filler or word.endswith(("-based", "-born"))
        if word and not nationality:
            break
        if found[index][-1:] in ".;!?":
            return len(found)
        index += 1
    return index


def _read(found: list[str]) -> list[str]:
    """Read names word by word until something is no part of one."""
    names: list[list[str]] = [[]]
    joiners, particles = words("credits", "joiner"), words("credits", "particle")
    for index, raw in enumerate(found):
        word = raw.lstrip(_OPENS)
        if names[-1] and raw != word and raw[0] != "'" and not _nickname(raw):
            break
        bare, ended = _bare(word)
        folded = bare.casefold()
        if folded in joiners and names[-1]:
            if not _goes_on(found, index):
                break
            _join(names, bare, found, index)
            continue
        inner = bool(names[-1]) and folded in particles and _goes_on(found, index)
        if not (_name_like(bare) or inner):
            break
        if not inner and (
            folded in words("credits", "not-names")
            and not ended
            and not (bare.isupper() and len(bare) > 3)
        ):
            break
        names[-1].append(_POSSESSIVE.sub("", bare))
        if _POSSESSIVE.search(bare) or len(names[-1]) > _LONGEST_NAME:
            break
        if ended == "," and _list_goes_on(found, index):
            names.append([])
        elif ended:
            break
    read = (" ".join(name).strip(EDGE + QUOTES + ",") for name in names if name)
    return [name for name in read if is_known(name)]


def _nickname(raw: str) -> bool:
    return raw[0] in '"“' and raw[-1] in '"”'


def _bare(word: str) -> tuple[str, str]:
    """Split a word from the punctuation behind it; an initial keeps its full stop."""
    if _INITIAL.fullmatch(word):
        return word, ""
    bare = word.rstrip(_ENDS + "’'*_")
    ended = word[len(bare) :].lstrip("*_")
    if ended[:1] in ("’", "'") and bare.endswith("s"):
        return bare + ended[0], ended[1:]
    if ended[:1] == "." and len(bare) > 1 and word.endswith((".com", ".tv")):
        return word, ""
    return bare, ended


def _name_like(word: str) -> bool:
    if not word:
        return False
    if _CONTRACTED.fullmatch(word) or _ELIDED.match(word):
        return False
    first = next((char for char in word if char.isalpha()), "")
    if word[0] == "@":
        return _HANDLE.fullmatch(word) is not None
    return bool(first) and not first.islower() and "://" not in word


def _goes_on(found: list[str], index: int) -> bool:
    """Tell whether another name-like word follows soon, particles skipped."""
    for raw in found[index + 1 : index + 4]:
        word, ended = _bare(raw.lstrip(_OPENS))
        if _name_like(word):
            return word.casefold() not in words("credits", "not-names") or bool(ended)
        if ended or word.casefold() not in words("credits", "particle"):
            return False
    return False


def _join(names: list[list[str]], joiner: str, found: list[str], index: int) -> None:
    """Take up "and": a new person, or more of the same name for "&" between single words."""
    following = 0
    for raw in found[index + 1 : index + 5]:
        word, ended = _bare(raw.lstrip(_OPENS))
        if not _name_like(word):
            break
        following += 1
        if ended or _POSSESSIVE.search(word):
            break
    whole = joiner in ("&", "+", "x") and (following < 2 or len(names[-1]) < 2)
    if whole:
        names[-1].append(joiner)
    else:
        names.append([])


def _list_goes_on(found: list[str], index: int) -> bool:
    """Tell "A, B and C" from "directed by A, B does this": the list must reach an "and"."""
    joiners = words("credits", "joiner")
    run = 0
    for raw in found[index + 1 : index + 12]:
        word, ended = _bare(raw)
        if word.casefold() in joiners:
            return 2 <= run <= 6 or (run == 1 and word in ("&", "+"))
        if not _name_like(word) or ended not in ("", ","):
            return False
        run = 1 if ended == "," and run > 3 else run + 1
    return False


def name_before(text: str, place: int) -> list[str]:
    """Read the names that end right before a place, words such as "who also" skipped.

    Args:
        text: running text.
        place: offset of a cue such as "directed the video".
    """
    stretch = text[max(0, place - _REACH) : place].rsplit("\n", 1)[-1]
    for span in reversed(find_quoted(stretch)):
        stretch = f"{stretch[: span.start]} {stretch[span.end :]}"
    found = _without_apposition(stretch.split())
    while found and found[-1].strip(",-–—").casefold() in words("credits", "link") | {""}:
        found.pop()
        if len(stretch.split()) - len(found) > 7:
            return []
    return _read_back(found)


def name_at_start(sentence: str) -> str:
    """Give the full personal name, or two joined, that a sentence begins with; else nothing."""
    kept: list[str] = []
    joiners = words("credits", "joiner") | words("credits", "particle")
    for word in sentence.lstrip(" .–—-:").split()[:9]:
        if word[-1:] in _ENDS or not (_name_like(word) or (kept and word in joiners)):
            break
        if not kept and word.casefold() in words("credits", "not-names"):
            return ""
        kept.append(word)
    while kept and kept[-1] in joiners:
        kept.pop()
    return " ".join(kept) if len(kept) > 1 else ""


def _without_apposition(found: list[str]) -> list[str]:
    """Cut ", the duo from Leeds," between a sentence's first name and its verb."""
    if not found or not found[-1].endswith(","):
        return found
    for index in range(len(found) - 2, max(len(found) - 12, -1), -1):
        if found[index][-1:] in ".!?:;":
            break
        if found[index].endswith(","):
            after = found[index + 1].casefold()
            return found[: index + 1] if after in words("credits", "article") else found
    return found


def _read_back(found: list[str]) -> list[str]:
    joiners, particles = words("credits", "joiner"), words("credits", "particle")
    kept: list[str] = []
    for index in range(len(found) - 1, max(len(found) - 12, -1), -1):
        raw = found[index]
        word, ended = _bare(raw.strip(_OPENS) if raw[:1] in _OPENS else raw)
        folded = word.casefold()
        if ended and ended != ",":
            break
        if ended == "," and kept and not _joined(kept):
            break
        joins = folded in joiners or folded in particles
        if joins and not (kept and index and _name_like(_bare(found[index - 1])[0])):
            break
        if not joins and (not _name_like(word) or folded in words("credits", "not-names")):
            break
        kept.insert(0, _POSSESSIVE.sub("", word) + ("," if ended == "," and kept else ""))
        if raw[:1] in _OPENS:
            break
    while kept and kept[0].casefold() in particles:
        kept.pop(0)
    return _read(kept) if kept else []


def _joined(kept: list[str]) -> bool:
    return any(word.casefold() in words("credits", "joiner") for word in kept)
