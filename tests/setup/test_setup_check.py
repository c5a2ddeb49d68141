"""Is everything that can be wrong with a set-up said in words, in every language, and nothing secret with it?"""

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialApp
from django.test import Client
from django.utils import timezone, translation

from django_wechat.exceptions import WeChatGarbled
from django_wechat.models import ProviderHealth, WeChatDuplicate, WeChatProvider
from django_wechat.protocol.qrconnect_page import Answer, fetch_answer
from django_wechat.protocol.transport import MAX_ANSWER_BYTES, Transport
from django_wechat.setup import check as setup_check
from django_wechat.setup.check import Finding, Verdict, findings, site, texts
from django_wechat.simulator import seeds
from django_wechat.simulator.push import envelopes
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import App, PushMode
from tests.encryption import LOST_KEY
from tests.factories import (
    AccountFactory,
    BothProviderFactory,
    IdentityFactory,
    MobileProviderFactory,
    UserFactory,
    WebProviderFactory,
    person_with_wechat_alone,
)
from tests.wire import servers

pytestmark = pytest.mark.django_db

SEEN = f"https://{seeds.CALLBACK_DOMAIN}/"
SECRETS = (
    seeds.WEBSITE_APP_SECRET,
    seeds.OFFICIAL_ACCOUNT_SECRET,
    seeds.OFFICIAL_ACCOUNT_TOKEN,
    seeds.OFFICIAL_ACCOUNT_AES_KEY,
)
LANGUAGES = ("en", "zh-hans", "zh-hant")


class Setup:
    """A provider with everything filled in rightly, the pretend WeChat, and the settings: a test breaks one thing."""

    def __init__(self, server: SimulatorServer, settings: Any) -> None:
        self.server, self.platform, self.settings = server, server.platform, settings
        self.provider: WeChatProvider = BothProviderFactory(
            name="site",
            enable_qr_code=True,
            access_token=seeds.OFFICIAL_ACCOUNT_TOKEN,
            encoding_aes_key=seeds.OFFICIAL_ACCOUNT_AES_KEY,
        )

    @property
    def website(self) -> App:
        return self.platform.find_app(seeds.WEBSITE_APP_APPID)

    @property
    def account(self) -> App:
        return self.platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)

    def fill(self, **columns: Any) -> None:
        for column, value in columns.items():
            setattr(self.provider, column, value)
        self.provider.save()

    def push(self) -> int:
        """Let the pretend WeChat push a menu click, as its console is configured."""
        message = {
            "ToUserName": self.account.original_id,
            "FromUserName": "o" * 28,
            "CreateTime": int(timezone.now().timestamp()),
            "MsgType": "event",
            "Event": "CLICK",
            "EventKey": "menu",
        }
        sealed = envelopes.seal(self.account, message)
        url = "/accounts/wechat/site/events/"
        return Client().post(url, sealed.body, content_type="text/xml", query_params=sealed.query).status_code

    def check(self, seen: str = SEEN) -> dict[str, Finding]:
        provider = WeChatProvider.objects.get(pk=self.provider.pk)
        return {finding.code: finding for finding in setup_check.check(provider, seen=seen)}


@pytest.fixture
def setup(wechat_simulator: SimulatorServer, settings: Any) -> Setup:
    return Setup(wechat_simulator, settings)


def closed_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


def wrong_secret_1(setup: Setup) -> None:
    setup.fill(client_secret="0" * 32)


def wrong_secret_2(setup: Setup) -> None:
    setup.fill(client_secret_2="0" * 32)


def swapped(setup: Setup) -> None:
    setup.fill(
        client_id=seeds.OFFICIAL_ACCOUNT_APPID,
        client_secret=seeds.OFFICIAL_ACCOUNT_SECRET,
        client_id_2=seeds.WEBSITE_APP_APPID,
        client_secret_2=seeds.WEBSITE_APP_SECRET,
    )


def ip_not_allowed(setup: Setup) -> None:
    setup.account.ip_whitelist = "203.0.113.9"


def without_the_right(setup: Setup) -> None:
    setup.fill(client_id_2=seeds.SUBSCRIPTION_ACCOUNT_APPID, client_secret_2=seeds.SUBSCRIPTION_ACCOUNT_SECRET)


def never_verified(setup: Setup) -> None:
    assert not ProviderHealth.objects.exists()


def wrong_token(setup: Setup) -> None:
    setup.account.server_token = "another"
    assert setup.push() == 403


def wrong_aes_key(setup: Setup) -> None:
    setup.account.aes_key = "A" * 43
    assert setup.push() == 403


def plain_there_safe_here(setup: Setup) -> None:
    setup.account.push_mode = PushMode.PLAIN
    assert setup.push() == 403


def safe_there_plain_here(setup: Setup) -> None:
    setup.fill(encoding_aes_key="")
    assert setup.push() == 403


def domain_mismatch(setup: Setup) -> None:
    setup.website.callback_domain = "other.example.com"


def clock_off(setup: Setup) -> None:
    setup.platform.switch(clock_ahead=600)


def unreachable(setup: Setup) -> None:
    setup.settings.WECHAT = {**setup.settings.WECHAT, "API_BASE_URL": closed_port(), "TIMEOUT": 1}


def lost_key(setup: Setup) -> None:
    setup.settings.WECHAT = {**setup.settings.WECHAT, "ENCRYPTION_KEYS": [LOST_KEY]}


STATES: dict[Callable[[Setup], None], str] = {
    wrong_secret_1: "secret_1_wrong",
    wrong_secret_2: "secret_2_wrong",
    swapped: "keypairs_swapped",
    ip_not_allowed: "ip_not_allowed",
    without_the_right: "qr_not_authorized",
    never_verified: "push_never_verified",
    wrong_token: "push_token",
    wrong_aes_key: "push_aes_key",
    plain_there_safe_here: "push_plain",
    safe_there_plain_here: "push_safe",
    domain_mismatch: "domain_mismatch",
    clock_off: "clock_off",
    unreachable: "wechat_unreachable",
    lost_key: "secret_unreadable",
}


def test_a_wrong_signature_after_right_ones_may_be_anybodys(setup: Setup) -> None:
    assert setup.push() == 200
    wrong_token(setup)
    found = setup.check()["push_strangers"]
    assert found.verdict is Verdict.WARNING
    assert "If the Token was changed" in found.todo


@pytest.mark.parametrize(("break_it", "code"), STATES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_each_mistake_is_named_in_words(setup: Setup, break_it: Callable[[Setup], None], code: str) -> None:
    if break_it not in (never_verified, safe_there_plain_here, wrong_token):
        assert setup.push() == 200
    break_it(setup)
    if break_it in (wrong_token, wrong_aes_key, plain_there_safe_here):
        setup.push()
    found = setup.check()
    assert found[code].verdict is Verdict.ERROR
    wrong = {name for name, finding in found.items() if finding.verdict is Verdict.ERROR}
    assert wrong - {"push_never_verified"} <= {code}, "one mistake is one error"
    said = set()
    for language in LANGUAGES:
        with translation.override(language):
            said.add((found[code].title, found[code].reason, found[code].todo))
    assert len(said) == len(LANGUAGES)
    assert all(all(words) for words in said)
    assert not any(secret in str(said) for secret in SECRETS)


def test_nothing_is_wrong_with_what_is_right(setup: Setup) -> None:
    setup.push()
    found = setup.check()
    assert {code for code, finding in found.items() if finding.verdict is Verdict.ERROR} == set()
    assert {"keypair_1_ok", "keypair_2_ok", "ip_allowed", "qr_ok", "domain_ok", "push_ok", "clock_ok"} <= set(found)
    assert {"secrets_ok", "callback_https", "not_wechat_debug", "unionid_not_known", "domain_in_wechat"} <= set(found)


def test_the_api_token_in_use_stays(setup: Setup) -> None:
    token, _seconds = setup.platform.stable_api_token(setup.account)
    setup.check()
    assert setup.platform.stable_api_token(setup.account)[0] == token
    assert setup.platform.find_api_token(token) is setup.account


def test_the_address_to_allow_is_named(setup: Setup) -> None:
    ip_not_allowed(setup)
    found = setup.check()
    assert "127.0.0.1" in found["ip_not_allowed"].title
    assert "127.0.0.1" in found["ip_not_allowed"].todo
    assert "keypair_2_ok" in found


def test_the_address_matters_less_without_the_qr_code(setup: Setup) -> None:
    setup.fill(enable_qr_code=False)
    ip_not_allowed(setup)
    assert setup.check()["ip_not_allowed"].verdict is Verdict.WARNING


def test_one_finding_replaces_all_that_ask_wechat(setup: Setup) -> None:
    unreachable(setup)
    found = setup.check()
    asked = ("keypair_", "secret_1", "domain_", "ip_", "qr_", "clock_")
    assert not [code for code in found if code.startswith(asked)]


@pytest.mark.parametrize("endpoint", ["access_token", "cgi-bin/stable_token", "cgi-bin/qrcode/create"])
def test_nothing_is_asked_after_a_silence(setup: Setup, endpoint: str) -> None:
    setup.settings.WECHAT = {**setup.settings.WECHAT, "TIMEOUT": 0.2}
    setup.platform.set_fault("slow", endpoint, seconds=0.6)
    before = len(setup.platform.requests)
    assert "wechat_unreachable" in setup.check()
    asked = [request.path for request in setup.platform.requests[before:] if request.path.startswith("/api/")]
    assert asked[-1].endswith(endpoint)


@pytest.mark.parametrize(
    ("kind", "endpoint", "code"),
    [
        ("html", "access_token", "wechat_busy"),
        ("-1", "cgi-bin/stable_token", "wechat_busy"),
        ("45009", "cgi-bin/qrcode/create", "wechat_busy"),
        ("40033", "cgi-bin/qrcode/create", "qr_refused"),
        ("50002", "access_token", "keypair_1_refused"),
        ("50002", "cgi-bin/stable_token", "keypair_2_refused"),
        ("40243", "cgi-bin/stable_token", "secret_2_frozen"),
        ("40001", "access_token", "secret_1_wrong"),
        ("40163", "access_token", "keypair_1_ok"),
    ],
)
def test_other_answers(setup: Setup, kind: str, endpoint: str, code: str) -> None:
    setup.platform.set_fault(kind, endpoint)
    assert code in setup.check()


def test_an_account_that_does_not_exist(setup: Setup) -> None:
    setup.fill(client_id="wx0000000000000000", client_id_2="wx0000000000000001")
    found = setup.check()
    assert {"appid_1_unknown", "appid_2_unknown", "domain_not_known"} <= set(found)


def test_an_account_in_place_of_the_website_app(setup: Setup) -> None:
    setup.fill(client_id=seeds.UNBOUND_ACCOUNT_APPID, client_secret=seeds.UNBOUND_ACCOUNT_SECRET)
    found = setup.check()
    assert "appid_1_is_account" in found
    assert not {"no_pc_sign_in", "keypairs_swapped"} & set(found)


def test_swapped_keypairs_whose_addresses_are_not_allowed(setup: Setup) -> None:
    ip_not_allowed(setup)
    swapped(setup)
    assert "keypairs_swapped" in setup.check()


def test_a_website_app_in_place_of_the_account(setup: Setup) -> None:
    setup.fill(client_id_2=seeds.MOBILE_APP_APPID, client_secret_2=seeds.MOBILE_APP_SECRET)
    assert "appid_2_not_account" in setup.check()


def test_a_website_app_that_is_not_approved(setup: Setup) -> None:
    setup.website.verified = False
    assert "no_pc_sign_in" in setup.check()


def test_a_page_that_cannot_be_read_says_nothing(setup: Setup) -> None:
    setup.settings.WECHAT = {**setup.settings.WECHAT, "OPEN_BASE_URL": closed_port(), "TIMEOUT": 1}
    found = setup.check()
    assert found["domain_not_known"].verdict is Verdict.UNKNOWN
    assert "keypair_1_ok" in found


def test_an_address_that_waits_for_the_administrator(setup: Setup) -> None:
    """Answers without a Date header, too: they say nothing about the clock."""
    waits = b'{"errcode": 89503, "errmsg": "confirm"}'
    with servers.serving(servers.always(servers.answer(waits))) as address:
        setup.settings.WECHAT = {**setup.settings.WECHAT, "API_BASE_URL": address}
        found = setup.check()
    assert "ip_not_confirmed" in found
    assert found["clock_not_known"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("page", "status", "answer"),
    [
        ('<img class="qrcode" src="/connect/qrcode/051VEUQI1sMs0w3D">', "200 OK", Answer.QR_CODE),
        ('<h4 class="weui_msg_title">redirect_uri 参数错误</h4>', "200 OK", Answer.REDIRECT_URI),
        ('<h4 id="t" class="a weui_msg_title b">\n Scope 参数错误或没有 Scope 权限', "200 OK", Answer.SCOPE),
        ('<h4 class="weui_msg_title">AppID 参数错误</h4>', "200 OK", Answer.APPID),
        ('<h4 class="weui_msg_title">该链接无法访问</h4>', "200 OK", Answer.OTHER),
        ("<html>hello</html>", "200 OK", Answer.OTHER),
        ("", "302 Found", None),
        ("x" * (2 * MAX_ANSWER_BYTES), "200 OK", None),
    ],
)
def test_what_the_sign_in_page_says(page: str, status: str, answer: Answer | None) -> None:
    headers = "Location: http://127.0.0.1:1/\r\n"
    with servers.serving(servers.always(servers.answer(page.encode(), status=status, headers=headers))) as address:
        transport = Transport(address, 2, 2)
        if answer is None:
            with pytest.raises(WeChatGarbled):
                fetch_answer(transport, appid="wx", redirect_uri="https://a.example/")
        else:
            assert fetch_answer(transport, appid="wx", redirect_uri="https://a.example/") is answer


@pytest.mark.parametrize(("ahead", "code", "verdict"), [(30, "clock_ok", "ok"), (-120, "clock_off", "warning")])
def test_how_far_the_clock_may_be_off(setup: Setup, ahead: float, code: str, verdict: str) -> None:
    setup.platform.switch(clock_ahead=ahead)
    assert setup.check()[code].verdict == verdict


def test_a_mobile_provider_is_an_account(setup: Setup) -> None:
    setup.provider = MobileProviderFactory()
    ip_not_allowed(setup)
    found = setup.check()
    assert {"keypair_1_ok", "domain_in_wechat"} <= set(found)
    assert not {"ip_not_allowed", "domain_ok", "unionid_not_known", "push_never_verified"} & set(found)


def test_a_mobile_provider_that_may_not_sign_people_in(setup: Setup) -> None:
    pair = {"client_id": seeds.SUBSCRIPTION_ACCOUNT_APPID, "client_secret": seeds.SUBSCRIPTION_ACCOUNT_SECRET}
    setup.provider = MobileProviderFactory(**pair)
    assert setup.check()["not_service_account"].verdict is Verdict.WARNING


def test_a_mobile_provider_with_two_keypairs(setup: Setup) -> None:
    setup.fill(sub_type="mobile")
    assert "second_keypair_wins" in setup.check()


def test_an_empty_provider(setup: Setup) -> None:
    setup.provider = WebProviderFactory(client_id="", client_secret="", enabled=False)
    found = setup.check()
    assert {"no_keypair", "disabled"} <= set(found)
    assert not [code for code in found if code.startswith(("clock", "domain", "push"))]


def test_a_key_that_is_lost_names_the_fields(setup: Setup) -> None:
    lost_key(setup)
    title = setup.check()["secret_unreadable"].title
    assert all(label in title for label in ("Client Secret", "Client Secret 2", "Access Token", "EncodingAESKey"))


# --- what does not look like what WeChat gives out ---


@pytest.mark.parametrize(
    ("columns", "code", "words"),
    [
        ({"client_secret": seeds.WEBSITE_APP_SECRET + "\u200b"}, "secret_1_shape", "invisible character at the end"),
        ({"client_secret": seeds.WEBSITE_APP_SECRET + "\n"}, "secret_1_shape", "line break at the end"),
        ({"client_secret": seeds.WEBSITE_APP_SECRET[:-1]}, "secret_1_shape", "Its length is 31"),
        ({"client_secret": seeds.WEBSITE_APP_APPID}, "secret_1_shape", "This is the AppID"),
        ({"client_secret_2": seeds.OFFICIAL_ACCOUNT_APPID}, "secret_2_shape", "This is the AppID"),
        ({"client_id": seeds.WEBSITE_APP_APPID[:-1]}, "appid_1_shape", "Its length is 17"),
        ({"client_secret_2": seeds.WEBSITE_APP_SECRET}, "secrets_same", "an AppSecret each"),
        ({"access_token": seeds.OFFICIAL_ACCOUNT_TOKEN + " "}, "token_shape", "line break at the end"),
        ({"encoding_aes_key": seeds.OFFICIAL_ACCOUNT_AES_KEY[:-1]}, "aes_key_shape", "Its length is 42"),
    ],
)
def test_what_a_value_is_comes_before_a_reset(setup: Setup, columns: dict[str, str], code: str, words: str) -> None:
    assert setup.push() == 200
    if {"access_token", "encoding_aes_key"} & set(columns):
        ProviderHealth.objects.update(last_push_at=None)
    # As another program may have written it: `save` would clean it.
    WeChatProvider.objects.filter(pk=setup.provider.pk).update(**columns)
    found = setup.check()
    assert words in found[code].reason
    assert found[code].verdict is Verdict.ERROR
    wrong = {name for name, finding in found.items() if finding.verdict is Verdict.ERROR}
    assert wrong - {"push_never_verified"} == {code}, "one mistake is one error"
    told = str([finding.as_dict() for finding in found.values()])
    assert not any(value in told for value in columns.values())
    assert "Reset the AppSecret" not in told


def test_an_odd_secret_that_wechat_takes_is_right(setup: Setup) -> None:
    setup.website.secret = "an-odd-one"
    setup.fill(client_secret="an-odd-one")
    assert not [code for code in setup.check() if code.endswith("_shape")]
    setup.website.secret = "another"
    found = setup.check()
    assert found["secret_1_shape"].verdict is Verdict.WARNING
    assert "secret_1_wrong" not in found


# --- pushes ---


def test_an_address_that_was_verified_and_is_silent(setup: Setup) -> None:
    ProviderHealth.objects.create(provider=setup.provider, url_verified_at=timezone.now())
    assert setup.check()["push_none_yet"].verdict is Verdict.UNKNOWN


def test_a_wrong_clock_here_refuses_pushes(setup: Setup) -> None:
    now = timezone.now()
    ProviderHealth.objects.create(provider=setup.provider, push_failure="clock", push_failures=2, push_failed_at=now)
    assert "2 pushes or more" in setup.check()["push_clock"].reason


def test_pushes_to_another_provider_of_the_same_account(setup: Setup) -> None:
    other = BothProviderFactory()
    ProviderHealth.objects.create(provider=other, last_push_at=timezone.now())
    ProviderHealth.objects.create(provider=setup.provider, url_verified_at=timezone.now() - timedelta(days=1))
    assert "push_ok" in setup.check()


def test_the_address_to_enter_is_named(setup: Setup) -> None:
    todo = setup.check()["push_never_verified"].todo
    assert f"https://{seeds.CALLBACK_DOMAIN}/accounts/wechat/site/events/" in todo


# --- people ---


def seen_with(user: Any, website_unionid: str, account_unionid: str) -> None:
    account = AccountFactory(user=user)
    IdentityFactory(account=account, unionid=website_unionid)
    IdentityFactory(account=account, appid=seeds.OFFICIAL_ACCOUNT_APPID, unionid=account_unionid)


@pytest.mark.parametrize(
    ("website_unionid", "account_unionid", "code"),
    [
        ("u1", "u1", "unionid_shared"),
        ("u1", "u2", "unionid_differs"),
        ("u1", "", "unionid_missing"),
    ],
)
def test_whether_both_keypairs_know_the_same_people(
    setup: Setup, website_unionid: str, account_unionid: str, code: str
) -> None:
    seen_with(UserFactory(), website_unionid, account_unionid)
    assert code in setup.check()


def signed_in(appid: str, nickname: str, unionid: str) -> None:
    account = AccountFactory(uid=unionid, extra_data={"nickname": nickname})
    IdentityFactory(appid=appid, unionid=unionid, account=account)


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("小明", "小明"), "unionid_differs"),
        (("小明", "小红"), "unionid_not_known"),
        (("微信用户", "微信用户"), "unionid_not_known"),
        (("", ""), "unionid_not_known"),
    ],
)
def test_one_person_under_two_open_platform_accounts_is_two_users(
    setup: Setup, names: tuple[str, str], code: str
) -> None:
    signed_in(seeds.WEBSITE_APP_APPID, names[0], "u1")
    signed_in(seeds.OFFICIAL_ACCOUNT_APPID, names[1], "u2")
    assert {name for name in setup.check() if name.startswith("unionid")} == {code}


def test_many_people_and_nobody_known_to_both(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_wechat.setup.check.people.ENOUGH", 2)
    for number in range(2):
        signed_in(seeds.WEBSITE_APP_APPID, f"a{number}", f"u{number}")
    assert "unionid_not_known" in setup.check()
    for number in range(2):
        signed_in(seeds.OFFICIAL_ACCOUNT_APPID, f"b{number}", f"v{number}")
    assert "unionid_nobody_shared" in setup.check()


def test_the_keypair_without_unionids_is_named(setup: Setup) -> None:
    seen_with(UserFactory(), "u1", "")
    assert "Client ID 2" in setup.check()["unionid_missing"].title


def test_duplicates_are_counted(setup: Setup) -> None:
    WeChatDuplicate.objects.create(identity=IdentityFactory(), account=AccountFactory(), unionid="u")
    assert "1" in setup.check()["duplicates"].title


# --- the site ---


@pytest.mark.parametrize(
    ("seen", "official", "code"),
    [
        ("https://www.example.com/", True, "callback_https"),
        ("http://www.example.com/", True, "callback_http"),
        ("https://www.example.com:8443/", True, "callback_not_usable"),
        ("https://192.0.2.1/", True, "callback_not_usable"),
        ("https://localhost/", True, "callback_not_usable"),
        ("http://localhost:8000/", False, "callback_http"),
    ],
)
def test_the_address_to_come_back_to(settings: Any, *, seen: str, official: bool, code: str) -> None:
    settings.DEBUG = False
    settings.WECHAT = {} if official else {"API_BASE_URL": "http://127.0.0.1:1"}
    provider = WebProviderFactory.build()
    assert code in {finding.code for finding in site.check(provider, site.addresses(provider, seen).urls, [])}


@pytest.mark.parametrize(
    ("allowed", "debug", "host", "refused"),
    [
        (["www.example.com"], False, "www.example.com", False),
        (["www.example.com"], False, "shop.example.com", True),
        ([], True, "localhost", False),
        ([], False, "localhost", True),
    ],
)
def test_a_host_that_the_site_does_not_answer_to(
    settings: Any, *, allowed: list[str], debug: bool, host: str, refused: bool
) -> None:
    settings.ALLOWED_HOSTS, settings.DEBUG = allowed, debug
    codes = {finding.code for finding in site.check(WebProviderFactory.build(), [f"https://{host}"], [])}
    assert ("host_not_served" in codes) is refused


@pytest.mark.parametrize(
    ("allowed", "secure", "hosts", "urls"),
    [
        (["*"], False, "", []),
        ([".example.com"], False, "", ["http://example.com"]),
        (["example.com"], True, "", ["https://example.com"]),
        (["example.com"], True, "a.example\nb.example", ["https://a.example", "https://b.example"]),
    ],
)
def test_the_addresses_without_a_request(
    settings: Any, *, allowed: list[str], secure: bool, hosts: str, urls: list[str]
) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = allowed, secure
    provider = WebProviderFactory.build(hosts=hosts)
    assert list(site.addresses(provider).urls) == urls
    codes = {finding.code for finding in site.check(provider, urls, [])}
    assert ("callback_not_known" in codes) is (urls == [])


def test_names_in_chinese_are_compared_and_shown_as_browsers_send_them(settings: Any) -> None:
    settings.WECHAT, provider = {}, WebProviderFactory.build(hosts="例子.中国.")
    (url,) = site.addresses(provider, "https://WWW.example.com./").urls
    assert url == "https://xn--fsqu00a.xn--fiqs8s"
    settings.ALLOWED_HOSTS = ["xn--fsqu00a.xn--fiqs8s"]
    assert "callback_https" in {one.code for one in site.check(provider, [url], [])}
    settings.ALLOWED_HOSTS = ["例子.中国"]
    found = {one.code: one for one in site.check(provider, [url], [])}
    assert "Write xn--fsqu00a.xn--fiqs8s" in found["host_misspelt"].todo
    assert "host_not_served" not in found


@pytest.mark.parametrize(
    ("backend", "code"), [("locmem.LocMemCache", "cache_not_shared"), ("filebased.FileBasedCache", "cache_ok")]
)
def test_the_cache(settings: Any, tmp_path: Path, backend: str, code: str) -> None:
    settings.DEBUG = False
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": str(tmp_path)}}
    assert code in {finding.code for finding in site.check(WebProviderFactory.build(), [], [])}


@pytest.mark.parametrize(("debug", "tail", "verdict"), [(True, "_debug", Verdict.OK), (False, "", Verdict.WARNING)])
def test_what_only_a_public_site_needs_is_let_pass_while_debug_is_on(
    settings: Any, *, debug: bool, tail: str, verdict: Verdict
) -> None:
    settings.DEBUG, settings.WECHAT = debug, {"API_BASE_URL": "http://127.0.0.1:1"}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    provider = WebProviderFactory.build()
    findings = {
        one.code: one for one in site.check(provider, ["http://localhost:8000"], [], seen="http://localhost:8000")
    }
    for code in ("callback_http", "cache_not_shared", "not_wechat"):
        assert findings[f"{code}{tail}"].verdict is verdict
    assert findings[f"callback_http{tail}"].values[site.SEEN] == "http://localhost:8000"


def test_wechat_itself_and_a_second_button(settings: Any) -> None:
    settings.WECHAT = {}
    SocialApp.objects.create(provider="wechat", name="WeChat")
    assert {"wechat_itself", "second_button"} <= {one.code for one in site.check(WebProviderFactory.build(), [], [])}


@pytest.mark.parametrize("apps", ["APP", "APPS"])
def test_a_second_button_by_the_settings(settings: Any, apps: str) -> None:
    app = {"client_id": "x"}
    settings.SOCIALACCOUNT_PROVIDERS = {"wechat": {apps: app if apps == "APP" else [app]}}
    assert "second_button" in {one.code for one in site.check(WebProviderFactory.build(), [], [])}


def test_the_files_of_the_root_are_missing(setup: Setup) -> None:
    assert "root_urls_missing" not in setup.check()
    setup.settings.ROOT_URLCONF = "tests.sites.without_root_urls"
    assert "root_urls_missing" in setup.check()
    setup.fill(client_id_2="", client_secret_2="", enable_qr_code=False)
    assert "root_urls_missing" not in setup.check()


def test_a_row_where_a_scan_alone_signs_in_is_named_at_the_others(setup: Setup) -> None:
    other = BothProviderFactory(
        name="careless",
        access_token=seeds.OFFICIAL_ACCOUNT_TOKEN,
        enable_qr_code=True,
        follow_up_action="media",
        confirm_on_phone=False,
    )
    assert "careless" in setup.check()["scan_alone_elsewhere"].title
    setup.provider = other
    found = setup.check()
    assert "scan_alone" in found
    assert "scan_alone_elsewhere" not in found
    other.enabled = False
    other.save()
    setup.provider = WeChatProvider.objects.get(name="site")
    assert not [code for code in setup.check() if code.startswith("scan_alone")]


def test_nobody_gets_in_any_more(setup: Setup) -> None:
    person = person_with_wechat_alone()
    setup.fill(enabled=False)
    assert setup.check()["locked_out"].values == {"count": 1}
    person.user.set_password("password")
    person.user.save()
    assert "locked_out" not in setup.check()


# --- what is kept ---


def test_the_result_is_kept_and_comes_back_in_the_readers_language(setup: Setup) -> None:
    ip_not_allowed(setup)
    setup.check()
    health = ProviderHealth.objects.get()
    assert health.checked_at is not None
    with translation.override("zh-hans"):
        restored = {finding.code: finding for finding in setup_check.restore(health.findings)}
        assert "127.0.0.1" in restored["ip_not_allowed"].title
        assert "微信" in restored["ip_not_allowed"].title
    assert not any(secret in str(health.findings) for secret in SECRETS)


def test_a_code_of_another_version_is_left_out() -> None:
    stored = [{"code": "gone", "verdict": "error"}, {"code": "clock_ok", "verdict": "ok"}]
    assert [finding.code for finding in setup_check.restore(stored)] == ["clock_ok"]


def test_a_time_that_cannot_be_read_is_left_out() -> None:
    assert "on " in Finding("push_ok", Verdict.OK, {"last_at": "soon"}).title


CHECKED = timezone.now()


@pytest.mark.parametrize(
    ("columns", "verdict", "words"),
    [
        (None, "unknown", "Not checked yet"),
        ({}, "unknown", "Not checked yet"),
        ({"push_failure": "token"}, "error", "Does not work"),
        ({"checked_at": CHECKED}, "ok", "In order (checked "),
        ({"checked_at": CHECKED, "findings": ["clock_not_known"]}, "ok", "In order"),
        ({"checked_at": CHECKED, "findings": ["clock_off", "clock_ok"]}, "warning", "Warnings"),
        ({"checked_at": CHECKED, "findings": ["clock_off", "domain_mismatch"]}, "error", "Does not work"),
        ({"checked_at": CHECKED, "findings": ["push_never_verified"]}, "error", "Does not work"),
        (
            {"checked_at": CHECKED, "findings": ["push_token"], "last_push_at": CHECKED + timedelta(1)},
            "ok",
            "In order",
        ),
    ],
)
def test_health_on_one_line(columns: dict[str, Any] | None, verdict: str, words: str) -> None:
    if columns and "findings" in columns:
        columns = {**columns, "findings": [findings.found(code).stored() for code in columns["findings"]]}
    summary = setup_check.summarise(None if columns is None else ProviderHealth(**columns))
    assert summary.verdict == verdict
    assert str(summary).startswith(words)


VALUES = {
    **dict.fromkeys(("appid", "secret", "fields"), "Client ID"),
    **dict.fromkeys(("last_at", "verified_at", "failed_at"), "2026-03-01T12:00:00+00:00"),
    **dict.fromkeys(
        (
            "addresses",
            "host",
            "ip",
            "url",
            "setting",
            "listed",
            "name",
            "columns",
            "asked",
            "view",
            "pattern",
            "paths",
            "page",
        ),
        "x",
    ),
    "why": "secret:length:31",
    **dict.fromkeys(("errcode", "seconds", "count"), 3),
}


@pytest.mark.parametrize("code", sorted(texts.TEXTS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_said_in_every_language(code: str, language: str) -> None:
    finding = Finding(code, texts.TEXTS[code].verdict, VALUES)
    with translation.override(language):
        said = finding.as_dict()
        words = [said["title"], said["reason"], said["todo"]]
    assert words[0]
    assert not any("%(" in word for word in words)
    if texts.TEXTS[code].verdict is not Verdict.OK:
        assert words[1]
    if language != "en":
        assert words[0] != str(texts.TEXTS[code].title) % VALUES
