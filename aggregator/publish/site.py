"""The page that a person looks at: the newest issue and the latest posts."""

from collections.abc import Mapping, Sequence

from aggregator.bundled import bundled
from aggregator.models import Issue, Post
from aggregator.publish.cards import Card, card_of
from aggregator.publish.rendering import Templates
from aggregator.settings import Site


def render_site(
    issue: Issue, posts: Sequence[Post], counts: Mapping[str, int], site: Site, templates: Templates
) -> dict[str, bytes]:
    """Render the page and its style sheet.

    Args:
        issue: the newest issue, shown first.
        posts: the latest kept posts, newest first, for the list below it.
        counts: number of ``feeds``, ``entries`` and ``kept`` entries.
        site: what the page says about itself.
        templates: ``site/index.html`` and ``site/style.css``.

    Returns:
        Contents by path.
    """
    sections: list[tuple[str, str, list[Card]]] = [
        (section.slug, section.heading, list(map(card_of, section.posts)))
        for section in issue.sections
    ]
    shown = {card.uid for _, _, cards in sections for card in cards}
    earlier = [card for card in map(card_of, posts) if card.uid not in shown]
    page = templates.render(
        "site/index.html",
        site=site,
        issue=issue,
        sections=sections,
        earlier=earlier,
        counts=counts,
    )
    return {
        "index.html": page.encode(),
        "style.css": templates.render("site/style.css").encode(),
    }
