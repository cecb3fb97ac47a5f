"""Building the objects of the mailing list from feeds.yaml."""

import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.cli.house import House, open_house, utc_now
from aggregator.errors import ConfigError
from aggregator.mailing import Pace, PostOffice
from aggregator.newsletter.signing import Signer
from aggregator.newsletter.tokens import Keys
from aggregator.settings import Settings
from aggregator.smtp.lane import Relay
from aggregator.store.mail import MailStore

_NEWSLETTER = "weekly"


@contextmanager
def open_mail(config: Path) -> Iterator[tuple[House, MailStore, Keys]]:
    """Read the configuration, open the store and the mailing list's side of it."""
    with open_house(config) as house:
        keys = keys_of(house)
        with MailStore(house.settings.database_url, keys) as mail:
            yield house, mail, keys


def keys_of(house: House) -> Keys:
    """The keys behind tokens, made on first use and kept in the store, the newest first."""
    said = house.store.setting("mail keys", lambda: json.dumps([secrets.token_hex(32)]))
    return Keys([bytes.fromhex(key) for key in json.loads(said)], _NEWSLETTER)


def post_office(settings: Settings, mail: MailStore, keys: Keys) -> PostOffice:
    """What `aggregator.mailing.deliver` works with.

    Raises:
        ConfigError: feeds.yaml names no mail server, or a DKIM key that can't be used.
    """
    said = settings.mail
    if not said.host:
        raise ConfigError(
            "feeds.yaml names no mail server, so nothing can be sent",
            key="mail.host",
            cure="add `mail:` with host, port, security, user and password: ${NAME}",
        )
    return PostOffice(
        ledger=mail.ledger,
        subscribers=mail.subscribers,
        relay=Relay(said.host, said.port, said.security, said.user, said.password),
        keys=keys,
        sender=said.bounces or settings.digest.sender,
        clock=utc_now,
        worker=f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(8)}",
        signer=_signer(settings),
        at_least_once=said.uncertain == "resend",
        pace=Pace(said.connections, said.per_second, said.per_connection),
    )


def _signer(settings: Settings) -> Signer | None:
    dkim = settings.mail.dkim
    if not dkim.key:
        return None
    if not dkim.selector:
        raise ConfigError("is missing", key="mail.dkim.selector", cure="name the DNS selector")
    file = settings.folder / dkim.key
    try:
        key = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"can't be read: {error}", path=file, key="mail.dkim.key") from None
    return Signer(dkim.domain or settings.digest.sender.rpartition("@")[2], dkim.selector, key)
