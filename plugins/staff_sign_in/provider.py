"""What is known of a force's provider: its addresses and its keys, kept for a while and asked for anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from pydantic import BaseModel, ConfigDict, ValidationError

from core.base import State, clock, current_force_id, installation
from core.plugin_host import plugin_settings
from plugins.staff_sign_in.fetching import Answer, ProviderAway, Reach, fetch
from plugins.staff_sign_in.settings import StaffSignInSettings

log = structlog.get_logger()
METADATA_LASTS = timedelta(hours=1)
KEYS_LAST = timedelta(minutes=10)
LOOK_AGAIN_AFTER = timedelta(minutes=1)  # for a key that is not known
RESTS = timedelta(seconds=10)  # after it did not answer
AT_ONCE = 2  # questions of one process to one provider: pages for people must not wait for it
WAIT = 1.0  # seconds for one of them
SHORTEST_RSA = 2048  # bits; RFC 7518, 3.3


class Metadata(BaseModel):
    """What the provider says of itself (OpenID Connect Discovery 1.0, 3), as far as it is used."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    @property
    def addresses(self) -> Iterator[str]:
        yield from (self.authorization_endpoint, self.token_endpoint, self.jwks_uri)
        if self.end_session_endpoint:
            yield self.end_session_endpoint


@dataclass
class Provider:
    """One provider of one force, in this process."""

    settings: StaffSignInSettings
    reach: Reach
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE), repr=False)
    away_until: datetime | None = None
    metadata: Metadata | None = None
    metadata_at: datetime | None = None
    keys: dict[str, RSAKey | ECKey] = field(default_factory=dict)
    keys_asked_at: datetime | None = None

    def about(self) -> Metadata:
        """Its addresses. Raises :class:`ProviderAway`."""
        if self.metadata is None or _older(self.metadata_at, METADATA_LASTS):
            url = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            self.metadata = self._checked(self.ask(url))
            self.metadata_at = clock.now()
        return self.metadata

    def _checked(self, answer: Answer) -> Metadata:
        try:
            found = Metadata.model_validate(_json_of(answer))
        except ValidationError as failure:
            raise ProviderAway("not_a_provider") from failure
        if found.issuer != self.settings.issuer:
            raise ProviderAway("another_issuer")
        for address in found.addresses:
            self.reach.refuse_elsewhere(address)
        return found

    def key(self, kid: str) -> RSAKey | ECKey | None:
        """The key of this id; asked for anew at most once a minute if it is not known.

        Raises :class:`ProviderAway`.
        """
        known = kid in self.keys and not _older(self.keys_asked_at, KEYS_LAST)
        if not known and _older(self.keys_asked_at, LOOK_AGAIN_AFTER):
            uri = self.about().jwks_uri
            self.keys_asked_at = clock.now()  # also if it fails: whoever invents ids asks for nothing
            self.keys = dict(_usable(_json_of(self.ask(uri))))
        return self.keys.get(kid)

    def ask(self, url: str, *, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Raises :class:`ProviderAway`, at once while it rests or others ask it."""
        if self.away_until is not None and clock.now() < self.away_until:
            raise ProviderAway("rests")
        with self._place():
            try:
                return fetch(self.reach, url, body=body, headers=headers)
            except ProviderAway as failure:
                self.away_until = clock.now() + RESTS
                log.warning("provider_away", error=str(failure), plugin="staff_sign_in")
                raise

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self.places.acquire(timeout=WAIT):
            raise ProviderAway("busy")
        try:
            yield
        finally:
            self.places.release()


PROVIDERS: State[dict[str, Provider]] = State("staff_sign_in_providers", dict)


def provider() -> Provider:
    """That of the force in scope, with what is known of it in this process."""
    settings: StaffSignInSettings = plugin_settings("staff_sign_in")
    kept, force = PROVIDERS.get(), current_force_id()
    found = kept.get(force)
    if found is None or found.settings is not settings:
        reach = Reach(settings.own_hosts, settings.private_network, own_machine=installation().settings.demo)
        found = kept[force] = Provider(settings, reach)
    return found


def _older(moment: datetime | None, lasts: timedelta) -> bool:
    return moment is None or clock.now() - moment >= lasts


def _json_of(answer: Answer) -> Any:
    try:
        return json.loads(answer.body) if answer.status == 200 else None
    except (ValueError, RecursionError) as failure:
        raise ProviderAway("not_a_provider") from failure


def _usable(told: Any) -> Iterator[tuple[str, RSAKey | ECKey]]:
    """The public keys with which a provider may sign, by their ids; what else it lists is left out."""
    listed = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise ProviderAway("not_a_provider")
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("kid"), str) or one.get("use", "sig") != "sig":
            continue
        if one.get("kty") not in ("RSA", "EC") or "d" in one:
            continue  # a shared or private key in the open proves nothing
        try:
            if one["kty"] == "RSA" and len(one["n"]) * 6 < SHORTEST_RSA:  # base64
                continue
            yield one["kid"], (RSAKey if one["kty"] == "RSA" else ECKey).import_key(one)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue
