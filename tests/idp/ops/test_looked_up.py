"""What is looked up by its key, and what can't be there."""

import pytest
from django.db.models import OuterRef

from idp.models import User
from idp.ops.looked_up import LookedUp
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_row_is_found_by_its_key_and_only_if_it_is_as_it_should_be():
    user, otto = make_user("dora"), make_user("otto")
    User.objects.filter(pk=otto.pk).update(is_active=False)
    active = LookedUp(User.objects.filter(pk=OuterRef("pk"), is_active=True))
    assert list(User.objects.filter(active)) == [user]
    assert list(User.objects.filter(~active)) == [otto]


def test_of_nothing_nothing_is_found():
    user = make_user("dora")
    assert not User.objects.filter(LookedUp(User.objects.none())).exists()
    assert list(User.objects.filter(~LookedUp(User.objects.none()))) == [user]
    assert User.objects.annotate(found=LookedUp(User.objects.none())).get().found is False
