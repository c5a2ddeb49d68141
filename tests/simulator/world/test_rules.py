"""Which sign-in links does the pretend WeChat accept, and what does it say to the others?"""

from urllib.parse import quote

import pytest

from django_wechat.simulator.world import seeds
from django_wechat.simulator.world.registry import App, Family
from django_wechat.simulator.world.rules import (
    BAD_APPID,
    BAD_LINK,
    BAD_REDIRECT_URI,
    BAD_SCOPE,
    PageRefusal,
    check_authorize,
    check_qrconnect,
    is_wechat,
    with_code,
)
from tests.simulator.links import authorize_query, encoded, qrconnect_query

HOST = seeds.CALLBACK_DOMAIN


@pytest.fixture
def apps() -> dict[str, App]:
    """Return the seeded apps, as strict as the real WeChat."""
    apps = seeds.fresh_apps()
    for app in apps.values():
        app.any_loopback_host = False
    return apps


def uri(address: str) -> str:
    return qrconnect_query(redirect_uri=encoded(address))


@pytest.mark.parametrize(
    "query",
    [
        uri(f"https://{HOST}/wechat/callback/?next=%2Fa"),
        uri(f"http://{HOST}/"),
        uri(f"https://{HOST}:443/"),
        uri(f"https://{HOST.upper()}/"),
        qrconnect_query(redirect_uri=encoded(f"https://{HOST}/"), state=None),
        qrconnect_query(redirect_uri=encoded(f"https://{HOST}/"), response_type=None),
        qrconnect_query(redirect_uri=encoded(f"https://{HOST}/"), state="x" * 211 + "="),
        "&".join(reversed(uri(f"https://{HOST}/").split("&"))),
    ],
)
def test_qrconnect_accepts(apps: dict[str, App], query: str) -> None:
    assert check_qrconnect(apps, query).warning == ""


@pytest.mark.parametrize(
    ("query", "title"),
    [
        (qrconnect_query(appid=None), BAD_APPID),
        (qrconnect_query(appid="wx0000000000000000"), BAD_APPID),
        (qrconnect_query(appid=seeds.WEBSITE_APP_APPID.upper()), BAD_APPID),
        (qrconnect_query(appid=seeds.OFFICIAL_ACCOUNT_APPID), BAD_SCOPE),
        (qrconnect_query(appid=seeds.MOBILE_APP_APPID), BAD_SCOPE),
        (qrconnect_query(scope=None), BAD_SCOPE),
        (qrconnect_query(scope="snsapi_userinfo"), BAD_SCOPE),
        (qrconnect_query(redirect_uri=None), BAD_REDIRECT_URI),
        (qrconnect_query(redirect_uri="%2Fcallback%2F"), BAD_REDIRECT_URI),
        (qrconnect_query(redirect_uri=encoded(encoded(f"https://{HOST}/"))), BAD_REDIRECT_URI),
        (qrconnect_query(redirect_uri=f"https://{HOST}/?a=1"), BAD_REDIRECT_URI),
        (uri(f"https://{HOST}:8101/"), BAD_REDIRECT_URI),
        (uri(f"https://{HOST}:x/"), BAD_REDIRECT_URI),
        (uri(f"https://sub.{HOST}/"), BAD_REDIRECT_URI),
        (uri("https://example.com/"), BAD_REDIRECT_URI),
        (uri("http://127.0.0.1/"), BAD_REDIRECT_URI),
        (uri("http:///"), BAD_REDIRECT_URI),
    ],
)
def test_qrconnect_refuses(apps: dict[str, App], query: str, title: str) -> None:
    with pytest.raises(PageRefusal) as refused:
        check_qrconnect(apps, query)
    assert refused.value.title == title


def test_qrconnect_warns_of_a_simple_address_that_was_not_encoded(apps: dict[str, App]) -> None:
    link = check_qrconnect(apps, qrconnect_query(redirect_uri=f"https://{HOST}/callback"))
    assert link.redirect_uri == f"https://{HOST}/callback"
    assert "encode" in link.warning


def test_a_console_value_with_a_path_makes_every_sign_in_fail(apps: dict[str, App]) -> None:
    apps[seeds.WEBSITE_APP_APPID].callback_domain = f"{HOST}/callback"
    with pytest.raises(PageRefusal, match=BAD_REDIRECT_URI):
        check_qrconnect(apps, uri(f"https://{HOST}/callback"))


def test_an_app_that_is_not_approved_has_no_scope(apps: dict[str, App]) -> None:
    apps[seeds.WEBSITE_APP_APPID].verified = False
    with pytest.raises(PageRefusal, match="Scope"):
        check_qrconnect(apps, qrconnect_query())


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:3000", "[::1]:8000", "192.168.1.20:8000", "a.localhost"])
def test_the_leniency_of_the_seeds_is_for_local_hosts(host: str) -> None:
    assert check_qrconnect(seeds.fresh_apps(), uri(f"http://{host}/callback")).app.name == "茶馆"


def test_the_leniency_is_not_for_other_hosts() -> None:
    with pytest.raises(PageRefusal, match=BAD_REDIRECT_URI):
        check_qrconnect(seeds.fresh_apps(), uri("https://evil.example.net/"))


def authorize(**replaced: str | None) -> str:
    return authorize_query(**({"redirect_uri": encoded(f"https://{HOST}/")} | replaced))


@pytest.mark.parametrize(
    "query",
    [
        authorize(),
        authorize(scope="snsapi_userinfo"),
        authorize(state="a" * 128),
        authorize() + "&forcePopup=true&forceSnapShot=true",
        authorize() + "&connect_redirect=1",
    ],
)
def test_authorize_accepts(apps: dict[str, App], query: str) -> None:
    assert check_authorize(apps, query).app.appid == seeds.OFFICIAL_ACCOUNT_APPID


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (authorize(appid=""), 10012),
        (authorize(appid=seeds.WEBSITE_APP_APPID), 10016),
        (authorize(appid=seeds.MOBILE_APP_APPID), 10016),
        (authorize(appid=seeds.SUBSCRIPTION_ACCOUNT_APPID), 10005),
        (authorize(scope=""), 10010),
        (authorize(scope="snsapi_login"), 10005),
        (authorize(state=""), 10013),
        (authorize(state=None), 10013),
        (authorize(redirect_uri=""), 10011),
        (authorize(redirect_uri=encoded("https://example.com/")), 10003),
        (authorize(redirect_uri=encoded(f"https://{HOST}:8443/")), 10003),
    ],
)
def test_authorize_refuses_with_a_code(apps: dict[str, App], query: str, code: int) -> None:
    with pytest.raises(PageRefusal) as refused:
        check_authorize(apps, query)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("&".join(reversed(authorize().split("&"))), BAD_LINK),
        ("forcePopup=true&" + authorize(), BAD_LINK),
        (authorize(state=None) + "&forcePopup=true&state=a", BAD_LINK),
        (authorize(response_type="token"), BAD_LINK),
        (authorize(response_type=None), BAD_LINK),
        (authorize(state="a-b"), BAD_LINK),
        (authorize(state="a" * 129), BAD_LINK),
        (authorize(state=quote("状态")), BAD_LINK),
        (authorize(appid="wx0000000000000000"), BAD_APPID),
        (authorize(redirect_uri=encoded(encoded(f"https://{HOST}/"))), BAD_REDIRECT_URI),
    ],
)
def test_authorize_refuses_the_link(apps: dict[str, App], query: str, title: str) -> None:
    with pytest.raises(PageRefusal) as refused:
        check_authorize(apps, query)
    assert refused.value.title == title


def test_authorize_refuses_a_banned_account(apps: dict[str, App]) -> None:
    apps[seeds.OFFICIAL_ACCOUNT_APPID].banned = True
    with pytest.raises(PageRefusal) as refused:
        check_authorize(apps, authorize())
    assert refused.value.code == 10004


def test_an_unverified_service_account_has_no_web_authorization() -> None:
    apps = {"wx1": App("wx1", "s", "新号", Family.SERVICE, HOST, verified=False)}
    with pytest.raises(PageRefusal) as refused:
        check_authorize(apps, authorize(appid="wx1"))
    assert refused.value.code == 10005


@pytest.mark.parametrize(
    ("redirect_uri", "url"),
    [
        ("https://a/cb", "https://a/cb?code=C&state=S"),
        ("https://a/cb?x=1", "https://a/cb?x=1&code=C&state=S"),
        ("https://a/#/login", "https://a/#/login?code=C&state=S"),
    ],
)
def test_the_code_is_glued_to_the_address_even_behind_a_fragment(redirect_uri: str, url: str) -> None:
    assert with_code(redirect_uri, "C", "S") == url


def test_wecom_is_not_wechat() -> None:
    assert is_wechat("… MicroMessenger/8.0.56(0x1800383b) NetType/WIFI")
    assert not is_wechat("… wxwork/4.1.30 MicroMessenger/7.0.1")
    assert not is_wechat("Mozilla/5.0 Safari/605.1.15")
