"""Mail addresses: checked, written one way, and compared."""

from email_validator import EmailNotValidError, validate_email

from aggregator.errors import ConfigError


def checked_address(text: str) -> str:
    """Check an address and write it the one way that is stored and used in SMTP.

    Args:
        text: as somebody typed it; an international domain is welcome.

    Returns:
        ``local@domain``, the domain in lower case and, where it has other letters than
        ASCII, in its Unicode form.

    Raises:
        ConfigError: it is no address that mail can be sent to; says what is wrong with it.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ConfigError(
            f"{text.strip()[:80]!r} is no mail address: {error}", cure="mend it"
        ) from None
    if found.ascii_email is None:
        raise ConfigError(
            f"{text.strip()[:80]!r} has other letters than ASCII before the @",
            cure="many servers can't take such mail yet; ask for another address",
        )
    return found.normalized


def wire_address(address: str) -> str:
    """A checked address as SMTP commands carry it: the domain in its ASCII form (RFC 5891)."""
    if address.isascii():
        return address
    found = validate_email(address, check_deliverability=False, test_environment=True)
    return str(found.ascii_email)


def folded_address(address: str) -> str:
    """What two spellings of one mailbox have in common: case does not tell people apart.

    RFC 5321 section 2.4 lets a server mind the case of the local part; none that people use does.
    """
    return address.casefold()
