"""Codes to write down, for when everything else is lost: ten, each good once (NIST SP 800-63B-4 §3.1.2).

A code is ten letters, of which the first two say which one it is and the other eight are secret: 34.5 bits, so they are
hashed as passwords are, and trying one out costs a single hash, however many there are.
"""

from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.factors.models import RecoveryCode
from idp.ops import typed_codes
from idp.users.locking import locked
from idp.users.models import User
from idp.users.notices import Notice, tell

HOW_MANY: Final = 10
SELECTOR: Final = 2


def make(user: User) -> list[str]:
    """Return new codes as people see them, `BCDFG-HJKLM`; it is the only time. Those from before are dead.

    Not to be called in a transaction, for it waits for its turn to hash. Raises Busy.
    """
    codes: dict[str, str] = {}
    while len(codes) < HOW_MANY:
        codes[typed_codes.new(SELECTOR)] = typed_codes.new()
    rows = [RecoveryCode(user=user, selector=first, code_hash=make_password(rest)) for first, rest in codes.items()]
    with transaction.atomic():
        locked(user.pk)
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(rows)
        audit.record(Event.RECOVERY_CODES_MADE, about=Party(user=user.sub))
        tell(user, Notice.RECOVERY_CODES_MADE)
    return [_shown(first + rest) for first, rest in codes.items()]


def claim(user: User, typed: str) -> bool:
    """Use a code up, by one statement; false if it is none of theirs. Raises Busy."""
    code = typed_codes.read(typed, SELECTOR + typed_codes.LENGTH)
    row = RecoveryCode.objects.filter(user=user, selector=code[:SELECTOR]).first() if code else None
    if code is None or row is None or not check_password(code[SELECTOR:], row.code_hash):
        return False
    with transaction.atomic():
        used, _ = RecoveryCode.objects.filter(pk=row.pk).delete()
        if used:
            audit.record(Event.RECOVERY_CODE_USED, about=Party(user=user.sub))
            tell(user, Notice.RECOVERY_CODE_USED)
    return used == 1


def left(user_pk: int) -> int:
    """Return how many are unused."""
    return RecoveryCode.objects.filter(user_id=user_pk).count()


def forget(user: User) -> None:
    """Have none any more."""
    RecoveryCode.objects.filter(user=user).delete()


def _shown(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"
