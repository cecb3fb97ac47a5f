"""The page shows the newest issue and earlier posts, runs nothing and stays small."""

from pathlib import Path

import pytest
from lxml import html

from aggregator.publish.rendering import Templates
from aggregator.publish.site import render_site
from aggregator.settings import Site
from tests.sample_posts import AWKWARD, earlier, issue_of, many, posts

COUNTS = {"feeds": 23, "entries": 412, "kept": 96}
TEMPLATES = Templates(Path("/nowhere"), "UTC")


def page_of(chosen: list, before: list, site: Site | None = None) -> bytes:
    issue = issue_of(chosen)
    return render_site(issue, [*chosen, *before], COUNTS, site or Site(), TEMPLATES)["index.html"]


def test_the_same_posts_give_the_same_bytes() -> None:
    assert page_of(posts(), earlier()) == page_of(posts(), earlier())


def test_a_card_shows_credits_and_leads_to_blog_post_and_videos() -> None:
    document = html.document_fromstring(page_of(posts(), []).decode())
    lead = document.find_class("lead")[0]
    words = " ".join(lead.text_content().split())
    for shown in ("Premiere", "Velvet Switchyard “Paper Comet”", "Directed by Ines Okonjo-Vale"):
        assert shown in words
    links = {" ".join(a.text_content().split()): a.get("href") for a in lead.iter("a")}
    assert links["Music video on YouTube"] == "https://www.youtube.com/watch?v=aaaaaaaaaa1"
    assert links["Making-of on Vimeo"] == "https://vimeo.com/880011223"
    assert links["Velvet Switchyard “Paper Comet”"] == "https://cathode-parade.example/post/1"
    assert links["Cathode Parade"] == "https://cathode-parade.example/"


def test_every_post_is_shown_once_in_its_section_or_below() -> None:
    chosen, before = posts(), earlier(12)
    document = html.document_fromstring(page_of(chosen, before).decode())
    assert [part.get("id") for part in document.iter("section")] == [
        "new",
        "vault",
        "behind",
        "reading",
        "earlier",
    ]
    assert len(document.findall(".//article")) == len(chosen)
    assert len(document.find_class("listing")[0]) == len(before)


def test_a_list_post_shows_its_works_and_says_how_many_more_there_are() -> None:
    document = html.document_fromstring(page_of(posts(), []).decode())
    works = document.find_class("works")[0]
    assert [item.text for item in works][:2] == [
        "Velvet Switchyard – “Paper Comet”",
        "Orchard Bank – “Tomorrow, Sooner”",
    ]
    assert document.find_class("and-more")[0].text == "and 4 more"


def test_foreign_words_say_their_language() -> None:
    document = html.document_fromstring(page_of(posts(), []).decode())
    tagged = {heading.text_content(): heading.get("lang") for heading in document.iter("h3")}
    assert tagged["夜光列車 “灯台ラジオ”"] == "ja"
    assert tagged["Camille Ardoise “Les néons”"] == "fr"
    assert tagged["Dire Straits “Money for Nothing”"] is None


def test_the_page_links_feed_and_letter() -> None:
    document = html.document_fromstring(page_of(posts(), []).decode())
    links = {address for _, _, address, _ in document.iterlinks()}
    assert {"atom.xml", "style.css", "digest/2026-W48.html"} <= links


def test_nothing_a_post_says_becomes_markup() -> None:
    document = html.document_fromstring(page_of(posts(AWKWARD), posts(AWKWARD, 500)).decode())
    assert not list(document.iter("script", "iframe", "object", "form", "base"))
    assert len(list(document.iter("style"))) == 0
    for element in document.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
    for _, name, address, _ in document.iterlinks():
        assert name in ("href", "src")
        assert address.startswith(
            ("https://", "#", "art/", "atom.xml", "digest/", "style.css", "data:image/svg")
        )


@pytest.mark.parametrize(
    ("pictures", "sources"), [("provider", "'self' https: data:"), ("drawn", "'self' data:")]
)
def test_the_policy_allows_no_script_and_only_the_pictures_in_use(
    pictures: str, sources: str
) -> None:
    document = html.document_fromstring(page_of(posts(), [], Site(pictures=pictures)).decode())
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith(f"default-src 'none'; img-src {sources}; style-src 'self'")
    foreign = [
        img.get("src") for img in document.iter("img") if not img.get("src").startswith("art/")
    ]
    assert bool(foreign) == (pictures == "provider")


def test_the_page_and_its_style_stay_under_a_hundred_kilobytes() -> None:
    files = render_site(issue_of(many(200)), earlier(400), COUNTS, Site(), TEMPLATES)
    assert sum(map(len, files.values())) < 100_000


def test_an_empty_store_makes_a_page_that_says_so() -> None:
    page = page_of([], []).decode()
    assert "Nothing new this week yet" in page
    assert "digest/" not in page
