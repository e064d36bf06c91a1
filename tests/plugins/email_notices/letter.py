"""A letter, and handing it to the plugin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Flask

from core.hookspecs import Channel, Delivery, RenderedNotice
from core.plugin_host.host import host
from tests.conftest import HERTS

LETTER = RenderedNotice(
    channel=Channel.EMAIL, notice_id=UUID(int=7), attempt=1, discreet=False,
    to="amina@example.com", sender_name="Heddlu'r Gogledd, Cymru",
    sender_address="no-reply@force.example", subject="Côd newydd", text="Côd:\n\n123456\n",
    html="<p>Côd:</p><p>123456</p>", language="cy",
)


def deliver(app: Flask, **changes: Any) -> Delivery:
    force = host(app).get(HERTS)
    with app.app_context():
        done = force.hook.deliver(force=force.force, notice=replace(LETTER, **changes))
    assert isinstance(done, Delivery)
    return done
