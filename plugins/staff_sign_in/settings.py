"""A force's provider, in ``force.toml``: ``[plugins.staff_sign_in]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from core.force import Force, fault, field_types

# The most first: whoever has several values that lead to a role has the first of these.
ROLES = ("force_admin", "supervisor", "officer")
# Claims by which a provider says how surely it knows who signed in; "acrs" are Entra's contexts.
STRENGTH = ("acr", "amr", "vot", "acrs")
OF_EVERYBODY = {"common", "organizations", "consumers"}  # Entra's names for any organisation's accounts

Claim = Annotated[str, field_types.must_be(
    r"[A-Za-z0-9_:/.-]{1,200}", "is not the name of a claim",
    "letters, digits and _ : / . - only, like employeeid or realm_access.roles")]
Values = Annotated[tuple[field_types.Line, ...], Field(min_length=1)]
Scope = Annotated[str, field_types.must_be(r"[!#-\[\]-~]{1,100}", "is not a scope", "one word, like profile")]


def _provider(value: str) -> str:
    parts = urlsplit(value)
    if OF_EVERYBODY & set(parts.path.split("/")):
        raise fault(f"“{value}” lets in accounts of every organisation",
                    "the issuer of the force's own directory, with its id in place of that word")
    return value


Issuer = Annotated[str, field_types.must_be(
    r"(https://[a-z0-9-]+(\.[a-z0-9-]+)*|http://127\.0\.0\.1)(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]*)?",
    "is not an issuer",
    "the https address that the provider calls itself, letter by letter, without ? and #",
), AfterValidator(_provider)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Roles(Part):
    """Which values of ``claim`` lead to which role. Nobody has a role by anything else."""

    claim: Claim
    officer: tuple[field_types.Line, ...] = ()
    supervisor: tuple[field_types.Line, ...] = ()
    force_admin: tuple[field_types.Line, ...] = ()

    def of(self, values: frozenset[str]) -> str | None:
        """The role that a person with these values of the claim has, the most first; None: no access."""
        return next((role for role in ROLES if not values.isdisjoint(getattr(self, role))), None)


class Units(Part):
    """``claim`` says in which unit somebody is; ``names`` what the record system calls it, if otherwise."""

    claim: Claim
    names: Mapping[str, field_types.Line] = Field(default_factory=dict)


class StaffSignInSettings(Part):
    """The OpenID provider of a force, and what its claims mean here.

    ``record_id``: the claim that holds an officer's id in the record system. ``requires``: claims that
    everybody must have, each with one of these values; ``refuses``: claims with which nobody gets in.
    ``hosts``: further hosts that the provider's own addresses are on. ``max_age_minutes``: how long ago
    somebody may have proved to the provider who they are. ``clock_skew_seconds``: how far the provider's
    clock may be from ours. ``private_network``: whether the provider has an address of the force's own net.
    """

    issuer: Issuer
    client_id: field_types.Line
    record_id: Claim
    name: Claim = "name"
    scopes: tuple[Scope, ...] = ("openid", "profile")
    hosts: tuple[field_types.Host, ...] = ()
    private_network: bool = False
    max_age_minutes: int = Field(720, ge=1, le=720)
    clock_skew_seconds: int = Field(60, ge=0, le=120)
    roles: Roles
    units: Units | None = None
    requires: Mapping[str, Values]
    refuses: Mapping[str, Values] = Field(default_factory=dict)

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise fault("leaves out openid, without which nobody is told who signed in",
                        'with openid, like ["openid", "profile"]')
        return value

    @field_validator("requires")
    @classmethod
    def _strong(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        if not set(value) & set(STRENGTH):
            raise fault("nothing says how surely the provider must know who somebody is",
                        f'one of {", ".join(STRENGTH)}, like amr = ["mfa"]')
        return value

    @property
    def own_hosts(self) -> frozenset[str]:
        """Where the provider's addresses may be."""
        return frozenset({urlsplit(self.issuer).hostname or "", *self.hosts})

    def problems_with(self, force: Force) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Values that lead nowhere or to two roles, and an issuer that is for trying out only."""
        given = [value for role in ROLES for value in getattr(self.roles, role)]
        if not given:
            yield ("roles",), "no value leads to a role, so nobody could sign in", (
                'values of the claim, like officer = ["Portal.Officer"]')
        for value in sorted({value for value in given if given.count(value) > 1}):
            yield ("roles",), f"“{value}” leads to two roles", "each value under one role"
        if self.issuer.startswith("http:") and force.status in ("ready", "live"):
            yield ("issuer",), "is not encrypted, which is for trying out only", "an https address"


def values_of(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The values of a claim as text: none, one, or those of a list. A dot leads into a claim."""
    found: Any = claims.get(name)
    if found is None and "." in name:
        found = claims
        for step in re.split(r"\.", name):
            found = found.get(step) if isinstance(found, dict) else None
    listed = found if isinstance(found, list) else [found]
    return frozenset(_as_text(one) for one in listed if isinstance(one, str | int | bool))


def _as_text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
