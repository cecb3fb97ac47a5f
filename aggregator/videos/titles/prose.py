"""Songs and artists in running text: quoted songs, and who stands beside them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from aggregator.videos.names import EDGE, QUOTES, clean
from aggregator.videos.quoting import Quoted, find_quoted
from aggregator.videos.tables import words
from aggregator.videos.titles.headlines import bare, is_possessive, name_ending, name_run, owner_of
from aggregator.videos.titles.wide_prose import wide_artist, wide_speech

VIDEO_WORD = re.compile(
    r"\b(?:video|videos|clip|videoclip|vidéo|vídeo|clipe|musikvideo|teledysk\w*|klip\w*|videoklip\w*|"
    r"mv|pv|visuali[sz]er|musiikkivide\w*|musikkvide\w*|promo|musicvideo\w*|clips|filmpje)\b|"
    r"ミュージックビデオ|MV|映像|뮤직비디오|뮤비|MV|клип\w*",
    re.IGNORECASE,
)
_SMALL_VIDEO_WORD = re.compile(VIDEO_WORD.pattern.lower())
_RECORD_BEFORE = re.compile(
    r"(?:\b(?:album|LP|EP|debut|mixtape|record|disque|disco|álbum|Platte|plaat|płyt\w+|skiva|levy\w*|"
    r"film|movie|series|show|book|novel|magazine|tour|platen|albumet|debutalbum)|앨범|アルバム|盤)\W{0,3}$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\W{0,2},? (?:made |done |shot |directed )?"
    r"(?:by [^\W\d_a-z][^,.;:()“”\"\n]{2,40}? )?for (?=[^\W\d_a-z])|"
    r"\W{0,3}(?:\(\d{4}\) )?,? ?(?:(?:the |a |la |le |el |der |das |die )?"
    r"(?:new |latest |nouveau |neue |nuevo )?"
    r"(?:single|song|track|clip|video|titre|tema|sencillo|singel|singiel|brano|nummer) )?"
    r"(?:by|von|par|de|di|van|av|af|od|por|from|da|do|zespołu|del|dei|degli|des|du|fra|från|группы|от|"
    r"grupy|duetu|för|für|dla|for|pour|voor|für die|der Gruppe|der Band|kapely|skupiny|dari|"
    r"w wykonaniu|de la|των|της|του|гурту|групи)\s+"
    r"(?:the band |the singer |the rapper |the duo |banda |grupo |groupe \w+ |cantora |"
    r"bandet |gruppen |zespołu |der Band |het |kapely |os |las |"
    r"los |grupy |duetu |duo )?(?=[^\W_])"
    r"|\W{0,2}\bd[’'](?=[^\W\d_])"
    r"|\W{0,2}, (?=[^\W\d_a-z][^,.;:!?()\n]{1,40}, (?:19|20)\d\d\b)"
)
_SMALL = re.compile(r"the [^\s.,;:!?()]{2,20}(?: [^\s.,;:!?()]{2,20}){0,2}(?=[.,;:!?()\n]|$)")
_MOST_SPANS = 60


@dataclass(frozen=True, slots=True)
class Mention:
    """A song that running text quotes.

    Args:
        song: as written.
        artist: who stands beside it, empty when nobody does.
        weight: how much speaks for its being what the post is about.
        paragraph: the paragraph's index.
        record: whether an album's or film's word stands before it.
        bond: how firmly its place binds the artist to the song, 0 to 2.2.
    """

    song: str
    artist: str
    weight: float
    paragraph: int
    record: bool = False
    bond: float = 0.0


def video_words(text: str) -> list[int]:
    """List where a text speaks of videos.

    Args:
        text: running text.
    """
    low = text.lower()
    words, read = (_SMALL_VIDEO_WORD, low) if len(low) == len(text) else (VIDEO_WORD, text)
    return [found.start() for found in words.finditer(read)]


def mentions(paragraphs: Sequence[str]) -> list[Mention]:
    """Find quoted songs in running text.

    Args:
        paragraphs: the post's own paragraphs, in order.
    """
    found: list[Mention] = []
    for place, paragraph in enumerate(paragraphs[:60]):
        for span in find_quoted(paragraph[:8000]):
            mention = _mention(paragraph, span, place)
            if mention:
                found.append(mention)
        if len(found) > _MOST_SPANS:
            break
    return found


def _mention(text: str, span: Quoted, place: int) -> Mention | None:
    size = len(span.text.split())
    if size > 8 or len(span.text) > 70 or not any(char.isalnum() for char in span.text):
        return None
    before, after = text[max(0, span.start - 90) : span.start], text[span.end : span.end + 60]
    song = clean(span.text.rstrip(",."))
    if not song:
        return None
    weight = 1.0 if place > 1 else 1.3
    record = _RECORD_BEFORE.search(before) is not None
    if record:
        weight -= 0.9
    if VIDEO_WORD.search(before[-45:]) or VIDEO_WORD.search(after[:30]):
        weight += 0.9
    if _speaks(span.text, size, before, after):
        weight -= 1.2
    artist, bond = artist_beside(before, after)
    return Mention(song, artist, weight, place, record, bond)


def _speaks(said: str, size: int, before: str, after: str) -> bool:
    """Tell a quotation of speech or a single stressed word from a title."""
    if said[:1] > "\u2e80":
        return wide_speech(said, after)
    if said[:1].islower():
        return True
    if said[-1] in ".,…?" or before.rstrip()[-1:] == ":":
        return size > 1
    return size > 4 and after.lstrip()[:1] in (",", "")


def artist_beside(before: str, after: str) -> tuple[str, float]:
    """Find the artist right before ("X’s") or right behind ("by X") a quoted song.

    Returns:
        The name and how firmly its place binds it to the song; empty and 0 when there is none.
    """
    parts = before.split()
    end = len(parts)
    while end and bare(parts[end - 1]) in words("titles", "link") and len(parts) - end < 6:
        if parts[end - 1][-1:] in ".!?;":
            break
        end -= 1
    if end and is_possessive(parts[end - 1].strip("()[],")):
        owner = _plausible(clean(name_ending(parts, end - 1, prose=True)))
        return owner, _BOUND if owner else 0.0
    found = _BY.match(after)
    if found:
        behind = after[found.end() :].removeprefix("the ")
        name = _leading_run(behind.split()) or _small_name(after[found.end() :])
        if name:
            return name, _BOUND
    wide = wide_artist(before) if not before.isascii() else ""
    if wide:
        return wide, _BOUND
    name, bond = _adjacent(parts, before)
    return (name, bond) if name else (_bracketed(after), 0.8)


def _bracketed(after: str) -> str:
    """Take the artist in "“S” (Foxes, dir. Jo Doe)", where nobody stands before."""
    found = re.match(r"\s*\(([^(),]{2,40})(?:,[^()]{0,60})?\)", after)
    if not found or found.group(1)[:1].isdigit():
        return ""
    return _leading_run(found.group(1).split())


def _small_name(after: str) -> str:
    """Take "the sugar ghosts" in posts that write all in small letters."""
    found = _SMALL.match(after)
    return found.group().strip() if found else ""


def _leading_run(parts: list[str]) -> str:
    """Take the capitalised run that words start with."""
    kept: list[str] = []
    glue = words("titles", "glue")
    for word in parts[:8]:
        core = word.strip('“”"‘’«»()[]*').rstrip(".,;:!?…)”\"'’")
        upper = (
            core[:1].isupper() or core[:1].isdigit() or not core[:1].isalpha() or core[:1] > "⺀"
        )
        if not core or not (upper or (kept and core in glue)):
            break
        kept.append(core.removesuffix("’s").removesuffix("'s"))
        if (word[-1] in ".,;:!?)…" and not (word[-1] == "." and len(word) < 4)) or word.endswith(
            ("’s", "'s")
        ):
            break
    while kept and kept[-1] in glue:
        kept.pop()
    return _plausible(clean(" ".join(kept)))


def _plausible(name: str) -> str:
    folded = name.casefold()
    if folded in words("credits", "not-names") or folded in words("titles", "link"):
        return ""
    return name if len(name) < 60 else ""


def _adjacent(parts: list[str], before: str) -> tuple[str, float]:
    """Take the name that stands directly before the quote ("Foxes – “S”", "Foxes with “S”")."""
    if not parts or before[-1:] in "([":
        return "", 0.0
    last = parts[-1]
    apart = last in _SEPARATING
    if apart:
        parts = parts[:-1]
    elif last[-1:] in ".!?;:)…" or (last[-1:] == "," and not _opens_clause(parts)):
        return "", 0.0
    if not parts or not _starts_name(parts[-1]):
        return "", 0.0
    run = name_run([*parts[:-1], parts[-1].strip(",:–—-")], prose=True)
    name = _plausible(clean(run).strip(QUOTES + EDGE))
    return name, _adjacency(name, parts, apart or last[-1:] == ",")


def _adjacency(name: str, parts: list[str], apart: bool) -> float:
    """Weigh a name beside a quote: a single word that begins a sentence is rarely one."""
    size = len(name.split())
    if apart or size > 1:
        return 1.9
    opening = len(parts) <= size or parts[-size - 1][-1:] in ".!?…:"
    return 0.4 if opening else 1.2


_SEPARATING = frozenset("- – — : mit with avec con med met z com".split())
_BOUND = 2.2
_INTRODUCING = frozenset("was is on were are with und och og et y war var è était fue to".split())


def _opens_clause(parts: list[str]) -> bool:
    """Tell "First: Foxes, “S”" from a list of things: the name must begin its clause."""
    size = len(name_run([*parts[:-1], parts[-1].strip(",")], prose=True).split())
    before = parts[-size - 1 : -size]
    return not before or before[0][-1:] in ".:;!?–—-" or before[0].casefold() in _INTRODUCING


def _starts_name(word: str) -> bool:
    core = word.strip('“”"‘’«»()[]*,')
    first = core[:1]
    if not (first.isupper() or first.isdigit()):
        return False
    folded = core.casefold()
    return not (
        folded in words("credits", "not-names")
        or folded in words("titles", "noun")
        or folded in words("titles", "no-start")
        or (first.isdigit() and len(core) < 3)
    )


_SUFFIXED = re.compile(r"[’'](?:n?[ıiuü]n|[dt][ae]n?|[yn]?[aeıiuü]|l[ae])$")
_CONTRACTED = re.compile(r"(?:I|We|You|He|She|They|It|That|There)[’'][a-z]{1,2}")
_RUN_END = re.compile(r"[.,;:!?…)\]”\"»]+$")


def runs(text: str) -> list[str]:
    """List the capitalised names of a text, possessives and leading small words off.

    A single word that only begins a sentence is no name.

    Args:
        text: running text; its first 4,000 characters are read.
    """
    found: list[str] = []
    run: list[str] = []
    opening = fresh = True
    for word in text[:4000].split():
        core = word.lstrip("(“\"‘«„»›'[")
        end = _RUN_END.search(core)
        core = core[: end.start()] if end else core
        if core[:1].isupper() or (run and (core[:1].isdigit() or core in words("titles", "glue"))):
            if not run:
                opening = fresh
            elif word is not core and word[:1] in '(“"«„':
                found.append(_trimmed(run, opening))
                run, opening = [], False
            suffixed = _SUFFIXED.search(core)
            owned = is_possessive(core) or suffixed is not None
            run.append(core[: suffixed.start()] if suffixed else owner_of(core) if owned else core)
            closes = owned or end is not None or len(run) > 6
        else:
            closes = True
        if closes and run:
            found.append(_trimmed(run, opening))
            run = []
        fresh = end is not None and end.group()[0] in ".!?…:"
    found.append(_trimmed(run, opening))
    return [name for name in found if name]


@cache
def _outer() -> frozenset[str]:
    """Words that no name begins with."""
    return words("titles", "no-start") | words("credits", "not-names")


def _trimmed(run: list[str], opening: bool) -> str:
    """Take small words off both ends of a run of words."""
    first, last = 0, len(run)
    outer = _outer()
    while last > first and not (run[last - 1][:1].isupper() or run[last - 1][:1].isdigit()):
        last -= 1
    while (
        first < last
        and run[first].casefold() in outer
        and not (run[first] in _ARTICLES and last - first > 1)
    ):
        first += 1
    if last - first == 1 and _CONTRACTED.fullmatch(run[first]):
        return ""
    if opening and first == 0 and last == 1 and not (run[0].isupper() and len(run[0]) < 5):
        return ""
    return " ".join(run[first:last])


_ARTICLES = frozenset("The El La Los Las Le Les Die Der Das De Os As Het Οι Η".split())
