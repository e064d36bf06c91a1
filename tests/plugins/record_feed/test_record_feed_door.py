"""A record system posts to the signed door: who is let in, and what is too much or none."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from standardwebhooks import Webhook

from core.audit.models import AuditEntry
from core.base import clock
from core.storage.db import db
from core.testing import recorded
from plugins.record_feed import keyring, signature
from tests.conftest import AVON, HERTS
from tests.plugins.record_feed.feed_answers import statuses, stored
from tests.plugins.record_feed.feed_builders import BATCH, ONE, Sender, at
from tests.security.audited import audited
from tests.security.checklist import requirement

# --- who is let in ----------------------------------------------------------------------------


def test_a_rightly_signed_event_is_taken_in_and_the_answer_says_so(
    app: Flask, niche: Sender
) -> None:
    answer = niche.post(recorded(id="e1"))
    assert answer.status_code == 202
    assert answer.get_json() == {"results": [{"id": "e1", "status": "accepted"}]}
    assert stored(app) == 1


def test_the_answer_needs_no_browser_and_leaves_no_cookie(niche: Sender) -> None:
    for answer in (niche.post(recorded()), niche.post(recorded(), webhook_id="")):
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"


def _other_key(sender: Sender, body: bytes) -> dict[str, str]:
    wrong = signature.sign(b"x" * 32, "msg_1", str(int(clock.now().timestamp())), body)
    return sender.headers(body, webhook_signature=wrong)


def _without(name: str) -> Callable[[Sender, bytes], dict[str, str]]:
    def forge(sender: Sender, body: bytes) -> dict[str, str]:
        return {key: value for key, value in sender.headers(body).items() if key != name}

    return forge


def _changed(**changed: str) -> Callable[[Sender, bytes], dict[str, str]]:
    return lambda sender, body: sender.headers(body, **changed)


def _signature(change: Callable[[str], str]) -> Callable[[Sender, bytes], dict[str, str]]:
    def forge(sender: Sender, body: bytes) -> dict[str, str]:
        headers = sender.headers(body)
        return headers | {"webhook-signature": change(headers["webhook-signature"])}

    return forge


def _time(change: Callable[[int], str]) -> Callable[[Sender, bytes], dict[str, str]]:
    return lambda sender, body: sender.headers(body, seconds=change(int(clock.now().timestamp())))


FORGERIES: dict[str, Callable[[Sender, bytes], dict[str, str]]] = {
    "no id": _without("webhook-id"),
    "no time": _without("webhook-timestamp"),
    "no signature": _without("webhook-signature"),
    "another key": _other_key,
    "the id of another delivery": _changed(webhook_id="msg_2"),
    "another time than the signed one": lambda s, b: (
        s.headers(b) | {"webhook-timestamp": str(int(clock.now().timestamp()) - 7)}
    ),
    "too old": _time(lambda now: str(now - 302)),
    "too new": _time(lambda now: str(now + 302)),
    "a time that is no number": _time(lambda now: "nan"),
    "a time with a fraction": _time(lambda now: f"{now}.0"),
    "a time in other digits": _time(lambda now: f"+{now}"),
    "a time beyond all bounds": _time(lambda now: "9" * 300),
    "a signature cut short": _signature(lambda given: given[:-2]),
    "a signature with a byte changed": _signature(lambda given: given[:5] + "A" * 3 + given[8:]),
    "an empty signature": _signature(lambda given: "v1,"),
    "no comma": _signature(lambda given: "v1"),
    "two commas": _signature(lambda given: "v1,," + given[3:]),
    "another version": _signature(lambda given: "v2," + given[3:]),
    "an asymmetric version": _signature(lambda given: "v1a," + given[3:]),
    "hexadecimal": _signature(lambda given: "v1," + base64.b64decode(given[3:]).hex()),
    "not ASCII": _signature(lambda given: "v1,\xe9\xe9"),
    "all of it in capitals": _signature(str.upper),
}


def test_forgers_are_refused_and_the_sender_let_in(app: Flask, niche: Sender) -> None:
    client = app.test_client()
    for number, (forgery, forge) in enumerate(FORGERIES.items()):
        body = json.dumps(recorded(id=forgery)).encode()
        answer = client.post(niche.address, data=body, headers=forge(niche, body))
        assert (answer.status_code, stored(app)) == (401, number), forgery
        answer = client.post(niche.address, data=body, headers=niche.headers(body))
        assert (answer.status_code, stored(app)) == (202, number + 1), forgery


@audited("record_feed_refused")
@requirement("G9")
def test_a_refused_delivery_is_written_down_and_a_flood_of_them_is_not(
    app: Flask, niche: Sender
) -> None:
    def refused() -> list[Any]:
        with at(app):
            rows = sa.select(AuditEntry).where(AuditEntry.action == "record_feed_refused")
            return [row.fields for row in db.session.scalars(rows.order_by(AuditEntry.id))]

    wrong, client = _other_key(niche, b"{}"), app.test_client()
    unknown = niche.address.replace("/niche/", "/canary-of-a-name/")
    for _ in range(5):
        assert client.post(niche.address, data=b"{}", headers=wrong).status_code == 401
        assert client.post(unknown, data=b"{}", headers=wrong).status_code == 401
    assert refused() == [{"source": "niche"}, {"source": "unknown"}]
    assert niche.post(recorded()).status_code == 202 and len(refused()) == 2
    with clock.travel(clock.now() + timedelta(minutes=11)):
        client.post(niche.address, data=b"{}", headers=wrong)
    assert refused()[2:] == [{"source": "niche"}]


def test_a_changed_body_is_refused(app: Flask, niche: Sender) -> None:
    body = json.dumps(recorded()).encode()
    for changed in (body + b" ", body[:-1], body.replace(b"watford", b"dacorum"), b""):
        answer = app.test_client().post(niche.address, data=changed, headers=niche.headers(body))
        assert answer.status_code == 401
    assert stored(app) == 0


def test_every_refusal_at_the_door_looks_the_same(app: Flask, niche: Sender) -> None:
    body = json.dumps(recorded()).encode()
    Sender(app, "athena")
    addresses = {
        f"/{HERTS}/feed/v1/{name}/events"
        for name in ("nobody", "athena", "backfill", "niche%00", "\u00e9")
    }
    answers = {
        app.test_client().post(address, data=body, headers=niche.headers(body)).data
        for address in addresses
    } | {
        app.test_client().post(niche.address, data=body, headers=forge(niche, body)).data
        for forge in FORGERIES.values()
    }
    assert len(answers) == 1


def test_a_force_s_key_does_not_open_another_force_s_door(app: Flask, niche: Sender) -> None:
    body = json.dumps(recorded()).encode()
    address = f"/{AVON}/feed/v1/niche/events"
    assert (
        app.test_client().post(address, data=body, headers=niche.headers(body)).status_code == 401
    )
    assert stored(app, AVON) == 0
    avon = Sender(app, force=AVON)
    answer = avon.post(recorded(force=HERTS, source=f"//{HERTS}"))
    assert answer.status_code == 202
    assert (stored(app, AVON), stored(app, HERTS)) == (1, 0)


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 202), (300, 202), (301, 401)])
def test_a_delivery_is_good_for_five_minutes(niche: Sender, seconds: int, status: int) -> None:
    body = json.dumps(recorded()).encode()
    moment = clock.now().replace(microsecond=0)
    headers = niche.headers(body, seconds=str(int(moment.timestamp())))
    with clock.travel(moment - timedelta(seconds=seconds)):
        answer = niche.app.test_client().post(niche.address, data=body, headers=headers)
    assert answer.status_code == status


def test_a_sender_may_sign_with_the_old_and_the_new_key_at_once(app: Flask, niche: Sender) -> None:
    old = niche.key
    with at(app):
        niche.key = keyring.make("niche")
        db.session.commit()
    body = json.dumps(recorded()).encode()
    both = niche.headers(body)
    signed_by_old = signature.sign(
        signature.key_bytes(old), "msg_1", both["webhook-timestamp"], body
    )
    for signatures in (
        f"v1,bm8= {both['webhook-signature']}",
        f"{signed_by_old} v1a,xx",
        signed_by_old,
    ):
        headers = both | {"webhook-signature": signatures}
        assert app.test_client().post(niche.address, data=body, headers=headers).status_code == 202


def test_a_third_key_ends_the_oldest_at_once(app: Flask, niche: Sender) -> None:
    first = niche.key
    with at(app):
        second, third = keyring.make("niche"), keyring.make("niche")
        db.session.commit()
    answers = {}
    for niche.key in (first, second, third):
        answers[niche.key] = niche.post(recorded()).status_code
    assert list(answers.values()) == [401, 202, 202]


def test_signatures_of_the_standard_library_are_understood(app: Flask, niche: Sender) -> None:
    body, moment = json.dumps(recorded(summary="Beic \u2013 ŵ")), clock.now()
    headers = {
        "content-type": "application/cloudevents+json; charset=UTF-8",
        "webhook-id": "msg_a.b",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(niche.key).sign("msg_a.b", moment, body),
    }
    assert (
        app.test_client().post(niche.address, data=body.encode(), headers=headers).status_code
        == 202
    )


def test_the_use_of_a_key_is_noted_once_a_minute(app: Flask, niche: Sender) -> None:
    start = clock.now()
    seen = []
    for later in (0, 30, 61):
        with clock.travel(start + timedelta(seconds=later)):
            assert niche.post(recorded()).status_code == 202
        with at(app):
            (key,) = keyring.listed()
            assert key.last_used_at
            seen.append((key.last_used_at - start).seconds)
    assert seen == [0, 0, 61]


# --- limits -----------------------------------------------------------------------------------


def test_a_body_over_one_mebibyte_is_too_large(app: Flask, niche: Sender) -> None:
    just = json.dumps(recorded()).encode()
    just += b" " * (1024 * 1024 - len(just))
    assert niche.post_bytes(just).status_code == 202
    answer = niche.post_bytes(just + b" ")
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")
    assert stored(app) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/json"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": ""},
        {"content_type": "application/cloudevents+json; charset=latin-1"},
        {"content_encoding": "gzip"},
        {"content_encoding": "identity"},
    ],
)
def test_other_content_types_and_packed_bodies_are_not_taken(
    app: Flask, niche: Sender, headers: dict[str, str]
) -> None:
    assert niche.post(recorded(), **headers).status_code == 415
    assert stored(app) == 0


def test_one_event_sent_as_a_batch_and_a_batch_sent_as_one_event_are_what_they_are(
    app: Flask, niche: Sender
) -> None:
    one = recorded(id="e1")
    assert statuses(niche.post([one, recorded(id="e2")])) == ["accepted", "accepted"]
    assert statuses(niche.post(one, content_type=BATCH)) == ["repeated"]
    answer = niche.post({**one, "subject": "41/2/24"}, content_type=BATCH)
    assert (answer.status_code, statuses(answer)) == (202, ["conflict"])


@pytest.mark.parametrize("charset", ["UTF-8", '"utf-8"', "utf8"])
def test_the_charset_may_be_said_however_it_is_written(
    app: Flask, niche: Sender, charset: str
) -> None:
    answer = niche.post(recorded(), content_type=f"{ONE}; charset={charset}")
    assert statuses(answer) == ["accepted"]


def test_a_batch_holds_one_to_a_thousand_events(app: Flask, niche: Sender) -> None:
    assert niche.post_batch([]).status_code == 400
    assert niche.post_batch([{}] * 1001).status_code == 400
    assert niche.post(7, content_type=BATCH).status_code == 400
    assert niche.post([]).status_code == 400
    assert statuses(niche.post_batch([recorded(id="e1")] * 1000)) == ["accepted"] + ["repeated"] * 999


def test_the_door_takes_posts_only(app: Flask, niche: Sender) -> None:
    for method in ("get", "put", "delete", "patch"):
        assert getattr(app.test_client(), method)(niche.address).status_code == 405
