"""Do the consoles keep what an administrator pastes, and refuse what WeChat refuses? Over HTTP, without a browser."""

import re
from collections.abc import Iterator

import pytest
import requests
from django.test import Client

from django_wechat.simulator import seeds
from django_wechat.simulator.acts.registrations import FILE_UNREACHABLE, NOT_A_HOST, SAVED
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.words.consoles import GLOSSES
from django_wechat.simulator.world.registry import App, Family
from tests.simulator.links import IPHONE, authorize_url, encoded, error_title, qrconnect_url
from tests.simulator.push_site import PushSite, push_site

CALLBACK = "http://127.0.0.1:8000/accounts/wechat/login/callback/"
BAD_REDIRECT_URI = "redirect_uri 参数错误"


class ConsolePage:
    """The page as a person without JavaScript uses it."""

    def __init__(self, server: SimulatorServer, http: requests.Session) -> None:
        self.server, self.http, self.lang = server, http, "en"

    def post(self, act: str, **values: str) -> requests.Response:
        return self.http.post(f"{self.server.url}/console/act/{act}", data={"lang": self.lang} | values)

    def __call__(self, act: str, **values: str) -> str:
        answer = self.post(act, **values)
        assert answer.status_code == 200, answer.text
        return answer.text

    def get(self) -> str:
        return self.http.get(f"{self.server.url}/console/", params={"lang": self.lang}).text

    def qr_title(self, app: App, redirect_uri: str = CALLBACK) -> str:
        """Return what WeChat says to a sign-in on the PC; nothing when it shows the QR code."""
        url = qrconnect_url(self.server, appid=app.appid, redirect_uri=encoded(redirect_uri))
        return error_title(self.http.get(url).text)

    def inside(self, app: App, redirect_uri: str = CALLBACK) -> str:
        """Return what WeChat says to a sign-in inside WeChat; nothing when it goes on."""
        url = authorize_url(self.server, appid=app.appid, redirect_uri=encoded(redirect_uri))
        answer = self.http.get(url, headers={"User-Agent": IPHONE}, allow_redirects=False)
        return "" if answer.status_code == 302 else answer.text

    def errcode(self, path: str, **params: str) -> int:
        return int(self.http.get(f"{self.server.api_base_url}/{path}", params=params).json().get("errcode", 0))

    def token_errcode(self, app: App) -> int:
        """Return the errcode of a call for an API access token; 0 when there is one."""
        return self.errcode("cgi-bin/token", grant_type="client_credential", appid=app.appid, secret=app.secret)

    def code_errcode(self, app: App, secret: str) -> int:
        """Return the errcode of a bogus code's exchange."""
        params = {"appid": app.appid, "secret": secret, "code": "x", "grant_type": "authorization_code"}
        return self.errcode("sns/oauth2/access_token", **params)


@pytest.fixture
def console(wechat_simulator: SimulatorServer, http: requests.Session) -> ConsolePage:
    return ConsolePage(wechat_simulator, http)


@pytest.fixture
def website(platform: Platform) -> App:
    return platform.new_website_app()


@pytest.fixture
def account(platform: Platform) -> App:
    return platform.new_official_account()


@pytest.fixture
def site(account: App) -> Iterator[PushSite]:
    """Serve a site that has the account's verification file at its root, and nothing else."""
    with push_site() as site:
        served = f"/{account.verification_file}"
        site.answer = lambda arrival: account.verification_code.encode() if arrival.path == served else b"no"
        yield site


# --- apps and their secrets ---


@pytest.mark.parametrize(
    ("act", "family"), [("new_website_app", Family.WEBSITE), ("new_official_account", Family.SERVICE)]
)
def test_a_new_app_is_listed_and_its_name_is_escaped(
    console: ConsolePage, platform: Platform, act: str, family: Family
) -> None:
    page = console(act, name="<b>新</b>")
    app = list(platform.apps.values())[-1]
    assert (app.family, app.name, app.callback_domain) == (family, "<b>新</b>", "")
    assert re.fullmatch(r"wx[0-9a-f]{16}", app.appid)
    assert re.fullmatch(r"[0-9a-f]{32}", app.secret)
    assert f'id="{app.appid}" open' in page
    assert "&lt;b&gt;新" in page
    assert "<b>新" not in page
    assert app.secret not in page


def test_a_secret_is_shown_once(console: ConsolePage, website: App) -> None:
    assert website.secret in console("show_secret", appid=website.appid)
    assert website.secret not in console.get()
    again = console.post("show_secret", appid=website.appid)
    assert (again.status_code, "reset it" in again.text) == (400, True)


def test_a_reset_kills_the_old_secret_at_once_and_no_token(
    console: ConsolePage, platform: Platform, website: App
) -> None:
    old, grant = website.secret, platform.exchange(website, platform.issue_code(website.appid))
    assert console.code_errcode(website, old) == 40029
    page = console("reset_secret", appid=website.appid)
    assert website.secret != old
    assert website.secret in page
    assert website.secret not in console.get()
    assert console.code_errcode(website, old) == 40125
    assert console.code_errcode(website, website.secret) == 40029
    assert platform.find_grant(grant.user_access_token, grant.openid) is grant


def test_starting_over_forgets_what_was_registered(platform: Platform, website: App) -> None:
    platform.reset()
    assert website.appid not in platform.apps
    assert platform.take_revealed() == {}


# --- 授权回调域 ---


def test_an_empty_console_refuses_every_sign_in(console: ConsolePage, website: App, account: App) -> None:
    assert console.qr_title(website) == BAD_REDIRECT_URI
    assert "10003" in console.inside(account)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.0.0.1"])
def test_the_right_domain_lets_people_in(console: ConsolePage, website: App, host: str) -> None:
    page = console("callback_domain", appid=website.appid, domain=" 127.0.0.1 ")
    assert "Registered now:" in page
    assert console.qr_title(website, f"http://{host}/cb") == ""
    assert console.qr_title(website, "http://localhost:8000/cb") == BAD_REDIRECT_URI


def test_other_hosts_have_default_ports_alone(console: ConsolePage, website: App) -> None:
    console("callback_domain", appid=website.appid, domain="WWW.example.com")
    assert console.qr_title(website, "https://www.example.com/cb") == ""
    assert console.qr_title(website, "https://www.example.com:8443/cb") == BAD_REDIRECT_URI


@pytest.mark.parametrize(
    ("domain", "note"),
    [
        ("http://127.0.0.1", "must not start with http"),
        ("127.0.0.1/accounts/", "must have no path"),
        ("127.0.0.1:8000", "must have no port"),
        ("", "refuses every sign-in"),
    ],
)
def test_the_console_takes_wrong_domains_and_the_sign_in_fails(
    console: ConsolePage, website: App, domain: str, note: str
) -> None:
    """Reference 1.2: a value with a path in the console makes every login fail."""
    page = console("callback_domain", appid=website.appid, domain=domain)
    assert note in page
    assert website.callback_domain == domain
    assert console.qr_title(website) == BAD_REDIRECT_URI


def test_saving_ends_the_leniency_of_the_seeds(console: ConsolePage, platform: Platform) -> None:
    app = platform.find_app(seeds.WEBSITE_APP_APPID)
    assert console.qr_title(app) == ""
    console("callback_domain", appid=app.appid, domain="www.example.com")
    assert console.qr_title(app) == BAD_REDIRECT_URI


def test_an_account_has_no_such_field(console: ConsolePage, account: App) -> None:
    assert console.post("callback_domain", appid=account.appid, domain="a.example").status_code == 400
    assert account.callback_domain == ""


# --- 网页授权域名 ---


def test_the_file_can_be_downloaded(console: ConsolePage, website: App, account: App) -> None:
    url = f"{console.server.url}/console/files"
    answer = console.http.get(f"{url}/{account.verification_file}")
    assert re.fullmatch(r"MP_verify_[a-zA-Z0-9]{16}\.txt", account.verification_file)
    assert answer.text == account.verification_code
    assert account.verification_file in answer.headers["Content-Disposition"]
    assert console.http.get(f"{url}/{website.verification_file}").status_code == 404


def test_a_domain_with_the_file_is_saved(console: ConsolePage, account: App, site: PushSite) -> None:
    page = console("web_domain", appid=account.appid, domain="127.0.0.1", site=f"{site.origin}/")
    assert SAVED in page
    assert GLOSSES[SAVED] in page
    assert site.last.path == f"/{account.verification_file}"
    assert console.inside(account) == ""


def test_without_another_address_the_domain_itself_is_asked(console: ConsolePage, account: App, site: PushSite) -> None:
    """Test accounts accept an IP[:port] (reference 2.2)."""
    domain = site.origin.removeprefix("http://")
    console("web_domain", appid=account.appid, domain=domain)
    assert account.callback_domain == domain
    assert account.domain_flaw == ""
    assert console.inside(account, f"{site.origin}/cb") == ""
    assert "10003" in console.inside(account, "http://127.0.0.1:1/cb")


def test_a_domain_without_the_file_is_not(console: ConsolePage, account: App, site: PushSite) -> None:
    for status, answer in ((404, account.verification_code), (200, "another")):
        site.status, site.answer = status, lambda _, body=answer: body.encode()  # type: ignore[misc]
        page = console("web_domain", appid=account.appid, domain="127.0.0.1", site=site.origin)
        assert FILE_UNREACHABLE in page
        assert f"HTTP {status}" in page
        assert 'value="127.0.0.1"' in page
        assert account.callback_domain == ""


def test_a_site_that_does_not_answer_is_said_so(console: ConsolePage, account: App) -> None:
    console.lang = "zh"
    page = console("web_domain", appid=account.appid, domain="127.0.0.1", site="127.0.0.1:9")
    assert FILE_UNREACHABLE in page
    assert "ConnectionError" in page
    assert GLOSSES[FILE_UNREACHABLE] not in page


def test_a_scheme_is_no_host(console: ConsolePage, account: App, site: PushSite) -> None:
    page = console("web_domain", appid=account.appid, domain="http://127.0.0.1", site=site.origin)
    assert NOT_A_HOST in page
    assert (account.callback_domain, site.arrivals) == ("", [])


def test_a_path_is_asked_and_taken_but_no_sign_in_works(console: ConsolePage, account: App, site: PushSite) -> None:
    site.answer = lambda _: f"{account.verification_code}\n".encode()
    page = console("web_domain", appid=account.appid, domain="127.0.0.1/shop/", site=site.origin)
    assert site.last.path == f"/shop/{account.verification_file}"
    assert "must have no path" in page
    assert "10003" in console.inside(account)


def test_a_domain_can_be_taken_away(console: ConsolePage, account: App, site: PushSite) -> None:
    console("web_domain", appid=account.appid, domain="127.0.0.1", site=site.origin)
    console("web_domain", appid=account.appid, domain="")
    assert "10003" in console.inside(account)


@pytest.mark.parametrize("domain", ["[::1", "a b", '"><script>', "127.0.0.1:x"])
def test_garbage_breaks_nothing(console: ConsolePage, website: App, account: App, domain: str) -> None:
    console("callback_domain", appid=website.appid, domain=domain)
    page = console("web_domain", appid=account.appid, domain=domain)
    assert FILE_UNREACHABLE in page
    assert "<script>" not in page
    assert console.qr_title(website) == BAD_REDIRECT_URI


def test_mounted_in_a_site_the_site_is_known(client: Client, platform: Platform) -> None:
    page = client.get("/simulator/console/?lang=en", headers={"Host": "localhost:8000"}).text
    assert 'name="site" value="http://localhost:8000"' in page


# --- IP白名单, 服务器配置, 绑定 ---


def test_an_empty_whitelist_lets_nobody_call(console: ConsolePage, account: App) -> None:
    assert "is refused with 40164" in console.get()
    assert console.token_errcode(account) == 40164
    page = console("ip_whitelist", appid=account.appid, addresses="198.51.100.7\r\n127.0.0.1, here")
    assert "Not an IP address:</b> <code>here<" in page
    assert "198.51.100.7\n127.0.0.1\nhere</textarea>" in page
    assert console.token_errcode(account) == 0


def test_the_seeds_have_no_whitelist(console: ConsolePage, platform: Platform) -> None:
    app = platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    assert console.token_errcode(app) == 0
    console("ip_whitelist", appid=app.appid, addresses="198.51.100.7")
    assert console.token_errcode(app) == 40164


def test_pushes_can_be_switched_off(console: ConsolePage, platform: Platform, account: App) -> None:
    with push_site() as site:
        page = console("server_config", appid=account.appid, push_url=site.url, server_token="abc", push_mode="plain")
        assert "提交成功" in page
        assert "已启用" in page
        assert "已停用" in console("enable_pushes", appid=account.appid, enabled="off")
        asked = len(site.arrivals)
        assert platform.follow(account.appid).verdict == "not_configured"
        assert "switched off" in console.get()
        console("enable_pushes", appid=account.appid, enabled="on")
        assert platform.unfollow(account.appid).verdict == "ok"
        assert len(site.arrivals) == asked + 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"push_url": "nonsense"}, "must start with http:// or https://"),
        ({"server_token": "a!"}, "3 to 32 letters or digits"),
        ({"aes_key": "a" * 42}, "exactly 43 letters or digits"),
    ],
)
def test_a_refused_configuration_stays_in_the_form(
    console: ConsolePage, account: App, wrong: dict[str, str], words: str
) -> None:
    right = {"push_url": "http://127.0.0.1:9/", "server_token": "abc", "aes_key": "a" * 43}
    page = console("server_config", appid=account.appid, **right | wrong)
    assert f'value="{next(iter(wrong.values()))}"' in page
    assert words in page
    assert (account.push_url, account.server_token, account.aes_key) == ("", "", "")


def test_binding_gives_one_unionid(console: ConsolePage, platform: Platform, website: App, account: App) -> None:
    def unionid(app: App) -> str:
        code = platform.issue_code(app.appid, "snsapi_userinfo")
        params = {"appid": app.appid, "secret": app.secret, "code": code, "grant_type": "authorization_code"}
        answer = console.http.get(f"{console.server.api_base_url}/sns/oauth2/access_token", params=params).json()
        return str(answer.get("unionid", ""))

    assert unionid(account) == ""
    assert "one UnionID in both" in console("bind", appid=account.appid)
    assert unionid(account) == unionid(website) != ""
    console("bind", appid=account.appid, bound="off")
    assert unionid(account) == ""
    assert console.post("bind", appid=website.appid).status_code == 400


# --- the page ---


def test_the_page_has_forms_for_its_own_commands_only(console: ConsolePage, website: App) -> None:
    assert console.post("reset").status_code == 404
    assert console.post("callback_domain", appid="wx0", domain="a").status_code == 400


def test_a_form_comes_back_to_its_app(console: ConsolePage) -> None:
    appid = seeds.WEBSITE_APP_APPID
    data = {"lang": "zh", "appid": appid, "domain": "www.example.com"}
    url = f"{console.server.url}/console/act/callback_domain"
    answer = console.http.post(url, data=data, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/?lang=zh&app={appid}#{appid}")
    assert f'id="{appid}" open' in console.http.get(f"{console.server.url}/console/?app={appid}").text
    assert f'id="{appid}" open' not in console.get()


def test_in_chinese_there_is_no_gloss(console: ConsolePage) -> None:
    page = console.http.get(f"{console.server.url}/console/", headers={"Accept-Language": "zh-CN"}).text
    assert "授权回调域</label>" in page
    assert "callback domain" not in page


def test_the_phone_page_leads_there(console: ConsolePage) -> None:
    assert 'href="/console/?lang=en"' in console.http.get(f"{console.server.url}/?lang=en").text


def test_the_control_surface_can_do_all_of_it(console: ConsolePage, site: PushSite, account: App) -> None:
    def control(name: str, /, **values: object) -> dict[str, object]:
        answer: dict[str, object] = console.http.post(f"{console.server.url}/control/{name}", json=values).json()
        return answer

    app = control("new_website_app", name="店")
    assert control("show_secret", appid=app["appid"]) == {"secret": app["secret"]}
    assert control("reset_secret", appid=app["appid"])["secret"] != app["secret"]
    assert control("callback_domain", appid=app["appid"], domain="a.example")["callback_domain"] == "a.example"
    assert control("new_official_account")["whitelist_on"] is True
    submitted = control("web_domain", appid=account.appid, domain="127.0.0.1", site=site.origin)
    assert submitted == {"accepted": True, "words": SAVED, "explanation": ""}
    assert control("ip_whitelist", appid=account.appid, addresses="::1 ")["ip_whitelist"] == "::1"
    assert control("bind", appid=account.appid)["open_platform"] == seeds.OPEN_PLATFORM_ACCOUNT
    assert control("enable_pushes", appid=account.appid, enabled=False)["push_enabled"] is False
