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
    if len(_KANA.findall(start)) > 2:
        return "ja"
    if len(_HANGUL.findall(start)) > 2:
        return "ko"
    if len(_HAN.findall(start)) > 4:
        return "zh"
    hits: Counter[str] = Counter()
    for word in _WORD.findall(start.casefold()):
        hits.update(_languages_by_word().get(word, ()))
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
