"""One entry, read once: all that the judge looks at."""

from dataclasses import dataclass

from aggregator.models import Entry, Kind, Video, Work
from aggregator.videos.language import detect_language
from aggregator.videos.page.blocks import Body
from aggregator.videos.page.body import read_body
from aggregator.videos.page.embeds import Found, look, settle
from aggregator.videos.titles.titles import TitleReading, read_title
from aggregator.videos.works.works import find_works


@dataclass(frozen=True, slots=True)
class Reading:
    """What an entry says.

    Args:
        entry: as the feed states it.
        body: its body as blocks; what is not the post's own is flagged.
        title: what its title says.
        found: its videos, each with the role that words beside it give.
        language: stated or detected; empty when neither.
    """

    entry: Entry
    body: Body
    title: TitleReading
    found: tuple[Found, ...]
    language: str

    def videos(self, about: bool, kind: Kind | None = None) -> tuple[Video, ...]:
        """The videos; verdict and kind tell the role of those that no words beside them name."""
        return settle(self.found, about, kind)

    def works(self) -> tuple[Work, ...]:
        """The music videos that it names; the costliest question, so asked of few entries."""
        return find_works(self.entry, self.body, self.videos(about=True))


def read_entry(entry: Entry) -> Reading:
    """Read an entry.

    Args:
        entry: as the feed states it, unclean.

    Returns:
        The reading; no content makes it raise.
    """
    body = read_body(entry.html or entry.text or entry.summary)
    found = look(body, link=entry.link, media=entry.media, title=entry.title)
    return Reading(
        entry=entry,
        body=body,
        title=read_title(entry.title, author=entry.author, feed_title=entry.feed_title),
        found=found,
        language=_language(entry, body),
    )


def _language(entry: Entry, body: Body) -> str:
    if entry.language:
        return entry.language.replace("_", "-").split("-")[0].lower()
    return detect_language(f"{entry.title}\n{body.text}")
