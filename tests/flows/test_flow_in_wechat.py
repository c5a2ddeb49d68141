"""Does a visitor inside WeChat sign in with one tap?"""

import re
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model

from django_wechat.models import WeChatIdentity
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, MobileProviderFactory, WebProviderFactory
from tests.user_agents import ANDROID_WECHAT, HARMONYOS_WECHAT, IPHONE_WECHAT, MAC_WECHAT, WINDOWS_WECHAT
from tests.visitor import LOGIN, Visitor, in_wechat, state_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [BothProviderFactory, MobileProviderFactory])
@pytest.mark.parametrize("agent", [IPHONE_WECHAT, ANDROID_WECHAT, WINDOWS_WECHAT, MAC_WECHAT, HARMONYOS_WECHAT])
def test_one_tap_signs_in(wechat_simulator: SimulatorServer, factory: type[BothProviderFactory], agent: str) -> None:
    factory()
    visitor = Visitor(wechat_simulator, user_agent=agent)
    visitor.sign_in()
    user = visitor.user
    assert user is not None
    assert user.first_name == "张三"  # type: ignore[attr-defined]
    assert WeChatIdentity.objects.get().appid == seeds.OFFICIAL_ACCOUNT_APPID


def test_wechat_itself_accepts_the_link(wechat_simulator: SimulatorServer) -> None:
    """The simulator matches the link with WeChat's regular expression and sends the browser back with a code."""
    wechat_simulator.platform.switch(silent_consent=True)
    BothProviderFactory()
    visitor = in_wechat(wechat_simulator)
    visitor.client.defaults["HTTP_HOST"] = seeds.CALLBACK_DOMAIN
    url = visitor.start()
    answer = requests.get(url, headers={"User-Agent": IPHONE_WECHAT}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    response = visitor.client.get(f"{back.path}?{back.query}")
    assert response["Location"] == "/accounts/profile/#", "without one of its own it would inherit WeChat's"
    assert visitor.user is not None


def test_the_link_is_the_documented_one(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    url = in_wechat(wechat_simulator).start()
    pattern = (
        r".*/connect/oauth2/authorize\?appid=wx[0-9a-f]{16}&redirect_uri=[^&]+&response_type=code"
        r"&scope=snsapi_userinfo&state=[A-Za-z0-9]{1,128}#wechat_redirect"
    )
    assert re.fullmatch(pattern, url)


def test_nothing_starts_on_page_load(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    visitor = in_wechat(wechat_simulator)
    response = visitor.client.get(LOGIN)
    assert response.status_code == 200
    assert b"<form" in response.content
    assert wechat_simulator.platform.requests == []


def test_a_snapshot_user_is_refused_and_told_what_to_tap(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    visitor = in_wechat(wechat_simulator)
    url = visitor.start()
    response = visitor.come_back(url, visitor.allow(url, is_snapshot=True))
    assert response.status_code == 401
    assert "使用完整服务" in response.content.decode()
    assert get_user_model().objects.count() == SocialAccount.objects.count() == WeChatIdentity.objects.count() == 0


def test_after_the_snapshot_the_real_person_signs_in(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    visitor = in_wechat(wechat_simulator)
    url = visitor.start()
    visitor.come_back(url, visitor.allow(url, is_snapshot=True))
    visitor.sign_in()
    assert visitor.user is not None


def test_without_an_official_account_there_is_a_page_that_explains(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    visitor = in_wechat(wechat_simulator)
    for response in (visitor.client.get(LOGIN), visitor.client.post(LOGIN)):
        assert response.status_code == 200
        assert "django_wechat/help.html" in [template.name for template in response.templates]


def test_an_account_bound_to_no_open_platform_signs_in_by_openid(wechat_simulator: SimulatorServer) -> None:
    MobileProviderFactory(client_id=seeds.UNBOUND_ACCOUNT_APPID, client_secret=seeds.UNBOUND_ACCOUNT_SECRET)
    in_wechat(wechat_simulator).sign_in()
    assert SocialAccount.objects.get().uid.startswith(f"{seeds.UNBOUND_ACCOUNT_APPID}:o")


def test_the_keypair_of_the_start_is_used_at_the_callback(wechat_simulator: SimulatorServer) -> None:
    """The callback may come with another User-Agent, as WeChat's second hop does; the state knows better."""
    BothProviderFactory()
    visitor = in_wechat(wechat_simulator)
    url = visitor.start()
    code = visitor.allow(url)
    visitor.client.defaults.pop("HTTP_USER_AGENT")
    response = visitor.come_back(url, code)
    assert response["Location"] == "/accounts/profile/"
    assert WeChatIdentity.objects.get().appid == seeds.OFFICIAL_ACCOUNT_APPID
    assert state_of(url).isalnum()
