"""Whom a name belongs to that somebody typed."""

from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import CharField, Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Exact
from django.db.models.sql import Query

from idp.ops.compiled import Select
from idp.users.models import User, username_key


def by_name(name: str) -> User | None:
    """Return whose username this is, or else whose e-mail address; an address that several have is nobody's."""
    key = username_key(name)
    rows = _SELECT.rows(_Asked(key, name.strip()))
    found = [User.from_db(DEFAULT_DB_ALIAS, COLUMNS, row) for row in rows]
    named = [user for user in found if user.username_key == key]
    if named:
        return named[0]
    return found[0] if len(found) == 1 else None


def by_address(email: str) -> list[User]:
    """Return all who may sign in and have this address; they are several where it is shared."""
    return list(User.objects.filter(_has_address(email.strip()), User.open_now()).order_by("pk"))


def _has_address(email: str) -> Q:
    # not by `iexact`: of that SQLite takes no parameter as it is
    return Q(Exact(Upper("email"), Upper(Value(email)))) & ~Q(email="")


class _Asked(NamedTuple):
    """What a look-up depends on."""

    username_key: str
    email: str


def _query(asked: _Asked) -> Query:
    named = Q(username_key=asked.username_key) | _has_address(asked.email)
    return User.objects.filter(named).values_list(*COLUMNS)[:3].query


COLUMNS = [field.attname for field in User._meta.concrete_fields]
_SELECT = Select(_query, _Asked("the name", "the address"), (CharField(), CharField()))
