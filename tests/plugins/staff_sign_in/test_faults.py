"""What a provider, or somebody in its place, signs wrongly opens nothing."""

from __future__ import annotations

import hmac
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc.jwk import RSAKey

from core.base import clock
from plugins.staff_sign_in import identities, provider, tokens
from tests.plugins.staff_sign_in.door import Door
from tests.plugins.staff_sign_in.simulator import (
    Claims,
    Simulator,
    by_hand,
    key_called,
    signed,
    signed_with,
    unsigned,
)
from tests.security.checklist import protection, requirement


def later(seconds: int) -> int:
    return int(clock.now().timestamp()) + seconds


def with_shared_secret(of: Simulator, claims: Claims) -> str:
    """HS256, with what everybody can read, the public key, as the secret."""
    public = of.key.as_pem(private=False)
    return by_hand({"alg": "HS256", "kid": of.kid}, claims,
                   lambda said: hmac.digest(public, said, "sha256"))


def of_another_key(of: Simulator, claims: Claims) -> str:
    return signed_with(key_called("of a stranger"), {"alg": "RS256", "kid": of.kid}, claims)


def that_brings_its_key(of: Simulator, claims: Claims) -> str:
    stranger = key_called("of a stranger")
    header = {"alg": "RS256", "kid": of.kid, "jwk": stranger.as_dict(private=False)}
    return by_hand(header, claims, lambda said: stranger.private_key.sign(
        said, padding.PKCS1v15(), hashes.SHA256()))


def changed_afterwards(of: Simulator, claims: Claims) -> str:
    head, _, signature = signed(of, {**claims, "roles": ["Portal.Officer"]}).split(".")
    return f"{head}.{unsigned({}, {**claims, 'roles': ['Portal.Admin']}).split('.')[1]}.{signature}"


def without_signature(of: Simulator, claims: Claims) -> str:
    return unsigned({"alg": "none", "kid": of.kid}, claims)


HOW: dict[str, tuple[Any, str]] = {
    "no signature at all": (without_signature, "algorithm"),
    "the algorithm none, written otherwise": (
        lambda of, claims: unsigned({"alg": "nOnE"}, claims), "algorithm"),
    "the public key as a shared secret": (with_shared_secret, "algorithm"),
    "the key of a stranger": (of_another_key, "signature"),
    "a key that it brings along": (that_brings_its_key, "token"),
    "words that were changed": (changed_afterwards, "signature"),
    "a key that nobody knows": (lambda of, claims: signed_with(
        key_called("unknown"), {"alg": "RS256", "kid": "unknown"}, claims), "key"),
    "no name of a key": (lambda of, claims: signed_with(of.key, {"alg": "RS256"}, claims), "key"),
    "an algorithm that nobody listed": (lambda of, claims: signed(of, claims, alg="RS512"), "algorithm"),
    "an access token": (lambda of, claims: signed(of, claims, typ="at+jwt"), "token"),
    "a token of signing out": (lambda of, claims: signed(of, claims, typ="logout+jwt"), "token"),
    "no token": (lambda of, claims: "three.little.words", "token"),
    "a list in place of claims": (lambda of, claims: signed_with_list(of), "signature"),
}
WHAT: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"iss": "https://login.example/other"}, "claims"),
    "an issuer with a slash more": ({"iss": "ISSUER/"}, "claims"),
    "another audience": ({"aud": "another-portal"}, "claims"),
    "an audience beside us": ({"aud": ["portal", "another-portal"], "azp": "portal"}, "claims"),
    "another authorised party": ({"azp": "another-portal"}, "claims"),
    "another nonce": ({"nonce": "of another sign-in"}, "claims"),
    "no nonce": ({"nonce": None}, "claims"),
    "an end that is over": ({"exp": -61}, "claims"),
    "no end": ({"exp": None}, "claims"),
    "a beginning that is to come": ({"nbf": 61}, "claims"),
    "made in the future": ({"iat": 61}, "claims"),
    "made long ago": ({"iat": -661}, "claims"),
    "nobody": ({"sub": None}, "claims"),
    "an empty somebody": ({"sub": ""}, "claims"),
    "the hash of another access token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "claims"),
    "no word of when they proved who they are": ({"auth_time": None}, "claims"),
    "proved yesterday": ({"auth_time": -43_261}, "age"),
    "proved at true": ({"auth_time": True}, "age"),
    "no word of how": ({"amr": None}, "strength"),
    "a password only": ({"amr": ["pwd"]}, "strength"),
}


def signed_with_list(of: Simulator) -> str:
    from joserfc import jws

    return jws.serialize_compact({"alg": "RS256", "kid": of.kid}, b'["claims"]', of.key)


def refused(door: Door, make: Any = None, **claims: Any) -> str:
    """Why; nobody is signed in, and whoever tries reads nothing of it."""
    answer = door.sign_in(make=make, **claims)
    assert answer.status_code == 403
    assert not re.search(r"issuer|audience|nonce|signature|subject-1|Traceback", answer.text)
    assert door.sessions() == 0 and door.audited("staff_sign_in_signed_in") == []
    (row,) = door.audited("staff_sign_in_refused")
    return str(row["why"])


@requirement("B2")
@pytest.mark.parametrize("fault", HOW)
def test_a_token_that_is_wrongly_signed_opens_nothing(door: Door, fault: str) -> None:
    make, why = HOW[fault]
    assert refused(door, make) == why


@requirement("B2", "B3")
@pytest.mark.parametrize("fault", WHAT)
def test_a_token_that_says_something_wrong_opens_nothing(door: Door, fault: str) -> None:
    claims, why = WHAT[fault]
    times = {name: later(value) for name, value in claims.items()
             if type(value) is int and name in ("exp", "nbf", "iat", "auth_time")}
    said = {name: value.replace("ISSUER", door.provider.issuer) if isinstance(value, str) else value
            for name, value in claims.items()}
    assert refused(door, **{**said, **times}) == why


@requirement("B2", "B3")
@pytest.mark.parametrize("claims", [
    {"aud": ["portal"]}, {"azp": "portal"}, {"exp": -59}, {"nbf": 59}, {"iat": 59}, {"auth_time": -43_259},
    {"amr": ["hwk"]},
])
def test_what_is_just_right_opens_the_desk(door: Door, claims: dict[str, Any]) -> None:
    """Clocks may differ by a minute."""
    door.signed_in(**{name: later(value) if type(value) is int else value for name, value in claims.items()})


# --- with the protection taken away, the same gets through -----------------------------------------


@protection("B2")
@pytest.mark.filterwarnings("ignore:.*none:joserfc.errors.SecurityWarning")
def test_if_any_algorithm_were_taken_nobody_would_have_to_sign(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tokens.ALGORITHMS, "none", RSAKey)
    door.sign_in(make=without_signature)
    assert door.sessions() == 1


@protection("B2")
@pytest.mark.parametrize("fault", ["another issuer", "another audience", "another nonce", "made long ago"])
def test_if_claims_were_not_looked_at_a_token_of_others_would_do(
    door: Door, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(tokens, "_check", lambda *given: None)
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda one, other: True)
    door.sign_in(**{name: later(value) if type(value) is int else value
                    for name, value in WHAT[fault][0].items()})
    assert door.sessions() == 1


@protection("B3")
@pytest.mark.parametrize("fault", ["proved yesterday", "a password only"])
def test_if_nobody_asked_how_surely_a_password_would_do(
    door: Door, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(tokens, "_refuse_weak", lambda *given: None)
    door.sign_in(**{name: later(value) if type(value) is int else value
                    for name, value in WHAT[fault][0].items()})
    assert door.sessions() == 1


# --- one force's provider opens no other force --------------------------------------------------------


def at_eastshire(door: Door) -> Door:
    return Door(door.app, door.simulators["eastshire"], door.simulators, "eastshire")


@requirement("B4")
def test_the_same_subject_and_email_of_two_providers_are_two_people(door: Door) -> None:
    door.signed_in()
    other = at_eastshire(door)
    other.signed_in(name="Else Where")
    assert door.look(lambda: door.staff()["O1"].name) == "Sam Officer"
    assert other.look(lambda: other.staff()["O1"].name) == "Else Where"
    assert (door.sessions(), other.sessions()) == (1, 1)


@requirement("B4")
def test_what_the_provider_of_one_force_signs_opens_nothing_at_another(door: Door) -> None:
    other = at_eastshire(door)
    assert refused(other, lambda of, claims: signed(door.provider, claims)) == "signature"
    browser = other.browser()
    answer = door.provider.issuer
    address = other.provider.allow(other.sent(browser)).replace(
        f"127.0.0.1%3A{other.provider.issuer.rpartition(':')[2]}", f"127.0.0.1%3A{answer.rpartition(':')[2]}")
    assert other.back(browser, address).status_code == 403
    assert other.sessions() == 0


@requirement("B4")
def test_somebody_else_with_the_same_email_is_somebody_else(door: Door) -> None:
    door.signed_in()
    door.signed_in(sub="subject-2", employeeid="O2", name="Kim Officer")
    assert {name: door.look(lambda one=one: one.name) for name, one in door.staff().items()} == {
        "O1": "Sam Officer", "O2": "Kim Officer"}


@protection("B4")
def test_if_an_email_were_who_somebody_is_another_would_be_them(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.signed_in()
    known = door.look(lambda: identities.identity_of(door.provider.issuer, "subject-1").staff_id)  # type: ignore[union-attr]
    of_record = identities.identity_of
    monkeypatch.setattr(identities, "identity_of", lambda issuer, subject: of_record(issuer, "subject-1"))
    door.sign_in(sub="subject-2")
    assert [row["staff"] for row in door.audited("staff_sign_in_signed_in")] == [str(known)] * 2


def test_keys_that_prove_nothing_are_left_out() -> None:
    good = key_called("first").as_dict(private=False)
    short = {**good, "kid": "short", "n": good["n"][:171]}  # 1,024 bits
    private = key_called("private").as_dict(private=True)
    shared = {"kty": "oct", "kid": "k", "k": "c2VjcmV0"}
    others = [{**good, "kid": "enc", "use": "enc"}, {"kty": "RSA", "kid": "half"}, "a key",
              {**good, "kid": 7}]
    listed = [good, short, private, shared, *others]
    assert [kid for kid, _ in provider._usable({"keys": listed})] == ["first"]
