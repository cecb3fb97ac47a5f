"""A post as blocks in reading order, with furniture recognised."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.page.blocks import Link, Role
from aggregator.videos.page.body import read_body
from aggregator.videos.page.boilerplate import is_furniture
from aggregator.videos.page.players import Player


def own(html: str) -> list[str]:
    return [block.text for block in read_body(html).own if block.text]


def test_a_post_is_read_in_order_with_the_role_of_each_block() -> None:
    body = read_body(
        "<h2>Head</h2><p>One <b>two</b>\n three.</p><ul><li>Item</li></ul>"
        "<blockquote><p>Said</p></blockquote><figure><img src=x><figcaption>Still</figcaption>"
        "</figure><pre>a  b</pre>"
    )
    assert [(block.role, block.text) for block in body.blocks] == [
        (Role.HEADING, "Head"),
        (Role.PARAGRAPH, "One two three."),
        (Role.ITEM, "Item"),
        (Role.QUOTE, "Said"),
        (Role.CAPTION, "Still"),
        (Role.CODE, "a b"),
    ]


def test_a_player_parts_the_words_around_it() -> None:
    body = read_body('<p>Before <iframe title="T" src="//x.example/p"></iframe> after</p>')
    assert [block.text for block in body.blocks] == ["Before", "", "after"]
    assert body.blocks[1].players == (Player("//x.example/p", "T", "iframe"),)
    assert body.players == body.blocks[1].players


def test_links_carry_their_words_and_linked_pictures_their_alternative_text() -> None:
    body = read_body(
        '<p>See <a href="/a">this <i>one</i></a>, <a href="/b"><img src=x alt="a roof"></a>'
        ' and <a href="#top">up</a> <a href="javascript:x()">x</a></p>'
    )
    assert body.links == (Link("/a", "this one"), Link("/b", "a roof", image=True))


def test_an_address_in_the_text_is_a_link_without_the_sentence_around_it() -> None:
    assert read_body("<p>Look (https://a.example/b?c=1), now.</p>").links == (
        Link("https://a.example/b?c=1", "https://a.example/b?c=1"),
    )


def test_an_address_that_is_a_link_already_counts_once() -> None:
    html = '<p><a href="https://a.example/b">https://a.example/b</a></p>'
    assert len(read_body(html).links) == 1


def test_two_breaks_part_paragraphs_and_one_is_a_line_end() -> None:
    assert own("One<br>two<br/> <br />three") == ["One\ntwo", "three"]


def test_nested_containers_of_a_blog_editor_give_plain_paragraphs() -> None:
    html = (
        '<div dir="ltr"><div class="separator"><img src=x></div><div><br /></div>'
        "<div>First.</div><div><br></div><div><span>Second.</span></div></div>"
    )
    assert own(html) == ["First.", "Second."]


def test_plain_text_is_parted_by_blank_lines_and_lone_addresses() -> None:
    text = "One\nline on.\n\nhttps://a.example/b\nTwo & a half\n- item"
    body = read_body(text)
    assert [(block.role, block.text) for block in body.blocks] == [
        (Role.PARAGRAPH, "One\nline on."),
        (Role.PARAGRAPH, "https://a.example/b"),
        (Role.PARAGRAPH, "Two & a half"),
        (Role.ITEM, "item"),
    ]


def test_html_that_was_escaped_once_too_often_is_read_as_html() -> None:
    assert own("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;R&amp;amp;B&lt;/p&gt;") == ["One", "R&B"]


def test_scripts_styles_and_controls_are_no_words() -> None:
    html = (
        "<style>p{}</style><p>One</p><script>var x</script><button>Go</button>"
        "<textarea>t</textarea>"
    )
    assert own(html) == ["One"]


def test_text_paragraphs_and_headings_leave_furniture_out() -> None:
    body = read_body("<h2>Head</h2><p>One.</p><p>Share this:</p><footer>Foot</footer>")
    assert body.text == "Head\nOne."
    assert body.paragraphs == ("One.",)
    assert body.headings == ("Head",)
    assert [block.text for block in body.blocks] == ["Head", "One.", "Share this:", "Foot"]


@pytest.mark.parametrize(
    "names",
    [
        "jp-relatedposts",
        "sharedaddy sd-sharing-enabled",
        "yarpp yarpp-related",
        "related-posts",
        "post-related",
        "nav-links",
        "post-navigation",
        "entry-footer",
        "tagcloud",
        "tags-links",
        "author-bio",
        "comments-area",
        "addtoany_share_save_container",
        "newsletter-signup",
        "subscription-widget-wrap",
        "mailchimp-form",
        "cookie-notice",
        "social-share",
        "feedflare",
        "outbrain",
    ],
)
def test_parts_that_publishing_systems_name_are_furniture(names: str) -> None:
    assert is_furniture(names, None)
    assert own(f'<p>One.</p><div class="{names}"><p>Something else to read.</p></div>') == ["One."]


@pytest.mark.parametrize(
    "names",
    [
        "wp-block-embed is-provider-youtube",
        "entry-content",
        "post-12 type-post hentry category-menu tag-newsletter",
        "separator",
        "youtube-wrap",
        "video-container",
        "image-caption",
        "has-navy-color",
        "relationship",
    ],
)
def test_the_post_itself_is_no_furniture(names: str) -> None:
    assert not is_furniture(names, None)


ENDINGS = [
    "The post Tin Roof appeared first on Larksblog.",
    "L’article Tin Roof est apparu en premier sur Larksblog.",
    "Der Beitrag Tin Roof erschien zuerst auf Larksblog.",
    "La entrada Tin Roof se publicó primero en Larksblog.",
    "O post Tin Roof apareceu primeiro em Larksblog.",
    "L'articolo Tin Roof proviene da Larksblog.",
    "Het bericht Tin Roof verscheen eerst op Larksblog.",
    "Artykuł Tin Roof pochodzi z serwisu Larksblog.",
    "Filed under: Music",
    "Share this:",
    "Continue reading",
    "Subscribe to our newsletter for the best new music every week",
    "This site uses cookies to make it better for you.",
    "シェアする",
    "좋아요",
    "Поделиться",
]


@pytest.mark.parametrize("line", ENDINGS)
def test_lines_that_are_added_to_posts_are_furniture(line: str) -> None:
    assert own(f"<p>One.</p><p>{line}</p>") == ["One."]


@pytest.mark.parametrize(
    "line",
    [
        "Share this moment with a director and you will hear how the roof fell in on take three.",
        "Tag along with the band for a day and the set turns out to be a swimming pool.",
        "Comments from the director make clear that nothing was planned, least of all the dog.",
        "Delen van de clip zijn in Antwerpen gedraaid, met een kraan en veertig figuranten.",
        "More from the band next week, but this video of theirs needs a long look right now.",
        "Watch the video below",
    ],
)
def test_prose_that_only_begins_alike_stays(line: str) -> None:
    assert own(f"<p>One.</p><p>{line}</p><p>Two.</p>") == ["One.", line, "Two."]


LANGUAGES = tomllib.loads(
    files("aggregator.videos").joinpath("data", "furniture.toml").read_text("utf-8")
)["lists"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_other_posts_is_furniture_in_every_language(language: str) -> None:
    heading = LANGUAGES[language][0].strip().capitalize()
    html = (
        f"<p>One.</p><h3>{heading}</h3><ul><li><a href='/x'>Another post</a></li>"
        "<li><a href='/y'>And one more</a> </li></ul><p>A last word without any link in it.</p>"
    )
    assert own(html) == ["One.", "A last word without any link in it."]


def test_a_teaser_between_two_links_belongs_to_the_list() -> None:
    html = (
        "<h4>Related posts</h4><p><a href='/x'>Another post</a></p><p>It was a dark night.</p>"
        "<p><a href='/y'>And one more</a></p><p>The end.</p>"
    )
    assert own(html) == ["The end."]


def test_a_line_that_leads_to_one_other_post_is_furniture() -> None:
    line = '<p>Lire aussi : <a href="/x">Un autre article tout à fait différent</a></p>'
    html = f"<p>One.</p>{line}<p>Two.</p>"
    assert own(html) == ["One.", "Two."]


def test_three_blocks_of_links_are_a_list_of_links() -> None:
    links = "".join(f'<li><a href="/{n}">Post number {n}</a></li>' for n in range(3))
    assert own(f"<p>One.</p><ul>{links}</ul>") == ["One."]


def test_a_list_of_links_to_videos_is_the_post_itself() -> None:
    links = "".join(
        f'<li><a href="https://youtu.be/Zk3-video_{n}">Song number {n}</a></li>' for n in range(5)
    )
    assert len(own(f"<ul>{links}</ul>")) == 5


def test_what_is_left_of_a_removed_player_is_noticed() -> None:
    assert read_body("<p>[embedded content]</p>").lost_embed
    assert not read_body("<p>A post.</p>").lost_embed


@given(st.text(max_size=500))
def test_no_text_makes_it_raise(text: str) -> None:
    for html in (text, f"<p>{text}</p>", f"<a href='{text}'>{text}", f"&lt;p {text}"):
        body = read_body(html)
        assert all(block.text == block.text.strip() for block in body.blocks)


@given(st.lists(st.text(alphabet="abcdefgh äöü日本", min_size=1, max_size=20), max_size=8))
def test_paragraphs_come_back_as_they_were_written(texts: list[str]) -> None:
    words = [" ".join(text.split()) for text in texts]
    html = "".join(f"<p>{text}</p>" for text in texts)
    assert [block.text for block in read_body(html).blocks] == [text for text in words if text]


HOSTILE = [
    *("<div>", "<p><b>", "<a href=https://youtu.be/Zk3-video_A>x", "<", "<!--", "&lt;", "<li>"),
    *("[youtube ", "{video =", "[embed]", "<br> ", "<table><tr><td>x", "<iframe src=//x.y/z>"),
    *("https://a.b/c ", "\nhttps://youtu.be/Zk3-video_A", "&lt;iframe ", "<script>//youtube", '"'),
    "<p class='" + "a-" * 30 + "'>",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_nesting_is_read_to_its_cap(piece: str) -> None:
    body = read_body(piece * (1_000_000 // len(piece)))
    assert sum(len(block.text) for block in body.blocks) <= 500_000


def test_deep_nesting_keeps_its_words() -> None:
    assert own("<div>" * 1500 + "deep") == ["deep"]


def test_pictures_written_into_the_html_do_not_use_up_its_length() -> None:
    picture = '<img src="data:image/png;base64,' + "A" * 600_000 + '">'
    assert own(f"{picture}<p>After.</p>") == ["After."]
