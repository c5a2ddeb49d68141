"""Do the consoles of mini programs and mobile apps keep what is set, and does it count on the phone and the server?"""

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import App, Family
from tests.simulator.console.test_console_page import ConsolePage

MINI, APP = seeds.MINI_PROGRAM_APPID, seeds.MOBILE_APP_APPID


@pytest.fixture
def console(wechat_simulator: SimulatorServer, http: requests.Session) -> ConsolePage:
    return ConsolePage(wechat_simulator, http)


@pytest.fixture
def program(platform: Platform) -> App:
    return platform.new_mini_program()


def paper(page: str, appid: str) -> str:
    """Return what the console shows of one app."""
    return page.split(f'id="{appid}"')[1].split("</details>")[0]


def session(console: ConsolePage, platform: Platform, app: App, secret: str = "") -> dict[str, object]:
    """Sign in through a mini program, as its server does."""
    query = {"appid": app.appid, "secret": secret or app.secret, "grant_type": "authorization_code"}
    query["js_code"] = platform.wx_login(app.appid)
    return dict(console.http.get(f"{console.server.api_base_url}/sns/jscode2session", params=query).json())


@pytest.mark.parametrize(("of", "is_individual"), [("off", False), ("on", True)])
def test_a_new_mini_program(console: ConsolePage, platform: Platform, of: str, is_individual: bool) -> None:
    page = console("new_mini_program", name="<b>书店</b>", of_individual=of)
    app = list(platform.apps.values())[-1]
    assert (app.family, app.of_individual, app.verified) == (Family.MINI_PROGRAM, is_individual, not is_individual)
    shown = paper(page, app.appid)
    assert "&lt;b&gt;书店" in shown
    assert app.secret not in page
    assert ("cannot be verified" in shown) is is_individual
    assert "the program reaches no site" in shown
    assert "is refused with 40164" in shown


def test_a_new_mobile_app(console: ConsolePage, platform: Platform) -> None:
    shown = paper(console("new_mobile_app", name="书店"), list(platform.apps)[-1])
    app = list(platform.apps.values())[-1]
    assert app.is_mobile
    assert "Approved, and granted" in shown
    assert "one UnionID in both" in shown
    assert "whitelist" not in shown, "it has no API tokens"


@pytest.mark.parametrize("appid", [MINI, APP])
def test_the_secret_is_reset_as_elsewhere(console: ConsolePage, platform: Platform, appid: str) -> None:
    app = platform.find_app(appid)
    old = app.secret
    page = console("reset_secret", appid=appid)
    assert app.secret != old
    assert app.secret in paper(page, appid)
    if app.is_mini_program:
        assert session(console, platform, app, old)["errcode"] == 40125
        assert "openid" in session(console, platform, app)
    else:
        assert console.code_errcode(app, old) == 40125
        assert console.code_errcode(app, app.secret) == 40029


def test_binding_gives_the_unionid_of_the_website(console: ConsolePage, platform: Platform, program: App) -> None:
    assert "unionid" not in session(console, platform, program)
    assert "one UnionID in both" in paper(console("bind", appid=program.appid), program.appid)
    assert session(console, platform, program)["unionid"] == platform.person.unionid(seeds.OPEN_PLATFORM_ACCOUNT)
    console("bind", appid=program.appid, bound="off")
    assert "unionid" not in session(console, platform, program)


def test_the_whitelist_is_for_api_tokens_and_not_for_codes(
    console: ConsolePage, platform: Platform, program: App
) -> None:
    assert console.token_errcode(program) == 40164
    assert "openid" in session(console, platform, program)
    console("ip_whitelist", appid=program.appid, addresses="127.0.0.1")
    assert console.token_errcode(program) == 0


def test_request_hosts_are_kept_as_host_names(console: ConsolePage, program: App) -> None:
    page = console("request_hosts", appid=program.appid, hosts="https://www.example.com/\r\nShop.example.com")
    assert ">www.example.com\nshop.example.com</textarea>" in page
    assert program.listed_hosts == ["www.example.com", "shop.example.com"]


def test_saving_hosts_ends_the_leniency_of_the_seeds(console: ConsolePage, platform: Platform) -> None:
    app = platform.find_app(MINI)
    assert "until you save here" in paper(console.get(), MINI)
    shown = paper(console("request_hosts", appid=MINI, hosts=""), MINI)
    assert "the program reaches no site" in shown
    assert "until you save here" not in shown
    assert not app.any_loopback_host


def test_a_version_is_released_and_withdrawn(console: ConsolePage, platform: Platform, program: App) -> None:
    assert "· trial" in paper(console("release", appid=program.appid, released="off"), program.appid)
    assert not program.released
    assert "everybody can open it" in paper(console("release", appid=program.appid, released="on"), program.appid)
    assert program.released


def test_an_organisation_that_is_not_verified_reads_no_phone_numbers(
    console: ConsolePage, platform: Platform, program: App
) -> None:
    shown = paper(console("verify_program", appid=program.appid, verified="off"), program.appid)
    assert "reads no phone numbers" in shown
    assert "phone numbers left" not in shown
    with pytest.raises(ValueError, match="verified organisation"):
        platform.tap_phone_number(program.appid)
    console("verify_program", appid=program.appid, verified="on")
    assert platform.tap_phone_number(program.appid)


def test_an_individual_cannot_be_verified(console: ConsolePage) -> None:
    answer = console.post("verify_program", appid=seeds.UNBOUND_MINI_PROGRAM_APPID)
    assert (answer.status_code, "individual" in answer.text) == (400, True)


def test_the_phone_numbers_that_are_left(console: ConsolePage, platform: Platform) -> None:
    assert 'value="1000"' in paper(console.get(), MINI)
    assert "errno 1400001" in paper(console("phone_quota", appid=MINI, left="0"), MINI)
    with pytest.raises(ValueError, match="1400001"):
        platform.tap_phone_number(MINI)
    assert console.post("phone_quota", appid=MINI, left="many").status_code == 400
    console("phone_quota", appid=MINI, left="2")
    platform.tap_phone_number(MINI)
    assert 'value="1"' in paper(console.get(), MINI)


def test_sign_in_with_wechat_is_granted_to_an_app(console: ConsolePage, platform: Platform) -> None:
    assert "the app can ask nobody" in paper(console("verify_program", appid=APP, verified="off"), APP)
    assert "Approved, and granted" in paper(console("verify_program", appid=APP, verified="on"), APP)


@pytest.mark.parametrize("act", ["release", "request_hosts", "phone_quota", "verify_program"])
def test_a_website_app_has_no_such_setting(console: ConsolePage, act: str) -> None:
    answer = console.post(act, appid=seeds.WEBSITE_APP_APPID)
    assert (answer.status_code, "no such setting" in answer.text) == (400, True)


def test_in_chinese(console: ConsolePage) -> None:
    console.lang = "zh"
    page = console.get()
    for words in ("微信公众平台 · 小程序", "微信开放平台 · 移动应用", "request 合法域名", "已认证的企业", "手机号额度"):
        assert words in page


# --- codes and links ---


def test_pages(console: ConsolePage, platform: Platform) -> None:
    shown = paper(console("program_pages", appid=MINI, pages="pages/a/index\r\npages/b/index"), MINI)
    assert platform.find_app(MINI).page_list == ["pages/a/index", "pages/b/index"]
    assert ">pages/a/index\npages/b/index</textarea>" in shown
    assert "one page at least" in console.post("program_pages", appid=MINI, pages=" \r\n").text
    assert "no such setting" in console.post("program_pages", appid=APP, pages="pages/a/index").text


def test_rules_and_plain_schemes(console: ConsolePage, platform: Platform) -> None:
    rule = "https://www.example.com/wx/m/ pages/index/index"
    assert f">{rule}</textarea>" in paper(console("qr_rules", appid=MINI, rules=f"{rule}\r\n"), MINI)
    assert platform.scan_address("https://www.example.com/wx/m/abc").scene == 1011
    console("plain_schemes", appid=MINI, pages="pages/index/index")
    scheme = f"weixin://dl/business/?appid={MINI}&path=pages/index/index"
    assert platform.open_link(scheme).scene == 1286


def test_links_that_are_left(console: ConsolePage, platform: Platform) -> None:
    assert 'value="500000"' in paper(console.get(), MINI)
    console("links_left", appid=MINI, left="0")
    assert platform.find_app(MINI).links_left == 0
    assert "left is a number" in console.post("links_left", appid=MINI, left="many").text


def test_an_individual_has_neither_links_nor_rules(console: ConsolePage) -> None:
    shown = paper(console.get(), seeds.UNBOUND_MINI_PROGRAM_APPID)
    assert "no links (40002) and no rules (85075)" in shown
    assert "qr_rules" not in shown
    assert "program_pages" in shown
    rule = "https://a.example/ pages/index/index"
    assert "85075" in console.post("qr_rules", appid=seeds.UNBOUND_MINI_PROGRAM_APPID, rules=rule).text
