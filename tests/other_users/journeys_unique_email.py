"""Is somebody asked for the e-mail that the user model wants, and the form's word "optional" put right?"""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from django_wechat.models import SignInAttempt, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from tests.other_users.site import (
    FORM,
    HEADLESS_FORM,
    ROUTES,
    come,
    found_by_check,
    found_by_system_checks,
    row,
    users,
)
from tests.visitor import signed_in_user

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["row"]


def fill_in(client: Client, email: str) -> Any:
    return client.post(FORM, {"username": email.partition("@")[0] or "somebody", "email": email})


@pytest.mark.parametrize("route", ROUTES)
def test_the_first_and_the_second_are_asked(wechat_simulator: SimulatorServer, route: str) -> None:
    for number, person in enumerate(("zhangsan", "xiaohua")):
        visitor, answer = come(wechat_simulator, person, route)
        assert (answer.status_code, answer["Location"].removesuffix("#")) == (302, FORM)
        assert users().count() == number
        assert "Please fill in: email." in visitor.client.get(FORM).content.decode()
        fill_in(visitor.client, f"{person}@example.com")
        assert visitor.user == users().get(email=f"{person}@example.com")
    again, _answer = come(wechat_simulator, "xiaohua", route)
    assert again.user == users().get(email="xiaohua@example.com")
    assert SocialAccount.objects.count() == users().count() == 2
    assert set(SignInAttempt.objects.values_list("outcome", "problem")) == {
        ("signed_in", "more_asked"),
        ("signed_in", ""),
    }


def test_a_form_without_it_comes_back(wechat_simulator: SimulatorServer) -> None:
    visitor, _answer = come(wechat_simulator, "zhangsan")
    for _ in range(2):
        assert fill_in(visitor.client, "")["Location"] == FORM
        page = visitor.client.get(FORM)
        assert page.status_code == 200
        assert "Please fill in: email." in page.content.decode()
    assert not users().exists()
    fill_in(visitor.client, "zhangsan@example.com")
    assert visitor.user is not None


def test_a_form_with_somebody_elses_comes_back(wechat_simulator: SimulatorServer) -> None:
    users().create(username="known", email="known@example.com")
    visitor, _answer = come(wechat_simulator, "zhangsan")
    assert "already exists with this email" in fill_in(visitor.client, "known@example.com").content.decode()


def test_a_headless_form_without_it_is_told_which_field(wechat_simulator: SimulatorServer) -> None:
    visitor, _answer = come(wechat_simulator, "zhangsan")
    for email, status in (("", 400), ("zhangsan@example.com", 200)):
        values = {"username": "zhangsan"} | ({"email": email} if email else {"email": ""})
        response = visitor.client.post(HEADLESS_FORM, values, content_type="application/json")
        assert (response.status_code, response.json()["status"]) == (status, status)
        if status == 400:
            assert [(error["param"], error["code"]) for error in response.json()["errors"]] == [("email", "required")]
    assert visitor.user is not None


def test_whoever_was_signed_in_is_not_mixed_up_with_who_comes(wechat_simulator: SimulatorServer) -> None:
    visitor, _answer = come(wechat_simulator, "zhangsan")
    fill_in(visitor.client, "zhangsan@example.com")
    visitor.person = "xiaohua"
    assert visitor.sign_in()["Location"] == FORM
    assert signed_in_user(visitor.client) is None
    fill_in(visitor.client, "xiaohua@example.com")
    assert visitor.user == users().get(email="xiaohua@example.com")


def test_people_of_other_providers_are_allauths_business(wechat_simulator: SimulatorServer) -> None:
    visitor, _answer = come(wechat_simulator, "zhangsan")
    session = visitor.client.session
    session["socialaccount_sociallogin"]["account"]["provider"] = "weixin"
    session.save()
    fill_in(visitor.client, "")
    assert users().get().email == ""


def test_a_headless_visitor_is_asked_as_well(wechat_simulator: SimulatorServer) -> None:
    visitor, _answer = come(wechat_simulator, "zhangsan")
    flows = visitor.client.get("/_allauth/browser/v1/auth/session").json()["data"]["flows"]
    assert [flow["id"] for flow in flows if flow.get("is_pending")] == ["provider_signup"]


def test_somebody_known_connects_without_a_question(wechat_simulator: SimulatorServer) -> None:
    user = users().create(username="known", email="known@example.com")
    visitor, _answer = come(wechat_simulator, "zhangsan")
    visitor.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    visitor.sign_in("?process=connect")
    assert SocialAccount.objects.get().user == user


def test_it_is_said(row: WeChatProvider, settings: Any) -> None:
    assert "columns_optional" in found_by_check(row)
    assert list(found_by_system_checks()) == ["django_wechat.W020"]
    assert "other_users.UniqueEmail" in found_by_system_checks()["django_wechat.W020"]
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
    assert "columns_optional" not in found_by_check(row)
    assert found_by_system_checks() == {}
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
    assert list(found_by_system_checks()) == ["django_wechat.W021"]


def test_a_form_that_does_not_ask_at_all(wechat_simulator: SimulatorServer, settings: Any, caplog: Any) -> None:
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
    come(wechat_simulator, "zhangsan")
    assert users().count() == 1
    _visitor, page = come(wechat_simulator, "xiaohua")
    assert "as it is set up" in page.content.decode()
    assert "two sign-ins" not in page.content.decode()
    assert "WeChat cannot fill email of the user model" in caplog.text
    assert users().count() == 1
