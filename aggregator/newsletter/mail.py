"""One issue as files: the page, the text and the message as it would be mailed."""

import hashlib
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline

from aggregator.errors import DeliveryError
from aggregator.models import Issue
from aggregator.publish.cards import card_of
from aggregator.publish.rendering import Templates
from aggregator.settings import Settings

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
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def render_issue(issue: Issue, settings: Settings, templates: Templates) -> dict[str, bytes]:
    """Render an issue as its published files.

    Args:
        issue: what is in it.
        settings: site and digest settings.
        templates: ``mail/digest.html`` and ``mail/digest.txt``.

    Returns:
        ``digest/<issue>.html``, ``.txt`` and ``.eml`` by path; the same issue, the same bytes.

    Raises:
        DeliveryError: the finished message does not read back as it was meant.
    """
    sections = [
        {"slug": section.slug, "heading": section.heading, "cards": list(map(card_of, section.posts))}
        for section in issue.sections
    ]
    values = {
        "issue": issue,
        "site": settings.site,
        "sections": sections,
        "more": [card_of(post) for post in issue.more],
        "subject": subject_of(issue),
        "preheader": preheader_of(issue),
        "web_address": settings.site.address_of(f"digest/{issue.id}.html"),
    }
    html = css_inline.inline(
        templates.render("mail/digest.html", **values), keep_style_tags=True, load_remote_stylesheets=False
    )
    text = templates.render("mail/digest.txt", **values)
    message = _message(issue, settings, html, text)
    return {
        f"digest/{issue.id}.html": html.encode(),
        f"digest/{issue.id}.txt": text.encode(),
        f"digest/{issue.id}.eml": message,
    }


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
    message["From"] = f'"{safe_header(name).translate({34: 39, 92: 47})}" <{settings.digest.sender}>'
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
