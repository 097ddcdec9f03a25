"""Values that pass through the browser so that it can neither read nor change them."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Authenticated encryption for one purpose, under a key derived from the client's secret."""

    def __init__(self, secret: str, purpose: str) -> None:
        """`purpose` separates the keys: what was sealed for one is nothing to another."""
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"gatehouse bff {purpose}".encode()).derive(
            secret.encode()
        )
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> str:
        """The text, sealed; fit for a cookie's value."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str, max_age: int) -> str | None:
        """The text, or None when the seal is not ours, was touched, or is older than `max_age` seconds."""
        try:
            return self._fernet.decrypt(sealed.encode("ascii", "replace"), ttl=max_age).decode()
        except InvalidToken:
            return None
