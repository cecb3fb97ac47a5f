"""A post's body as a sequence of blocks in reading order, with furniture recognised.

The HTML is parsed once and walked once. Text between block-level tags becomes a
`Block`; players are blocks of their own, so that what stands before and after one
is what a reader sees there. Share bars, related posts and the like stay in the
sequence, flagged by `boilerplate`, so that nothing is judged by them.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

from aggregator.videos.page import boilerplate, players
from aggregator.videos.page.blocks import Block, Body, Link, Role
from aggregator.videos.page.players import Player

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_body(html: str) -> Body:
    """Read a post's body.

    Args:
        html: HTML, HTML whose tags were escaped once too often, or plain text.

    Returns:
        Its blocks; any text is readable, in time linear to its length. What stands
        beyond half a million characters, or inside 2,048 nested tags, is left out.
    """
    html = _shortened(html.replace("\x00", ""))
    if not _TAG.search(html) and _ESCAPED_TAG.search(html):
        html = unescape(html)
    builder = _Builder()
    if _TAG.search(html):
        _walk(html, builder)
    else:
        _read_lines(unescape(html), builder)
    builder.flush()
    flags = boilerplate.marked(builder.blocks)
    return Body(tuple(map(_flagged, builder.blocks, flags)))


def _flagged(block: Block, flag: bool) -> Block:
    """A block with its flag set; most need no copy."""
    if flag == block.boilerplate:
        return block
    return Block(block.role, block.text, flag, block.links, block.players)


_TAG = re.compile(r"<[a-zA-Z!/]")
_ESCAPED_TAG = re.compile(r"&(?:amp;)?lt;[a-zA-Z!/]")
_DATA_URI = re.compile(r"data:[a-z]{1,12}/[^\"'\s<>]{999,}")
_LONGEST = 500_000


def _shortened(html: str) -> str:
    """Cap the length; pictures written into the HTML go first, they hold no words."""
    if len(html) <= _LONGEST:
        return html
    return _DATA_URI.sub("", html[: 8 * _LONGEST])[:_LONGEST]


def _walk(html: str, builder: "_Builder") -> None:
    """Parse HTML and hand its elements to a builder in document order."""
    from lxml import etree  # noqa: PLC0415  (slow to import, and not needed to start)

    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(html.encode("utf-8", "replace"), parser)
    if root is None:
        return
    walker = etree.iterwalk(root, events=("start", "end"))
    parts, stated = builder.parts, players.states_in_attributes(html)
    for event, element in walker:
        tag = element.tag
        if event == "end":
            if tag not in _PLAIN:
                builder.end(tag)
            text = element.tail
        else:
            stating = tag in players.TAGS or (stated and bool(element.keys()))
            if (stating or tag not in _PLAIN) and not builder.start(tag, element, stating):
                walker.skip_subtree()
                continue
            text = element.text
        if text and (parts or not text.isspace()):
            parts.append(text)


def _read_lines(text: str, builder: "_Builder") -> None:
    """Read plain text: blank lines part paragraphs, a lone address is a block."""
    for line in text.splitlines():
        words = line.strip()
        if not words:
            builder.flush()
            continue
        bullet = _BULLET.match(words)
        alone = bullet is not None or players.is_address(words)
        if alone:
            builder.flush()
        builder.add(words[bullet.end() :] if bullet else words + "\n")
        if alone:
            builder.flush(Role.ITEM if bullet else None)


_BULLET = re.compile(r"[-*•–]\s+(?=\S)")

_ROLES = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Role.HEADING),
    **dict.fromkeys(("li", "dt", "dd"), Role.ITEM),
    **dict.fromkeys(("figcaption", "caption"), Role.CAPTION),
    "blockquote": Role.QUOTE,
    "pre": Role.CODE,
    "p": Role.PARAGRAPH,
    "td": Role.PARAGRAPH,
    "th": Role.HEADING,
}
_KEEPS_ROLE = (Role.QUOTE, Role.CAPTION, Role.ITEM, Role.CODE)
_BLOCKS = frozenset(_ROLES).union(
    ("html", "body", "article", "aside", "main", "section", "header", "footer", "nav", "form"),
    ("fieldset", "div", "center", "address", "details", "summary", "dl", "ul", "ol", "menu"),
    ("table", "thead", "tbody", "tfoot", "tr", "figure", "noscript", "hr"),
)
_PARAGRAPH = Role.PARAGRAPH
_FURNITURE = frozenset({"nav", "footer", "aside", "form", "menu"})
_PLAIN = frozenset(
    ("b", "strong", "i", "em", "u", "s", "span", "small", "big", "font", "sup", "sub", "cite", "q")
)
_SKIPPED = frozenset(
    ("style", "title", "textarea", "select", "button", "svg", "math", "template", "canvas")
)
_BREAK = "\x1e"
_LONGEST_KNOWN = 5000

_State = tuple[Role, bool]


class _Builder:
    """Collects blocks while a document is walked; `parts` are the open block's words."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self._links: list[Link] = []
        self._players: list[Player] = []
        self._role = Role.PARAGRAPH
        self._furniture = False
        self._states: list[_State] = []
        self._href = ""
        self._anchor = 0
        self._alt: str | None = None

    def start(self, tag: str, element: "_Element", stating: bool) -> bool:
        """Open an element; False when its content is not to be read.

        Args:
            tag: its name.
            element: the element.
            stating: whether it may state a video.
        """
        if tag in _SKIPPED:
            return False
        if tag in _BLOCKS:
            self._open_block(tag, element)
        elif handler := _INLINE.get(tag):
            handler(self, element)
        if stating:
            for player in players.in_element(tag, element):
                self._show(player)
        return tag not in players.CLOSED

    def end(self, tag: str) -> None:
        """Close an element."""
        if tag in _BLOCKS:
            if self.parts or self._links or self._players:
                self.flush()
            if self._states:
                self._role, self._furniture = self._states.pop()
        elif tag == "a":
            self._close_link()

    def add(self, text: str) -> None:
        """Add plain text to the block that is open."""
        self.parts.append(text.replace("\n", _BREAK))

    def flush(self, role: Role | None = None) -> None:
        """End the block that is open, if there is anything in it."""
        if self._href:
            self._take_link()
        if not (self.parts or self._links or self._players):
            return
        text = _folded("".join(self.parts))
        self.parts.clear()
        if text or self._links or self._players:
            self._close(text, role or self._role)

    def _close(self, text: str, role: Role) -> None:
        """Make a block of what was collected."""
        if role is not Role.CODE:
            text = unescape(text) if "&" in text else text
            if players.may_hold(text):
                text = self._take_apart(text)
        links, shown = tuple(self._links), tuple(self._players)
        self._links, self._players = [], []
        if text or links or shown:
            self.blocks.append(Block(role, text, self._furniture, links, shown))

    def _take_apart(self, text: str) -> str:
        """Take players out of a text, and note the addresses written out in it."""
        text, found = players.in_text(text)
        self._players += found
        known = "\n".join(link.text for link in self._links)[:_LONGEST_KNOWN]
        self._links += [Link(url, url) for url in players.addresses(text) if url not in known]
        return text

    def _open_block(self, tag: str, element: "_Element") -> None:
        """Begin a block: its role and whether it is furniture hold for all inside."""
        if self.parts or self._links or self._players:
            self.flush()
        self._states.append((self._role, self._furniture))
        if self._role not in _KEEPS_ROLE or tag in ("figcaption", "pre"):
            self._role = _ROLES.get(tag, _PARAGRAPH)
        if tag in _FURNITURE:
            self._furniture = True
        if element.keys():
            self._name_block(tag, element.get("class"), element.get("id"))

    def _name_block(self, tag: str, names: str | None, id: str | None) -> None:
        """Take up what the names of a block say of it."""
        if names and "caption" in names and tag in ("p", "td", "div"):
            self._role = _captioned(names, self._role)
        if boilerplate.is_furniture(names, id):
            self._furniture = True

    def _show(self, player: Player) -> None:
        """Place a player: stills stay in their block, others are blocks of their own."""
        if player.how == "thumbnail":
            self._players.append(player)
            return
        self.flush()
        self.blocks.append(Block(Role.OTHER, "", self._furniture, (), (player,)))

    def _line_break(self, _element: "_Element") -> None:
        """A break; two in a row end the paragraph."""
        for part in reversed(self.parts):
            if part == _BREAK:
                self.flush()
                return
            if not part.isspace():
                break
        self.parts.append(_BREAK)

    def _open_link(self, element: "_Element") -> None:
        """Begin a link, unless it leads nowhere else."""
        self._close_link()
        href = (element.get("href") or "").strip()
        self._href = "" if href[:1] == "#" or href[:11].lower() == "javascript:" else href
        self._anchor, self._alt = len(self.parts), None

    def _close_link(self) -> None:
        """End the link that is open, if one is."""
        if self._href:
            self._take_link()
        self._href = ""

    def _take_link(self) -> None:
        """Note the words of the open link; it may go on in the next block."""
        text = _folded("".join(self.parts[self._anchor :])).replace("\n", " ")
        if text or self._alt is not None:
            self._links.append(Link(self._href, text or self._alt or "", image=not text))
        self._anchor, self._alt = 0, None

    def _picture(self, element: "_Element") -> None:
        """Note a picture inside a link."""
        self._alt = (element.get("alt") or "").strip()


_Handler = Callable[[_Builder, "_Element"], None]
_INLINE: dict[str, _Handler] = {
    "br": _Builder._line_break,
    "a": _Builder._open_link,
    "img": _Builder._picture,
}


def _captioned(names: str, role: Role) -> Role:
    """The role of a block whose class speaks of captions; a captioned figure is none."""
    words = ("caption-text", "tr-caption", "image-caption", "caption__text")
    inside = any(word in names for word in words) and "container" not in names
    return Role.CAPTION if inside or names == "caption" else role


def _folded(text: str) -> str:
    """Fold white space; a break of the post becomes a line end."""
    if _BREAK not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)
