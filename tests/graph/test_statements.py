"""What any other query costs the database than those of `tests/test_costs.py`."""

import pytest

from tests.graph.asking import World, post

ALL = ("openid", "profile", "email", "roles")


@pytest.mark.parametrize(
    ("document", "statements"),
    [
        ("{__typename}", 0),
        ("{_service{sdl}}", 1),
        ("{me{id sub username email role roles{name scopes}} roles{name} validateToken{active username}}", 1),
        ('{validateToken(token:"nonsense"){active}}', 0),
    ],
)
def test_a_query_asks_the_row_once(world: World, django_assert_num_queries, document, statements):
    token = world.token(*ALL)
    post("{me{sub}}", token)  # signing keys are read once a process
    with django_assert_num_queries(statements):
        assert post(document, token).status_code == 200


def test_a_bad_token_is_judged_once_however_often_it_is_asked(world: World, django_assert_num_queries):
    family = world.family(world.user, ALL)
    token = world.token_of(family)
    family.delete()
    post("{me{sub}}", token)
    with django_assert_num_queries(1):
        assert post("{a:me{sub} b:me{sub} c:roles{name}}", token).status_code == 401
