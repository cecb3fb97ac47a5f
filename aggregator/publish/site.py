"""The page that a person looks at: the newest issue and the latest posts."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aggregator.models import Issue, Post
from aggregator.publish.cards import card_of, first_cards, sections_of
from aggregator.publish.rendering import Templates
from aggregator.settings import Site

CARDS_SHOWN = 24
EARLIER_SHOWN = 48


def render_site(
    issue: Issue, posts: Sequence[Post], counts: Mapping[str, int], site: Site, templates: Templates
) -> dict[str, bytes]:
    """Render the page and its style sheet.

    Args:
        issue: the newest issue, shown first; at most `CARDS_SHOWN` posts of it.
        posts: the latest kept posts, newest first; `EARLIER_SHOWN` are listed below it.
        counts: number of ``feeds``, ``entries`` and ``kept`` entries.
        site: what the page says about itself.
        templates: ``site/index.html`` and ``site/style.css``.

    Returns:
        Contents by path.
    """
    sections = first_cards(sections_of(issue, site.pictures), CARDS_SHOWN)
    on_cards = {card.uid for section in sections for card in section.cards}
    listed = [post for post in posts if post.uid not in on_cards][:EARLIER_SHOWN]
    page = templates.render(
        "site/index.html",
        site=site,
        issue=issue,
        last_day=issue.end - timedelta(seconds=1),
        sections=sections,
        earlier=[card_of(post, site.pictures) for post in listed],
        counts=counts,
        base="",
    )
    return {
        "index.html": page.encode(),
        "style.css": templates.render("site/style.css").encode(),
    }
