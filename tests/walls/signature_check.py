"""Patch: any signature opens the record feed, with the first key there is."""

from __future__ import annotations

from plugins.record_feed import keyring, signature

signature.signer = keyring.signer = lambda keys, headers, body, now: 0
