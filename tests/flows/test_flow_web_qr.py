"""Does a visitor at a PC sign in with the Open Platform's QR code?"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model

from django_wechat.models import WeChatIdentity
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.people import Person
from tests.factories import BothProviderFactory, WebProviderFactory
from tests.user_agents import IPHONE_SAFARI, IPHONE_WECHAT
from tests.visitor import CALLBACK, LOGIN, QR, Visitor, signed_in_user, state_of

pytestmark = pytest.mark.django_db


def person(key: str) -> Person:
    return next(one for one in seeds.PEOPLE if one.key == key)


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer) -> Visitor:
    WebProviderFactory()
    return Visitor(wechat_simulator)


def test_a_new_person_signs_in_and_has_an_account(visitor: Visitor) -> None:
    response = visitor.sign_in()
    assert response.status_code == 302
    assert response["Location"] == "/accounts/profile/"
    user = visitor.user
    assert user is not None
    assert user.first_name == "张三"  # type: ignore[attr-defined]
    assert not user.has_usable_password()
    account = SocialAccount.objects.get()
    assert account.provider == "wechat"
    assert account.uid == person("zhangsan").unionid(seeds.OPEN_PLATFORM_ACCOUNT)
    identity = WeChatIdentity.objects.get()
    assert (identity.appid, identity.openid) == (
        seeds.WEBSITE_APP_APPID,
        person("zhangsan").openid(seeds.WEBSITE_APP_APPID),
    )
    assert identity.unionid == account.uid
    assert identity.account == account
    assert identity.profile_fetched_at is not None


def test_a_known_person_is_the_same_user_and_costs_one_request(visitor: Visitor) -> None:
    visitor.sign_in()
    platform = visitor.simulator.platform
    assert platform.count("/api/sns/userinfo") == 1
    again = Visitor(visitor.simulator)
    again.sign_in()
    assert again.user == visitor.user
    assert get_user_model().objects.count() == 1
    assert platform.count("/api/sns/oauth2/access_token") == 2
    assert platform.count("/api/sns/userinfo") == 1


def test_a_stale_profile_is_read_again(visitor: Visitor, settings: Any) -> None:
    visitor.sign_in()
    settings.WECHAT = {**settings.WECHAT, "PROFILE_MAX_AGE": 0}
    Visitor(visitor.simulator).sign_in()
    assert visitor.simulator.platform.count("/api/sns/userinfo") == 2


def test_a_known_person_gets_in_when_the_profile_cannot_be_read(visitor: Visitor, settings: Any) -> None:
    visitor.sign_in()
    settings.WECHAT = {**settings.WECHAT, "PROFILE_MAX_AGE": 0}
    visitor.simulator.platform.set_fault("48001", "userinfo")
    again = Visitor(visitor.simulator)
    again.sign_in()
    assert again.user == visitor.user
    assert SocialAccount.objects.get().extra_data["nickname"] == "张三"


def test_a_new_person_does_not_become_half_a_user(visitor: Visitor) -> None:
    visitor.simulator.platform.set_fault("48001", "userinfo")
    response = visitor.sign_in()
    assert response.status_code == 401
    assert get_user_model().objects.count() == 0


@pytest.mark.parametrize(
    ("key", "first_name", "shown"),
    [
        ("zhangsan", "张三", "张三"),
        ("xiaohua", "李小花🌸", "李小花🌸"),
        ("jose", "José", "José"),
        ("control", "小明", "小明"),
        ("nameless", "", "WeChat user"),
    ],
)
def test_names(wechat_simulator: SimulatorServer, key: str, first_name: str, shown: str) -> None:
    WebProviderFactory()
    visitor = Visitor(wechat_simulator, person=key)
    visitor.sign_in()
    user = visitor.user
    assert user is not None
    assert user.first_name == first_name  # type: ignore[attr-defined]
    assert str(SocialAccount.objects.get().get_provider_account()) == shown


@pytest.mark.parametrize("fault", ["nickname-control", "nickname-utf8"])
def test_garbled_nicknames_do_not_stop_anybody(visitor: Visitor, fault: str) -> None:
    visitor.simulator.platform.set_fault(fault)
    visitor.sign_in()
    user = visitor.user
    assert user is not None
    assert user.first_name.isprintable()  # type: ignore[attr-defined]


def test_the_avatar_is_https_or_nothing(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    Visitor(wechat_simulator).sign_in()
    assert SocialAccount.objects.get().get_avatar_url().startswith("https://")
    SocialAccount.objects.all().delete()
    Visitor(wechat_simulator, person="noavatar").sign_in()
    assert SocialAccount.objects.get().get_avatar_url() is None


def test_an_account_without_unionid_is_named_by_appid_and_openid(wechat_simulator: SimulatorServer) -> None:
    wechat_simulator.platform.find_app(seeds.WEBSITE_APP_APPID).open_platform = ""
    WebProviderFactory()
    Visitor(wechat_simulator).sign_in()
    openid = person("zhangsan").openid(seeds.WEBSITE_APP_APPID)
    assert SocialAccount.objects.get().uid == f"{seeds.WEBSITE_APP_APPID}:{openid}"


def test_a_unionid_that_appears_later_finds_the_same_person(wechat_simulator: SimulatorServer) -> None:
    app = wechat_simulator.platform.find_app(seeds.WEBSITE_APP_APPID)
    account, app.open_platform = app.open_platform, ""
    WebProviderFactory()
    first = Visitor(wechat_simulator)
    first.sign_in()
    app.open_platform = account
    second = Visitor(wechat_simulator)
    second.sign_in()
    assert first.user == second.user
    assert WeChatIdentity.objects.get().unionid == person("zhangsan").unionid(account)


def test_the_same_person_on_the_pc_and_inside_wechat_is_one_user(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    pc = Visitor(wechat_simulator)
    pc.sign_in()
    phone = Visitor(wechat_simulator, user_agent=IPHONE_WECHAT)
    phone.sign_in()
    assert pc.user == phone.user
    assert set(WeChatIdentity.objects.values_list("appid", flat=True)) == {
        seeds.WEBSITE_APP_APPID,
        seeds.OFFICIAL_ACCOUNT_APPID,
    }


def test_the_start_page_has_one_button_and_starts_nothing(visitor: Visitor) -> None:
    response = visitor.client.get(LOGIN)
    assert response.status_code == 200
    assert "django_wechat/login.html" in [template.name for template in response.templates]
    assert "socialaccount_states" not in visitor.client.session
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_the_full_page_goes_to_wechat(visitor: Visitor) -> None:
    parts = urlsplit(visitor.start())
    assert parts.path == "/open/connect/qrconnect"
    query = dict(parse_qsl(parts.query))
    assert query["redirect_uri"] == f"http://testserver{CALLBACK}"
    assert query["scope"] == "snsapi_login"
    assert query["state"].isalnum()


def test_next_is_honoured(visitor: Visitor) -> None:
    assert visitor.sign_in("?next=/somewhere/")["Location"] == "/somewhere/"


def test_a_foreign_next_is_not(visitor: Visitor) -> None:
    assert visitor.sign_in("?next=https://evil.example/")["Location"] == "/accounts/profile/"


def test_the_tab_gets_a_frame(visitor: Visitor) -> None:
    answer = visitor.open_qr(next="/somewhere/")
    assert answer["kind"] == "open_platform"
    assert answer["expires_in"] == 300
    assert answer["login_url"] == "/accounts/wechat/login/?process=login&next=%2Fsomewhere%2F"
    query = dict(parse_qsl(urlsplit(answer["frame_url"]).query))
    assert query["login_type"] == "jssdk"
    assert query["self_redirect"] == "false"


def test_the_frame_signs_in(visitor: Visitor) -> None:
    frame_url = visitor.open_qr(next="/somewhere/")["frame_url"]
    response = visitor.come_back(frame_url, visitor.allow(frame_url))
    assert response["Location"] == "/somewhere/"
    assert visitor.user is not None


def test_refresh_renews_the_same_state_and_evicts_nothing(visitor: Visitor) -> None:
    other = visitor.start()
    frame_url = visitor.open_qr()["frame_url"]
    for _ in range(15):
        renewed = visitor.open_qr(previous=state_of(frame_url))["frame_url"]
        assert state_of(renewed) == state_of(frame_url)
    assert len(visitor.client.session["socialaccount_states"]) == 2
    visitor.come_back(other, visitor.allow(other))
    assert visitor.user is not None


@pytest.mark.parametrize("previous", ["", "unknown", "x" * 500, "../..", "é"])
def test_refresh_of_something_else_opens_a_fresh_one(visitor: Visitor, previous: str) -> None:
    assert state_of(visitor.open_qr(previous=previous)["frame_url"]) != previous


def test_refresh_does_not_take_over_another_browsers_state(visitor: Visitor) -> None:
    theirs = state_of(visitor.open_qr()["frame_url"])
    mine = state_of(Visitor(visitor.simulator).open_qr(previous=theirs)["frame_url"])
    assert mine != theirs


def test_refresh_after_the_sign_in_opens_a_fresh_one(visitor: Visitor) -> None:
    frame_url = visitor.open_qr()["frame_url"]
    visitor.come_back(frame_url, visitor.allow(frame_url))
    assert state_of(visitor.open_qr(previous=state_of(frame_url))["frame_url"]) != state_of(frame_url)


def test_the_qr_is_opened_by_post_only(visitor: Visitor) -> None:
    assert visitor.client.get(QR).status_code == 405


def test_the_qr_needs_the_csrf_token(visitor: Visitor) -> None:
    visitor.client.handler.enforce_csrf_checks = True
    assert visitor.client.post(QR).status_code == 403
    assert visitor.client.post(LOGIN).status_code == 403


def test_connect_from_the_tab_needs_a_signed_in_user(visitor: Visitor) -> None:
    response = visitor.client.post(QR, {"process": "connect"})
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "sign_in_first"


def test_no_provider_no_qr(wechat_simulator: SimulatorServer) -> None:
    response = Visitor(wechat_simulator).client.post(QR)
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "not_available"


def test_a_phone_gets_no_qr_in_the_tab_but_may_have_the_full_page(visitor: Visitor) -> None:
    phone = Visitor(visitor.simulator, user_agent=IPHONE_SAFARI)
    assert phone.client.post(QR).status_code == 409
    assert "django_wechat/help.html" in [template.name for template in phone.client.get(LOGIN).templates]
    url = phone.start("?full_page=1")
    phone.come_back(url, phone.allow(url))
    assert phone.user is not None


def test_the_lifetime_is_a_setting(visitor: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "QR_LIFETIME": 120}
    assert visitor.open_qr()["expires_in"] == 120


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_wechat_has_the_visitors_language(visitor: Visitor, language: str) -> None:
    response = visitor.client.post(LOGIN, headers={"accept-language": language})
    assert ("lang=en" in response["Location"]) is (language == "en")


@pytest.mark.parametrize("samesite", ["Lax", "Strict"])
def test_cookies_that_do_not_come_along_are_fetched_by_one_bounce(
    visitor: Visitor, settings: Any, samesite: str
) -> None:
    settings.SESSION_COOKIE_SAMESITE = samesite
    url = visitor.start()
    code = visitor.allow(url)
    cookies = visitor.client.cookies.copy()
    visitor.client.cookies.clear()
    bounced = visitor.come_back(url, code)
    assert bounced.status_code == 200
    assert "socialaccount/login_redirect.html" in [template.name for template in bounced.templates]
    visitor.client.cookies = cookies
    response = visitor.client.get(bounced.context["redirect_to"])
    assert response.status_code == 302
    assert signed_in_user(visitor.client) is not None


def test_works_with_login_required_everywhere(visitor: Visitor, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]
    assert visitor.client.get(LOGIN).status_code == 200
    frame_url = visitor.open_qr()["frame_url"]
    visitor.come_back(frame_url, visitor.allow(frame_url))
    assert SocialAccount.objects.count() == 1


QR_CODE = {"enable_qr_code": True, "access_token": "token"}


def test_the_open_platforms_code_can_be_asked_for_by_hand(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory(**QR_CODE)
    visitor = Visitor(wechat_simulator)
    answer = visitor.open_qr(kind="open_platform", next="/somewhere/")
    assert answer["kind"] == "open_platform"
    response = visitor.come_back(answer["frame_url"], visitor.allow(answer["frame_url"]))
    assert response["Location"] == "/somewhere/"


def test_an_official_account_alone_has_no_open_platforms_code(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory(**QR_CODE, client_id="", client_secret="")
    visitor = Visitor(wechat_simulator)
    assert visitor.client.post(QR, {"kind": "open_platform"}).status_code == 409
    assert visitor.client.post(LOGIN)["Location"].startswith(LOGIN)


def test_the_full_page_is_the_open_platforms_of_any_row(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory(**QR_CODE, client_id="", client_secret="", order=1)
    WebProviderFactory(order=2)
    visitor = Visitor(wechat_simulator)
    visitor.sign_in()
    assert visitor.user is not None
