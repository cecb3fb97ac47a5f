"""Who directed a video, and when it was made, from prose and from credit lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from aggregator.videos.names import EDGE, QUOTES, fold, persons
from aggregator.videos.tables import table, words
from aggregator.videos.works import wide_credits
from aggregator.videos.works.people import name_before, names_after

_LONGEST = 60_000
_MOST_CUES = 60
_LABEL_END = re.compile(
    r"\s*(?:[|•·;\n\t]|\s/\s|\s[–—-]\s|(?<=[a-z)])\.\s|(?<=[&+] \w\w)\.\s|"
    r",? ?\b[A-ZÀ-Þ][\w’' ]{2,30}:)"
)
_COLON = re.compile(r"(?:\s?[/&+]\s?[^\W\d_-]{2,20}){0,3}(?: by)?\s?[:：]\s*(?:by\s+)?|\s[–—-]\s")
_BRACKETED = re.compile(r"\s*(?:by |von |par |por |di |av )?([^()\[\]]{1,80}?)\s*[)\]]")
_APART = re.compile(r"(?: [^\s.,;:!?()]{1,20}){1,5} (?:by|par|por|von|door|av|af|da)(?= )")
_YEARS = re.compile(
    r"\b(19[5-9]\d|20[0-4]\d)(?:[’']s)? (?:\w+ )?(?:music )?(?:video|clip|promo|"
    r"videoclip|vidéo|vídeo|musikvideo|teledysk|klip|clipe|videoklip)\b"
    r"|\b(?:video|clip|promo|videoclip|vídeo|clipe|teledysk|klip)\b,? "
    r"(?:from|of|de|du|aus|von|uit|z|från|del|fra|dated) (19[5-9]\d|20[0-4]\d)\b",
    re.IGNORECASE,
)
_SHEET = re.compile(
    r"^\W{0,3}(artist|artiste|artista|interpret|band|track|song|title|titre|título|titel|tema|year|"
    r"année|jahr|año|ano|anno|label|record label)\s?[:：]\s*(\S.{0,80})$",
    re.IGNORECASE | re.MULTILINE,
)
_YEAR = re.compile(r"\b(19[5-9]\d|20[0-4]\d)\b")
_SHEET_FIELDS = {
    **dict.fromkeys(("artist", "artiste", "artista", "interpret", "band"), "artist"),
    **dict.fromkeys(("track", "song", "title", "titre", "título", "titel", "tema"), "song"),
    **dict.fromkeys(("year", "année", "jahr", "año", "ano", "anno"), "year"),
    **dict.fromkeys(("label", "record label"), "label"),
}


@dataclass(frozen=True, slots=True)
class Credit:
    """A director and the words that say so.

    Args:
        name: as written.
        evidence: the words around.
        sure: False for "X shot it" and the like, which may be said of others too.
    """

    name: str
    evidence: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Credits:
    """What a text states about who made a video.

    Args:
        directors: in the text's order, nobody twice.
        year: the video's year, None when not stated.
        artist: from a line "Artist: …" of a credit sheet, else empty.
        song: from a line "Track: …" or "Song: …", else empty.
        label: from a line "Label: …", else empty.
        self_directed: whether the text says that the artist directed.
    """

    directors: tuple[Credit, ...] = ()
    year: int | None = None
    artist: str = ""
    song: str = ""
    label: str = ""
    self_directed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The directors' names."""
        return tuple(credit.name for credit in self.directors)


def find_credits(paragraphs: Sequence[str]) -> Credits:
    """Find directors and year in text about one video.

    Args:
        paragraphs: plain text; a line break inside one ends a credit line. What stands
            beyond 60,000 characters is not read.

    Returns:
        The credits; fields that the text does not state are empty or None.
    """
    text = "\n".join(paragraphs)[:_LONGEST]
    low = _lowered(text)
    found: dict[str, Credit] = {}
    for credit in _directors(text, low):
        _note(found, credit, text)
    if any(credit.sure for credit in found.values()):
        found = {key: credit for key, credit in found.items() if credit.sure}
    sheet = _sheet(text) if ":" in text or "：" in text else {}
    stated = _YEAR.search(sheet.get("year", ""))
    return Credits(
        tuple(found.values()),
        int(stated.group()) if stated else _video_year(text),
        sheet.get("artist", ""),
        sheet.get("song", ""),
        sheet.get("label", ""),
        any(phrase in low for phrase in _self_phrases()),
    )


def _lowered(text: str) -> str:
    """Lower-case a text without moving its offsets."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _directors(text: str, low: str) -> Iterator[Credit]:
    """Yield every credit in the order of the cues' stems."""
    cues = 0
    for stem, cue in _stems():
        place = low.find(stem)
        while place >= 0 and cues < _MOST_CUES:
            cues += 1
            yield from _at(text, low, place, cue)
            place = low.find(stem, place + len(stem))


@dataclass(frozen=True, slots=True)
class _Stem:
    after: tuple[str, ...]
    before: tuple[str, ...]
    passive: tuple[str, ...]
    weak: tuple[str, ...]
    wide: bool


@cache
def _stems() -> tuple[tuple[str, _Stem], ...]:
    def longest_first(cue: dict[str, list[str]], key: str) -> tuple[str, ...]:
        return tuple(sorted(cue.get(key, ()), key=len, reverse=True))

    return tuple(
        (
            stem,
            _Stem(
                longest_first(cue, "after"),
                longest_first(cue, "before"),
                longest_first(cue, "passive"),
                longest_first(cue, "weak"),
                bool(cue.get("wide")),
            ),
        )
        for stem, cue in table("credits")["stems"].items()
    )


@cache
def _selves() -> frozenset[str]:
    return words("credits", "self")


@cache
def _self_phrases() -> tuple[str, ...]:
    phrases: list[str] = table("credits")["words"]["self-phrase"]
    return tuple(phrases)


def _at(text: str, low: str, place: int, cue: _Stem) -> list[Credit]:
    """Read the credit whose cue stands at a place, if there is one."""
    if cue.wide:
        return _credits(text, place, wide_credits.names_at(text, place))
    if low[place - 1 : place].isalpha():
        place = _word_start(low, place)
    names = _passive(text, low, place, cue) or _after(text, low, place, cue)
    names = names or _before(text, low, place, cue.before)
    if names or not cue.weak:
        return _credits(text, place, names)
    full = [name for name in _before(text, low, place, cue.weak) if " " in name]
    return [replace(credit, sure=False) for credit in _credits(text, place, full)]


def _word_start(low: str, place: int) -> int:
    while place and low[place - 1].isalpha():
        place -= 1
    return place


def _credits(text: str, place: int, names: Sequence[str]) -> list[Credit]:
    if not names:
        return []
    evidence = " ".join(text[max(0, place - 60) : place + 100].split())
    return [Credit(name, evidence) for name in names if name.casefold() not in _selves()]


def _phrase(low: str, place: int, phrases: tuple[str, ...]) -> int:
    """Give the end of the longest phrase that stands at a place, whole words only; else -1."""
    for phrase in phrases:
        if low.startswith(phrase, place):
            end = place + len(phrase)
            if not (phrase[-1].isalpha() and low[end : end + 1].isalpha()):
                return end
    return -1


def _passive(text: str, low: str, place: int, cue: _Stem) -> list[str]:
    """Read "directed, shot and edited by X"."""
    end = _phrase(low, place, cue.passive)
    if end < 0:
        return []
    chain, prepositions = words("credits", "chain"), words("credits", "by")
    cursor = end
    for word in low[end : end + 90].split()[:9]:
        cursor = low.index(word, cursor) + len(word)
        if word.rstrip(":") in prepositions:
            return _label_or_names(text, cursor, colon=word.endswith(":"))
        if word.strip(",") not in chain and word != ",":
            break
    return _passive_apart(text, low, end)


def _passive_apart(text: str, low: str, end: int) -> list[str]:
    """Read "réalisé à Lyon par X": a place or date between, and a full name behind."""
    found = _APART.match(low, end)
    names = names_after(text, found.end()) if found else []
    return names if names and " " in names[0] else []


def _after(text: str, low: str, place: int, cue: _Stem) -> list[str]:
    """Read "directed by X", "director X", "Regie: X"."""
    end = _phrase(low, place, cue.after)
    if end < 0 or _is_other_role(low, place, end):
        return []
    apart = text[place - 1 : place] in "([" or _begins_line(text, place)
    colon = _COLON.match(text, end)
    if text[end - 1] in ":：" or (colon and (apart or colon.group().strip()[-1:] in ":：")):
        place_of_value = end if text[end - 1] in ":：" else colon.end() if colon else end
        return _label_or_names(text, place_of_value, colon=apart)
    bracketed = _BRACKETED.match(text, end) if text[place - 1 : place] in ("(", "[") else None
    if bracketed and bracketed.group(1)[:1] != ",":
        return _in_bracket(bracketed.group(1))
    if bracketed or text[end : end + 1] == ")":
        return name_before(text, place - 1)
    return names_after(text, end) or _noun_after(text, low, place)


def _in_bracket(value: str) -> list[str]:
    """Read "(dir. X)"; an aside of more than names is none."""
    named = _YEAR.sub("", value).strip(EDGE + QUOTES)
    ended = _LABEL_END.search(named)
    named = named[: ended.start()] if ended else named
    names = [name for name in persons(named) if name.casefold() not in words("credits", "by")]
    capitals = any(name[:1].isupper() for name in names)
    names = [name for name in names if not (capitals and name[:1].islower())]
    return [name for name in names if len(name.split()) <= 5 and not _is_aside(name)]


def _is_aside(name: str) -> bool:
    first = name.split(maxsplit=1)[0]
    return first.islower() and len(name.split()) > 2


def _noun_after(text: str, low: str, place: int) -> list[str]:
    """Read "X, the director, …" and "X, Regisseur des Clips"."""
    before = low[max(0, place - 6) : place]
    if (
        before.endswith((", ", ", the ", " der ", " die ", ", le ", ", la ", " de "))
        and "," in before
    ):
        return [name for name in name_before(text, text.rindex(",", 0, place)) if " " in name]
    return []


def _begins_line(text: str, place: int) -> bool:
    lead = text[max(0, text.rfind("\n", 0, place) + 1) : place][-40:].rstrip(" ")
    return not lead.strip(EDGE) or lead[-1] in "•·|│/"


def _is_other_role(low: str, place: int, end: int) -> bool:
    """Tell art directors, directors of photography and the like."""
    before = low[max(0, place - 30) : place].split()[-1:]
    after = low[end : end + 30].split()[:1]
    if before and before[0].strip("-–(*•") in words("credits", "other-before"):
        return True
    if (
        after
        and low[end : end + 1] not in ":："
        and after[0].strip(",.") in words("credits", "other-after")
    ):
        return True
    return low[end : end + 1] in "’'" and low[end : end + 1] != ""


def _label_or_names(text: str, place: int, *, colon: bool) -> list[str]:
    """Read the value of a credit line; without a colon, names in running text."""
    if not colon:
        return names_after(text, place)
    line = text[place : place + 160].lstrip(" ").split("\n", 1)[0]
    ended = _LABEL_END.search(line)
    value = (line[: ended.start()] if ended else line).strip(EDGE + QUOTES + ".")
    if not value or len(value.split()) > 9 or value[0] in ",;":
        return names_after(text, place)
    value = re.sub(r"\s*\([^()]{0,60}\)", "", value)
    return [name for name in persons(value) if len(name.split()) <= 6]


def _before(text: str, low: str, place: int, phrases: tuple[str, ...]) -> list[str]:
    """Read "X directed", "X führte Regie", "the X-directed video"."""
    end = _phrase(low, place, phrases)
    if end < 0:
        return []
    dashed = low[place - 1 : place] == "-"
    names = name_before(text, place - 1 if dashed else place)
    return names


def _note(found: dict[str, Credit], credit: Credit, text: str) -> None:
    """Note a credit once; a surname gives way to the full name."""
    name = credit.name if " " in credit.name else _full_name(credit.name, text)
    key = fold(name)
    for known in found:
        if key == known or known.endswith(key) or key in known:
            return
    for known in [known for known in found if known and known in key]:
        del found[known]
    found[key] = Credit(name, credit.evidence)


def _full_name(surname: str, text: str) -> str:
    """Find the first name that the text gives before a surname elsewhere."""
    place = text.find(" " + surname)
    for _ in range(_MOST_CUES):
        if place < 1:
            break
        first = text[max(0, place - 30) : place].split()[-1:]
        word = first[0].lstrip('(“"‘') if first else ""
        if (
            word[:1].isupper()
            and word.isalpha()
            and word.casefold() not in words("credits", "not-names")
        ):
            return f"{word} {surname}"
        place = text.find(" " + surname, place + 1)
    return surname


def _sheet(text: str) -> dict[str, str]:
    """Read the lines of a credit sheet ("Artist: …", "Year: …"), the first of each."""
    fields: dict[str, str] = {}
    for found in _SHEET.finditer(text):
        field = _SHEET_FIELDS[found.group(1).casefold()]
        fields.setdefault(field, found.group(2).strip(EDGE + QUOTES))
    return fields


def _video_year(text: str) -> int | None:
    """Read "the 1994 video" and "the clip from 1994"; None unless all such agree."""
    if "19" not in text and "20" not in text:
        return None
    years = {found.group(1) or found.group(2) for found in _YEARS.finditer(text)}
    return int(years.pop()) if len(years) == 1 else None
