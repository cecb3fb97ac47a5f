"""Who a headline is about: possessives and subjects before a quoted song."""

import re
from functools import cache

from aggregator.videos.names import EDGE, QUOTES
from aggregator.videos.tables import words

_POSSESSIVE = re.compile(r".{2,}(?:[’'´`]s|s[’'´`])$", re.IGNORECASE)
_NOT_OWNERS = frozenset(
    "it let what here that there who today he she week month day band group year how".split()
)
_SOFT_STOPS = frozenset("for against in on with from to the over".split())
_COVERING = frozenset(
    "cover covers covered covering perform performs performing sing sings singing spin".split()
)
_LOOSE_VERBS = frozenset("team light head".split())
_AFTER_LOOSE = frozenset("up south north out to into for back".split())
_PREPOSITIONS = frozenset("in with for on at through from into to as over about up".split())
_DETERMINERS = frozenset("a an his her their its the".split())
_SPEAKING = frozenset(
    "talk talks discuss discusses explain explains recall recalls reveal reveals says".split()
)
_OFFICES = frozenset(
    "rapper singer musician songwriter singer-songwriter popstar superstar vocalist drummer "
    "guitarist frontman frontwoman friend buddy".split()
)
_NEW_VIDEO = re.compile(
    r"\b(?:new|latest|newest) ((?:[A-Z][\w.'’&-]*)(?: (?:&|and|the|of|[A-Z][\w.'’&-]*)){0,5}) "
    r"(?:music |lyric |official )?(?:video|clip|vid|mv)\W*$",
    re.IGNORECASE,
)
_VIDEO_FROM = re.compile(
    r"\b(?:video|clip|single|song|track) (?:from|by) "
    r"([A-Z][\w’'&-]*(?: (?:&|and|the|of|[A-Z][\w’'&-]*)){0,4})[.,:]?\s*$"
)
_TRAILING = frozenset("to the a an and & her his with".split())
_AGED = re.compile(r", age \d\d?,?$")
_ABBREVIATED = re.compile(r"(?:[^\W\d_]\.){1,3}|(?:Mr|Mrs|Ms|Dr|St|Jr)\.")
_TRIMMED = EDGE + '"“”„«»()[]!?.'


@cache
def verb_forms() -> frozenset[str]:
    """List the verbs of headlines in the forms they take there."""
    forms = set(words("titles", "verb-forms"))
    for base in words("titles", "verbs"):
        forms.add(base)
        forms.add(base + "d" if base.endswith("e") else base + "ed")
        if base.endswith(("s", "sh", "ch", "x", "z", "o")):
            forms.add(base + "es")
        elif base.endswith("y") and base[-2] not in "aeiou":
            forms.add(base[:-1] + "ies")
        else:
            forms.add(base + "s")
    return frozenset(forms - words("titles", "never-verbs"))


def bare(word: str) -> str:
    """Case-fold a word and take punctuation off its edges."""
    return word.strip(_TRIMMED).casefold()


def artist_before(text: str) -> tuple[str, str]:
    """Find the artist in what a headline says before the song.

    Args:
        text: the words before the song, such as "Watch Rosa Quill Dance in New".

    Returns:
        The artist and how it was found (``possessive``, ``subject`` or ``adjacent``);
        two empty strings when nobody is named.
    """
    parts = text.split()[-40:]
    end = len(parts)
    link = words("titles", "link")
    while end and bare(parts[end - 1]) in link:
        end -= 1
    newly = _NEW_VIDEO.search(text[-120:])
    if newly and _is_name(newly.group(1)):
        return newly.group(1), "possessive"
    sender = _VIDEO_FROM.search(text[-80:])
    if sender and _is_name(sender.group(1)):
        return sender.group(1), "possessive"
    covering = any(bare(part) in _COVERING for part in parts)
    owner = None if covering else _owner(parts, end)
    if owner is not None:
        return owner, "possessive"
    name, whole = subject(parts[:end])
    if name.split()[:1] in (["I"], ["My"], ["We"], ["Our"]) and is_possessive(parts[end - 1]):
        return name_ending(parts, end - 1), "possessive"
    name = _without_ends(name)
    return name, ("adjacent" if whole and end == len(parts) else "subject") if name else ""


def _is_name(text: str) -> bool:
    known = words("titles", "noun") | words("titles", "link") | words("titles", "trim")
    parts = text.split()
    owned = any(is_possessive(part) for part in parts)
    return text[0].isupper() and not owned and not any(bare(part) in known for part in parts)


def _without_ends(name: str) -> str:
    """Take "This" off a name's beginning and "from" off its end."""
    parts = name.split()
    while len(parts) > 1 and parts[-1] in ("from", "of", "in", "at", "by", "for"):
        parts.pop()
    pointing = len(parts) > 1 and parts[0] in ("This", "Hilarious", "Amazing")
    return " ".join(parts[1:] if pointing else parts)


def _owner(parts: list[str], end: int) -> str | None:
    for index in range(end - 1, max(end - 6, -1), -1):
        word = parts[index].strip("()[],")
        if is_possessive(word) and word[0] not in QUOTES:
            if 0 < index < end - 1 and bare(parts[index - 1]) in ("at", "to"):
                return None
            if index < end - 1 and _is_subject_owner(parts, index):
                return None
            return name_ending(parts, index)
    return None


def _is_subject_owner(parts: list[str], index: int) -> bool:
    """Tell "X’s Jo Doe shares", where the owner only introduces the subject."""
    after = parts[index + 1 : index + 5]
    verb = next((bare(word) for word in after[1:] if bare(word) in verb_forms()), "")
    return verb not in _SPEAKING and verb != ""


def is_possessive(word: str) -> bool:
    """Tell whether a word owns something ("Quill’s", "Foxes’"), not "it’s" or "let’s"."""
    return bool(_POSSESSIVE.match(word)) and owner_of(word).casefold() not in _NOT_OWNERS


def owner_of(word: str) -> str:
    """Take the possessive off a word."""
    if word[-1:].casefold() == "s":
        return word[:-2]
    return word[:-1]


def name_ending(parts: list[str], index: int, *, prose: bool = False) -> str:
    """Give the name that ends at a possessive, its first words found leftwards."""
    return name_run([*parts[:index], owner_of(parts[index].strip("()[],"))], prose=prose)


def name_run(parts: list[str], *, prose: bool = False) -> str:
    """Give the name that ends with the last of some words, its first words found leftwards.

    Args:
        parts: the words.
        prose: whether only names are capitalised, as in running text; a headline
            capitalises verbs too, and they end the name.
    """
    index = first = len(parts) - 1
    while first > 0 and index - first < 7 and _continues(parts, first - 1, prose):
        first -= 1
    while (
        first < index
        and parts[first] != "The"
        and (_is_small(parts[first]) or bare(parts[first]) in words("titles", "no-start"))
    ):
        first += 1
    return _without_descriptor(parts[first:])


def _continues(parts: list[str], index: int, prose: bool) -> bool:
    word = parts[index]
    folded = bare(word)
    if word[-1:] in ",.!?:;|)”" and not _ABBREVIATED.fullmatch(word):
        return False
    if prose and word[:1].isupper():
        return folded not in words("credits", "not-names") or word == "The"
    if folded in words("titles", "imperative") or folded in verb_forms():
        return False
    if word == "The":
        return True
    if index == 1 and folded in ("for", "against") and parts[0][:1].isupper():
        return bare(parts[0]) not in words("titles", "noun")
    if folded in words("titles", "glue"):
        return folded not in ("in", "with", "a", "feat") and index > 0
    if folded in words("titles", "stop") or folded in words("titles", "noun"):
        return False
    return not word[:1].islower()


def _is_small(word: str) -> bool:
    return bare(word) in words("titles", "glue") or word[:1] in "-–—|"


def subject(parts: list[str]) -> tuple[str, bool]:
    """Find the subject that a headline starts with.

    Args:
        parts: the headline's words.

    Returns:
        The subject's name, and whether it takes up all the words.
    """
    parts = parts[_first_word(parts) :]
    if not parts or bare(parts[0]) in words("titles", "imperative"):
        return "", False
    end, verbal = _subject_end(parts)
    run = parts[:end]
    while len(run) > 1 and (bare(run[-1]).endswith("ly") or bare(run[-1]) in _TRAILING):
        run = run[:-1]
    stopped = bare(parts[end]) if end < len(parts) else ""
    if not verbal and stopped in _PREPOSITIONS and len(run) > 2 and _may_be_verb(run[-1]):
        run = run[:-1]
    run = _member(run, verbal and stopped not in _SPEAKING)
    named = _AGED.sub("", _without_descriptor(_first_of_list(run)))
    return named.strip(EDGE + QUOTES), end == len(parts)


def _first_word(parts: list[str]) -> int:
    first = 0
    while first < len(parts) - 1 and (
        bare(parts[first]) in words("titles", "imperative")
        or (first and bare(parts[first]) in ("out", "the", "moment", "as", "how", "now"))
    ):
        if bare(parts[first]) == "the" and bare(parts[first + 1]) != "moment":
            break
        first += 1
    return first


def _subject_end(parts: list[str]) -> tuple[int, bool]:
    """Find where the subject's words end, and whether a verb ends them."""
    stops = words("titles", "stop")
    stopped = len(parts)
    for index, part in enumerate(parts[:12]):
        if index and _is_verb(parts, index):
            soft = stopped < index and bare(parts[stopped]) not in _SOFT_STOPS
            return (stopped, False) if soft or index - 1 > 5 > stopped else (index, True)
        if index and stopped == len(parts) and bare(part) in stops:
            stopped = index
    return stopped, False


def _is_verb(parts: list[str], index: int) -> bool:
    word = bare(parts[index])
    if parts[index] == "do":
        return False
    if parts[index - 1].casefold() in ("the", "and", "&") or ")" in parts[index]:
        return False
    following = parts[index + 1] if index + 1 < len(parts) else ""
    if (
        following in _DETERMINERS
        and parts[index][:1].isupper()
        and word not in words("titles", "glue")
    ):
        return True
    if word in _LOOSE_VERBS or word.removesuffix("s") in _LOOSE_VERBS:
        return index + 1 < len(parts) and bare(parts[index + 1]) in _AFTER_LOOSE
    return word in verb_forms()


def _may_be_verb(word: str) -> bool:
    return word[-1:] == "s" and word[-2:-1] not in ("s", "’", "'") and word[:1].isupper()


def _member(run: list[str], verbal: bool) -> list[str]:
    """Choose between band and member in "X’s Jo Doe"."""
    for index, part in enumerate(run):
        if is_possessive(part):
            after = run[index + 1 :]
            band = index == 0 or len(after) > 1
            if verbal and band and 1 <= len(after) <= 4:
                return after
            return [*run[:index], owner_of(part)]
    return run


def _first_of_list(run: list[str]) -> list[str]:
    joined = any(part in ("and", "&", "And") for part in run)
    for index, part in enumerate(run[:-1]):
        if part.endswith(",") and not joined and run[index + 1][:1].isupper():
            return run[: index + 1]
    return run


def _without_descriptor(run: list[str]) -> str:
    described = words("titles", "descriptor")
    for index in range(len(run) - 2, -1, -1):
        after_article = index == 1 and run[0].casefold() == "the"
        if (
            run[index].casefold() in described
            and not after_article
            and (index or len(run) > 2 or run[0][:1].islower() or run[0].casefold() in _OFFICES)
        ):
            run = run[index + 1 :]
            break
    return " ".join(run).strip(EDGE + QUOTES.replace("'", ""))
