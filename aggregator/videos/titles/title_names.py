"""Names and songs inside the pieces that a title falls into."""

import re
from dataclasses import dataclass

from aggregator.videos.names import EDGE, QUOTES, clean, without_guests
from aggregator.videos.tables import words
from aggregator.videos.titles.cues import words_of
from aggregator.videos.titles.headlines import bare, is_possessive, verb_forms
from aggregator.videos.titles.title_parts import without_suffix

_DASH_SIGN = re.compile(r"[-–—―−~～>]")
_DASH = re.compile(r"\s+[-–—―−~～]+>?\s+|\s?(?:--|——|––|>>)\s?|[-–—]\s+|\s+[-–—](?=\S)")
PIPE = re.compile(r"\s*[|｜]{1,2}\s*|\s+//\s+|\s+[lI]\s+(?=['‘\"“])")
BY = re.compile(r"\s+[Bb](?:y|Y):?\s+")
SENTENCE = re.compile(r"(?<!\b[A-ZÀ-Þ])(?<!\b[SMD][tr])[.!?:;]+\s+|\|\|\s*")
_VIDEO_OF = re.compile(
    r"\b(?:video|vídeo|vidéo|clip|videoclip|clipe|single|sencillo|titre)\s(?:de|von|by|di|van|av|af)\s"
    r"(?:los |las |les )?([^\W_].{1,60})$",
    re.IGNORECASE,
)
_NEWS_BEHIND = re.compile(r"(?<=\w) (?:has (?:won|been|reached|passed)|just (?:hit|won)|is now) ")
_CHAT_END = re.compile(r"[.;!?]+\s+|\s*[;,]\s+|\s\(|\s\*|\s\"\s")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one grammar made of a title.

    Args:
        grammar: the grammar's name.
        confidence: 0 to 1.
        artist: as written, empty when not named.
        songs: as written.
        directors: only those the grammar itself found.
    """

    grammar: str
    confidence: float
    artist: str = ""
    songs: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()


def dashed_apart(text: str, most: int = 0) -> list[str]:
    """Part a text at its dashes.

    Args:
        text: the text.
        most: at how many of them; 0 stands for all.
    """
    return _DASH.split(text, most) if _DASH_SIGN.search(text) else [text]


def leading_name(parts: list[str]) -> str:
    """Take the name that a run of words starts with."""
    kept: list[str] = []
    for word in parts[:9]:
        folded = bare(word)
        announced = kept[-1:] and kept[-1] in words("titles", "descriptor") and word[:1].isupper()
        if (kept and not announced and _ends_name(folded)) or word in ("-", "–", "—", "|"):
            break
        if folded in words("titles", "noun") and not kept:
            break
        owned = is_possessive(word)
        kept.append(word[:-2] if owned else word)
        if owned or (word[-1:] in ".,;:!?" and len(word) > 3 and len(parts) > len(kept)):
            break
    while kept and kept[-1].casefold() in ("and", "&", "the", "is", "of"):
        kept.pop()
    described = [at for at, word in enumerate(kept[:-1]) if word in words("titles", "descriptor")]
    if described and kept[described[-1] + 1][:1].isupper():
        kept = kept[described[-1] + 1 :]
    elif len(kept) > 1 and kept[0].casefold() in words("titles", "descriptor"):
        kept = kept[1:]
    return " ".join(kept).strip(EDGE + QUOTES + ".")


def _ends_name(folded: str) -> bool:
    return folded in words("titles", "stop") or folded in verb_forms()


def last_name(before: str) -> str:
    """Take the name that stands last before a separator."""
    text = before.rstrip(EDGE)
    pieces = [piece for piece in PIPE.split(text) if piece.strip(EDGE)]
    text = pieces[-1] if pieces else text
    if before.rstrip()[-1:] in ",:":
        text = dashed_apart(text)[-1]
    owned_by = _VIDEO_OF.search(text)
    if owned_by:
        return clean(owned_by.group(1))
    return clean(SENTENCE.split(text)[-1] if len(text.split()) > 4 or ":" in text else text)


def name_at_end(text: str) -> str:
    """Take the artist that a chatty left side ends with."""
    text = without_guests(PIPE.split(text)[-1])
    if text.count('"') % 2:
        text = text[text.rindex('"') + 1 :]
    if text.count("(") > text.count(")"):
        text = text[text.rindex("(") + 1 :]
    if len(text.split()) > 5 or not words("titles", "noun").isdisjoint(words_of(text)):
        text = SENTENCE.split(text)[-1]
        if len(text.split()) > 8 and not _is_titled(text):
            text = ""
    return clean(text).strip(QUOTES)


def _is_titled(text: str) -> bool:
    """Tell a long name, its words capitalised, from a remark."""
    parts = text.split()
    return (
        len(parts) < 13 and sum(part.lstrip("….(")[:1].isupper() for part in parts) > len(parts) / 2
    )


def song_at_start(text: str) -> str:
    """Take the song that a chatty right side starts with."""
    text = _NEWS_BEHIND.split(without_guests(PIPE.split(text)[0]), maxsplit=1)[0]
    for found in _CHAT_END.finditer(text):
        rest = text[found.end() :]
        chatty = not words("titles", "chat").isdisjoint(words_of(rest))
        aside = found.group()[0] in ",?" and rest[:1].islower() and len(rest.split()) > 2
        if chatty or aside or (len(rest.split()) > 3 and found.group()[0] in ".;!"):
            keep = found.start() + (1 if text[found.start()] in "!?" else 0)
            text = text[:keep]
            break
    text, _ = without_suffix(text)
    return clean(text).strip('"“”„«»`').strip()
