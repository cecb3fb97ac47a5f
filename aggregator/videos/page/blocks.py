"""What a post's body is made of: blocks in reading order, their links and players."""

from dataclasses import dataclass, field
from enum import StrEnum

from aggregator.videos.page.players import Player, is_residue


class Role(StrEnum):
    """What a block is in its post."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CAPTION = "caption"
    QUOTE = "quote"
    CODE = "code"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a block.

    Args:
        url: its address as written; of a bare address in the text, that.
        text: its words; of a linked picture, the picture's alternative text.
        image: True when the link wraps a picture and no words.
    """

    url: str
    text: str
    image: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a post.

    Args:
        role: what it is.
        text: its words, white space folded; a line break in the post is one here.
        boilerplate: True for what is not the post's own: share bars, related posts.
        links: the links in it, in order.
        players: players and video stills in it, in order.
    """

    role: Role
    text: str
    boilerplate: bool = False
    links: tuple[Link, ...] = ()
    players: tuple[Player, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """A post's body.

    Args:
        blocks: its blocks in reading order, furniture included.
        own: those that are the post's own.
    """

    blocks: tuple[Block, ...] = ()
    own: tuple[Block, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        own = tuple([block for block in self.blocks if not block.boilerplate])
        object.__setattr__(self, "own", own)

    @property
    def text(self) -> str:
        """All words of the post itself, one block per line."""
        return "\n".join(block.text for block in self.own if block.text)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The running text: words of own blocks that are no headings, captions or code."""
        return tuple(b.text for b in self.own if b.text and b.role not in _NOT_PROSE)

    @property
    def headings(self) -> tuple[str, ...]:
        """Words of the post's own headings."""
        return tuple(b.text for b in self.own if b.text and b.role is Role.HEADING)

    @property
    def links(self) -> tuple[Link, ...]:
        """The post's own links."""
        return tuple(link for block in self.own for link in block.links)

    @property
    def players(self) -> tuple[Player, ...]:
        """The post's own players and video stills."""
        return tuple(player for block in self.own for player in block.players)

    @property
    def lost_embed(self) -> bool:
        """Whether a player was here that the feed took out: its page may still show it."""
        return any([is_residue(block.text) for block in self.own if block.text])


_NOT_PROSE = (Role.HEADING, Role.CAPTION, Role.CODE)
