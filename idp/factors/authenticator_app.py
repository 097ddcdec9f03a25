"""A person's authenticator app: set up, confirmed by its first code, and then good for one code a half minute."""

from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.factors import totp
from idp.factors.errors import FactorThere, NoSuchFactor, WrongCode
from idp.factors.models import AuthenticatorApp
from idp.ops import keyring
from idp.users.locking import locked
from idp.users.models import User
from idp.users.notices import Notice, tell

PURPOSE: Final = "authenticator app"


class Setup(NamedTuple):
    """What goes into the app: the secret as it is typed, and as a URI that is shown as a picture."""

    secret: str
    uri: str


def begin(user: User, *, issuer: str) -> Setup:
    """Make a secret that doesn't count yet; one that never counted is forgotten. Raises FactorThere."""
    secret = totp.new_secret()
    sealed = keyring.seal(secret, purpose=PURPOSE, bound_to=str(user.pk))
    with transaction.atomic():
        locked(user.pk)
        if _confirmed(user.pk).exists():
            raise FactorThere
        AuthenticatorApp.objects.filter(user=user).delete()
        AuthenticatorApp.objects.create(user=user, secret=sealed)
    return _setup(secret, user, issuer)


def begun(user: User, *, issuer: str) -> Setup | None:
    """Return what `begin` made and nobody has confirmed, for the same page again."""
    row = AuthenticatorApp.objects.filter(user=user, confirmed_at=None).first()
    return _setup(_opened(row), user, issuer) if row else None


def confirm(user: User, typed: str) -> None:
    """Have the app count from here on: its first code was typed. Raises WrongCode."""
    row = AuthenticatorApp.objects.filter(user=user, confirmed_at=None).first()
    counter = totp.counter_of(_opened(row), typed) if row else None
    if row is None or counter is None:
        raise WrongCode
    now = timezone.now()
    with transaction.atomic():
        unconfirmed = AuthenticatorApp.objects.filter(pk=row.pk, confirmed_at=None)
        if not unconfirmed.update(confirmed_at=now, last_counter=counter, last_used_at=now):
            raise WrongCode
        audit.record(Event.FACTOR_ADDED, {"factor": "authenticator_app"}, about=Party(user=user.sub))
        tell(user, Notice.FACTOR_ADDED, name=gettext("authenticator app"))


def claim(user: User, typed: str) -> bool:
    """Take a code, once: false if it isn't one of now, or one at or after it was taken before (RFC 6238 §5.2)."""
    row = _confirmed(user.pk).first()
    counter = totp.counter_of(_opened(row), typed) if row else None
    if row is None or counter is None:
        return False
    unused = AuthenticatorApp.objects.filter(pk=row.pk, last_counter__lt=counter)
    return unused.update(last_counter=counter, last_used_at=timezone.now()) == 1


def of_user(user_pk: int) -> AuthenticatorApp | None:
    """Return the app that counts."""
    return _confirmed(user_pk).first()


def remove(user: User) -> None:
    """Have no app any more. Raises NoSuchFactor."""
    with transaction.atomic():
        removed, _ = _confirmed(user.pk).delete()
        if not removed:
            raise NoSuchFactor
        audit.record(Event.FACTOR_REMOVED, {"factor": "authenticator_app"}, about=Party(user=user.sub))
        tell(user, Notice.FACTOR_REMOVED, name=gettext("authenticator app"))


def _confirmed(user_pk: int) -> QuerySet[AuthenticatorApp]:
    return AuthenticatorApp.objects.filter(user_id=user_pk, confirmed_at__isnull=False)


def _opened(row: AuthenticatorApp) -> bytes:
    return keyring.unseal(row.secret, purpose=PURPOSE, bound_to=str(row.user_id))


def _setup(secret: bytes, user: User, issuer: str) -> Setup:
    return Setup(totp.shown(secret), totp.uri(secret, issuer=issuer, account=user.username))
