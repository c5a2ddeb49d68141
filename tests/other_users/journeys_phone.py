"""Is it told as it is, when nothing can take a new person in?"""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount

from django_wechat.models import SignInAttempt, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from tests.other_users.site import FORM, HEADLESS_FORM, ROUTES, come, found_by_check, found_by_system_checks, row, users

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["row"]


@pytest.mark.parametrize("route", ROUTES)
def test_the_visitor_and_the_log_are_told(wechat_simulator: SimulatorServer, caplog: Any, route: str) -> None:
    _visitor, page = come(wechat_simulator, "zhangsan", route)
    words = page.content.decode()
    assert page.status_code == 401
    assert "cannot take you in by WeChat as it is set up" in words
    assert "two sign-ins" not in words
    attempt = SignInAttempt.objects.get()
    assert (attempt.outcome, attempt.problem) == ("failed", "cannot_be_saved")
    assert attempt.reference in words
    assert "IntegrityError" in caplog.text
    assert "WeChat cannot fill phone, birthday of the user model" in caplog.text
    assert attempt.reference in caplog.text
    assert "张三" not in caplog.text
    assert not users().exists()
    assert not SocialAccount.objects.exists()


def test_a_script_is_told_as_well(wechat_simulator: SimulatorServer) -> None:
    visitor, page = come(wechat_simulator, "zhangsan", "follow")
    again = visitor.client.post(page.wsgi_request.path, headers={"accept": "application/json"})
    assert again.json()["error"]["code"] == "cannot_be_saved"
    assert again.json()["error"]["retry"] is False


@pytest.mark.parametrize("address", [FORM, HEADLESS_FORM])
def test_a_form_that_does_not_ask_for_it_is_no_way(
    wechat_simulator: SimulatorServer, settings: Any, address: str
) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    visitor, _answer = come(wechat_simulator, "zhangsan")
    content_type = {"content_type": "application/json"} if address == HEADLESS_FORM else {}
    page = visitor.client.post(address, {"username": "zhangsan", "email": ""}, **content_type)
    assert page.status_code == 401
    assert "as it is set up" in page.content.decode()
    assert not users().exists()


def test_it_is_said(row: WeChatProvider) -> None:
    assert "phone, birthday" in found_by_check(row)["columns_unfilled"]
    assert list(found_by_system_checks()) == ["django_wechat.W021"]
    assert "phone, birthday" in found_by_system_checks()["django_wechat.W021"]
