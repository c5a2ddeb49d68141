"""A passkey without a browser: what a security key would answer. Its attestation is "none", which nobody signs."""

import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "https://testserver"


def credential_for(options: dict[str, Any]) -> str:
    """Return the JSON that the page would send for the creation options it got."""
    public_key = options["publicKey"]
    key_id = secrets.token_bytes(16)
    answer = {
        "id": websafe_encode(key_id),
        "rawId": websafe_encode(key_id),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(_client_data(public_key["challenge"])),
            "attestationObject": websafe_encode(_attestation(public_key["rp"]["id"], key_id)),
        },
    }
    return json.dumps(answer)


def _client_data(challenge: str) -> bytes:
    return json.dumps({"type": "webauthn.create", "challenge": challenge, "origin": ORIGIN}).encode()


def _attestation(site: str, key_id: bytes) -> bytes:
    public_key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    credential = AttestedCredentialData.create(Aaguid(bytes(16)), key_id, public_key)
    data = AuthenticatorData.create(sha256(site.encode()), flags, 0, bytes(credential))
    return bytes(AttestationObject.create("none", data, {}))
