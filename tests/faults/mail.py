"""A real SMTP server that misbehaves on demand."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.cli.processes.supervisor import free_port

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Manner:
    """How the next letters are answered once their last line is there.

    ``after``: seconds until the answer. ``answer``: the line; None for silence. ``keeps``: whether the
    letter was taken. ``hangs_up``: ``"before"`` the answer or ``"after"`` it, or not. ``always``: at
    every try of that letter, not at its first only.
    """

    after: float = 0.0
    answer: str | None = "250 2.0.0 taken"
    keeps: bool = True
    hangs_up: str | None = None
    always: bool = False


GOOD = Manner()


@dataclass
class Arrived:
    """One letter that the server took, and when (seconds of the monotonic clock)."""

    message_id: str
    to: str
    at: float


@dataclass
class Post:
    """The server: letters that it took, and how it behaves now; ``plan`` is used up before ``manner``."""

    url: str
    manner: Manner = GOOD
    plan: list[Manner] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    met: dict[str, Manner] = field(default_factory=dict)  # how each was answered at its first try
    lock: Lock = field(default_factory=Lock)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        found = MESSAGE_ID.search(cast(bytes, envelope.content))
        message_id = found[1].decode() if found else "none"
        with self.lock:
            self.tried[message_id] += 1
            manner = self._manner_with(message_id)
        if manner.after:
            await asyncio.sleep(manner.after)
        if manner.keeps:
            with self.lock:
                self.arrived += [
                    Arrived(message_id, to, time.monotonic()) for to in envelope.rcpt_tos
                ]
        if manner.answer is None:
            await asyncio.sleep(3600)
        if manner.hangs_up == "before":
            server.transport.abort()
        if manner.hangs_up == "after":
            asyncio.get_running_loop().call_later(0.01, server.transport.abort)
        return str(manner.answer)

    def _manner_with(self, message_id: str) -> Manner:
        before = self.met.get(message_id)
        if before and before.always:
            return before
        manner = self.plan.pop(0) if self.plan else self.manner
        self.met.setdefault(message_id, manner)
        return manner

    def copies(self) -> Counter[str]:
        """How often each letter was taken."""
        with self.lock:
            return Counter(one.message_id for one in self.arrived)

    def doubled(self) -> int:
        """How many copies came too many."""
        return sum(many - 1 for many in self.copies().values())


@contextmanager
def mail_server() -> Iterator[Post]:
    """On this machine, speaking plainly; gone at the end of the block."""
    port = free_port()
    post = Post(f"smtp://127.0.0.1:{port}?starttls=no")
    controller = Controller(post, hostname="127.0.0.1", port=port, timeout=3600)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
