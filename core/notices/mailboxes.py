"""Addresses that a force names in its file, of a unit or of who reviews: each is somebody who is told."""

from __future__ import annotations

from uuid import UUID, uuid5

from core.force.model import Force

_MAILBOXES = UUID("6f3f4f0e-6f0b-4f0e-9a57-2d0f6e1b7c55")


def mailbox_id(address: str | None) -> UUID:
    """By what a notice to this address is known: the same however it is capitalised."""
    return uuid5(_MAILBOXES, (address or "").strip().casefold())


def unit_mailbox(force: Force, mailbox: UUID) -> str | None:
    """The address of a unit with this :func:`mailbox_id`; None if the file names it no longer."""
    return next((one for one in force.unit_mailboxes.values() if mailbox_id(one) == mailbox), None)
