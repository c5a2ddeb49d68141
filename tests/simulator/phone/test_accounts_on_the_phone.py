"""Can a person follow, scan and chat with an account on the phone page? By plain forms, and in a browser."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push.envelopes import write
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.account_qrs import AccountQR
from django_wechat.simulator.world.registry import PushFormat, PushMode
from tests.simulator.push_site import PushSite, push_site
from tests.simulator.replies import reply_to

APPID = seeds.OFFICIAL_ACCOUNT_APPID
ORDER = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "login_abc"}}}


@pytest.fixture
def site(platform: Platform) -> Iterator[PushSite]:
    """Serve a site that greets by a link; the account pushes to it in plain mode."""
    with push_site() as site:
        app = platform.find_app(APPID)
        app.push_url, app.push_mode = site.url, PushMode.PLAIN
        words = f'欢迎<b>!\n<a href="{site.url}&confirm=1">点此确认</a>'
        site.answer = lambda arrival: (
            write(reply_to(arrival, words), PushFormat.XML) if arrival.method == "POST" else b"confirm page"
        )
        yield site


@pytest.fixture
def qr(platform: Platform) -> AccountQR:
    return platform.create_account_qr(platform.find_app(APPID), ORDER)


def test_the_newest_code_is_first(
    platform: Platform, qr: AccountQR, http: requests.Session, wechat_simulator: SimulatorServer
) -> None:
    uuid = platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/cb", "abc").uuid
    later = platform.create_account_qr(platform.find_app(APPID), ORDER)
    page = http.get(f"{wechat_simulator.url}/").text
    assert page.index(later.ticket) < page.index(uuid) < page.index(qr.ticket)


def test_a_code_waits_until_this_phone_has_scanned_it(
    platform: Platform, qr: AccountQR, http: requests.Session, wechat_simulator: SimulatorServer
) -> None:
    poster = platform.create_account_qr(
        platform.find_app(APPID), {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 7}}}
    )
    for one in (poster, qr):
        platform.scan_account_qr(one.ticket, wait=False)
    page = http.get(f"{wechat_simulator.url}/?lang=en").text
    assert (poster.ticket in page, qr.ticket in page) == (True, False)
    assert "scanned by 张三" in page
    platform.choose_person("jose")
    assert qr.ticket in http.get(f"{wechat_simulator.url}/").text


def test_it_works_with_plain_forms(
    wechat_simulator: SimulatorServer, platform: Platform, qr: AccountQR, http: requests.Session
) -> None:
    def act(name: str, **values: str) -> str:
        return http.post(f"{wechat_simulator.url}/phone/act/{name}", data={"lang": "en", "wait": "off"} | values).text

    assert 'data-screen="card"' in act("scan_account_qr", ticket=qr.ticket)
    assert 'data-screen="chat"' in act("follow", appid=APPID)
    assert "hello &lt;b&gt;" in act("send_text", appid=APPID, text="hello <b>")
    assert "nothing is configured" in act("menu_click", appid=APPID, key="HELP")
    assert 'data-screen="card"' in act("unfollow", appid=APPID)
    assert "Switch account" in act("show_account")


def test_a_person_types_odd_characters(
    wechat_simulator: SimulatorServer, platform: Platform, site: PushSite, http: requests.Session
) -> None:
    platform.follow(APPID)
    platform.show_account(APPID)
    assert 'name="text" value="a&#29;b&#xFFFE;c"' in http.get(f"{wechat_simulator.url}/").text
    data = {"appid": APPID, "wait": "on", "text": "a\x1db\ufffec"}
    http.post(f"{wechat_simulator.url}/phone/act/send_text", data=data)
    assert b"<Content><![CDATA[a\x1db\xef\xbf\xbec]]>" in site.last.body


def test_a_real_phone_chooses_who_it_is(
    wechat_simulator: SimulatorServer, platform: Platform, qr: AccountQR, http: requests.Session
) -> None:
    address = f"{wechat_simulator.url}/q/{qr.token}"
    assert "Who scans?" in http.get(address).text
    page = http.post(f"{address}?lang=zh", data={"person": "jose"}).text
    assert 'data-screen="card"' in page
    assert "关注" in page
    assert (platform.person.key, qr.scanned_by) == ("jose", "jose")
    assert http.get(f"{wechat_simulator.url}/q/unknown").status_code == 404
    assert http.post(address, data={"person": "nobody"}).status_code == 404


def test_scan_follow_tap_the_link(
    wechat_simulator: SimulatorServer, platform: Platform, qr: AccountQR, site: PushSite, page: Page
) -> None:
    page.goto(f"{wechat_simulator.url}/?lang=en")
    page.locator('[data-scene="login_abc"]').get_by_role("button", name="Scan").click()
    page.get_by_role("button", name="Follow", exact=True).click()
    message = page.locator('[data-sender="account"] .bubble')
    expect(message).to_have_text("欢迎<b>!\n点此确认")
    message.get_by_role("link").click()
    opened = page.get_by_role("dialog", name="A page inside WeChat")
    expect(opened.get_by_text(site.origin.removeprefix("http://"))).to_be_visible()
    inside = opened.frame_locator("iframe")
    expect(inside.get_by_text("confirm page")).to_be_visible()
    page.reload()
    expect(inside.get_by_text("confirm page")).to_be_visible()
    opened.get_by_role("button", name="Close").click()
    expect(opened).to_be_hidden()
    page.get_by_label("Message").fill("thank you")
    page.get_by_label("Message").press("Enter")
    expect(page.locator('[data-sender="person"] .bubble')).to_have_text("thank you")
    expect(page.get_by_label("Message")).to_have_value("")
    site.answer = lambda arrival: b"<html>"
    page.get_by_role("button", name="Help CLICK").click()
    expect(page.get_by_text("该公众号提供的服务出现故障，请稍后再试")).to_be_visible()
    page.get_by_role("button", name="Unfollow").click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_text("Switch account")).to_be_visible()


def test_what_is_being_typed_survives_a_redraw(
    wechat_simulator: SimulatorServer, platform: Platform, site: PushSite, page: Page
) -> None:
    platform.follow(APPID)
    page.goto(f"{wechat_simulator.url}/?lang=en")
    page.get_by_label("Message").fill("half a sen")
    platform.menu_click(APPID, "HELP")
    expect(page.locator('[data-sender="account"]')).to_have_count(2)
    expect(page.get_by_label("Message")).to_have_value("half a sen")
