"""Whether a family still counts: one condition, for every SELECT and every UPDATE that asks."""

from datetime import datetime

from django.apps import apps
from django.db.models import OuterRef, Q

from idp.models import Session, User
from idp.ops.looked_up import LookedUp
from oauth_ext.clients.models import Application


def made_under(now: datetime) -> dict[str, LookedUp]:
    """Return, by name, the conditions that what a row was made under still stands at the epochs it carries.

    For any model with the columns `user`, `client`, `session`, `consent` and their epochs, and `acr`: a role and a
    client may demand how strongly somebody signed in.
    """
    # A row of a room above: by the name that the foreign key has for it, for families don't know consents.
    consents = apps.get_model("oauth_ext", "Consent")._default_manager
    return {
        "user": LookedUp(
            User.objects.filter(
                pk=OuterRef("user_id"),
                is_active=True,
                epoch=OuterRef("user_epoch"),
                role__minimum_acr__lte=OuterRef("acr"),  # in the order of idp.users.acr
            )
        ),
        "client": LookedUp(
            Application.objects.filter(
                pk=OuterRef("client_id"),
                is_active=True,
                epoch=OuterRef("client_epoch"),
                minimum_acr__lte=OuterRef("acr"),
            )
        ),
        "session": LookedUp(
            Session.objects.filter(
                pk=OuterRef("session_id"),
                epoch=OuterRef("session_epoch"),
                ended_at=None,
                idle_end__gt=now,
                absolute_end__gt=now,
            )
        ),
        "consent": LookedUp(consents.filter(pk=OuterRef("consent_id"), revoked_at=None)),
    }


def standing(now: datetime, issuer: str) -> Q:
    """Return the condition under which a family stands: nothing it was made under has ended or changed since.

    Own columns and `LookedUp`, never a join: an UPDATE across a join becomes a subselect, whose condition PostgreSQL
    doesn't ask again of a row that it waited for, and then two win.
    """
    under = made_under(now)
    return Q(
        Q(ended_at=None, expires_at__gt=now, issuer=issuer),
        Q(user=None) | under["user"],
        Q(offline=True) | under["session"],
        Q(consent=None) | under["consent"],
        under["client"],
    )
