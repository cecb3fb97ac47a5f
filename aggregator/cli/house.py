"""Building the real objects from feeds.yaml."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aggregator import __version__
from aggregator.config import load_settings
from aggregator.models import Policy
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.visits import Tools
from aggregator.web.client import WebClient, WebSettings

if TYPE_CHECKING:
    from aggregator.teaching import TaughtJudge
    from aggregator.videos.verdict.corrections import Corrections


@dataclass(frozen=True, slots=True)
class House:
    """Settings, policy and the open store."""

    settings: Settings
    policy: Policy
    store: Store

    def tools(self, web: WebClient) -> Tools:
        """What `aggregator.pipeline.refresh` works with."""

        @cache
        def judge() -> "TaughtJudge":
            from aggregator.teaching import TaughtJudge  # slow; most polls bring nothing to judge

            return TaughtJudge(self.policy, self.store)

        return Tools(self.store, web, lambda: judge().heeding().judge, utc_now)


@contextmanager
def open_house(config: Path) -> Iterator[House]:
    """Read the configuration and open the store.

    Raises:
        ConfigError: the configuration is wrong; nothing was touched.
        StoreError: the store can't be used.
    """
    with house_of(load_settings(config)) as house:
        yield house


@contextmanager
def house_of(settings: Settings) -> Iterator[House]:
    """Open the store of settings that are read already.

    Raises:
        StoreError: the store can't be used.
    """
    policy = policy_of(settings)
    with Store.open(settings.database_url, policy) as store:
        yield House(settings, policy, store)


def corrections_of(settings: Settings) -> "Corrections":
    """The editor's corrections; none where there is no store yet, which is not made for it."""
    from aggregator.videos.verdict.corrections import NO_CORRECTIONS, Corrections

    place = settings.database_url.removeprefix("sqlite:///")
    if "://" not in place and not Path(place).exists():
        return NO_CORRECTIONS
    with Store.open(settings.database_url, policy_of(settings)) as store:
        return Corrections(store.corrections.all())


def policy_of(settings: Settings) -> Policy:
    """What the editor wants kept."""
    return Policy(settings.keep.threshold, frozenset(settings.keep.kinds))


def web_settings(settings: Settings) -> WebSettings:
    """How feeds are to be fetched."""
    polling = settings.polling
    contact = polling.contact or _site_of(settings) or "no contact given"
    return WebSettings(
        user_agent=f"HeavyRotation/{__version__} ({contact})",
        allow_networks=polling.allow_networks,
        deadline=polling.timeout,
        max_bytes=int(polling.max_megabytes * 1_000_000),
        concurrency=polling.parallel,
        host_pause=polling.pause,
    )


def _site_of(settings: Settings) -> str:
    """The published site, unless it is only on this machine."""
    return "" if urlsplit(settings.site.url).hostname == "localhost" else f"+{settings.site.url}"


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)
