"""How email addresses and names of hosts are written, wherever the portal runs.

Domains by IDNA 2008 (UTS 46, non-transitional), never as in 2003, which made other people's domains
of some: straße.example is not strasse.example.
"""

from __future__ import annotations

import re
from functools import lru_cache

import idna
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

MADE_UP = frozenset({"test", "local"})  # domains of samples and tests; nobody's elsewhere
NOT_REACHED = frozenset(SPECIAL_USE_DOMAIN_NAMES)
DOTS = ".。．｡"
# Of these nearly all are made; the libraries say the same of them, in forty times the time.
PLAIN_LOCAL = re.compile(r"(?!.{65})[a-z0-9]+([._+-][a-z0-9]+)*", re.ASCII | re.IGNORECASE)
PLAIN_DOMAIN = re.compile(
    r"(?!.{254})(?!.*--)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII | re.IGNORECASE)
LONGEST = 254  # octets, RFC 5321 §4.5.3.1.3


class NoAddress(ValueError):
    """No letter can be sent to such an address."""


@lru_cache(maxsize=4096)
def ascii_address(text: str, made_up: bool = True) -> str:
    """*text* as it is written on a letter's envelope: ``ada@xn--strae-oqa.example``.

    ``made_up``: whether the domains of samples and tests may be meant.
    Raises :class:`NoAddress`, whose words never repeat *text*.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at:
        raise NoAddress("has no @")
    name = ascii_domain(domain)
    last = name.rpartition(".")[2]
    if last == name or last.isdigit() or (last in NOT_REACHED and not (made_up and last in MADE_UP)):
        raise NoAddress("has a domain that no letter reaches")
    whole = f"{_ascii_local(local)}@{name}"
    if len(whole) > LONGEST:
        raise NoAddress("is longer than an address can be")
    return whole


def _ascii_local(local: str) -> str:
    """What stands before the @; the domain is looked at by itself, for email-validator takes fewer of
    them than IDNA 2008 does."""
    if PLAIN_LOCAL.fullmatch(local):
        return local
    try:
        found = validate_email(
            f"{local}@example.com", check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        raise NoAddress("is no address that letters can be sent to") from None
    return str(found.ascii_local_part)


def ascii_domain(domain: str) -> str:
    """A domain or host name in ASCII, in small letters, without the dot of the root.

    Raises :class:`NoAddress`.
    """
    if PLAIN_DOMAIN.fullmatch(domain):
        return domain.lower()
    trimmed = domain[:-1] if domain[-1:] and domain[-1] in DOTS else domain
    try:
        name = idna.encode(trimmed, uts46=True, std3_rules=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise NoAddress("has a domain that is none by IDNA 2008") from None
    if name.endswith("."):
        raise NoAddress("has a domain that is none by IDNA 2008")
    return name
