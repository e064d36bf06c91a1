"""What browsers are asked for, and what devices answer (WebAuthn level 3).

Loaded with the first passkey that somebody uses: each process would carry several megabytes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

VERIFIED = UserVerificationRequirement.REQUIRED
UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, RecursionError)
from_base64url = base64url_to_bytes


def question_to_add(
    site: str, label: str, handle: bytes, challenge: bytes, milliseconds: int, known: Sequence[bytes]
) -> str:
    """As JSON; ``known`` are the ids of passkeys that the device shall not add again."""
    options = webauthn.generate_registration_options(
        rp_id=site, rp_name=label, user_name=label, user_id=handle, challenge=challenge,
        timeout=milliseconds,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # So that a device finds it by itself: whoever signs in is told of no passkey.
            resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True,
            user_verification=VERIFIED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return str(options_to_json(options))


def question_to_use(site: str, challenge: bytes, milliseconds: int) -> str:
    """As JSON; names no passkey."""
    options = webauthn.generate_authentication_options(
        # A list would tell who has passkeys here, and how many.
        rp_id=site, challenge=challenge, allow_credentials=[], timeout=milliseconds,
        user_verification=VERIFIED,
    )
    return str(options_to_json(options))


def added(answer: str, challenge: bytes, site: str, origin: str) -> Any:
    """The new credential. Raises one of :data:`UNREADABLE` unless all of the answer is right."""
    return webauthn.verify_registration_response(
        credential=answer, expected_challenge=challenge, expected_rp_id=site, expected_origin=origin,
        require_user_verification=True,
    )


def counter(answer: str, challenge: bytes, site: str, origin: str, public_key: bytes) -> int:
    """The device's counter. Raises one of :data:`UNREADABLE` unless all of the answer is right.

    The caller compares it, who must know that it was this very passkey that signed.
    """
    found = webauthn.verify_authentication_response(
        credential=answer, expected_challenge=challenge, expected_rp_id=site, expected_origin=origin,
        credential_public_key=public_key, credential_current_sign_count=0,
        require_user_verification=True,
    )
    return int(found.new_sign_count)
