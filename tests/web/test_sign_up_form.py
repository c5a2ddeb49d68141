"""Does a sign-up by form leave nobody behind when the person was faster on another device?"""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models.signals import pre_save
from django.test.client import MULTIPART_CONTENT

from django_wechat.models import WeChatIdentity
from django_wechat.people.identities import IdentityTaken
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AccountFactory, BothProviderFactory, UserFactory
from tests.visitor import Visitor, in_wechat

CONNECTIONS = "/accounts/3rdparty/"
PAGE = "/accounts/3rdparty/signup/"
HEADLESS = "/_allauth/browser/v1/auth/provider/signup"
FORM = {"username": "zhangsan", "email": "z@example.com"}


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    BothProviderFactory()
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    visitor = Visitor(wechat_simulator)
    visitor.sign_in()
    return visitor


def sign_up_elsewhere(visitor: Visitor, settings: Any, *, phone: bool = False) -> Visitor:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = True
    other = (in_wechat if phone else Visitor)(visitor.simulator)
    other.sign_in()
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    return other


@pytest.fixture(params=["db", "transactional_db"], ids=["ATOMIC_REQUESTS", "autocommit"])
def _either_way(request: pytest.FixtureRequest) -> None:
    """The request inside a transaction, and in none."""
    request.getfixturevalue(request.param)


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("phone", [False, True], ids=["same openid", "same unionid"])
def test_the_form_comes_too_late(visitor: Visitor, settings: Any, *, phone: bool) -> None:
    other = sign_up_elsewhere(visitor, settings, phone=phone)
    response = visitor.client.post(PAGE, FORM)
    assert response["Location"] == "/accounts/login/"
    assert "sign in with WeChat once more" in visitor.client.get("/accounts/login/").content.decode()
    assert get_user_model().objects.get() == other.user
    visitor.sign_in()
    assert visitor.user == other.user


@pytest.mark.usefixtures("_either_way")
def test_a_headless_form_comes_too_late(visitor: Visitor, settings: Any) -> None:
    other = sign_up_elsewhere(visitor, settings)
    response = visitor.client.post(HEADLESS, FORM, content_type="application/json")
    assert response.status_code == response.json()["status"] == 409
    assert response.json()["errors"][0]["code"] == "sign_in_again"
    assert get_user_model().objects.get() == other.user
    visitor.sign_in()
    assert visitor.user == other.user


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize(("path", "content_type"), [(PAGE, MULTIPART_CONTENT), (HEADLESS, "application/json")])
def test_a_form_in_time_signs_up(visitor: Visitor, path: str, content_type: str) -> None:
    visitor.client.post(path, FORM, content_type=content_type)
    assert visitor.user == get_user_model().objects.get(username="zhangsan")
    account = SocialAccount.objects.get()
    assert account.user == visitor.user
    assert WeChatIdentity.objects.get().account == account


@pytest.mark.usefixtures("_either_way")
def test_the_other_device_is_faster_by_a_moment(visitor: Visitor) -> None:
    """The other sign-in comes after the form was found to be in time."""
    kept = AccountFactory()

    def be_faster(instance: SocialAccount, **_kwargs: Any) -> None:
        data = instance.extra_data
        WeChatIdentity.objects.get_or_create(appid=data["appid"], openid=data["openid"], account=kept)

    pre_save.connect(be_faster, sender=SocialAccount)
    try:
        response = visitor.client.post(PAGE, FORM)
    finally:
        pre_save.disconnect(be_faster, sender=SocialAccount)
    assert response["Location"] == "/accounts/login/"
    assert get_user_model().objects.get() == kept.user
    assert SocialAccount.objects.get() == kept


@pytest.mark.django_db(transaction=True)
def test_a_user_whom_the_sign_up_did_not_make_is_never_deleted(visitor: Visitor, settings: Any) -> None:
    """A site's adapter may give the WeChat account to a user it knows."""
    user = UserFactory(username="known")
    sign_up_elsewhere(visitor, settings)
    settings.SOCIALACCOUNT_ADAPTER = "tests.sites.adapters.KnownUserAdapter"
    visitor.client.raise_request_exception = False
    assert visitor.client.post(PAGE, FORM).status_code == 500
    assert get_user_model().objects.contains(user)
    assert SocialAccount.objects.exclude(user=user).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomic_requests", [False, True])
def test_a_connect_that_waited_for_the_password_comes_too_late(
    visitor: Visitor, settings: Any, monkeypatch: pytest.MonkeyPatch, *, atomic_requests: bool
) -> None:
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", atomic_requests)
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    user = UserFactory()
    visitor.client.force_login(user)
    asked = visitor.sign_in("?process=connect")["Location"]
    other = sign_up_elsewhere(visitor, settings)
    SocialAccount.objects.update(uid="another by now")
    assert visitor.client.post(asked, {"password": "password"})["Location"] == CONNECTIONS
    assert "already connected to a different account" in visitor.client.get(CONNECTIONS).content.decode()
    assert SocialAccount.objects.get().user == other.user


@pytest.mark.django_db(transaction=True)
def test_accounts_made_without_a_request_are_the_makers_business() -> None:
    account = AccountFactory(extra_data={"appid": "wx1", "openid": "o1"})
    with pytest.raises(IdentityTaken):
        AccountFactory(extra_data=account.extra_data)
