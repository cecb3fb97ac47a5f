"""Feed documents made to hurt whoever reads them, written for these tests."""

ITEM = "<item><title>ok</title><link>https://a.example/1</link><guid>1</guid></item>"
DATE = "Fri, 01 Mar 2024 12:00:00 GMT"


def _rss(items: str, head: str = "") -> str:
    return f'<rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'


def _item(inner: str) -> str:
    return _rss(f"<item><title>t</title>{inner}</item>{ITEM}")


def _many(pattern: str, times: int) -> str:
    return "".join(pattern.replace("{}", str(n)) for n in range(times))


def _laughs() -> str:
    entities = '<!ENTITY a0 "ha">'
    for n in range(1, 10):
        entities += f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">'
    return f"<!DOCTYPE rss [{entities}]>" + _item("<description>&a9;</description>")


def _external(kind: str) -> str:
    return f"<!DOCTYPE rss [<!ENTITY {kind}]>" + _item("<description>[&x;]</description>")


def documents(address: str = "http://127.0.0.1:9", file: str = "/etc/hostname") -> dict[str, bytes]:
    """Each document by what it tries.

    Args:
        address: of a web server that they try to have asked.
        file: what they try to have read.
    """
    attributes = _many('a{}="1" ', 50_000)
    namespaces = _many('xmlns:n{}="u{}" ', 20_000)
    texts = {
        "a billion laughs": _laughs(),
        "one long entity a thousand times": f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
        + _item("<description>" + "&a;" * 50_000 + "</description>"),
        "a file as an entity": _external(f'x SYSTEM "file://{file}"'),
        "an address as an entity": _external(f'x SYSTEM "{address}/x"'),
        "a parameter entity": _external(f'% x SYSTEM "{address}/p"> %x; <!ENTITY y "z"'),
        "an external DTD": f'<!DOCTYPE rss SYSTEM "{address}/rss.dtd">' + _rss(ITEM),
        "an entity in UTF-16": "",
        "an XInclude": _item(
            '<description xmlns:xi="http://www.w3.org/2001/XInclude">'
            f'<xi:include href="file://{file}" parse="text"/></description>'
        ),
        "a stylesheet": f'<?xml-stylesheet href="{address}/x.xsl" type="text/xsl"?>' + _rss(ITEM),
        "deep elements": _item("<x>" * 100_000 + "</x>" * 100_000),
        "deep HTML": _item("<description>" + "&lt;div&gt;" * 40_000 + "</description>"),
        "deep XHTML": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>'
        '<content type="xhtml">' + "<b>" * 20_000 + "</b>" * 20_000 + "</content></entry></feed>",
        "many attributes": _rss(f"<item {attributes}><title>t</title></item>{ITEM}"),
        "many namespaces": f"<rss {namespaces}><channel>{ITEM}</channel></rss>",
        "many entries": _rss(_many("<item><guid>{}</guid></item>", 50_000)),
        "many entries with one id": _rss(ITEM * 20_000),
        "many categories": _item(_many("<category>c{}</category>", 50_000)),
        "many links": _item(_many('<link rel="alternate" href="/{}"/>', 50_000)),
        "many authors": _item(_many("<author>a{}@b.example (N)</author>", 20_000)),
        "a long author": _item(f"<author>{'a' * 500_000}@</author>"),
        "many at signs": _item(f"<author>{'@' * 300_000}</author>"),
        "a long date": _item(f"<pubDate>{'1 de ' * 50_000}</pubDate>"),
        "a long title": _item(f"<title>{'&lt;b&gt;x ' * 100_000}</title>"),
        "a long attribute": _item(f'<enclosure url="{"x" * 5_000_000}" type="a/b"/>'),
        "many references, ill-formed": _item("<description>" + "&x" * 300_000 + "</description>"),
        "open tags": "<rss>" + "<a " * 300_000,
        "open CDATA": "<rss>" + "<![CDATA[" * 100_000,
        "open comments": "<rss>" + "<!-- " * 100_000,
        "open entries": "<rss><channel>" + "<item>" * 100_000,
        "open texts": "<rss><channel><item>" + "<description>" * 100_000,
        "stray ends": _rss("</x>" * 200_000 + ITEM),
        "undeclared prefixes": "<rss><channel>" + _many("<p{}:a/>", 50_000),
        "broken attributes": _rss(f"<item a=b {'c=d ' * 50_000}>" + ITEM),
        "brackets": "<rss>" + "<" * 500_000,
        "quotes": "<rss><channel " + "a='\"" * 200_000,
        "a page of links": "<html>" + "<link rel=alternate " * 100_000,
        "nested JSON": '{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * 200_000,
        "many JSON items": '{"version":"https://jsonfeed.org/version/1.1","items":['
        + ",".join(f'{{"id":"{n}"}}' for n in range(50_000))
        + "]}",
        "lone surrogates": _item("<description>&#xD800;&#xDFFF; &#0; x</description>"),
        "misnested HTML": _item("<description>" + "&lt;b&gt;&lt;i&gt;&lt;/b&gt;" * 20_000),
        "a long style": _item(f"<description>&lt;p style='{'a:b;' * 50_000}'&gt;</description>"),
    }
    bodies = {name: text.encode("utf-8", "surrogatepass") for name, text in texts.items() if text}
    bodies["an entity in UTF-16"] = _laughs().encode("utf-16")
    bodies["a path"] = file.encode()
    bodies["an address"] = f"{address}/feed".encode()
    bodies["noise"] = bytes(range(256)) * 2_000
    bodies["noise in a feed"] = b"<rss><channel><item><title>" + bytes(range(256)) * 2_000
    bodies["UTF-7"] = b'<?xml version="1.0" encoding="utf-7"?>' + _item("+ADw-script+AD4-").encode()
    return bodies
