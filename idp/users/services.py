"""What is done to people. Whatever ends trust raises the epoch in the same statement, so that all they left is dead."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError, Q, QuerySet

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.outbox import services as outbox
from idp.users.emails import has_account, is_verified
from idp.users.errors import AddressTaken, NameTaken, Overtaken, RoleInUse, UnknownRole, UnknownUser
from idp.users.models import DEFAULT_ROLE, Role, User, username_key
from idp.users.notices import Notice, tell

ROLE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
TRUST_ENDED = "trust ended"  # topic; the payload is the row's key as `user`


def find_user(username: str) -> User:
    """Return the user of that name, whatever its case. Raises UnknownUser."""
    try:
        return User.objects.get_by_natural_key(username)
    except User.DoesNotExist:
        raise UnknownUser(f"there is no user {username}") from None


def everybody() -> QuerySet[User]:
    """Return all people with their roles, and whether their e-mail address is proved (`email_verified`)."""
    return User.objects.select_related("role").annotate(email_verified=is_verified("pk", "email"))


def search(text: str, *, role: str | None = None, is_active: bool | None = None) -> QuerySet[User]:
    """Return those of `everybody` whose username begins so, whatever its case, or whose e-mail address it is."""
    if "\x00" in text + (role or ""):
        return everybody().none()
    found = everybody()
    if text:
        found = found.filter(Q(username_key__startswith=username_key(text)) | Q(email__iexact=text))
    if role is not None:
        found = found.filter(role__name=role)
    return found if is_active is None else found.filter(is_active=is_active)


def email_verified(user: User) -> bool:
    """Say of a row of `everybody` whether its e-mail address was shown to be theirs."""
    return bool(vars(user)["email_verified"])


def find_role(name: str) -> Role:
    """Return the role. Raises UnknownRole, naming those there are."""
    role = None if "\x00" in name else Role.objects.filter(name=name).first()
    if role is None:
        known = ", ".join(Role.objects.order_by("name").values_list("name", flat=True))
        raise UnknownRole(f"there is no role {name}; there are {known}")
    return role


def is_role_name(name: str) -> bool:
    """Whether a role may have this name."""
    return ROLE_NAME.fullmatch(name) is not None


def description_problem(description: str) -> str | None:
    """Return why a role can't be described so, in one sentence, or None."""
    longest = Role._meta.get_field("description").max_length or 0
    if len(description) > longest or not description.isprintable():
        return f"It must be at most {longest} printable characters."
    return None


def create_role(name: str, description: str, scopes: Sequence[str], minimum_acr: str = "") -> Role:
    """Add a role; that its scopes are good is for the caller to judge. Raises NameTaken."""
    role = Role(name=name, description=description, scopes=list(dict.fromkeys(scopes)), minimum_acr=minimum_acr)
    try:
        with transaction.atomic():
            role.save(force_insert=True)
            audit.record(Event.ROLE_CREATED, {"role": name, "scopes": role.scopes, "minimum_acr": minimum_acr})
    except IntegrityError:
        raise NameTaken(f"the name {name} is taken") from None
    return role


def change_role(
    role: Role,
    *,
    description: str | None = None,
    scopes: Sequence[str] | None = None,
    minimum_acr: str | None = None,
) -> None:
    """Change what is given; what the role no longer allows no token is good for from here on.

    Nor is any of a person of this role who signed in more weakly than `minimum_acr`, as long as that is demanded.
    """
    given = {"description": description, "minimum_acr": minimum_acr}
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if scopes is not None:
        changes["scopes"] = list(dict.fromkeys(scopes))
    if changes:
        with transaction.atomic():
            Role.objects.filter(pk=role.pk).update(**changes)
            audit.record(Event.ROLE_CHANGED, {"role": role.name, **changes})
        vars(role).update(changes)


def check_unused(role: Role) -> None:
    """Raise RoleInUse where people have the role, or new ones will get it."""
    if role.name == DEFAULT_ROLE:
        raise RoleInUse("new people get this role")
    if holders := User.objects.filter(role=role).count():
        raise RoleInUse(f"{holders} have this role" if holders > 1 else "somebody has this role")


def remove_role(role: Role) -> None:
    """Remove a role that nobody has. Raises RoleInUse."""
    check_unused(role)
    try:
        with transaction.atomic():
            removed, _ = Role.objects.filter(pk=role.pk).delete()
            if removed:
                audit.record(Event.ROLE_REMOVED, {"role": role.name})
    except ProtectedError:
        raise RoleInUse("somebody has this role") from None


def create_user(
    username: str,
    password: str | None,
    *,
    role: str = DEFAULT_ROLE,
    email: str = "",
    staff: bool = False,
    superuser: bool = False,
    and_then: Callable[[User], object] = lambda _user: None,
) -> User:
    """Add a person; without a password there has to be another way in.

    What is to happen in the same transaction is `and_then`; not to be called in one with a password, for it waits for
    its turn to hash. Raises NameTaken, UnknownRole, Busy.
    """
    user = User(
        username=username,
        email=User.objects.normalize_email(email),
        role=find_role(role),
        is_staff=staff,
        is_superuser=superuser,
        password=make_password(password),
    )
    return _added(user, and_then)


def sign_up(username: str, password_hash: str, email: str, sub: UUID | None = None) -> User:
    """Add a person who came by themselves, and who has shown that mail to the address, in lower case, reaches them.

    With `sub` that is theirs: a passkey was made for it.
    Raises NameTaken; AddressTaken where somebody has an account with it by now.
    """
    user = User(username=username, email=email, role=find_role(DEFAULT_ROLE), password=password_hash)
    user.sub = sub or user.sub
    with transaction.atomic():
        if has_account(email):
            raise AddressTaken("There is an account with this address.")
        _added(user)
        try:
            with transaction.atomic():
                EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        except IntegrityError:
            raise AddressTaken("There is an account with this address.") from None
    return user


def check_newcomer(username: str, email: str) -> None:
    """Raise as `sign_up` would, as far as can be told before; for whoever has shown that the address is theirs."""
    if is_taken(username):
        raise NameTaken(f"the name {username} is taken")
    if has_account(email):
        raise AddressTaken("There is an account with this address.")


def is_taken(username: str) -> bool:
    """Whether somebody has the name, however it is written."""
    return User.objects.filter(username_key=username_key(username)).exists()


def _added(user: User, and_then: Callable[[User], object] = lambda _user: None) -> User:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            _record(Event.USER_CREATED, user, role=user.role.name)
            and_then(user)
    except IntegrityError:
        raise NameTaken(f"the name {user.username} is taken") from None
    return user


def set_role(user: User, name: str) -> bool:
    """Give a role; False if they have it. Nothing ends: scopes are reckoned at each use. Raises UnknownRole."""
    role = find_role(name)
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk).exclude(role=role).update(role=role)
        if changed:
            _record(Event.ROLE_SET, user, role=name)
    user.role = role
    return changed == 1


def set_profile(user: User, **names: str) -> None:
    """Set `first_name`, `last_name` or both."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(**names)
        _record(Event.PROFILE_CHANGED, user, fields=sorted(names))
    vars(user).update(names)


def set_password(user: User, password: str, and_then: Callable[[], object] = lambda: None) -> None:
    """Set a password that was judged, and tell the person; every session, grant and token made before it is dead.

    Only in place of the one that `user` has: whoever was first, by a link or by the old password, has won. What is to
    happen in the same transaction is `and_then`; not to be called in one, for it waits for its turn to hash. Raises
    Overtaken, Busy.
    """
    before, after = user.password, make_password(password)
    with transaction.atomic():
        if not end_trust(user, Event.PASSWORD_SET, Q(password=before), password=after):
            raise Overtaken("the password was changed meanwhile")
        tell(user, Notice.PASSWORD_CHANGED)
        user.password = after
        and_then()


def deactivate(user: User) -> None:
    """Let nobody sign in as this user, and end what they have; the row stays, for `sub` is never used again."""
    user.is_active = False
    end_trust(user, Event.USER_DEACTIVATED, is_active=False)


def activate(user: User) -> None:
    """Let the user sign in again; what was ended stays ended."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            _record(Event.USER_ACTIVATED, user)
    user.is_active = True


def sign_out_everywhere(user: User) -> None:
    """End every session, grant and token of the user."""
    end_trust(user, Event.SIGNED_OUT_EVERYWHERE)


def end_trust(
    user: User,
    event: Event,
    still: Q = Q(),  # noqa: B008 - never changed
    **changes: str | bool | datetime,
) -> bool:
    """Raise the epoch of a person of whom `still` is true, with `changes`, in one statement; false if it isn't."""
    with transaction.atomic():
        if not User.objects.filter(still, pk=user.pk).update(epoch=F("epoch") + 1, **changes):
            return False
        outbox.put(TRUST_ENDED, {"user": user.pk})
        _record(event, user)
    user.refresh_from_db(fields=["epoch"])
    return True


def _record(event: Event, user: User, **details: object) -> None:
    audit.record(event, details, about=Party(user=user.sub))
