"""The JWK Set (RFC 7517 §5): what may be met in our signatures, as the rows are at each request.

A compromised key is gone with its commit. The statement asks for names alone: a key's name is the thumbprint of its
public half (RFC 7638), so what was written for these names once is right for as long as they are the names.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import orjson
from django.conf import settings
from django.db.models import CharField, DateTimeField, Q
from django.db.models.sql import Query
from django.utils import timezone

from idp.ops.compiled import Select
from oauth_ext.keys import times
from oauth_ext.keys.birth import ensure_keys
from oauth_ext.keys.models import KeyState, SigningKey


class _Asked(NamedTuple):
    """What is published depends on."""

    issuer: str
    retired_after: datetime


class _Written(NamedTuple):
    """The document for these keys."""

    kids: tuple[object, ...]
    body: bytes


_written: _Written | None = None


def jwks() -> bytes:
    """Return the public keys as JSON, newest first; an issuer that has none yet gets its first ones.

    The next one is among them, and a retired one until what it signed has ended.
    """
    global _written  # noqa: PLW0603  # one memory a process; a lost race writes the same again
    kids = _kids()
    if not kids:
        ensure_keys()
        kids = _kids()
    written = _written
    if written is None or written.kids != kids:
        _written = written = _Written(kids, _write(kids))
    return written.body


def _kids() -> tuple[object, ...]:
    asked = _Asked(settings.ISSUER_URL, timezone.now() - times.PUBLISHED_AFTERWARDS)
    return tuple(kid for (kid,) in _SELECT.rows(asked))


def _write(kids: tuple[object, ...]) -> bytes:
    jwk = dict(SigningKey.objects.filter(kid__in=kids).values_list("kid", "public_jwk"))
    return orjson.dumps({"keys": [jwk[kid] for kid in kids if kid in jwk]})


def _query(asked: _Asked) -> Query:
    published = Q(state__in=[KeyState.NEXT, KeyState.ACTIVE]) | Q(
        state=KeyState.RETIRED, retired_at__gt=asked.retired_after
    )
    return SigningKey.objects.filter(published, issuer=asked.issuer).order_by("-pk").values_list("kid").query


_SELECT = Select(_query, _Asked("the issuer", datetime(1970, 1, 1, tzinfo=UTC)), (CharField(), DateTimeField()))
