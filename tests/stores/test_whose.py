"""Is what is kept for somebody theirs only while they may sign in, whatever the site's user model has?"""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_wechat.stores import whose
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_who_may_sign_in() -> None:
    user = UserFactory()
    assert whose.find(whose.noted(user)) == user


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_may_not(change: dict[str, object]) -> None:
    kept = whose.noted(UserFactory())
    get_user_model().objects.update(**change)
    assert whose.find(kept) is None


def test_who_is_gone() -> None:
    user = UserFactory()
    kept = whose.noted(user)
    user.delete()
    assert whose.find(kept) is None


def test_a_user_model_need_not_have_the_column() -> None:
    """Django's base class has `is_active` as an attribute only."""
    kept = whose.noted(UserFactory())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        whose.find(kept)
    assert "is_active" not in queries[0]["sql"].partition("WHERE")[2]
