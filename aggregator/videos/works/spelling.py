"""How a post spells an artist's name in full, without a case ending or what stands beside it."""

import re
from collections.abc import Iterable, Sequence

from aggregator.models import Entry
from aggregator.videos.names import fold
from aggregator.videos.tables import words

_MOST_PLACES = 12
_MOST_WORDS = 4
_LONGEST_ENDING = 3
_JOINERS = frozenset("and & et und y e i en och og ja ve и + x a with of".split())
_SUFFIX = re.compile(r"[’'](?:n?[ıiuü]n|[dt][ae]n?|[yn]?[aeıiuü]|l[ae]|s)$|(?<=s)[’']$")
_BEFORE = re.compile(r"(\S+) $")
_OUTSIDE = re.compile(r"^.*[(\[]|[)\]，、,].*$")
_CLOSED = re.compile(r"[^()\[\]]*(?:\([^()]*\)|\[[^\[\]]*\])?[^()\[\]]*")


class Spelling:
    """The forms in which a post writes names.

    Args:
        entry: the post.
        text: its own text.
        forms: names of the post as written, those of titles and tags included.
    """

    def __init__(self, entry: Entry, text: str, forms: Iterable[str]) -> None:
        self._text = f"{text}\n{entry.title}"
        self._tags = {fold(tag): tag for tag in entry.tags if fold(tag)}
        self._forms = {fold(form): form for form in forms}

    def of(self, name: str) -> str:
        """Give a name's full form.

        Args:
            name: as read from one place.

        Returns:
            The form that the post states elsewhere; the name itself where there is none.
        """
        name = self._alone(name)
        key = fold(name)
        if not key or key in self._tags:
            return name
        return self._uninflected(name) or self._tagged(name) or self._longer(name) or name

    def _alone(self, name: str) -> str:
        """Take what is not the name off it: half a bracket, a sentence before, a case ending."""
        if not _CLOSED.fullmatch(name) or name[-1:] in "，、,":
            name = _OUTSIDE.sub("", name).strip() or name
        suffixed = _SUFFIX.search(name)
        bare = name[: suffixed.start()] if suffixed else name
        name = bare if self._text.count(bare) > self._text.count(name) else name
        parts = name.split()
        while len(parts) > 1 and parts[0] in words("titles", "wide-nouns"):
            parts = parts[1:]
        return " ".join(parts)

    def _tagged(self, name: str) -> str:
        """Find the tag that a name written without spaces begins with."""
        key = fold(name)
        if name.isascii() or self._text.count(name) > 1:
            return ""
        held = [tag for other, tag in self._tags.items() if len(other) > 1 and other in key]
        return next((tag for tag in held if tag[:1] > "\\u2e80"), "")

    def _uninflected(self, name: str) -> str:
        """Find the same name without its case endings among tags and other forms."""
        parts = name.split()
        for form in [*self._tags.values(), *self._forms.values()]:
            others = form.split()
            if len(others) == len(parts) and form != name and _inflects(others, parts):
                return form
        return ""

    def _longer(self, name: str) -> str:
        """Find the form that a name is the beginning or the end of."""
        parts = name.split()
        known = [*self._tags.values(), *(self._forms.values() if len(parts) == 1 else ())]
        found = {form for form in known if _extends(form.split(), parts)}
        stated: list[str] = [form for form in found if form in self._text]
        if len(stated) == 1:
            return stated[0]
        led = self._led(name)
        return f"{led} {name}" if led else ""

    def _led(self, name: str) -> str:
        """Give the capitalised word that always stands before a name, as "My" in a band's."""
        led = ""
        place = self._text.find(name)
        inside = False
        for _ in range(_MOST_PLACES):
            if place < 0:
                break
            before = _BEFORE.search(self._text, max(0, place - 24), place)
            word = before.group(1) if before else ""
            if not word[:1].isupper() or not word.isalpha() or (led and word != led):
                return ""
            led = word
            at = place - len(word) - 1
            inside = inside or self._text[max(0, at - 2) : at].strip(" ")[-1:].isalpha()
            place = self._text.find(name, place + len(name))
        folded = led.casefold()
        common = any(folded in words("titles", key) for key in _COMMON)
        named = inside and (not common or folded in _ARTICLES)
        return led if named and folded not in words("titles", "before-band") else ""


_COMMON = ("descriptor", "noun", "no-start")
_ARTICLES = frozenset("the my les le la los las el il gli i os as o a de het die der das".split())


def _inflects(base: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether words are others with case endings."""
    changed = 0
    for one, two in zip(base, other, strict=True):
        if one == two:
            continue
        shared = min(len(one), len(two)) - 1
        if not two.isalpha() or max(two) > "\u2e80":
            return False
        if shared < 3 or one[:shared] != two[:shared] or len(two) < len(one) - 1:
            return False
        if len(two) - len(one) > _LONGEST_ENDING or len(one) > len(two):
            return False
        changed += 1
    return changed > 0


def _extends(form: Sequence[str], parts: Sequence[str]) -> bool:
    size = len(parts)
    if not size < len(form) <= _MOST_WORDS or not _JOINERS.isdisjoint(form):
        return False
    if form[0].casefold() in words("titles", "before-band"):
        return False
    return list(form[:size]) == list(parts) or list(form[-size:]) == list(parts)
