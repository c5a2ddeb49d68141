"""Is nobody asked where the site's own code fills in what WeChat does not tell?"""

import pytest

from django_wechat.simulator.server import SimulatorServer
from tests.other_users.site import FORM, ROUTES, come, row, users

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["row"]


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_is_asked(wechat_simulator: SimulatorServer, route: str) -> None:
    for person in ("zhangsan", "xiaohua"):
        visitor, _answer = come(wechat_simulator, person, route)
        assert visitor.user is not None
    assert all(email.endswith("@users.example") for email in users().values_list("email", flat=True))
    assert users().count() == 2


def test_a_form_may_be_sent_without_it(wechat_simulator: SimulatorServer, settings: object) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False  # type: ignore[attr-defined]
    for person in ("zhangsan", "xiaohua"):
        visitor, _answer = come(wechat_simulator, person)
        visitor.client.post(FORM, {"username": person, "email": ""})
        assert visitor.user is not None
