"""Which language a text is in: by script, then by its commonest small words."""

import re
from collections import Counter
from functools import cache

from aggregator.videos.tables import table

_WORD = re.compile(r"[^\W\d_]+")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_READ_CHARACTERS = 800
_LEAST_HITS = 2


def detect_language(text: str) -> str:
    """Tell the language of a text.

    Args:
        text: plain text; only its first 800 characters are read.

    Returns:
        An ISO 639-1 code, or an empty string where the text gives too little away.
    """
    start = text[:_READ_CHARACTERS]
    wide = "" if start.isascii() else _wide_language(start)
    return wide or _by_small_words(start)


def _wide_language(start: str) -> str:
    """The language that a script is written for, empty for scripts of several."""
    if len(_KANA.findall(start)) > 2:
        return "ja"
    if len(_HANGUL.findall(start)) > 2:
        return "ko"
    return "zh" if len(_HAN.findall(start)) > 4 else ""


def _by_small_words(start: str) -> str:
    """The language whose small words are the most, empty when two are level."""
    known = _languages_by_word()
    words = _WORD.findall(start.casefold())
    hits = Counter(language for word in words for language in known.get(word, ()))
    ranked = hits.most_common(2)
    if not ranked or ranked[0][1] < _LEAST_HITS:
        return ""
    tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
    return "" if tied else ranked[0][0]


@cache
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for language, lines in table("languages").items():
        for word in lines.split():
            index.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in index.items()}
