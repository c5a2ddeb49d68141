"""Does the site's own sign-up form ask for what the user model wants?"""

from typing import Any

import pytest

from django_wechat.models import WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from tests.other_users.site import FORM, ROUTES, come, found_by_check, found_by_system_checks, row, users

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["row"]


@pytest.mark.parametrize("route", ROUTES)
def test_everybody_is_asked(wechat_simulator: SimulatorServer, route: str) -> None:
    for number, person in enumerate(("zhangsan", "xiaohua")):
        visitor, answer = come(wechat_simulator, person, route)
        assert answer["Location"].removesuffix("#") == FORM
        values: dict[str, Any] = {"username": person, "email": "", "birthday": "2001-02-03"}
        assert "This field is required" in visitor.client.post(FORM, values).content.decode()
        visitor.client.post(FORM, values | {"phone": f"1380000000{number}"})
        assert visitor.user == users().get(phone=f"1380000000{number}")


def test_nothing_is_wrong_with_the_site(row: WeChatProvider) -> None:
    assert found_by_system_checks() == {}
    assert not [code for code in found_by_check(row) if code.startswith("columns_")]
