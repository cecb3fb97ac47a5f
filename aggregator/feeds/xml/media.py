"""Players, files and stills that an entry states beside its text (Media RSS, enclosures)."""

from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from aggregator.feeds.fields import address_of, name_of, whole_number
from aggregator.feeds.xml.names import children_by_name
from aggregator.feeds.xml.texts import line_of, words_of
from aggregator.models import Media

_MOST_MEDIA = 50
_MOST_SECONDS = 999_999
Children = Mapping[str, Sequence[etree._Element]]
MEDIA_NAMES = frozenset(
    f"media:{name}"
    for name in "category content credit description group keywords player thumbnail title".split()
)


def opened(found: Children) -> dict[str, list[etree._Element]]:
    """An entry's Media RSS elements, those in ``media:group`` and ``media:content`` too.

    What stands further out comes first (Media RSS 1.5.1, section "optional elements").
    """
    media: dict[str, list[etree._Element]] = {}
    level = [(name, element) for name in found if name[:6] == "media:" for element in found[name]]
    for _ in range(3):
        inner = []
        for name, element in level[: 4 * _MOST_MEDIA]:
            media.setdefault(name, []).append(element)
            if len(element) and name in ("media:group", "media:content"):
                inner += [(n, e) for n, all_of in children_by_name(element).items() for e in all_of]
        level = inner
    return media


def media_of(
    found: Children, media: Children, links: Sequence[etree._Element], url: str
) -> tuple[Media, ...]:
    """What there is to play or to see, players first, each once.

    Args:
        found: the entry's children by name.
        media: its Media RSS elements, see `opened`.
        links: its Atom links that are enclosures.
        url: relative addresses are resolved against it.
    """
    still = next(_stills(media, url), "")
    stated = [
        *((e, e.get("url"), "text/html") for e in media.get("media:player", ())),
        *((e, e.get("url"), e.get("type")) for e in media.get("media:content", ())),
        *((e, e.get("url") or e.get("href"), e.get("type")) for e in found.get("enclosure", ())),
        *((e, e.get("href"), e.get("type")) for e in links),
    ]
    playable = {
        Media(
            whole,
            name_of(kind),
            _title(element),
            still,
            whole_number(element.get("duration", ""), _MOST_SECONDS),
        ): None
        for element, address, kind in stated[:_MOST_MEDIA]
        if (whole := address_of(address, url))
    }
    return tuple(playable) or ((Media("", thumbnail=still),) if still else ())


def _stills(media: Children, url: str) -> Iterator[str]:
    for element in media.get("media:thumbnail", ()):
        if whole := address_of(element.get("url") or line_of(element), url):
            yield whole


def _title(element: etree._Element) -> str:
    titles = children_by_name(element).get("media:title", ()) if len(element) else ()
    return words_of(titles[0]) if titles else ""
