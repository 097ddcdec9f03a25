"""A query compiled once answers as the queryset it was made from."""

from typing import NamedTuple

import pytest
from django.db import connection
from django.db.models import BigAutoField, CharField, F, IntegerField
from django.test.utils import CaptureQueriesContext

from idp.ops.compiled import Deferred, NotCompilable, Select, Update, update_of
from idp.users.models import Role, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

COLUMNS = ("pk", "sub", "username", "date_joined", "is_active", "role__scopes", "last_login")


class Asked(NamedTuple):
    usernames: tuple[str, ...]
    epoch: int


def queryset(asked: Asked):
    return User.objects.filter(username__in=asked.usernames, epoch=asked.epoch).order_by("pk").values_list(*COLUMNS)


def select(usernames: int) -> Select[Asked]:
    sample = Asked(tuple(f"sample {number}" for number in range(usernames)), 987_654)
    return Select(lambda asked: queryset(asked).query, sample, (CharField(), IntegerField()))


def test_it_answers_as_the_queryset_with_other_values_each_time():
    Role.objects.update(scopes=["roles:read"])
    for name in ("alice", "bob", "carol"):
        make_user(name)
    compiled = select(2)
    for asked in (Asked(("alice", "bob"), 0), Asked(("carol", "alice"), 0), Asked(("bob", "carol"), 7)):
        assert compiled.rows(asked) == list(queryset(asked))
    assert [row[2] for row in compiled.rows(Asked(("carol", "alice"), 0))] == ["alice", "carol"]


def test_what_the_fast_decoder_of_json_does_not_take_is_decoded_too():
    make_user("alice")
    scopes = [10**400, {"a": [None, 1.5, "ä"]}]
    Role.objects.update(scopes=scopes)
    assert [row[5] for row in select(1).rows(Asked(("alice",), 0))] == [scopes]


def test_its_text_is_made_once():
    builds = []
    asked = Asked(("alice",), 0)
    compiled = Select(
        lambda values: builds.append(values) or queryset(values).query,
        Asked(("x",), 987_654),
        (CharField(), IntegerField()),
    )
    with CaptureQueriesContext(connection) as queries:
        compiled.rows(asked)
        compiled.rows(asked)
    assert len(builds) == 1
    assert len(queries) == 2


@pytest.mark.parametrize("names", [("alice", "bob"), ("alice",), ()])
@pytest.mark.parametrize(("wanted", "epoch"), [("carol", 0), ("carol", 7), ("alice", 0)])
def test_a_row_is_read_together_with_the_rows_of_another(names, wanted, epoch):
    Role.objects.update(scopes=["roles:read"])
    for name in ("alice", "bob", "carol"):
        make_user(name)
    asked, other = Asked((*names, "nobody"), 0), Asked((wanted,), epoch)
    deferred = Deferred(select(1), lambda: other, tuple)
    with CaptureQueriesContext(connection) as queries:
        rows, row = select(len(names) + 1).rows(asked, along=deferred), deferred.row()
    assert rows == list(queryset(asked))
    assert row == queryset(other).first()
    assert len(queries) == (1 if connection.vendor == "postgresql" else 2)


def test_a_row_that_nobody_took_along_is_read_when_it_is_wanted_and_once():
    make_user("alice")
    deferred = Deferred(select(1), lambda: Asked(("alice",), 0), tuple)
    with CaptureQueriesContext(connection) as queries:
        rows = deferred.row(), deferred.row()
    assert rows == (queryset(Asked(("alice",), 0)).get(),) * 2
    assert len(queries) == 1


def test_a_deferred_row_is_asked_for_with_the_values_of_that_moment():
    for name in ("alice", "bob"):
        make_user(name)
    wanted = ["bob"]
    alone, along = (Deferred(select(1), lambda: Asked((wanted[-1],), 0), tuple) for _ in range(2))
    wanted.append("alice")
    select(1).rows(Asked(("bob",), 0), along=along)
    for deferred in (alone, along):
        row = deferred.row()
        assert row
        assert row[2] == "alice"


def test_a_value_that_does_not_reach_the_statement_is_an_error():
    compiled = Select(
        lambda asked: User.objects.filter(epoch=asked.epoch).values_list("pk").query,
        Asked(("never used",), 987_654),
        (CharField(), IntegerField()),
    )
    with pytest.raises(NotCompilable):
        compiled.rows(Asked(("alice",), 0))


def test_a_value_that_reaches_it_in_two_shapes_is_an_error():
    compiled = Select(
        lambda asked: (
            User.objects.filter(pk=asked.epoch, epoch=asked.epoch, username__in=asked.usernames).values_list("pk").query
        ),
        Asked(("sample",), 987_654),
        (CharField(), BigAutoField()),
    )
    with pytest.raises(NotCompilable):
        compiled.rows(Asked(("alice",), 0))


def test_an_update_changes_what_the_queryset_would():
    for name in ("alice", "bob"):
        make_user(name)

    def build(asked: Asked):
        return update_of(User.objects.filter(username__in=asked.usernames, epoch=asked.epoch), epoch=F("epoch") + 1)

    compiled = Update(build, Asked(("sample",), 987_654), (CharField(), IntegerField()))
    assert compiled.run(Asked(("alice",), 0)) == 1
    assert compiled.run(Asked(("alice",), 0)) == 0
    assert compiled.run(Asked(("alice",), 1)) == 1
    assert dict(User.objects.values_list("username", "epoch")) == {"alice": 2, "bob": 0}
