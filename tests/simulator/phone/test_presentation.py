"""Can the phone stand beside a site that is shown to a customer, and what does a developer copy from it?"""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.links import encoded, qrconnect_url

DEVELOPERS_WORDS = ("CLICK", "U+001D", "expire", "scene", "User-Agent", "script", "WeChat ID", "wx7a1c0ffee")


def test_only_friendly_people_and_no_word_of_a_developers(
    wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session
) -> None:
    def shown(lang: str = "en") -> str:
        page = http.get(f"{wechat_simulator.url}/present/?lang={lang}").text
        return " ".join(re.sub(r"<[^>]*>", " ", page.split("<main")[1]).split())

    seen = [shown(), shown("zh")]
    uuid = platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/cb", "abc").uuid
    seen.append(shown())
    platform.scan(uuid)
    seen.append(shown())
    platform.show_account(seeds.OFFICIAL_ACCOUNT_APPID)
    platform.refuse(uuid)
    seen.append(shown())
    platform.follow(seeds.OFFICIAL_ACCOUNT_APPID)
    seen.append(shown())
    assert "A QR code is on the screen" in seen[2]
    assert "Allow" in seen[3]
    for words in seen:
        assert [word for word in (*DEVELOPERS_WORDS, "王五", "订阅号", "独立") if word in words] == []
    assert all(name in seen[0] for name in ("张三", "李小花", "José", "茶馆服务号"))


def test_a_click_on_the_code_is_a_scan_with_the_phone_beside_it(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page
) -> None:
    platform.switch(hold_seconds=20)
    site = f"{wechat_simulator.url}/control/"
    page.goto(f"{wechat_simulator.url}/present/?lang=en")
    expect(page.get_by_text("Choose WeChat on the sign-in page")).to_be_visible()
    pc = page.context.new_page()
    with page.expect_response("**/phone/changes*present=on"):
        platform.choose_person("xiaohua")
    pc.goto(qrconnect_url(wechat_simulator, redirect_uri=encoded(site)))
    pc.locator(".js_qrcode_img").click()
    page.get_by_role("button", name="Allow").click()
    pc.wait_for_url(f"{site}?code=*")
    expect(page.get_by_role("heading", name="Allowed")).to_be_visible()
    assert pc.locator(".pocket-phone").count() == 0


def test_what_a_site_needs_is_copied(wechat_simulator: SimulatorServer, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{wechat_simulator.url}/?lang=en")
    page.get_by_role("button", name="Copy WECHAT").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    setting: dict[str, object] = {}
    exec(page.evaluate("navigator.clipboard.readText()"), setting)
    url = wechat_simulator.url
    assert setting["WECHAT"] == {
        "API_BASE_URL": f"{url}/api", "OPEN_BASE_URL": f"{url}/open", "MP_BASE_URL": f"{url}/mp",
    }  # fmt: skip
    page.get_by_role("button", name="Copy EncodingAESKey, 茶馆服务号").click()
    expect(page.get_by_role("button", name="Copied")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText()") == seeds.OFFICIAL_ACCOUNT_AES_KEY


@pytest.mark.parametrize("path", ["/api/sns/userinfo", "/open/connect/qrconnect"])
def test_connecting_comes_first_until_a_site_has_called(
    wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session, path: str
) -> None:
    def unfolded() -> bool:
        return '<details class="card" id="connect" open>' in http.get(f"{wechat_simulator.url}/").text

    assert unfolded()
    http.get(f"{wechat_simulator.url}{path}")
    assert not unfolded()
