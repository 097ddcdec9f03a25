"""What a person is told by mail because it touches how they sign in. Written in the act's transaction, sent after it.

It goes to the account's own address, and holds no link that does anything: what one would
do about it is said in words (NIST SP 800-63B-4 §4.6).
"""

import uuid
from enum import Enum
from typing import Final

from django.utils.translation import get_language

from idp.outbox import services as outbox
from idp.users.models import User

TOPIC: Final = "notice"  # the payload: `id` of the mail, the row's key as `user`, `notice`, its `facts`, its `language`


class Notice(Enum):
    """What happened. Its value names the templates `account/email/notice_<value>_subject.txt` and `_message.txt`."""

    NEW_DEVICE = "new_device"
    PASSWORD_CHANGED = "password_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    DELETION_ASKED = "deletion_asked"
    DELETION_CALLED_OFF = "deletion_called_off"


def tell(user: User, notice: Notice, **facts: str) -> None:
    """Have the person told, if there is an address; `facts` are for the templates, and no secrets."""
    if user.email:
        known = {"id": str(uuid.uuid4()), "user": user.pk, "notice": notice.value}
        outbox.put(TOPIC, {**known, "facts": facts, "language": get_language() or ""})
