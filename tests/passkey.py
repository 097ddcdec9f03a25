"""A passkey as a browser and a device would make and use it, without either: its bytes are those of WebAuthn."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

ORIGIN = "http://localhost:8000"
FLAG = AuthenticatorData.FLAG


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class SoftPasskey:
    """One credential; attributes are what a bad one would do otherwise."""

    def __init__(self, *, origin: str = ORIGIN, rp_id: str = "localhost", synced: bool = True):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.origin, self.rp_id = origin, rp_id
        self.count = 0
        self.flags = FLAG.UP | FLAG.UV | (FLAG.BE | FLAG.BS if synced else FLAG(0))
        self.handle: bytes | None = None
        self.cross_origin = False

    def create(self, options: dict[str, object]) -> dict[str, object]:
        """Answer `navigator.credentials.create()`."""
        self.handle = unb64(options["user"]["id"])  # type: ignore[index]
        credential = AttestedCredentialData.create(
            bytes(16), self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(self._rp_hash(), self.flags | FLAG.AT, self.count, credential)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        response = {
            "clientDataJSON": b64(self._client_data("webauthn.create", options)),
            "attestationObject": b64(attestation),
            "transports": ["internal"],
        }
        return self._answer(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def get(self, options: dict[str, object]) -> dict[str, object]:
        """Answer `navigator.credentials.get()`."""
        client_data = self._client_data("webauthn.get", options)
        data = bytes(AuthenticatorData.create(self._rp_hash(), self.flags, self.count))
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": b64(client_data),
            "authenticatorData": b64(data),
            "signature": b64(signature),
            "userHandle": b64(self.handle) if self.handle else None,
        }
        return self._answer(response) | {"clientExtensionResults": {}}

    def _answer(self, response: Mapping[str, object]) -> dict[str, object]:
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}

    def _rp_hash(self) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest()

    def _client_data(self, kind: str, options: dict[str, object]) -> bytes:
        said = {
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return json.dumps(said).encode()
