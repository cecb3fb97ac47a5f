"""What in a body is not the post's own: related posts, share bars, sign-ups, notices.

Three witnesses: the names that publishing systems give to such parts, the words that
begin them in many languages, and the shape of a list that holds links only.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from aggregator.videos.page.blocks import Block
from aggregator.videos.page.providers import may_be_video
from aggregator.videos.tables import table

_NAMES = re.compile(
    r"jp-relatedposts|sharedaddy|sd-(?:sharing|social|block|like|content)[\w-]*|yarpp[\w-]*"
    r"|crp_related|crp-[\w-]*|wp_rp[\w-]*|outbrain[\w-]*|ob-widget|taboola[\w-]*|zergnet"
    r"|(?:[\w-]+[_-])?related(?:[_-](?:posts?|articles?|stories|content|links?|list|news|items?"
    r"|entries|wrap|box|container))?(?:-[\w-]*)?"
    r"|(?:[\w-]+[_-])?(?:recommended|recommendations|recirc|readmore|read-more|read-also|read-next"
    r"|see-also|also-read|more-(?:posts|stories|from|news|articles)|popular-posts|latest-posts"
    r"|wp-block-latest-posts[\w-]*|recent-posts|similar-posts|you-may-like|up-next)"
    r"|(?:[\w-]+[_-])?(?:nav|navbar|navigation|nav-links|breadcrumbs?|pagination|post-nav|pager"
    r"|menu|toc|table-of-contents|ez-toc-container|lwptoc)"
    r"|footer|(?:post|entry|article|site|page|blogger-post|feed|email)[_-]footer|feedflare|sidebar"
    r"|(?:post|entry|article|single|blog)[_-](?:tags|meta|categories|info|share|sharing|author"
    r"|links)|tags?|tags?-?cloud|tags?-links|tags?-list|cat-links|wp-tag-cloud|wp-block-tag-cloud"
    r"|(?:[\w-]+[_-])?author[_-]?(?:bio|box|info|card|about|description|profile)|about-(?:the-)?author"
    r"|bio|byline|saboxplugin-[\w-]*|comments?|comments?-(?:area|list|section|form|respond|link"
    r"|count)|respond|disqus[\w-]*|(?:[\w-]+[_-])?share(?:[_-]?(?:bar|buttons?|links?|this|icons?|post"
    r"|box|tools|wrap|container|list))?|sharing|sharethis[\w-]*|shareaholic[\w-]*|addtoany[\w-]*"
    r"|a2a_[\w-]*|addthis[\w-]*|heateor[\w-]*|essb[\w-]*|ssba[\w-]*|social-?(?:share|sharing|links"
    r"|icons|media|buttons|bar|follow|wrap)[\w-]*|post-share[\w-]*|twitter-share-button|fb-like"
    r"|(?:[\w-]+[_-])?(?:newsletter|subscribe|subscription|signup|sign-up|mailing-list|optin|opt-in)"
    r"(?:[_-](?:box|form|widget|cta|signup|block|wrap|container|banner))?(?:-wrap[\w-]*)?"
    r"|mailchimp[\w-]*|mc_embed_signup|mc4wp[\w-]*|jetpack_subscription_widget|wpcf7"
    r"|(?:cookie|gdpr|privacy|consent)[_-](?:notice|banner|bar|law|policy|info|popup)|cookie-law-info"
    r"|(?:ad|ads|advert|advertisement|adsbygoogle|ad-[\w-]*|banner-ad|sponsor(?:ed)?|affiliate"
    r"|disclaimer|disclosure|promo-box|donate|donation|support-us|patreon-[\w-]*|button-wrapper"
    r"|captioned-button-wrap|comments-wrap|pencraft|wp-block-button(?:s)?|post-ratings|kk-star-ratings"
    r"|screen-reader-text|visually-hidden|sr-only|hidden)",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def _is_name(name: str) -> bool:
    """Whether one class or id is that of furniture."""
    return bool(_NAMES.fullmatch(name))


def is_furniture(names: str | None, id: str | None) -> bool:
    """Whether an element's class or id say that it is no part of the post.

    Args:
        names: its class attribute, None when it has none.
        id: its id, None when it has none.
    """
    if not names:
        return bool(id) and _is_name((id or "")[:60])
    if "hentry" in names or "type-post" in names:
        return False
    return any(_is_name(name[:60]) for name in names.split()[:12]) or _is_name((id or "")[:60])


@cache
def _starts_of(name: str) -> dict[str, tuple[str, ...]]:
    """A table's phrases of all languages, longest first, by their first two letters."""
    found: dict[str, set[str]] = {}
    for phrases in table("furniture")[name].values():
        for phrase in phrases:
            found.setdefault(phrase[:2], set()).add(phrase)
    return {start: tuple(sorted(some, key=len, reverse=True)) for start, some in found.items()}


@cache
def _starts() -> frozenset[str]:
    """The first two letters of all phrases."""
    return frozenset(_starts_of("lists")).union(_starts_of("notices"))


@cache
def _endings() -> tuple[str, ...]:
    """What feeds add below a post, in all languages."""
    return tuple(said for phrases in table("furniture")["endings"].values() for said in phrases)


_EDGE = " \t\n-–—•·>»▶►→|*#[(:.【■▼●◆★☆▪"


def marked(blocks: Sequence[Block]) -> list[bool]:
    """Which blocks of a post are furniture.

    Args:
        blocks: the blocks in order; those that are flagged already stay so.

    Returns:
        One flag for each block.
    """
    flags = [block.boilerplate for block in blocks]
    index, last = 0, len(blocks) - _LAST
    while index < len(blocks):
        block = blocks[index]
        if not flags[index] and block.text and len(block.text) <= _LONGEST_NOTICE:
            start = block.text[:_LONGEST_PHRASE].casefold().lstrip(_EDGE)
            if start[:2] not in _starts():
                flags[index] = index >= last and _is_ending(block)
            elif _begins_list(block, start):
                index = _mark_list(blocks, flags, index)
                continue
            else:
                flags[index] = _is_notice(block, start) or (index >= last and _is_ending(block))
        index += 1
    _mark_runs(blocks, flags)
    return flags


_LONGEST_PHRASE = 60
_LONGEST_NOTICE = 400
_LAST = 3


def _phrase(name: str, start: str) -> str:
    """The phrase of a table that a block begins with, empty when there is none."""
    phrases = _starts_of(name).get(start[:2])
    if phrases and start.startswith(phrases):
        for phrase in phrases:
            if start.startswith(phrase) and _ends_word(start, phrase):
                return phrase
    return ""


def _begins_list(block: Block, start: str) -> bool:
    """Whether a block is the heading of a list of other posts, or a line that holds one."""
    phrase = _phrase("lists", start)
    if not phrase:
        return False
    if block.links:
        return _share_of_links(block) > 0.45 and not _shows_only(block)
    rest = len(block.text) - len(phrase)
    return rest <= 30 or (block.role == "heading" and rest <= 60)


def _ends_word(start: str, phrase: str) -> bool:
    """Whether a phrase ends where a word of the text does; long ones may be stems."""
    if len(phrase) > _STEM or phrase >= _FIRST_WITHOUT_SPACES:
        return True
    return not start[len(phrase) : len(phrase) + 1].isalpha()


_STEM = 7
_PLAIN = 11
_FIRST_WITHOUT_SPACES = "\u3000"


def _is_notice(block: Block, start: str) -> bool:
    """Whether a block asks to share, subscribe or comment, or states tags or rights."""
    phrase = _phrase("notices", start)
    if not phrase:
        return False
    rest = len(block.text) - len(phrase)
    room = 12 if len(phrase) < 6 and phrase.isalpha() else 40
    if rest <= room or _share_of_links(block) > 0.6 or (rest <= 200 and len(phrase) >= _PLAIN):
        return not _shows(block)
    return False


def _is_ending(block: Block) -> bool:
    """Whether a block is what a feed adds below a post."""
    text = block.text
    return any([said in text for said in _endings()])


def _mark_list(blocks: Sequence[Block], flags: list[bool], index: int) -> int:
    """Flag a list of other posts from its heading on; the index after it."""
    flags[index] = True
    index += 1
    while index < len(blocks) and (flags[index] or _belongs(blocks, index)):
        flags[index] = True
        index += 1
    return index


def _belongs(blocks: Sequence[Block], index: int) -> bool:
    """Whether a block goes on with a list of other posts: a link, or a teaser between two."""
    block = blocks[index]
    if _is_links(block) or (block.players and not block.text):
        return True
    after = blocks[index + 1] if index + 1 < len(blocks) else None
    return len(block.text) <= 200 and after is not None and _is_links(after)


def _mark_runs(blocks: Sequence[Block], flags: list[bool]) -> None:
    """Flag three or more blocks in a row, or one with three links, that hold links only."""
    run: list[int] = []
    for index, block in enumerate(blocks):
        if block.links and _is_links(block) and not _shows(block):
            run.append(index)
            if len(block.links) >= 3:
                flags[index] = True
            continue
        if run:
            _mark_run(flags, run)
            run = []
    _mark_run(flags, run)


def _mark_run(flags: list[bool], run: list[int]) -> None:
    """Flag a run of blocks when it is long enough to be a list."""
    if len(run) >= 3:
        for index in run:
            flags[index] = True


def _is_links(block: Block) -> bool:
    """Whether a block holds nothing to speak of but links."""
    return bool(block.links) and _share_of_links(block) >= 0.8


def _share_of_links(block: Block) -> float:
    """How much of a block's words are links, 0 to 1."""
    if not block.links:
        return 0.0
    return sum(len(link.text) for link in block.links if not link.image) / (len(block.text) or 1)


def _shows(block: Block) -> bool:
    """Whether a block leads to a video."""
    return bool(block.players) or any(may_be_video(link.url) for link in block.links)


def _shows_only(block: Block) -> bool:
    """Whether all that a block links to are videos."""
    return bool(block.links) and all(may_be_video(link.url) for link in block.links)
