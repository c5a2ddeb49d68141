"""Can a person run the demo from the phone page? By plain forms, and in a browser without reloading."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from django_wechat.simulator import seeds
from django_wechat.simulator.http import FOLDER
from django_wechat.simulator.phone import page as phone
from django_wechat.simulator.phone.accounts import account_context
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.words.pages import texts
from tests.simulator.links import IPHONE, authorize_url, encoded, qrconnect_url


@pytest.fixture
def uuid(platform: Platform) -> str:
    return platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/cb", "abc").uuid


def test_every_text_is_used_and_every_used_text_exists() -> None:
    templates = (FOLDER / "templates").rglob("*.html")
    used = {name for path in templates for name in re.findall(r"\bt\.(\w+)", path.read_text(encoding="utf-8"))}
    assert used == set(texts("en")) == set(texts("zh"))


def test_no_debug_toolbar_finds_its_place(wechat_simulator: SimulatorServer, http: requests.Session) -> None:
    """They put themselves before the body's end tag, over the phone's buttons and the code in its frame."""
    pages = [path.read_text(encoding="utf-8") for path in (FOLDER / "templates").rglob("*.html")]
    assert len(pages) > 10
    for page in [*pages, http.get(f"{wechat_simulator.url}/").text]:
        assert re.findall(r"</(?:body|html)>", page, re.IGNORECASE) == []


def act(server: SimulatorServer, http: requests.Session, name: str, **values: str) -> requests.Response:
    return http.post(f"{server.url}/phone/act/{name}", data={"lang": "zh"} | values)


def test_page_shows_people_codes_and_credentials(
    wechat_simulator: SimulatorServer, uuid: str, http: requests.Session
) -> None:
    page = http.get(f"{wechat_simulator.url}/", headers={"Accept-Language": "zh-CN,zh"}).text
    for words in ("模拟微信", "张三", "李小花🌸", "（无昵称）", "小␈明␟", uuid, seeds.OFFICIAL_ACCOUNT_SECRET):
        assert words in page


def test_it_works_with_plain_forms(
    wechat_simulator: SimulatorServer, platform: Platform, uuid: str, http: requests.Session
) -> None:
    assert "申请使用" in act(wechat_simulator, http, "scan", uuid=uuid).text
    act(wechat_simulator, http, "decide", uuid=uuid, act="allow", person="jose")
    assert platform.find_qr(uuid).status == 405
    act(wechat_simulator, http, "fault", kind="-1", endpoint="userinfo", once="on")
    act(wechat_simulator, http, "switch", silent_consent="on")
    assert [(fault.endpoint, fault.once) for fault in platform.faults] == [("userinfo", True)]
    assert platform.behaviour.silent_consent


def test_a_fault_of_the_profile_alone_is_shown_alone(
    wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session
) -> None:
    platform.set_fault("-1", "userinfo")
    page = http.get(f"{wechat_simulator.url}/").text
    assert len(re.findall(r'value="off" aria-pressed="true">On<', page)) == 1


def test_a_button_that_comes_too_late_is_explained(
    wechat_simulator: SimulatorServer, platform: Platform, uuid: str, http: requests.Session
) -> None:
    platform.expire(uuid)
    answer = act(wechat_simulator, http, "scan", uuid=uuid)
    assert (answer.status_code, answer.text) == (400, f"the QR code {uuid} is expired")


def test_changes_are_pushed(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> None:
    url = f"{wechat_simulator.url}/phone/changes"
    assert http.get(url, params={"since": platform.revision - 1}).json() == {"revision": platform.revision}
    assert http.get(url).json() == {"revision": platform.revision}


def test_what_changes_while_the_page_is_made_is_news_to_it(
    wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_then(shown: Platform, *, present: bool) -> dict[str, object]:
        context = account_context(shown, present=present)
        platform.show_account(seeds.OFFICIAL_ACCOUNT_APPID)
        return context

    before = platform.revision
    monkeypatch.setattr(phone, "account_context", change_then)
    page = http.get(f"{wechat_simulator.url}/").text
    assert f'data-revision="{before}"' in page
    assert platform.revision > before


@pytest.mark.parametrize("name", sorted(phone.ASSETS))
def test_assets_are_served(wechat_simulator: SimulatorServer, http: requests.Session, name: str) -> None:
    assert http.get(f"{wechat_simulator.url}/assets/{name}").status_code == 200


def test_other_files_are_not(wechat_simulator: SimulatorServer, http: requests.Session) -> None:
    assert http.get(f"{wechat_simulator.url}/assets/platform.py").status_code == 404


@pytest.fixture
def site(wechat_simulator: SimulatorServer) -> str:
    """Return the address of the pretend site's callback: a page of the simulator that needs nothing."""
    # With a shorter hold the QR page would be in one of its pauses of two seconds most of the time.
    wechat_simulator.platform.switch(hold_seconds=20)
    return f"{wechat_simulator.url}/control/"


def test_scan_and_allow_on_the_phone_page(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page, site: str
) -> None:
    pc = page.context.new_page()
    page.goto(f"{wechat_simulator.url}/?lang=en")
    expect(page.get_by_text("No QR code on any screen")).to_be_visible()
    pc.goto(qrconnect_url(wechat_simulator, redirect_uri=encoded(site)))
    page.bring_to_front()
    page.get_by_role("button", name="Scan").click()
    expect(pc.get_by_text("扫描成功")).to_be_visible()
    expect(page.get_by_text("No QR code on any screen")).to_be_visible()
    page.get_by_role("radio", name="José").check()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Look at the computer")).to_be_visible()
    pc.wait_for_url(f"{site}?code=*&state=abc123")
    platform.exchange(platform.find_app(seeds.WEBSITE_APP_APPID), pc.url.split("code=")[1].split("&")[0])
    expect(page.get_by_role("heading", name="Signed in on the computer")).to_be_visible()
    expect(page.get_by_text("José · 茶馆")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Switch account")).to_be_visible()


def test_codes_that_wait_say_where_and_since_when_and_leave_with_their_page(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page, site: str
) -> None:
    old = platform.open_qr(seeds.WEBSITE_APP_APPID, site, "abc", "Firefox, Windows").uuid
    platform.advance(125)
    pc = page.context.new_page()
    pc.goto(qrconnect_url(wechat_simulator, redirect_uri=encoded(site)))
    page.goto(f"{wechat_simulator.url}/?lang=en")
    newest, older = page.locator(".qr-card").first, page.locator(".qr-card").last
    expect(newest).to_contain_text(re.compile(r"茶馆 newest\s+Chrome, \w+ · (now|\d+ (second|minute)s? ago)"))
    expect(older).to_contain_text(re.compile(r"Firefox, Windows · [2-4] minutes ago"))
    expect(page.get_by_text("newest")).to_have_count(1)
    pc.close(run_before_unload=True)
    expect(page.locator(".qr-card")).to_have_count(1)
    expect(page.locator(".qr-card code")).to_have_text(old)


def test_refuse_expire_and_refresh(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page, site: str
) -> None:
    page.goto(qrconnect_url(wechat_simulator, redirect_uri=encoded(site)))
    uuid = platform.find_qr().uuid
    platform.scan(uuid)
    platform.refuse(uuid)
    expect(page.get_by_text("你已取消此次登录")).to_be_visible()
    platform.expire(uuid)
    page.locator(".js_refresh").click()
    expect(page.get_by_text("使用微信扫一扫登录")).to_be_visible()
    assert platform.find_qr().uuid != uuid


def test_click_on_the_code_opens_the_phone(wechat_simulator: SimulatorServer, page: Page, site: str) -> None:
    page.goto(qrconnect_url(wechat_simulator, redirect_uri=encoded(site)))
    with page.expect_popup() as popup:
        page.locator(".js_qrcode_img").click()
    popup.value.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{site}?code=*")


@pytest.mark.parametrize(("self_redirect", "moves_top"), [("true", False), ("false", True), ("default", True)])
def test_in_a_sandboxed_frame_the_phone_slides_up(
    wechat_simulator: SimulatorServer, page: Page, site: str, self_redirect: str, moves_top: bool
) -> None:
    url = qrconnect_url(
        wechat_simulator, redirect_uri=encoded(site), login_type="jssdk", self_redirect=self_redirect, style="white"
    )
    page.goto(site)
    page.set_content(
        "<script>window.said = []; addEventListener('message', (event) => said.push(event.data))</script>"
        '<iframe width="300" height="400" sandbox="allow-scripts allow-same-origin allow-top-navigation" '
        f'src="{url}"></iframe>'
    )
    frame = page.frame_locator("iframe")
    frame.locator(".js_qrcode_img").click()
    assert '{"type":"status","status":"wxQRcodeReady"}' in page.evaluate("said")
    assert '{"type":"status","status":"wxReady"}' in page.evaluate("said")
    frame.frame_locator("iframe").get_by_role("button", name="Allow").click()
    if moves_top:
        page.wait_for_url(f"{site}?code=*")
    else:
        expect(frame.get_by_text('"revision"')).to_be_visible()
        assert page.url == site


def test_consent_sheet_inside_wechat(wechat_simulator: SimulatorServer, page: Page, site: str) -> None:
    page.set_extra_http_headers({"User-Agent": IPHONE})
    page.goto(authorize_url(wechat_simulator, redirect_uri=encoded(site), scope="snsapi_userinfo"))
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{site}?code=*&state=abc123")


def test_switches_in_the_browser(wechat_simulator: SimulatorServer, platform: Platform, page: Page) -> None:
    page.goto(f"{wechat_simulator.url}/?lang=en")
    page.get_by_text("When WeChat misbehaves").click()
    page.locator("form", has_text="HTTP 500").get_by_role("button", name="Once").click()
    expect(page.get_by_text("1 on")).to_be_visible()
    assert [(fault.kind, fault.once) for fault in platform.faults] == [("500", True)]
    page.get_by_role("button", name="Everything normal again").click()
    expect(page.get_by_text("1 on")).to_be_hidden()
