"""Somebody finds a session open. Do they confirm with a WeChat of their own, or make the owner confirm for them?"""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from django_wechat.flows.follow import Follow
from django_wechat.models import WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from django_wechat.web.reauthenticating import fresh, headless
from tests.factories import BothProviderFactory, UserFactory
from tests.following import answer, link_in, scan, signed_in
from tests.visitor import LOGIN, QR, Visitor

PAGE = "/accounts/wechat/reauthenticate/"
SET_PASSWORD = "/accounts/password/set/"
TOTP_ON = "/accounts/2fa/totp/activate/"
TOTP_OFF = "/accounts/2fa/totp/deactivate/"
NEW = {"password1": "tall-pine-forest-9", "password2": "tall-pine-forest-9"}


@pytest.fixture
def visitor(db: None, wechat_simulator: SimulatorServer) -> Visitor:
    BothProviderFactory(name="site")
    return Visitor(wechat_simulator)


@pytest.fixture
def follower(
    transactional_db: None, wechat_simulator: SimulatorServer, live_server: LiveServer, settings: Any
) -> Visitor:
    """Somebody who signed in by following the official account, on a site that wants to be sure."""
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    return signed_in(wechat_simulator, live_server)


def confirm(visitor: Visitor, next_url: str = "") -> Any:
    url = visitor.start(f"?process=reauthenticate&next={next_url}")
    return visitor.come_back(url, visitor.allow(url))


def is_fresh(visitor: Visitor) -> bool:
    return fresh.is_fresh(visitor.client.get("/").wsgi_request)


def owner_with_totp(visitor: Visitor) -> Any:
    owner = UserFactory(username="owner")
    TOTP.activate(owner, generate_totp_secret())
    visitor.client.force_login(owner)
    return owner


def test_a_wechat_that_the_session_connected_confirms_nothing_in_it(visitor: Visitor) -> None:
    owner_with_totp(visitor)
    visitor.sign_in("?process=connect")
    assert SocialAccount.objects.count() == 1, "allauth asks nobody before a connect, by default"
    refused = visitor.client.post(f"{LOGIN}?process=reauthenticate")
    assert refused.status_code == 403
    assert "WeChat cannot confirm this" in refused.content.decode()
    assert visitor.client.post(QR, {"process": "reauthenticate"}).json()["error"]["code"] == "cannot_confirm"
    assert PAGE not in visitor.client.get(TOTP_OFF)["Location"]
    assert Authenticator.objects.filter(type="totp").exists()


def test_nor_with_a_start_from_before_it_was_connected(visitor: Visitor) -> None:
    visitor.sign_in()
    url = visitor.start("?process=reauthenticate")
    visitor.person = "xiaohua"
    visitor.sign_in("?process=connect")
    assert SocialAccount.objects.count() == 2
    response = visitor.come_back(url, visitor.allow(url))
    assert response.status_code == 403
    assert not is_fresh(visitor)


def test_after_the_next_sign_in_it_does(visitor: Visitor) -> None:
    visitor.client.force_login(UserFactory(username="owner"))
    visitor.sign_in("?process=connect")
    visitor.client.post("/accounts/logout/")
    visitor.sign_in()
    confirm(visitor)
    assert is_fresh(visitor)


def test_a_connect_that_somebody_left_does_not_go_on_for_who_confirms_something_else(
    visitor: Visitor, settings: Any
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = settings.SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
    visitor.sign_in()
    visitor.person = "xiaohua"
    assert visitor.sign_in("?process=connect")["Location"] == PAGE
    visitor.person = "zhangsan"
    asked = visitor.client.get(TOTP_ON)["Location"]
    visitor.client.get(asked)
    assert visitor.client.get(confirm(visitor, TOTP_ON)["Location"])["Location"] == TOTP_ON
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(("later", "connected"), [(200, 2), (301, 1)])
def test_a_step_of_allauths_goes_on_for_a_while(
    visitor: Visitor, settings: Any, monkeypatch: pytest.MonkeyPatch, later: int, connected: int
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = settings.SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
    visitor.sign_in()
    visitor.person = "xiaohua"
    visitor.client.get(visitor.sign_in("?process=connect")["Location"])
    session = visitor.client.session
    session["wechat_step_asked"] -= later
    session.save()
    visitor.person = "zhangsan"
    visitor.client.get(confirm(visitor)["Location"])
    assert SocialAccount.objects.count() == connected


def test_a_link_to_the_page_sends_no_form_that_was_given_up(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    visitor.sign_in()
    visitor.client.post(SET_PASSWORD, NEW)
    redirect = "/_allauth/browser/v1/auth/provider/redirect"
    asked = {"provider": "wechat", "process": "reauthenticate", "callback_url": "/app/"}
    url = visitor.client.post(redirect, asked)["Location"]
    visitor.come_back(url, visitor.allow(url))
    assert is_fresh(visitor)
    assert visitor.client.get(f"{PAGE}?next={SET_PASSWORD}")["Location"] == SET_PASSWORD
    assert visitor.user is not None
    assert not visitor.user.has_usable_password()


def test_it_wasnt_me_ends_a_session_that_set_a_password_meanwhile(follower: Visitor) -> None:
    follower.client.post(SET_PASSWORD, NEW)
    opened = follower.open_qr(process="reauthenticate", next=SET_PASSWORD)
    link = link_in(scan(follower))
    answer(link)
    ended = follower.client.post(opened["finish_url"])
    ended.close()
    follower.client.get(ended["Location"]).close()
    assert follower.user is not None
    assert follower.user.has_usable_password()
    page = answer(link, "refuse").content.decode()
    assert "The computer was signed out." in page
    assert "password, passkeys and connections" in page
    assert follower.user is None


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_session_that_was_ended_meanwhile(follower: Visitor, monkeypatch: pytest.MonkeyPatch, accept: str) -> None:
    opened = follower.open_qr(process="reauthenticate")
    answer(link_in(scan(follower)))
    real = Follow.finish

    def finish(self: Any, qr_session: Any) -> Any:
        Session.objects.all().delete()
        return real(self, qr_session)

    monkeypatch.setattr(Follow, "finish", finish)
    response = follower.client.post(opened["finish_url"], headers={"accept": accept})
    assert response.status_code == 401
    assert "nobody is signed in" in response.content.decode()
    assert follower.user is None


@pytest.mark.parametrize("case", ["not named", "disconnected", "switched off"])
def test_who_cannot_confirm_here_is_told_so(visitor: Visitor, settings: Any, case: str) -> None:
    visitor.sign_in()
    match case:
        case "not named":
            settings.ACCOUNT_REAUTHENTICATION_METHODS = ("password",)
        case "disconnected":
            SocialAccount.objects.all().delete()
        case "switched off":
            WeChatProvider.objects.update(enabled=False)
    page = visitor.client.get(PAGE)
    assert page.status_code == 403
    assert 'href="/accounts/logout/"' in page.content.decode()
    user = visitor.user
    assert user is not None
    user.set_password("tall-pine-forest-9")
    user.save()
    visitor.client.force_login(user)
    if case != "not named":
        assert visitor.client.get(f"{PAGE}?next=/x/")["Location"] == "/accounts/reauthenticate/?next=%2Fx%2F"


def test_an_adapter_that_asks_all_the_same_leads_nobody_in_a_circle(
    visitor: Visitor, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.asking_adapters.AsksAlways"
    visitor.sign_in()
    url = confirm(visitor, SET_PASSWORD)["Location"]
    seen = 0
    while url and seen < 20:
        response = visitor.client.get(url)
        url, seen = response.headers.get("Location", ""), seen + 1
    assert response.status_code == 200
    assert "asks all the same: tests.sites.asking_adapters.AsksAlways" in caplog.text


@pytest.mark.urls("tests.sites.headless_only_urls")
@pytest.mark.parametrize("wechat", [True, False])
def test_a_site_without_pages_lists_the_ways(visitor: Visitor, settings: Any, *, wechat: bool) -> None:
    settings.HEADLESS_ONLY = settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    user = UserFactory(username="somebody", password="tall-pine-forest-9")
    if wechat:
        SocialAccount.objects.create(user=user, provider="wechat", uid="u1")
    client = Client()
    client.force_login(user)
    refused = client.post("/_allauth/browser/v1/account/email", {"email": "a@example.com"}, "application/json")
    assert refused.status_code == 401
    ours = {"id": "provider_reauthenticate", "providers": ["wechat"]}
    assert refused.json()["data"]["flows"] == [{"id": "reauthenticate"}, *([ours] if wechat else [])]


def test_an_app_is_not_offered_what_only_a_browser_can_take(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    visitor.sign_in()
    token = visitor.client.session.session_key
    refused = Client(headers={"x-session-token": token}).post(
        "/_allauth/app/v1/account/email", {"email": "a@example.com"}, "application/json"
    )
    assert refused.status_code == 401
    assert refused.json()["data"]["flows"] == []


def test_a_request_without_a_session_is_never_fresh(rf: Any) -> None:
    assert not fresh.is_fresh(rf.get("/"))


def test_django_may_set_up_its_apps_twice() -> None:
    from allauth.headless.base import response  # noqa: PLC0415

    before = response.BaseAuthenticationResponse._get_flows
    headless.install()
    assert response.BaseAuthenticationResponse._get_flows is before
