"""What the provider signed: read, its signature and claims checked, or refused.

Loaded when the first officer signs in: each process would carry several megabytes of it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from core.base import clock
from plugins.staff_sign_in.provider import Provider
from plugins.staff_sign_in.refusals import Refused, Why
from plugins.staff_sign_in.settings import values_of

# Signatures with a key pair, and the kind of key of each: "none", and those of a shared secret, for which the
# provider's public key would serve as the secret, are not among them (RFC 8725, 3.1).
ALGORITHMS = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey, "ES384": ECKey}
LONGEST = 32_768  # signs of a token
YOUNG = 600  # seconds since a token was made
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = {"id": {None, "jwt"}, "logout": {None, "jwt", "logout+jwt"}}


def id_token_claims(
    of: Provider, token: str, *, nonce: str, access_token: str | None, max_age: int
) -> Mapping[str, Any]:
    """The claims of an ID token that was asked for with *nonce*, and proof not older than *max_age* seconds.

    Raises :class:`Refused`, and ProviderAway.
    """
    header, claims = signed(of, token, "id")
    _check(of, header, claims, {
        "nonce": nonce, "client_id": of.settings.client_id, "access_token": access_token, "max_age": max_age})
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise Refused(Why.CLAIMS)
    _refuse_weak(of, claims, max_age)
    return claims


def _refuse_weak(of: Provider, claims: Mapping[str, Any], max_age: int) -> None:
    """How surely the provider knows who it is, and since when: no library looks at that."""
    proved: Any = claims.get("auth_time")
    if not _is_time(proved) or _now() - proved > max_age + of.settings.clock_skew_seconds:
        raise Refused(Why.AGE)
    for name, wanted in of.settings.requires.items():
        if values_of(claims, name).isdisjoint(wanted):
            raise Refused(Why.STRENGTH)


def logout_claims(of: Provider, token: str) -> Mapping[str, Any]:
    """The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6): whose visits end.

    Raises :class:`Refused`, and ProviderAway.
    """
    header, claims = signed(of, token, "logout")
    known = {"sub": "of a visit by its sid", **claims}  # Authlib's ID token has a subject always
    _check(of, header, known, {"client_id": of.settings.client_id})
    events = claims.get("events")
    told = isinstance(events, dict) and isinstance(events.get(LOGOUT), dict)
    if not told or "nonce" in claims or not isinstance(claims.get("jti"), str):
        raise Refused(Why.CLAIMS)
    if not any(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid")):
        raise Refused(Why.CLAIMS)
    return claims


def signed(of: Provider, token: str, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, once the signature fits a key that the provider has."""
    if not isinstance(token, str) or len(token) > LONGEST or not token.isascii():
        raise Refused(Why.TOKEN)
    try:
        header = dict(jws.extract_compact(token.encode()).headers())
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Refused(Why.TOKEN) from None
    typ = header.get("typ")
    if (typ.lower() if isinstance(typ, str) else typ) not in TYPES[kind]:
        raise Refused(Why.TOKEN)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused(Why.ALGORITHM)
    key = of.key(kid) if isinstance(kid, str) else None
    if key is None or not isinstance(key, ALGORITHMS[algorithm]) or key.get("alg", algorithm) != algorithm:
        raise Refused(Why.KEY)
    try:
        return header, jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Refused(Why.SIGNATURE) from None


def _check(of: Provider, header: dict[str, Any], claims: dict[str, Any], params: dict[str, Any]) -> None:
    """What both kinds of token must say of who made it, for whom and when."""
    settings = of.settings
    audience = claims.get("aud")
    if audience not in (settings.client_id, [settings.client_id]):
        raise Refused(Why.CLAIMS)  # a token that is for others too is theirs to show here
    options: Any = {"iss": {"essential": True, "value": settings.issuer}, "sub": {"essential": True}}
    try:
        CodeIDToken(claims, header, options, params).validate(_now(), settings.clock_skew_seconds)
    except (JoseError, ValueError, TypeError, KeyError):
        raise Refused(Why.CLAIMS) from None
    if _now() - claims["iat"] > YOUNG + settings.clock_skew_seconds:
        raise Refused(Why.CLAIMS)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _now() -> int:
    return int(clock.now().timestamp())
