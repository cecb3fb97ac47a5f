"""What the rules read in a post, before anything is weighed."""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.models import Entry, VideoKind, Work
from aggregator.videos.titles.prose import Mention
from aggregator.videos.titles.titles import TitleReading
from aggregator.videos.works.credits import Credits


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What the rules read in a post.

    Args:
        entry: the post.
        paragraphs: its own paragraphs.
        text: they together, a line each.
        title: what its title says.
        players: what its players' titles say, each with the video's role.
        mentions: the songs that its prose quotes.
        credits: the directors that its prose names by a directing word.
        listed: the works of a list post, read from its heads.
    """

    entry: Entry
    paragraphs: tuple[str, ...]
    text: str
    title: TitleReading
    players: Sequence[tuple[TitleReading, VideoKind]]
    mentions: Sequence[Mention]
    credits: Credits
    listed: tuple[Work, ...] = ()
