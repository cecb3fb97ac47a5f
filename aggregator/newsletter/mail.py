"""One issue as files: the page, the text and the message as it would be mailed."""

import bisect
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage

import css_inline

from aggregator.models import Issue
from aggregator.newsletter.letter import TOKEN_PLACE, Letter, Recipient
from aggregator.newsletter.message import Heads, compose
from aggregator.newsletter.tokens import TOKEN_LENGTH
from aggregator.publish.cards import card_of, first_cards, sections_of
from aggregator.publish.rendering import Templates
from aggregator.settings import Settings

MAIL_BUDGET = 95_000
"""Octets of encoded HTML; Gmail clips a message near 102 KB."""
CARDS_BUDGET = 83_000
"""Octets after which posts become one-line links."""


def render_issue(issue: Issue, settings: Settings, templates: Templates) -> dict[str, bytes]:
    """Render an issue as its published files.

    The page shows every post; the message is the one that is mailed, made out to nobody.

    Args:
        issue: what is in it.
        settings: site, digest and mail settings.
        templates: ``mail/digest.html`` and ``mail/digest.txt``.

    Returns:
        ``digest/<issue>.html``, ``.txt`` and ``.eml`` by path; the same issue, the same bytes.

    Raises:
        DeliveryError: the finished message does not read back as it was meant.
    """
    digest = _Digest(issue, settings, templates)
    text = digest.text("")
    return {
        f"digest/{issue.id}.html": digest.everything("../", "").encode(),
        f"digest/{issue.id}.txt": text.encode(),
        f"digest/{issue.id}.eml": Letter(digest.document()).to(_NOBODY).octets,
    }


def render_letter(issue: Issue, settings: Settings, templates: Templates) -> bytes:
    """Render an issue as the document that `Letter` addresses.

    What fits into `MAIL_BUDGET` is shown, its pictures addressed absolutely.
    """
    return _Digest(issue, settings, templates).document()


_NOBODY = Recipient("reader@example.org", "0" * TOKEN_LENGTH, "0" * TOKEN_LENGTH)


class _Digest:
    """One issue's HTML, with as many cards and one-line links as asked for."""

    def __init__(self, issue: Issue, settings: Settings, templates: Templates) -> None:
        site = settings.site
        more = tuple(card_of(post, site.pictures) for post in issue.more)
        self._templates = templates
        self._mail_base = site.address_of("")
        self._sections = sections_of(issue, site.pictures)
        self._lines = tuple(card for part in self._sections for card in part.cards) + more
        self.total = len(self._lines) - len(more)
        self.values = {
            "issue": issue,
            "last_day": issue.end - timedelta(seconds=1),
            "site": site,
            "sections": self._sections,
            "more": more,
            "sender": settings.digest.sender,
            "subject": subject_of(issue),
            "preheader": preheader_of(issue),
            "web_address": site.address_of(f"digest/{issue.id}.html"),
            "postal_address": settings.mail.postal_address,
        }
        self._settings, self._issue = settings, issue
        self._leave = f"{settings.list_pages}/leave/{TOKEN_PLACE}"

    def document(self) -> bytes:
        """The message, with places for what differs between its readers."""
        heads = Heads(
            subject=subject_of(self._issue),
            issue=self._issue.id,
            date=_newest(self._issue),
            archive=str(self.values["web_address"]),
        )
        return compose(heads, self._settings, self.fitted(), self.text(self._leave))

    def text(self, leave: str) -> str:
        """The text part; `leave` is the address for unsubscribing, if it has one."""
        values = {**self.values, "leave": leave}
        return self._templates.render("mail/digest.txt", wrapped=wrapped, **values)

    def html(self, base: str, cards: int, lines: int, leave: str) -> str:
        """The document with its first cards, then one-line links, then a number.

        Args:
            base: what leads from the document to ``output/``.
            leave: the address for unsubscribing, empty on the web.
            cards: how many cards.
            lines: how many one-line links.
        """
        rest = self._lines[cards:]
        shown = {
            **self.values,
            "base": base,
            "leave": leave,
            "sections": first_cards(self._sections, cards),
            "more": rest[:lines],
            "left": len(rest[lines:]),
        }
        page = self._templates.render("mail/digest.html", **shown)
        return css_inline.inline(page, minify_css=True, load_remote_stylesheets=False)

    def everything(self, base: str, leave: str) -> str:
        """The document with every card and every link."""
        return self.html(base, self.total, len(self._lines), leave)

    def fitted(self) -> str:
        """The document as it is mailed: what fits into the budget, best first."""
        base, leave, every = self._mail_base, self._leave, len(self._lines)
        whole = self.everything(base, leave)
        if _encoded_size(whole) <= MAIL_BUDGET:
            return whole
        cards = _most(self.total, CARDS_BUDGET, lambda count: self.html(base, count, 0, leave))
        lines = _most(
            every - cards, MAIL_BUDGET, lambda count: self.html(base, cards, count, leave)
        )
        return self.html(base, cards, lines, leave)


def _most(highest: int, budget: int, render: Callable[[int], str]) -> int:
    counts = range(1, highest + 1)
    return bisect.bisect_right(counts, budget, key=lambda count: _encoded_size(render(count)))


def _encoded_size(html: str) -> int:
    part = EmailMessage(policy=policy.SMTP)
    part.set_content(html, subtype="html", cte="quoted-printable")
    return len(part.as_bytes())


def wrapped(text: str, indent: int = 4, width: int = 72) -> str:
    """A paragraph in lines for a fixed pitch, where an East Asian character takes two columns.

    Args:
        text: plain text.
        indent: blanks before every line but the first.
        width: columns, the indent included.
    """
    lines, room = [""], width - indent
    for word in re.findall(r"\S+\s*", text):
        for piece in _pieces(word, width - indent):
            taken = _columns(piece.rstrip())
            if taken > room:
                lines.append("")
                room = width - indent
            lines[-1] += piece
            room -= _columns(piece)
    return ("\n" + " " * indent).join(line.rstrip() for line in lines)


def _columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def _pieces(word: str, width: int) -> list[str]:
    """A word that may not be broken, or one without blanks cut where a script allows it."""
    if _columns(word) == len(word) and len(word) <= width:
        return [word]
    return list(word)


def subject_of(issue: Issue) -> str:
    """The subject line: the digest's name and what leads the issue."""
    return f"{issue.title}: {_headlines(issue, 1)}" if issue.sections else issue.title


def preheader_of(issue: Issue) -> str:
    """The line that mail clients show beside the subject."""
    return _headlines(issue, 4, skip=1)


def _headlines(issue: Issue, count: int, skip: int = 0) -> str:
    posts = [post for section in issue.sections for post in section.posts]
    return " · ".join(card_of(post).headline for post in posts[skip : skip + count])


def _newest(issue: Issue) -> datetime:
    posts = [post for section in issue.sections for post in section.posts]
    return max((post.first_seen for post in posts), default=issue.start)
