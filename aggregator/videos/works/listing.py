"""List posts: many works, each with a head of its own and a section of text."""

import re
from dataclasses import dataclass, replace

from aggregator.models import Work
from aggregator.videos.names import EDGE, fold, persons
from aggregator.videos.page.blocks import Block, Body, Role
from aggregator.videos.quoting import find_quoted
from aggregator.videos.tables import words
from aggregator.videos.titles.prose import artist_beside
from aggregator.videos.titles.titles import TitleReading, read_title
from aggregator.videos.works.credits import Credits, find_credits
from aggregator.videos.works.people import name_at_start

MOST_WORKS = 40

_LEAST = 3
_MOST_BLOCKS = 400
_LONGEST_HEAD = 140
_NEAR_QUOTE = 60
_FIRM_ENOUGH = 0.6
_SECTION = 6
_BARE = re.compile(
    r"(?:\W{0,3}\d{1,3}[.):]\s+)?([^,“\"(]{2,50}), ([^,“\"]{2,70}?) \((\d{4})\)(?=\.|$|\s)"
)
_DASHED = re.compile(
    r"(?:\W{0,3}\d{1,3}[.):]\s+)?([^–—“\"„«\n.]{2,50}) [–—-] ([^–—“\"„«.(\n]{2,60}?)"
    r"(?: \(([^()]{1,60})\))?(?:[.:!]\s|$)"
)
_RANK = re.compile(r"\W{0,3}(?:\d{1,3}[.):]\s+)?")
_BILLED = re.compile(r"([^()（）\n]{5,110}?)\s?[(（]([^()（）\n]{2,60})[)）]")
_PAIR = re.compile(r"([^,“\"«„]{2,60}), ([^,“\"«„]{2,50})")
_BESIDE_YEAR = re.compile(r"[\W_]{0,3}\(\s*(?:[^()]{1,40},\s*)?(19[5-9]\d|20[0-4]\d)\s*[,)]")
_ANY_YEAR = re.compile(r"\b(?:19[5-9]\d|20[0-4]\d)\b")
_DATED = re.compile(r"([^\W\d_][^,.;:!?\n]{3,40}), (?:19|20)\d\d\b")
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey) (?:also )?directed\b")
_OWNER = re.compile(r"([^\W\d_][\w.-]+(?: [^\W\d_][\w.-]+){1,2})[’']s ")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_BRACKET = re.compile(r"[(（]([^()（）]{2,60})[)）]")
_YEAR = re.compile(r"[,\s]*\b(?:19[5-9]\d|20[0-4]\d)\b[,\s]*年?")


@dataclass(frozen=True, slots=True)
class _Head:
    """A heading, item or line that names a work, and where it stands."""

    place: int
    row: int
    line: str
    works: tuple[Work, ...]


def listed_works(body: Body, title: TitleReading) -> tuple[Work, ...]:
    """Read a list post: every head that names a work, with the credits of its section.

    Args:
        body: the post's body.
        title: what its title was read as.

    Returns:
        At most 40 works, none when the post is no list.
    """
    blocks = tuple(body.own)
    heads = _heads(blocks)
    if _is_single(title, heads):
        return ()
    expected = any(cue.kind == "list" for cue in title.cues)
    if len(heads) < (_LEAST - 1 if expected or _told(heads, blocks) else _LEAST):
        return ()
    works: list[Work] = []
    sections = [
        _section(blocks, head, following)
        for head, following in zip(heads, [*heads[1:], None], strict=True)
    ]
    dated = [_only_year(section) for section in sections]
    if 2 * sum(year is not None for year in dated) <= len(heads):
        dated = [None] * len(heads)
    for head, section, year in zip(heads, sections, dated, strict=True):
        works += [replace(w, year=w.year or year) for w in _section_works(head, section)]
    return tuple(dict.fromkeys(works))[:MOST_WORKS]


def _is_single(title: TitleReading, heads: list[_Head]) -> bool:
    """Tell a post whose title names another work than its heads do (tour dates, track lists)."""
    named = {fold(work.song) for work in title.works if work.artist and title.confidence >= 0.7}
    return bool(named) and not named & {fold(w.song) for head in heads for w in head.works}


def _told(heads: list[_Head], blocks: tuple[Block, ...]) -> bool:
    """Tell whether the prose quotes the songs that stand in the heads, as in an essay's links."""
    places = {head.place for head in heads}
    prose = "\n".join(b.text for at, b in enumerate(blocks) if at not in places)
    quoted = {fold(span.text) for span in find_quoted(prose[:20_000])}
    return all(
        any(fold(work.song) in song for song in quoted) for head in heads for work in head.works
    )


def _section(blocks: tuple[Block, ...], head: _Head, following: "_Head | None") -> list[str]:
    """Give the text from a head to the next one, which may be a line of the same block."""
    if following is not None and following.place == head.place:
        return blocks[head.place].text.split("\n")[head.row : following.row]
    end = following.place if following else head.place + _SECTION
    first = "\n".join(blocks[head.place].text.split("\n")[head.row :])
    return [first, *(block.text for block in blocks[head.place + 1 : end] if block.text)]


def _only_year(section: list[str]) -> int | None:
    """Give the one year that a section states; None when it states several or none."""
    years = {found.group() for found in _ANY_YEAR.finditer("\n".join(section)[:600])}
    return int(years.pop()) if len(years) == 1 else None


def _section_works(head: _Head, section: list[str]) -> list[Work]:
    found = find_credits(section)
    text = "\n".join(section)
    works = [with_credits(work, found, text) for work in head.works]
    named = _bracketed(head)
    named = named or _blurb_director(head, section)
    if not named and _PRONOUN.search(text):
        named = tuple(work.artist for work in works[:1])
    return [replace(work, directors=work.directors or named) for work in works]


def with_credits(work: Work, found: Credits, text: str) -> Work:
    """Fill in what a text says about a work's directors and year."""
    other = {fold(work.artist), fold(work.song)}
    directors = work.directors or tuple(
        credit.name for credit in found.directors if credit.sure or fold(credit.name) not in other
    )
    if not directors and found.self_directed and work.artist:
        directors = (work.artist,)
    return replace(
        work, directors=directors, year=work.year or found.year or year_beside(work.song, text)
    )


def year_beside(song: str, text: str) -> int | None:
    """Read the year in "“Song” (1994)".

    Args:
        song: the song as written.
        text: where it may stand with its year.
    """
    place = text.find(song) if song else -1
    for _ in range(20):
        if place < 0:
            break
        found = _BESIDE_YEAR.match(text, place + len(song))
        if found:
            return int(found.group(1))
        place = text.find(song, place + len(song))
    return None


def _bracketed(head: _Head) -> tuple[str, ...]:
    """Read the director in ``A – “S” (Jo Doe, 2016)``."""
    found = (_persons_in(bracket.group(1)) for bracket in _BRACKET.finditer(head.line[-90:]))
    return next((names for names in found if names), ())


def _persons_in(bracket: str) -> tuple[str, ...]:
    """Give the persons that a bracket names, when it holds nothing else but a year."""
    names = persons(_YEAR.sub("", bracket))
    return names if names and all(_is_person(name) for name in names) else ()


def _blurb_director(head: _Head, section: list[str]) -> tuple[str, ...]:
    """Read who made it in a blurb that says so by verb only ("Rosa Quill puts the band …")."""
    text = " ".join(section)[len(head.line) :][:300]
    makes, artists = words("credits", "makes"), {fold(work.artist) for work in head.works}
    dated = _DATED.match(text.lstrip(" .–—-:"))
    if dated and _is_person(dated.group(1)) and fold(dated.group(1)) not in artists:
        return (dated.group(1),)
    for sentence in _SENTENCE.split(text)[:4]:
        owner = _OWNER.match(sentence.lstrip(" .–—-:"))
        if owner and fold(owner.group(1)) not in artists and _is_person(owner.group(1)):
            return (owner.group(1),)
        names = name_at_start(sentence)
        behind = sentence.lstrip(" .–—-:")[len(names) :].split()[:1]
        if names and behind and behind[0] in makes and fold(names) not in artists:
            return persons(names)
    return ()


def _is_person(name: str) -> bool:
    parts = name.split()
    if name.isupper() and len(parts) == 1 and len(name) > 3:
        return True
    if any(part in ("&", "+") for part in parts) and len(parts) == 3:
        return parts[0][:1].isupper() and parts[2][:1].isupper()
    known = words("titles", "junk") | words("titles", "trim") | words("credits", "not-names")
    if any(part.casefold().strip(".") in known for part in parts) or name[:1].isdigit():
        return False
    if name[:1] > "\u2e80":
        return len(name) < 12
    return 2 <= len(parts) <= 4 and all(part[:1].isupper() for part in parts)


def _heads(blocks: tuple[Block, ...]) -> list[_Head]:
    """Find the heads of a list: the role that names most works wins."""
    by_role: dict[Role, list[_Head]] = {}
    for place, block in enumerate(blocks[:_MOST_BLOCKS]):
        for row, line in enumerate(block.text.split("\n")[:40]):
            head = _head(place, row, line)
            if head:
                by_role.setdefault(block.role, []).append(head)
    return max(by_role.values(), key=len, default=[])


def _head(place: int, row: int, line: str) -> _Head | None:
    """Read a line as a head: the artist before the song, quoted or after a dash."""
    bare = _BARE.match(line)
    if bare:
        work = Work(bare.group(1).strip(), bare.group(2).strip(), year=int(bare.group(3)))
        return _Head(place, row, bare.group(), (work,)) if _short(work) else None
    billed = _billed(place, row, line)
    if billed:
        return billed
    short = _cut(line)
    dashed = _DASHED.match(line) if not short else None
    short = dashed.group() if dashed else short
    if not short:
        return None
    read = read_title(short)
    if read.confidence < _FIRM_ENOUGH or not read.works or read.grammar.startswith("headline"):
        return None
    if read.grammar == "artist-quote" and read.works[0].artist.split()[-1:][0].islower():
        return None
    if not all(work.artist and work.song and _short(work) for work in read.works):
        return None
    return _Head(place, row, short, _owned(line, read.works))


def _billed(place: int, row: int, line: str) -> _Head | None:
    """Read ``A – “S” (D, 1999)``, ``“S”, A (D)`` and ``S, A (D, 1999)``, a blurb behind or not."""
    ranked = _RANK.match(line)
    found = _BILLED.match(line, ranked.end() if ranked else 0)
    directors = _persons_in(found.group(2)) if found else ()
    if not found or not directors:
        return None
    lead = found.group(1)
    pair = _PAIR.fullmatch(lead)
    works = (Work(pair.group(2), pair.group(1)),) if pair else read_title(lead).works
    if not works or not all(work.artist and work.song and _short(work) for work in works):
        return None
    stated = _ANY_YEAR.search(found.group(2))
    year = int(stated.group()) if stated else None
    credited = tuple(replace(work, directors=directors, year=work.year or year) for work in works)
    return _Head(place, row, found.group(), credited)


def _owned(line: str, works: tuple[Work, ...]) -> tuple[Work, ...]:
    """Give a song to whom the words behind it name ("Best clip: “S” by A")."""
    spans = find_quoted(line[:_LONGEST_HEAD])
    before = line[: spans[0].start].split() if spans else []
    if len(works) != 1 or not before or not before[-1].islower():
        return works
    after = line[spans[0].end : spans[0].end + 60]
    artist, bond = artist_beside("", after)
    return (replace(works[0], artist=artist),) if bond > 2 else works


def _short(work: Work) -> bool:
    dated = re.match(r"\d{1,2}[-./]\d", work.artist)
    if any(sign in work.artist for sign in "，。、?!") and not work.artist.endswith("!"):
        return False
    return not dated and len(work.artist.split()) <= 7 and len(work.song.split()) <= 10


def _cut(line: str) -> str:
    """Cut the blurb off a head; empty when the line is running text."""
    spans = find_quoted(line[:_LONGEST_HEAD])
    if spans and spans[0].start <= _NEAR_QUOTE:
        before = line[: spans[0].start].rstrip()
        if len(line) <= _LONGEST_HEAD or before[-1:] in EDGE:
            behind = _BRACKET.match(line, spans[0].end + 1)
            return line[: behind.end() if behind else spans[0].end] if len(line) > 90 else line
    return line if len(line) <= 100 and line[-1:] not in ".!?…" else ""
