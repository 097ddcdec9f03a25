"""Whether a family still counts: one condition, for every SELECT and every UPDATE that asks."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from idp.models import Session, User
from oauth_ext.clients.models import Application
from oauth_ext.consents.models import Consent


def standing() -> Q:
    """Return the condition under which a family stands: nothing it was made under has ended or changed since.

    Own columns and `Exists`, never a join: an UPDATE across a join becomes a subselect, whose condition PostgreSQL
    doesn't ask again of a row that it waited for, and then two win.
    """
    now = timezone.now()
    user = User.objects.filter(pk=OuterRef("user_id"), is_active=True, epoch=OuterRef("user_epoch"))
    client = Application.objects.filter(pk=OuterRef("client_id"), is_active=True, epoch=OuterRef("client_epoch"))
    session = Session.objects.filter(
        pk=OuterRef("session_id"),
        epoch=OuterRef("session_epoch"),
        ended_at=None,
        idle_end__gt=now,
        absolute_end__gt=now,
    )
    consent = Consent.objects.filter(pk=OuterRef("consent_id"), revoked_at=None)
    return Q(
        Q(ended_at=None, expires_at__gt=now, issuer=settings.ISSUER_URL),
        Q(user=None) | Exists(user),
        Q(offline=True) | Exists(session),
        Q(consent=None) | Exists(consent),
        Exists(client),
    )
