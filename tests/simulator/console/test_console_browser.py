"""Can an administrator set up empty apps in the consoles with a browser? Copying, pasting, and without JavaScript."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import PushMode
from tests.simulator.push_site import push_site


def console(page: Page, server: SimulatorServer, lang: str = "en") -> Page:
    """Open the consoles from the phone page, as a person does."""
    page.goto(f"{server.url}/?lang={lang}")
    page.get_by_role("link", name="Open the consoles" if lang == "en" else "打开微信后台").click()
    return page


def card(page: Page, appid: str) -> Locator:
    """Return the paper of one app."""
    return page.locator(f"details#{appid}")


def test_a_new_website_app_from_secret_to_domain(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console(page, wechat_simulator)
    page.get_by_role("button", name="New, empty website app").click()
    app = list(platform.apps.values())[-1]
    paper = card(page, app.appid)
    paper.get_by_role("button", name="Show once").click()
    expect(paper.locator("[data-value=secret]")).to_have_text(app.secret)
    copy = paper.get_by_role("button", name="Copy").nth(1)
    copy.click()
    expect(paper.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == app.secret
    paper.get_by_label("授权回调域").fill("https://www.example.com")
    paper.get_by_role("button", name="保存").click()
    expect(paper.get_by_text("every sign-in will fail")).to_be_visible()
    expect(paper.locator("[data-value=secret]")).to_have_count(0)
    paper.get_by_label("授权回调域").fill("www.example.com")
    paper.get_by_role("button", name="保存").click()
    expect(paper.get_by_text("Registered now: www.example.com")).to_be_visible()


def test_the_account_in_chinese(wechat_simulator: SimulatorServer, platform: Platform, page: Page) -> None:
    account = platform.new_official_account("小店")
    paper = card(console(page, wechat_simulator, "zh"), account.appid)
    with push_site() as site:
        site.answer = lambda _: account.verification_code.encode()
        paper.get_by_label("网页授权域名").fill("127.0.0.1")
        paper.get_by_label("该域名的实际地址").fill(site.origin)
        paper.get_by_role("button", name="保存").nth(1).click()
        expect(paper.get_by_text("保存成功")).to_be_visible()
    paper.get_by_label("IP白名单").fill("127.0.0.1")
    paper.get_by_role("button", name="保存").first.click()
    expect(paper.get_by_label("IP白名单")).to_have_value("127.0.0.1")
    paper.get_by_role("button", name="绑定").click()
    expect(paper.get_by_role("button", name="解除绑定")).to_be_visible()
    with page.expect_download() as download:
        paper.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == account.verification_file
    assert account.open_platform
    assert account.allows_address("127.0.0.1")


def test_the_server_configuration_says_whether_it_worked(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page
) -> None:
    app = platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    paper = card(console(page, wechat_simulator), app.appid)
    paper.get_by_text(app.appid).first.click()
    with push_site() as site:
        paper.get_by_label("URL").fill("http://127.0.0.1:9/")
        paper.get_by_role("button", name="Submit").click()
        expect(paper.get_by_text("请求URL超时")).to_be_visible()
        assert app.push_url == ""
        paper.get_by_label("URL").fill(site.url)
        paper.get_by_label("消息加解密方式").select_option("safe")
        paper.get_by_role("button", name="Submit").click()
        expect(paper.get_by_text("提交成功")).to_be_visible()
        assert (app.push_url, app.push_mode) == (site.url, PushMode.SAFE)
        paper.get_by_role("button", name="Disable").click()
        expect(paper.get_by_role("button", name="Enable")).to_be_visible()
        assert not app.push_enabled


def test_it_works_without_javascript(wechat_simulator: SimulatorServer, platform: Platform, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto(f"{wechat_simulator.url}/console/")
    page.get_by_label("Name").first.fill("My shop")
    page.get_by_role("button", name="New, empty website app").click()
    app = list(platform.apps.values())[-1]
    assert app.name == "My shop"
    card(page, app.appid).get_by_role("button", name="Reset").click()
    expect(card(page, app.appid).locator("[data-value=secret]")).to_have_text(app.secret)
    page.reload()
    expect(card(page, app.appid).locator("[data-value=secret]")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(wechat_simulator: SimulatorServer, page: Page, width: int) -> None:
    platform = wechat_simulator.platform
    platform.reset_secret(platform.new_website_app().appid)
    platform.new_official_account("A name of the greatest length.")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{wechat_simulator.url}/console/")
    assert page.evaluate("document.documentElement.scrollWidth") == width
