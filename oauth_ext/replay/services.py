"""Using something once, whichever process sees it first."""

import hashlib
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections

from idp.ops.compiled import Text
from oauth_ext.replay.models import UsedOnce

_NOTE = Text.of("INSERT INTO oauth_ext_usedonce (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING", range(2))


def use(purpose: str, owner: str, value: str, *, until: datetime) -> bool:
    """Take note that the owner used the value; False where it was used before. One statement, whoever comes first.

    `until` is when it would be refused for its age: it is known for at least as long. Outside a transaction of the
    caller's that may roll back, the note would go with it.
    """
    digest = hashlib.sha256(f"{purpose}\x00{owner}\x00{value}".encode()).hexdigest()
    database = connections[DEFAULT_DB_ALIAS]
    expires_at = UsedOnce._meta.get_field("expires_at").get_db_prep_value(until, database)
    return _NOTE.run(database, [digest, expires_at]).changed == 1
