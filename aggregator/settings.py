"""What feeds.yaml can say, each key with its type, default and meaning."""

import difflib
import ipaddress
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from aggregator.models import Kind, Subscription


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            "is not an http(s) address; write it out, such as https://blog.example/feed"
        )
    return value


def _time_zone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        near = difflib.get_close_matches(value, zoneinfo.available_timezones(), 1)
        hint = f"; did you mean {near[0]}?" if near else ", such as Europe/London"
        raise ValueError(f"is not a time zone of the IANA list{hint}")
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"{error}; write it such as 10.0.0.0/8") from None
    return value


HttpUrl = Annotated[str, AfterValidator(_http_url)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Site(_Part):
    """What the published feed, page and digest say about themselves."""

    title: str = Field("Heavy Rotation", description="Name of feed, page and digest.")
    url: HttpUrl = Field(
        "http://localhost:8080/", description="Where the files under output/ are published."
    )
    description: str = Field(
        "Music videos, found in the blogs that write about them.", description="One sentence."
    )
    author: str = Field("Heavy Rotation", description="Who publishes it.")
    language: str = Field(
        "en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47."
    )
    timezone: Annotated[str, AfterValidator(_time_zone)] = Field(
        "UTC", description="IANA time zone in which a digest's week begins on Monday."
    )
    pictures: Literal["provider", "ours", "drawn"] = Field(
        "provider",
        description="`provider` shows the video providers' stills from their servers; `ours` "
        "fetches them once and shows copies, so that no reader is told of; `drawn` shows "
        "pictures drawn by us, so that no third party is asked at all.",
    )

    def address_of(self, path: str) -> str:
        """Public address of a file under ``output/``."""
        return f"{self.url.rstrip('/')}/{path}"


class Keep(_Part):
    """Which posts are kept."""

    threshold: float = Field(
        0.45, ge=0.0, le=1.0, strict=False, description="Score from which a post is kept."
    )
    kinds: tuple[Annotated[Kind, Field(strict=False)], ...] = Field(
        tuple(kind for kind in Kind if kind is not Kind.LIVE),
        strict=False,
        description="Kinds of posts to keep; `live` is left out unless named.",
    )


class Polling(_Part):
    """How feeds are polled."""

    contact: str = Field(
        "", description="Address or URL in the User-Agent, so that a publisher can reach you."
    )
    parallel: int = Field(256, ge=1, le=10_000, description="Hosts polled at once.")
    processes: int = Field(
        0,
        ge=0,
        le=64,
        description="Processes that poll; 0 is one a core where there is work for it.",
    )
    timeout: float = Field(
        20.0, gt=0, le=600, strict=False, description="Seconds for one whole poll."
    )
    max_megabytes: float = Field(
        10.0, gt=0, le=1_000, strict=False, description="Largest feed document, decoded."
    )
    pause: float = Field(
        1.0, ge=0, le=600, strict=False, description="Seconds between two requests to one host."
    )
    allow_networks: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        (), strict=False, description="Non-public networks that may be polled, such as 10.0.0.0/8."
    )


class Videos(_Part):
    """What is asked of video providers."""

    ask_providers: bool = Field(
        False,
        description="Ask YouTube, Vimeo and Dailymotion (oEmbed) for title, still and running "
        "time of videos, and whether they still exist.",
    )
    per_run: int = Field(20, ge=1, le=1000, description="Videos asked for in one run at the most.")


class Digest(_Part):
    """What goes into the weekly digest."""

    title: str = Field("", description="Name of the digest; the site's title when empty.")
    sender: str = Field(
        "digest@localhost", pattern=r"^[^@\s]+@[^@\s]+$", description="Address in From."
    )
    max_age_days: int = Field(
        30, ge=1, le=3660, description="Older posts are never new, whenever they were first read."
    )
    max_posts: int = Field(24, ge=1, le=200, description="Cards in one issue.")


class Dkim(_Part):
    """Signing of messages, where the relay doesn't do it."""

    domain: str = Field("", description="`d=`; the domain of the sender when empty.")
    selector: str = Field("", description="`s=`, under which the public key stands in the DNS.")
    key: str = Field("", description="File of the private key, PEM; empty: we don't sign.")


class Mail(_Part):
    """How the digest is sent, and by whom."""

    host: str = Field("", description="Mail server that takes our messages; empty: none is sent.")
    port: int = Field(587, ge=1, le=65535, description="587 submission, 465 TLS, 25 a relay.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`starttls` refuses a server without it."
    )
    user: str = Field("", description="To log in; empty for no log-in.")
    password: str = Field("", description="To log in; write ${NAME}, it comes from there.")
    connections: int = Field(4, ge=1, le=100, description="To the mail server at once.")
    per_second: float = Field(
        0.0, ge=0, strict=False, description="Messages a second at the most, 0 for no limit."
    )
    per_connection: int = Field(
        0, ge=0, description="Messages after which a connection is opened anew, 0 for no limit."
    )
    uncertain: Literal["hold", "resend"] = Field(
        "hold",
        description="What a connection lost behind the final dot leaves in doubt: `hold` it for "
        "the editor, or `resend` it, so that it may arrive twice.",
    )
    pages: str = Field(
        "", description="Where `serve` answers for unsubscribing; the site's address when empty."
    )
    bounces: str = Field(
        "",
        pattern=r"^([^@\s]+@[^@\s]+)?$",
        description="Return path; each message's is this with `+ISSUE.TOKEN`. Empty: the sender.",
    )
    confirmations: str = Field(
        "",
        pattern=r"^([^@\s]+@[^@\s]+)?$",
        description="Sender of the mails that ask to confirm a sign-up; the digest's when empty.",
    )
    postal_address: str = Field("", description="Shown in the footer, where the law asks for it.")
    dkim: Dkim = Field(
        default_factory=Dkim, description="Sign messages; usually the mail server does."
    )


def _feed_item(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


class FeedItem(_Part):
    """One feed to poll.

    A secret in its address (``${NAME}``) is filled in only where it is polled; what is
    stored, logged and shown is the address as the file has it.
    """

    url: HttpUrl = Field(description="Its address.")
    title: str = Field("", description="Your name for it; the feed's own when empty.")
    language: str = Field("", description="BCP 47, when the feed doesn't state one.")
    _secret_address: str = ""


class Settings(_Part):
    """All of feeds.yaml.

    Paths are relative to the file; `folder` is where it lies.
    """

    site: Site = Field(default_factory=Site, description="What is published.")
    keep: Keep = Field(default_factory=Keep, description="Which posts are kept.")
    polling: Polling = Field(default_factory=Polling, description="How feeds are polled.")
    videos: Videos = Field(default_factory=Videos, description="What providers are asked.")
    digest: Digest = Field(default_factory=Digest, description="The weekly issue.")
    mail: Mail = Field(default_factory=Mail, description="How the digest is sent.")
    output: str = Field("output", description="Folder of the published files.")
    database: str = Field(
        "aggregator.db", description="File of the store, or an SQLAlchemy database URL."
    )
    feeds: tuple[Annotated[FeedItem, BeforeValidator(_feed_item)], ...] = Field(
        (), strict=False, description="The feeds: addresses, or objects with more to say."
    )
    _folder: Path = Path()

    @property
    def folder(self) -> Path:
        """Where feeds.yaml lies; paths in it are relative to this."""
        return self._folder

    @property
    def output_folder(self) -> Path:
        """Folder of the published files, absolute."""
        return self._folder / self.output

    @property
    def list_pages(self) -> str:
        """Address under which the pages of the mailing list are reached."""
        return f"{(self.mail.pages or self.site.url).rstrip('/')}/list"

    @property
    def templates_folder(self) -> Path:
        """Folder whose templates replace shipped ones of the same name."""
        return self._folder / "templates"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the store."""
        if "://" in self.database:
            return self.database
        return f"sqlite:///{self._folder / self.database}"

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """The feeds as values."""
        return tuple(
            Subscription(f.url, f.title, f.language, f._secret_address) for f in self.feeds
        )
