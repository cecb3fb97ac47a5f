"""Artists and speech beside quotes in Japanese, Korean and Chinese text."""

import re

from aggregator.videos.names import clean
from aggregator.videos.tables import words

_SPEECH_JA = re.compile(r"(?:と|って|なんて|だと)(?!いう(?:曲|楽曲|歌))")
_SPEECH_KO = re.compile(r"\s?(?:이?라고|이?라며|이?라는 (?!곡|노래|제목)|고 |며 |이?란 )")
_SENTENCE_END = re.compile(
    r"(?:です|ます|ました|ません|ない|のか|ください|[요죠]|니다|까)[。.!?！？]?$|[、。，]"
)
NUMBERED = re.compile(
    r"(?:[\u3400-\u9fff]{1,4}|[A-Z]{2,4})\d{2}(?![\d年月日時曲人回枚期]|th|st|nd|rd)"
)
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_NAME = (
    r"([A-Za-z0-9][A-Za-z0-9&'.+×☆★:/ -]{0,30}[A-Za-z0-9.+!-]"
    r"|[^\s、。「」『』（）()!?！？ぁ-ん]{2,20})"
)
_OWNER_JA = re.compile(
    rf"{_NAME}(?:さん|ちゃん|くん)?(?:の(?:新曲|楽曲|シングル|最新曲|名曲|代表曲)?|が|は|による|から|、)?$"
)
_PERSON_JA = re.compile(
    r"([^\s、。「」『』（）()!?！？]{2,15})(?:さん|ちゃん)の(?:新曲|楽曲|シングル)?$"
)
_CALLED = re.compile(
    r"^(?:人気|若手|新人)?(?:\d人組)?(?:ロック|ポップ)?(?:グループ|バンド|ユニット|デュオ|アーティスト|歌手)の?"
)
_SUBJECT_JA = re.compile(rf"{_NAME}(?:さん)?(?:が|は|の)")
_OWNER_KO = re.compile(
    r"([^\s,.!?'\"“”‘’()]{1,20}?)의"
    r"(?: (?:새 |신곡|노래|싱글|디지털 ?싱글|곡|타이틀곡|데뷔곡)+)?\s?$"
)
_BESIDE_KO = re.compile(r"([^\s,.!?'\"“”‘’()]{2,20})\s?[-–]?\s?$")
_PARTICLE_KO = re.compile(r"(?:은|는|이|가|을|를|에서|으로|로|에|과|와|도)$")


def wide_artist(before: str) -> str:
    """Find the artist in what stands before a quoted song, in text without capitals.

    Args:
        before: up to 90 characters before the quote.
    """
    if _HANGUL.search(before):
        return _korean(before)
    clause = re.split(r"[。！？!?\n]", before)[-1]
    called = "さん" in clause or "ちゃん" in clause
    found = _PERSON_JA.search(clause) if called else None
    if found:
        return clean(_CALLED.sub("", found.group(1)))
    found = _OWNER_JA.search(clause)
    if found and _is_name(found.group(1)):
        return clean(_CALLED.sub("", found.group(1)))
    marked = "が" in clause or "は" in clause or "の" in clause
    for found in _SUBJECT_JA.finditer(clause) if marked else ():
        if _is_name(found.group(1)):
            return clean(_CALLED.sub("", found.group(1)))
    return ""


def _korean(before: str) -> str:
    owner = _OWNER_KO.search(before)
    if owner and owner.group(1) not in words("titles", "wide-nouns"):
        return clean(owner.group(1))
    beside = _BESIDE_KO.search(before)
    if not beside or _PARTICLE_KO.search(beside.group(1)):
        return ""
    return clean(beside.group(1)) if _is_name(beside.group(1)) else ""


def _is_name(name: str) -> bool:
    name = name.strip()
    if (
        name in words("titles", "wide-nouns")
        or name.isdigit()
        or re.match(r"\d+[年月日曲分回]", name)
    ):
        return False
    return not name.endswith(("シングル", "アルバム", "楽曲", "曲", "싱글", "앨범", "映像", "撮影"))


def wide_speech(said: str, after: str) -> bool:
    """Tell a quotation of speech from a title.

    Args:
        said: the words in quotes.
        after: what follows the closing quote.
    """
    if _HANGUL.search(said):
        spoken = _SPEECH_KO.match(after) is not None
        return spoken or (" " in said and _SENTENCE_END.search(said) is not None)
    return _SPEECH_JA.match(after) is not None or _SENTENCE_END.search(said) is not None
