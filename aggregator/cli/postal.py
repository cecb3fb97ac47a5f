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
from aggregator.mailing import Pace, PostOffice, send_confirmation
from aggregator.newsletter.addresses import wire_address
from aggregator.newsletter.mail import wrapped
from aggregator.newsletter.message import compose_confirmation
from aggregator.newsletter.signing import Signer
from aggregator.newsletter.tokens import Keys
from aggregator.publish.rendering import Templates
from aggregator.settings import Settings
from aggregator.signup import Desk
from aggregator.smtp.lane import Relay
from aggregator.store.mail import MailStore

_NEWSLETTER = "weekly"
WORDING = (
    "{title} comes once a week, with the music videos that blogs wrote about. "
    "Every mail has a link to leave the list; your address is used for nothing else."
)


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


def desk_of(house: House, mail: MailStore, keys: Keys) -> Desk:
    """What the pages of the mailing list work with."""
    settings = house.settings
    templates = Templates(settings.templates_folder, settings.site.timezone)
    wording = WORDING.format(title=settings.digest.title or settings.site.title)

    async def confirm(address: str, token: str) -> None:
        text = templates.render(
            "mail/confirm.txt",
            wrapped=wrapped,
            site=settings.site,
            wording=wording,
            link=f"{settings.list_pages}/agree/{token}",
            postal_address=settings.mail.postal_address,
        )
        wire = wire_address(address)
        await send_confirmation(
            post_office(settings, mail, keys),
            wire,
            compose_confirmation(settings, wire, text, utc_now()),
        )

    return Desk(mail.subscribers, keys, utc_now, confirm, wording)
