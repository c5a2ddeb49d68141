"""Is what the settings say about phone numbers looked at?"""

from typing import Any

import pytest
from django.core.checks import run_checks

KEEPS = "tests.sites.phone.PhoneAdapter"
ALLAUTHS = "allauth.account.adapter.DefaultAccountAdapter"


@pytest.mark.parametrize(
    ("wanted", "adapter", "ids"),
    [
        (False, ALLAUTHS, []),
        (True, KEEPS, []),
        (True, ALLAUTHS, ["django_wechat.W023"]),
        (True, "django_wechat.adapters.WeChatAccountAdapter", ["django_wechat.W023"]),
        ("yes", KEEPS, ["django_wechat.E018"]),
        (None, KEEPS, ["django_wechat.E018"]),
    ],
)
def test_phone_numbers(settings: Any, wanted: object, adapter: str, ids: list[str]) -> None:
    settings.ACCOUNT_ADAPTER = adapter
    settings.WECHAT = {**settings.WECHAT, "PHONE_NUMBER": wanted}
    found = [
        one for one in run_checks(tags=["django_wechat"]) if one.id in ("django_wechat.W023", "django_wechat.E018")
    ]
    assert [one.id for one in found] == ids
    if "django_wechat.W023" in ids:
        assert "set_phone, get_user_by_phone" in str(found[0].hint)
