"""The questions to the provider: where a browser is sent, and what a code is worth. Authlib asks them.

Loaded with the first officer who signs in. Nothing here holds a transaction open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from plugins.staff_sign_in.attempts import Begun
from plugins.staff_sign_in.fetching import ProviderAway
from plugins.staff_sign_in.provider import Provider
from plugins.staff_sign_in.refusals import Refused, Why

FRESH = 600  # seconds: how old proof may be where it is asked for anew


@dataclass(frozen=True)
class TokenAnswer:
    """The provider's answer, as Authlib reads one."""

    status_code: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def raise_for_status(self) -> None:
        raise ProviderAway("not_a_provider")


@dataclass(frozen=True)
class Line:
    """What Authlib sends through: as a session of ``requests`` would be."""

    of: Provider

    def request(
        self, method: str, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> TokenAnswer:
        url, headers, body = auth.prepare(method, url, dict(headers), urlencode(data))
        answer = self.of.ask(url, body=body, headers=dict(headers))
        return TokenAnswer(answer.status, answer.body)

    def post(self, url: str, **asked: Any) -> TokenAnswer:
        return self.request("POST", url, **asked)


def _client(of: Provider, secret: str | None, callback: str) -> OAuth2Client:
    methods = of.about().token_endpoint_auth_methods_supported
    how = "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
    return OAuth2Client(
        Line(of), of.settings.client_id, secret, how, scope=" ".join(of.settings.scopes),
        redirect_uri=callback, code_challenge_method="S256")


def address_to_begin(of: Provider, begun: Begun, callback: str, *, fresh: bool) -> str:
    """Where a browser is sent. Raises :class:`ProviderAway`."""
    about, requires = of.about(), of.settings.requires
    asked: dict[str, Any] = {"nonce": begun.nonce, "max_age": max_age(of, fresh=fresh)}
    if fresh:
        asked["prompt"] = "login"
    if "acr" in requires:
        asked["acr_values"] = " ".join(requires["acr"])
    if "acrs" in requires:  # Entra's authentication contexts are asked for like this, and by one value
        context = {"essential": True, "value": requires["acrs"][0]}
        asked["claims"] = json.dumps({"id_token": {"acrs": context}})
    url, _state = _client(of, None, callback).create_authorization_url(
        about.authorization_endpoint, state=begun.state, code_verifier=begun.verifier, **asked)
    return str(url)


def max_age(of: Provider, *, fresh: bool) -> int:
    """How many seconds ago somebody may have proved to the provider who they are."""
    return FRESH if fresh else of.settings.max_age_minutes * 60


def tokens_for(of: Provider, code: str, verifier: str, secret: str, callback: str) -> Mapping[str, Any]:
    """What the provider gives for a code, once. Raises :class:`Refused` and :class:`ProviderAway`."""
    client = _client(of, secret, callback)
    try:
        told: Mapping[str, Any] = client.fetch_token(
            of.about().token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier)
    except OAuth2Error as refused:
        raise Refused(Why.CODE) from refused
    except (ValueError, RecursionError) as failure:
        raise ProviderAway("not_a_provider") from failure
    return told


def address_to_sign_out(of: Provider, back: str) -> str | None:
    """Where the provider ends its own visit and leads back to *back*; None if it has no such page.

    No ID token goes along: it would stand in addresses and logs, with the name of whoever it is of.
    """
    there = of.about().end_session_endpoint
    if there is None:
        return None
    mark = "&" if "?" in there else "?"
    return there + mark + urlencode({"client_id": of.settings.client_id, "post_logout_redirect_uri": back})
