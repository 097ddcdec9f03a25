"""The browser's session (`settings.SESSION_ENGINE`): what Django keeps behind the cookie.

Django's table, but neither the cookie's key nor what is kept can be read from it: the key is hashed, the data sealed
under `ENCRYPTION_KEYS` and bound to it. Who is signed in is decided by the row that `login_session` points to.
"""

import hashlib
import secrets
from collections.abc import Mapping

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.models import Session as StoredSession
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from typing_extensions import override

from idp.ops import keyring
from idp.ops.inserts import Insert

PURPOSE = "browser session"
KEY_BYTES = 24
_INSERT = Insert(StoredSession)


def hashed(session_key: str) -> str:
    """Return what stands in the table for a key, which has 192 random bits: the first 160 bits of its SHA-256."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(SessionBase):
    """One browser's session; its async methods are the base's, which call these in a thread."""

    _is_new = False

    @override
    def load(self) -> dict[str, object]:
        """Return what is kept; nothing, and forget the key, where there is no live row."""
        if self.session_key is not None:
            row = self._row(self.session_key).filter(expire_date__gt=timezone.now()).values_list("session_data").first()
            if row is not None:
                return self.decode(row[0])
        self._session_key = None
        return {}

    @override
    def exists(self, session_key: str) -> bool:
        """Whether there is a row of this key."""
        return self._row(session_key).exists()

    @override
    def create(self) -> None:
        """Keep what there is under a new key: when it is saved, with what comes until then, by one statement."""
        self._session_key = secrets.token_urlsafe(KEY_BYTES)  # which no other row has
        self._get_session(no_load=True)  # type: ignore[attr-defined]  # there is nothing under it yet
        self._is_new = self.modified = True

    @override
    def save(self, must_create: bool = False) -> None:
        """Write the row. Raises UpdateError if it has gone since, as after a sign-out in another tab."""
        if self.session_key is None:
            self.create()
        key, must_create = str(self.session_key), must_create or self._is_new
        data = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        expire_date = self.get_expiry_date()
        if not must_create:
            if not self._row(key).update(session_data=data, expire_date=expire_date):
                raise UpdateError
            return
        try:
            _INSERT.run(StoredSession(hashed(key), data, expire_date))
        except IntegrityError:
            raise CreateError from None
        self._is_new = False

    @override
    def delete(self, session_key: str | None = None) -> None:
        """Delete the row, if there is one."""
        if key := session_key or self.session_key:
            self._row(key).delete()

    @override
    def encode(self, session_dict: Mapping[str, object]) -> str:
        """Seal what is kept."""
        return keyring.seal(
            self.serializer().dumps(dict(session_dict)), purpose=PURPOSE, bound_to=hashed(self.session_key or "")
        )

    @override
    def decode(self, session_data: bytes | str) -> dict[str, object]:
        """Open what was sealed; nothing, if it wasn't for this key."""
        try:
            opened = keyring.unseal(str(session_data), purpose=PURPOSE, bound_to=hashed(self.session_key or ""))
        except keyring.SealBroken:
            return {}
        return dict(self.serializer().loads(opened))

    @classmethod
    @override
    def clear_expired(cls) -> None:
        """Delete what has expired; the worker does it in bites."""
        StoredSession.objects.filter(expire_date__lt=timezone.now()).delete()

    @staticmethod
    def _row(session_key: str) -> QuerySet[StoredSession]:
        return StoredSession.objects.filter(session_key=hashed(session_key))
