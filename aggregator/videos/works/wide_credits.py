"""Directors in Japanese, Korean and Chinese text, where no spaces mark names."""

import re

_CUE = re.compile(
    r"メガホンを(?:取|と|執)ったのは|メガホンは|(?:映像|MV|mv)?監督|映像ディレクター|ディレクター|演出|映像作家|"
    r"手(?:が|掛)けたのは|手(?:が|掛)けた|撮ったのは|감독|연출|导演|導演"
)
_NAME_JA = re.compile(
    r"[\u3400-\u9fff々ヶノケ]{1,5}"
    r"(?:[ \u3000](?:[\u3400-\u9fff々]{1,4}|[ァ-ヶー]{1,8}|[ぁ-ん]{2,5})"
    r"|[ァ-ヶー]{1,8}|[ぁ-ん]{2,4}(?=さん|氏|監督|[)）」、。\n]|$))?"
    r"|[ァ-ヶー]{2,12}(?:[・＝][ァ-ヶー]{1,12}){0,3}"
    r"|[A-Z][\w.'-]{1,20}(?: [A-Z][\w.'-]{0,20}){0,3}"
)
_LEAD_JA = re.compile(
    r"\s*(?:(?:を(?:務|手が|担当し|手掛け|つと)[ぁ-んけめ]{1,6}のは|を?したのは|には|に|は|：|:|／|/|＝|・|、|-|–|—|の)\s*)?"
    r"(?:前作「[^」\n]{1,30}」に続いて|[^。\n「」『』、()（）]{0,14}(?:の|に続いて|である)(?=[\u3400-\u9fffA-Zァ-ヶ]))?、?"
    r"(?:前作「[^」\n]{1,30}」に続いて)?"
)
_BEHIND_JA = re.compile(
    r"(?:^|[\s、。「」のがはをで）)])"
    r"([\u3400-\u9fff々]{1,4}[ \u3000]?[\u3400-\u9fff々ァ-ヶー]{1,6}|"
    r"[ァ-ヶー]{2,10}[・＝][ァ-ヶー]{2,10}|[\u3400-\u9fff々]{3,5})(?:さん|氏)?(?:ら)?(?:が|の)?(?:MV|映像|この)?$"
)
_TITLED_JA = re.compile(
    r"、?[^。\n、]{0,30}?(?:の|る|た|、)"
    r"([\u3400-\u9fff々]{1,4}[ \u3000]?[\u3400-\u9fff々ァ-ヶー]{1,6})(?:さん|氏)"
)
_NAME_KO = re.compile(r"[\uac00-\ud7af]{2,4}|[A-Z][\w.'-]{1,20}(?: [A-Z][\w.'-]{0,20}){0,3}")
_LEAD_KO = re.compile(r"(?:은|는|을 맡은|을 맡은 이는|에는|으로는|님은)?\s*[:：]?\s*")
_PARTICLES_KO = ("이", "가", "은", "는", "을", "를", "과", "와", "의", "도")
_NOT_NAMES_KO = frozenset(
    "영상 뮤직비디오 뮤비 작품 신인 이번 광고 영화 연출 촬영 출신 조명 음악 미술 무술 공연 감독 "
    "학생 학생이 "
    "감독이 감독은 감독의 감독과 감독님 독특한 앞에서 항의하 새로운 직접 함께".split()
)
_OTHER_KO = ("조명", "음악", "촬영", "미술", "무술", "영화", "예술", "무대", "총", "의상", "안무")
_OTHER_JA = ("美術", "撮影", "音楽", "照明", "総", "舞台", "助", "アート", "振付", "映画", "作画")
_NOT_NAMES_JA = frozenset(
    "映像 新鋭 作品 気鋭 今作 本作 前作 今回 同作 新人 若手 撮影 編集 出演 映画 脚本 自身".split()
)


def names_at(text: str, place: int) -> list[str]:
    """Read the director named at a cue such as 監督 or 감독.

    Args:
        text: running text.
        place: offset of the cue's stem.
    """
    cue = _CUE.match(text, place)
    if cue is None:
        return []
    before = text[max(0, place - 20) : place]
    if "\uac00" <= text[place] <= "\ud7af":
        return _korean(text, cue.end(), before)
    return _japanese(text, cue.end(), before)


def _korean(text: str, end: int, before: str) -> list[str]:
    if before.rstrip().endswith(_OTHER_KO):
        return []
    ahead = before.rstrip()
    if ahead and ahead != before:
        word = re.split(r"[\s,.·'\"“”‘’()]", ahead)[-1]
        if (
            _NAME_KO.fullmatch(word)
            and word not in _NOT_NAMES_KO
            and not word.endswith((*_PARTICLES_KO, "에서", "으로"))
        ):
            return [word]
        if (
            _NAME_KO.fullmatch(word)
            and len(word) == 3
            and word not in _NOT_NAMES_KO
            and word[-1] in "가은이"
        ):
            return [word]
    lead = _LEAD_KO.match(text, end)
    found = _NAME_KO.match(text, lead.end() if lead else end)
    if not found or (lead and lead.end() == end):
        return []
    name = found.group()
    if len(name) == 4 and name.endswith(_PARTICLES_KO):
        name = name[:-1]
    closed = (
        lead is not None
        and lead.group().strip()
        and not text[found.end() : found.end() + 1].isalpha()
    )
    return [] if name in _NOT_NAMES_KO or len(name) < (2 if closed else 3) else [name]


def _japanese(text: str, end: int, before: str) -> list[str]:
    if before.endswith(_OTHER_JA):
        return []
    lead = _LEAD_JA.match(text, end)
    start = lead.end() if lead else end
    found = _NAME_JA.match(text, start)
    told = start > end or text[end - 1] in "はの"
    titled = _TITLED_JA.match(text, start)
    if titled and text[end : end + 1] in "は：:":
        return [_trim(titled.group(1))]
    owned = text[end : end + 1] == "の" and len(found.group()) < 3 if found else False
    if found and told and not owned and found.group() not in _NOT_NAMES_JA:
        return [_trim(found.group())]
    behind = _BEHIND_JA.search(before)
    if behind and behind.group(1) not in _NOT_NAMES_JA:
        return [behind.group(1)]
    return []


def _trim(name: str) -> str:
    return name.strip(" \u3000・").removesuffix("氏").removesuffix("さん")
