"""Invented posts in several scripts, plain and awkward, to render pages and mails with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aggregator.feeds.fields import legal_text
from aggregator.models import Entry, Issue, Kind, Post, Section, Verdict, Video, VideoKind, Work
from aggregator.newsletter.issue import Week

WEEK = Week("2026-W48", datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=?utf-8?q?a=0D=0ABcc=3A_e=40x.y?=",
    "'; DROP TABLE posts; -- {{ 7 * 7 }} {% raw %}",
    "line\r\nBcc: e@x.y\r\n\r\nbody \u2028 \u0085 \x00 \x1b[31m",
    "\u202egnp.exe\u202c \ud800 lone surrogate \ufffe",
    "</title></style><style>body{display:none}</style>",
)


@dataclass(frozen=True)
class Sample:
    """What a sample post is made of."""

    title: str
    words: str = ""
    kind: Kind | None = None
    works: tuple[Work, ...] = ()
    videos: tuple[Video, ...] = ()
    source: str = "Cathode Parade"
    source_link: str = "https://cathode-parade.example/"
    language: str = ""
    link: str = "https://cathode-parade.example/post"
    days: float = field(default=1.0)


def youtube(ident: str, kind: VideoKind = VideoKind.OFFICIAL, still: bool = True) -> Video:
    """A video of the provider with stills in 4:3."""
    return Video(
        "youtube",
        ident,
        f"https://www.youtube.com/watch?v={ident}",
        kind,
        thumbnail=f"https://i.ytimg.com/vi/{ident}/hqdefault.jpg" if still else "",
    )


def vimeo(ident: str, kind: VideoKind = VideoKind.OFFICIAL) -> Video:
    """A video of the provider without known stills."""
    return Video("vimeo", ident, f"https://vimeo.com/{ident}", kind)


def post_of(sample: Sample, number: int) -> Post:
    """The stored post of a sample."""
    seen = WEEK.start + timedelta(days=min(sample.days, 6.5), minutes=number)
    published = seen - timedelta(hours=3 + 24 * max(0.0, sample.days - 6.5))
    return Post(
        number=number,
        uid=f"{number * 2654435761 % 2**32:08x}{number:08x}",
        entry=Entry(
            id=f"urn:sample:{number}",
            title=sample.title,
            link=sample.link and f"{sample.link}/{number}",
            tags=("music video",),
            language=sample.language,
            published=published,
            feed="https://cathode-parade.example/feed",
        ),
        content=legal_text(f"<p>{sample.words}</p>"),
        verdict=Verdict(
            keep=True,
            score=0.97,
            kind=sample.kind,
            language=sample.language,
            works=sample.works,
            videos=sample.videos,
        ),
        first_seen=seen,
        changed_at=seen,
        source=sample.source,
        source_link=sample.source_link,
    )


TWELVE = tuple(
    Work(artist, song)
    for artist, song in (
        ("Velvet Switchyard", "Paper Comet"),
        ("Orchard Bank", "Tomorrow, Sooner"),
        ("Ghost Dentist", "Molar Express"),
        ("Neonkind", "Glasherz"),
        ("Camille Ardoise", "Les néons"),
        ("Banda Cigarra Elétrica", "Asfalto Molhado"),
        ("夜光列車", "灯台ラジオ"),
        ("Lowell June", "Ninety Percent Mirror"),
        ("Tereza Amaro", "Pedra d’Água"),
        ("LUMINAD", "Glass Garden"),
        ("Szklany Dom", "Winda na dach"),
        ("The Slow Elevators", "One Take, Two Cheats"),
    )
)

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "Velvet Switchyard send a paper comet through a cardboard town",
        "For three weeks in October the band folded. Fourteen thousand sheets of newsprint, one"
        " cardboard town at a scale of 1:12, and a comet that had to burn in a single take because"
        " there was only paper enough for one. The result is the loveliest three minutes of the"
        " autumn.",
        Kind.PREMIERE,
        (Work("Velvet Switchyard", "Paper Comet", ("Ines Okonjo-Vale",), 2026),),
        (youtube("aaaaaaaaaa1"), vimeo("880011223", VideoKind.MAKING_OF)),
        language="en",
    ),
    Sample(
        "夜光列車「灯台ラジオ」MV公開、灯台守の一夜を描く",
        "夜光列車の新曲「灯台ラジオ」のミュージックビデオが本日公開された。監督は森下ユウト。廃灯台に残された"
        "ラジオを灯台守が直すと、光が一周するたびに部屋の人々が入れ替わっていくという内容で、撮影は三日間かけて"
        "三陸で行われた。",
        Kind.PREMIERE,
        (Work("夜光列車", "灯台ラジオ", ("森下ユウト",), 2026),),
        (youtube("aaaaaaaaaa2"),),
        "音影ニュース",
        "https://otokage.example/",
        "ja",
        "https://otokage.example/news",
    ),
    Sample(
        "Camille Ardoise dévoile le clip de « Les néons »",
        "Trois ans après son premier album, Camille Ardoise revient avec « Les néons » et un clip"
        " tourné en une seule nuit au marché de Rungis, avec une équipe de sept personnes et"
        " beaucoup de clémentines.",
        Kind.PREMIERE,
        (Work("Camille Ardoise", "Les néons", ("Bastien Kerveg",)),),
        (vimeo("99001122"),),
        "L’Image qui chante",
        "https://limagequichante.example/",
        "fr",
        "https://limagequichante.example/neons",
    ),
    Sample(
        "LUMINAD build two greenhouses and break one for “Glass Garden”",
        "Ankle-deep water, fourteen hours of dancing and a director who would not use a computer.",
        Kind.LYRIC,
        (Work("LUMINAD", "Glass Garden", ("Seo Ji-an",), 2026),),
        (youtube("aaaaaaaaaa4", VideoKind.LYRIC), youtube("aaaaaaaaaa5", VideoKind.MAKING_OF)),
        "Lumi Stage",
        "https://lumistage.example/",
        "en",
    ),
    Sample(
        "فرقة المنارة تطلق فيديو كليب «مطر على السطح»",
        "أطلقت الفرقة اليوم الفيديو كليب الجديد الذي صُوّر فوق أسطح المدينة القديمة خلال ليلة واحدة"
        " من المطر.",
        Kind.PREMIERE,
        (Work("فرقة المنارة", "مطر على السطح", ("ليلى حداد",), 2026),),
        (youtube("aaaaaaaaaa6"),),
        "شاشة",
        "https://shasha.example/",
        "ar",
    ),
    Sample(
        "Kino Vysota’s “Лифт на крышу” is one long way up",
        "A lift, a cello, eleven floors. The camera never leaves the cabin, the seasons do.",
        None,
        (Work("Кино Высота", "Лифт на крышу", (), 2026),),
        (youtube("aaaaaaaaaa7", VideoKind.OTHER, still=False),),
        "Static Bloom",
        "",
        "en",
    ),
    Sample(
        "“Money for Nothing” and the two Amiga-shaped men who were not made on an Amiga",
        "Everybody tells the story with the wrong computer. It was a Bosch FGS-4000 and a Quantel"
        " Paintbox, it took twenty-five days, and the men who did it went on to found a studio you"
        " have heard of.",
        Kind.RETROSPECTIVE,
        (Work("Dire Straits", "Money for Nothing", ("Steve Barron",), 1985),),
        (youtube("aaaaaaaaaa8"),),
        days=2,
        language="en",
    ),
    Sample(
        "Buddy Holly at Arnold’s",
        "How do you put a band into a sitcom that ended eleven years earlier? With a good tailor.",
        Kind.RETROSPECTIVE,
        (Work("Weezer", "Buddy Holly", ("Spike Jonze",), 1994),),
        (youtube("aaaaaaaaaa9"),),
        days=2.5,
        language="en",
    ),
    Sample(
        "Restored in 4K from the camera negative",
        "The negative lay in a salt mine near Hallstatt.",
        Kind.RESTORATION,
        (Work("Neonkind", "Glasherz", (), 1983),),
        (vimeo("44556677"),),
        "Tonspur",
        "https://tonspur.example/",
        "de",
        days=3,
    ),
    Sample(
        "Hobb & Lark on shooting Ghost Dentist’s “Molar Express”",
        "We asked the two directors about the train. They would rather talk about the teeth.",
        Kind.INTERVIEW,
        (Work("Ghost Dentist", "Molar Express", ("Hobb", "Lark", "Third Person"), 2025),),
        (vimeo("1234567"), youtube("bbbbbbbbbb1", VideoKind.MAKING_OF)),
        "Half a Cable",
        "https://halfacable.example/",
        "en",
        days=4,
    ),
    Sample(
        "Bastidores: como amarrar uma bateria no teto de um ônibus",
        "Três cintas, um engenheiro e nenhuma autorização da prefeitura.",
        Kind.MAKING_OF,
        (Work("Banda Cigarra Elétrica", "Asfalto Molhado"),),
        (youtube("bbbbbbbbbb2", VideoKind.MAKING_OF),),
        "Clipe do Dia",
        "https://clipedodia.example/",
        "pt-BR",
        days=4.2,
    ),
    Sample(
        "Twelve videos shot in a single take (and two that cheat)",
        "A single take is a promise. Here are ten that keep it, and two that cut behind a pillar.",
        Kind.LIST,
        TWELVE,
        (youtube("bbbbbbbbbb3"), youtube("bbbbbbbbbb4"), vimeo("7654321")),
        days=5,
        language="en",
    ),
    Sample(
        "What a Music Video Costs (I Asked)",
        "I sent the same treatment to four producers and asked each for an honest budget. The song"
        " does not exist.",
        Kind.NEWS,
        source="Frame & Chorus",
        source_link="https://frameandchorus.example/",
        days=5.2,
        language="en",
    ),
    Sample(
        "Szklany Dom z nagrodą za teledysk roku",
        "Nagrodę odebrała operatorka, bo reżyser utknął w windzie.",
        Kind.AWARD,
        (Work("Szklany Dom", "Winda na dach", ("Agnieszka Żółć",), 2026),),
        (),
        "Szum",
        "https://szum.example/",
        "pl",
        days=5.5,
    ),
    Sample("", "", Kind.FAN, videos=(youtube("bbbbbbbbbb5", VideoKind.OTHER),), link="", days=6),
)

AWKWARD: tuple[Sample, ...] = (
    *(
        Sample(
            text,
            text.replace("<", "&lt;"),
            Kind.PREMIERE,
            (Work(text, text, (text,), 2026),),
            (youtube(f"ccccccccc{place:02}"[:11]),),
            text,
            "javascript:alert(1)",
            'en" onload="x',
            "https://evil.example/",
        )
        for place, text in enumerate(HOSTILE)
    ),
    Sample(LONG_WORD, LONG_WORD * 20, Kind.NEWS, source=LONG_WORD, language="de"),
    Sample(
        LONG_WORD,
        LONG_WORD,
        Kind.PREMIERE,
        (Work(LONG_WORD, LONG_WORD, (LONG_WORD,) * 9, 1),),
        (vimeo("1"),),
        LONG_WORD,
    ),
    Sample("a " * 4000, "b " * 40_000, Kind.LIST, TWELVE * 40, (vimeo("2"),)),
)

_SECTIONS = (
    ("new", "New this week", (Kind.PREMIERE, Kind.LYRIC, Kind.VISUALIZER, None)),
    ("vault", "From the vault", (Kind.RETROSPECTIVE, Kind.RESTORATION)),
    ("behind", "Behind the scenes", (Kind.MAKING_OF, Kind.INTERVIEW)),
    ("reading", "Lists, news and reading", (Kind.LIST, Kind.AWARD, Kind.NEWS, Kind.FAN)),
)


def posts(samples: Sequence[Sample] = SAMPLES, first: int = 1) -> list[Post]:
    """Posts of samples, numbered."""
    return [post_of(sample, number) for number, sample in enumerate(samples, first)]


def many(count: int) -> list[Post]:
    """So many posts, the samples over and over."""
    return posts([SAMPLES[place % len(SAMPLES)] for place in range(count)])


def issue_of(chosen: Sequence[Post], more: Sequence[Post] = ()) -> Issue:
    """An issue with these posts under their headings."""
    sections = tuple(
        Section(slug, heading, found)
        for slug, heading, kinds in _SECTIONS
        if (found := tuple(post for post in chosen if post.verdict.kind in kinds))
    )
    return Issue(WEEK.id, "Heavy Rotation", WEEK.start, WEEK.end, sections, tuple(more))


def earlier(count: int = 20) -> list[Post]:
    """Posts of the weeks before."""
    return [post_of(SAMPLES[place % (len(SAMPLES) - 1)], 1000 + place) for place in range(count)]
