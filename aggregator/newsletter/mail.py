"""One issue as files: the page, the text and the message as it would be mailed."""

import bisect
import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline

from aggregator.errors import DeliveryError
from aggregator.models import Issue
from aggregator.publish.cards import card_of, first_cards, sections_of
from aggregator.publish.rendering import Templates
from aggregator.settings import Settings

MAIL_BUDGET = 95_000
"""Octets of encoded HTML; Gmail clips a message near 102 KB."""
CARDS_BUDGET = 83_000
"""Octets after which posts become one-line links."""

_HEADERS = (
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "List-Id",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def render_issue(issue: Issue, settings: Settings, templates: Templates) -> dict[str, bytes]:
    """Render an issue as its published files.

    The page shows every post; the message what fits into `MAIL_BUDGET`, its pictures
    addressed absolutely.

    Args:
        issue: what is in it.
        settings: site and digest settings.
        templates: ``mail/digest.html`` and ``mail/digest.txt``.

    Returns:
        ``digest/<issue>.html``, ``.txt`` and ``.eml`` by path; the same issue, the same bytes.

    Raises:
        DeliveryError: the finished message does not read back as it was meant.
    """
    digest = _Digest(issue, settings, templates)
    text = templates.render("mail/digest.txt", wrapped=wrapped, **digest.values)
    message = _message(issue, settings, digest.fitted(), text)
    return {
        f"digest/{issue.id}.html": digest.everything("../").encode(),
        f"digest/{issue.id}.txt": text.encode(),
        f"digest/{issue.id}.eml": message,
    }


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
        }

    def html(self, base: str, cards: int, lines: int) -> str:
        """The document with its first cards, then one-line links, then a number.

        Args:
            base: what leads from the document to ``output/``.
            cards: how many cards.
            lines: how many one-line links.
        """
        rest = self._lines[cards:]
        shown = {
            **self.values,
            "base": base,
            "sections": first_cards(self._sections, cards),
            "more": rest[:lines],
            "left": len(rest[lines:]),
        }
        page = self._templates.render("mail/digest.html", **shown)
        return css_inline.inline(page, minify_css=True, load_remote_stylesheets=False)

    def everything(self, base: str) -> str:
        """The document with every card and every link."""
        return self.html(base, self.total, len(self._lines))

    def fitted(self) -> str:
        """The document as it is mailed: what fits into the budget, best first."""
        base, every = self._mail_base, len(self._lines)
        whole = self.everything(base)
        if _encoded_size(whole) <= MAIL_BUDGET:
            return whole
        cards = _most(self.total, CARDS_BUDGET, lambda count: self.html(base, count, 0))
        lines = _most(every - cards, MAIL_BUDGET, lambda count: self.html(base, cards, count))
        return self.html(base, cards, lines)


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


def safe_header(text: str) -> str:
    """A foreign string made fit for a header.

    Control characters go, and ``=?`` is broken up: Python before 3.11.10 decodes such a
    word into new header lines (CVE-2024-6923).
    """
    return _CONTROLS.sub(" ", text).replace("=?", "= ?")[:200].strip()


def _headlines(issue: Issue, count: int, skip: int = 0) -> str:
    posts = [post for section in issue.sections for post in section.posts]
    return " · ".join(card_of(post).headline for post in posts[skip : skip + count])


def _newest(issue: Issue) -> datetime:
    posts = [post for section in issue.sections for post in section.posts]
    return max((post.first_seen for post in posts), default=issue.start)


def _message(issue: Issue, settings: Settings, html: str, text: str) -> bytes:
    host = settings.digest.sender.rpartition("@")[2]
    name = settings.digest.title or settings.site.title
    token = hashlib.sha256(f"{settings.site.url}\0{issue.id}".encode()).hexdigest()[:24]
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = safe_header(subject_of(issue))
    message["From"] = (
        f'"{safe_header(name).translate({34: 39, 92: 47})}" <{settings.digest.sender}>'
    )
    message["To"] = "undisclosed-recipients:;"
    message["Date"] = format_datetime(_newest(issue))
    message["Message-ID"] = f"<{issue.id}.{token}@{host}>"
    message["List-Id"] = f"<digest.{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{token}")
    document = message.as_bytes()
    _refuse_foreign_headers(document)
    return document


def _refuse_foreign_headers(document: bytes) -> None:
    found = message_from_bytes(document, policy=policy.default).keys()
    if sorted(found) != sorted(_HEADERS):
        raise DeliveryError(
            f"the message came out with headers {', '.join(found)}; nothing was written",
            permanent=True,
        )
