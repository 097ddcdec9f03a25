"""The mails of `idp.users.notices`, written by the worker in the language of whoever acted."""

from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils import translation

from idp.users.models import User
from idp.users.notices import Notice

TEMPLATE: Final = "account/email/notice_"


def mail(payload: dict[str, object]) -> None:
    """Mail a notice to whoever it is about, also to those who may no longer sign in."""
    user = User.objects.filter(pk=str(payload["user"])).first()
    if user is None or not user.email:
        return
    facts = payload["facts"]
    told = {"user": user, "issuer": settings.ISSUER_URL, "facts": facts if isinstance(facts, dict) else {}}
    told["mail_id"] = str(payload.get("id", ""))  # the same mail, should a worker die between writing and noting it
    with translation.override(str(payload.get("language", "")) or settings.LANGUAGE_CODE):
        get_adapter().send_mail(TEMPLATE + Notice(str(payload["notice"])).value, user.email, told)
