"""Two AppIDs and an empty list: does an admin who knows no code get to a green Check, and people to a sign-in?

In Chinese, with every click. The provider's page is never left but for WeChat's consoles, the simulator's here, which
refuse what WeChat does; what is pasted there comes from that page.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import WeChatProvider
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import App
from tests.user_agents import IPHONE_WECHAT

LIST = "/admin/django_wechat/wechatprovider/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin_page(browser: Browser, admin_client: Client, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(15_000)
    cookie = {"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    yield context.new_page()
    context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(user_agent=IPHONE_WECHAT, viewport={"width": 390, "height": 844}, locale="en-US")
    yield context.new_page()
    context.close()


def console(page: Page, appid: str) -> Locator:
    """The card of one app in the consoles, unfolded."""
    app = page.locator(f"details#{appid}")
    if app.get_attribute("open") is None:
        app.locator("summary").first.click()
    return app


def card(page: Page, name: str) -> Locator:
    """A card of the provider's page."""
    return page.locator(f"[data-wechat-card={name}]")


def to_paste(page: Page, name: str, label: str) -> str:
    """What a card says to paste into a field of WeChat's consoles."""
    return card(page, name).locator(".wechat-beside").get_by_label(label, exact=True).input_value()


def finding(page: Page, code: str) -> Locator:
    return page.locator(f"[data-code={code}]")


def begin(page: Page, live_server: LiveServer, website: App, account: App) -> None:
    """From the empty list to the first Check."""
    page.goto(f"{live_server.url}{LIST}")
    page.get_by_role("link", name="两者都有").click()
    expect(page.get_by_label("名称:", exact=True)).to_have_value("wechat")
    first, second = card(page, "first"), card(page, "second")
    first.get_by_label("AppID（Client ID）").fill(website.appid)
    first.get_by_label("AppSecret（Client Secret）").fill(website.secret)
    second.get_by_label("AppID（Client ID 2）").fill(account.appid)
    second.get_by_label("AppSecret（Client Secret 2）").fill(account.secret)
    expect(page.get_by_text("服务器配置").filter(visible=True)).to_have_count(0)
    page.get_by_role("button", name="保存并检查").click()


def refused_at_wechat(visitor: Page, live_server: LiveServer) -> None:
    visitor.goto(f"{live_server.url}/accounts/wechat/login/?full_page=1")
    visitor.get_by_role("button", name="Continue to WeChat").click()
    expect(visitor.get_by_text("redirect_uri 参数错误")).to_be_visible()


def enter_callback_domain(wechat: Page, website: App, domain: str) -> None:
    form = console(wechat, website.appid).locator("form[action$=callback_domain]")
    form.locator("[name=domain]").fill(domain)
    form.get_by_role("button", name="保存").click()


def enter_address(wechat: Page, account: App, address: str) -> None:
    form = console(wechat, account.appid).locator("form[action$=ip_whitelist]")
    form.locator("[name=addresses]").fill(address)
    form.get_by_role("button", name="保存").click()


def test_from_nothing_to_a_sign_in(
    admin_page: Page,
    visitor: Page,
    phone: Page,
    live_server: LiveServer,
    wechat_simulator: SimulatorServer,
    settings: Any,
) -> None:
    settings.DEBUG = True  # as in a demo: what only a public site needs is let pass
    platform: Platform = wechat_simulator.platform
    platform.switch(hold_seconds=1)
    website, account = platform.new_website_app("Shop"), platform.new_official_account("Shop")
    assert not WeChatProvider.objects.exists()
    wechat = admin_page.context.new_page()
    wechat.goto(f"{wechat_simulator.url}/console/")

    begin(admin_page, live_server, website, account)
    result = admin_page.locator("[data-verdict]")
    expect(result).to_have_attribute("data-verdict", "error")

    # What the findings say, with the values that they give.
    domain = finding(admin_page, "domain_mismatch").get_by_role("textbox").input_value()
    assert domain == to_paste(admin_page, "first", "授权回调域") == "localhost"
    enter_callback_domain(wechat, website, f"https://{domain}/")  # as many do it; WeChat takes it, and refuses visitors
    refused_at_wechat(visitor, live_server)
    enter_callback_domain(wechat, website, domain)
    enter_address(wechat, account, finding(admin_page, "ip_not_allowed").get_by_role("textbox").input_value())
    paste_web_domain(wechat, account, live_server, to_paste(admin_page, "second", "网页授权域名"))
    expect(wechat.locator(".verification.is-bad").first).to_be_visible()
    add_verification_file(admin_page, account)
    expect(result).to_have_attribute("data-verdict", "ok")
    paste_web_domain(wechat, account, live_server, domain)
    expect(wechat.locator(f"details#{account.appid} .verification.is-bad")).to_have_count(0)
    console(wechat, account.appid).locator("form[action$=bind] button").click()
    sign_in_inside_wechat(phone, live_server)

    # And, as it is wanted now, by following: Token and key are made up, saved, and there to be copied.
    switch_following_on(admin_page)
    expect(finding(admin_page, "push_never_verified")).to_be_visible()
    token, aes_key = to_paste(admin_page, "following", "Token"), to_paste(admin_page, "following", "EncodingAESKey")
    row = WeChatProvider.objects.get()
    assert (token, aes_key) == (row.access_token, row.encoding_aes_key)
    paste_server_config(admin_page, console(wechat, account.appid), "wrongtoken", aes_key)
    expect(wechat.locator(f"details#{account.appid} .verification.is-bad")).to_be_visible()
    paste_server_config(admin_page, console(wechat, account.appid), token, aes_key)
    expect(wechat.locator(f"details#{account.appid} .verification.is-bad")).to_have_count(0)
    admin_page.get_by_role("button", name="立即检查").click()
    expect(result).to_have_attribute("data-verdict", "ok")
    assert to_paste(admin_page, "following", "Token") == token, "it stays for this visit"
    admin_page.reload()
    assert token not in admin_page.content()
    assert aes_key not in admin_page.content()
    sign_in_by_following(visitor, phone, live_server, platform, account)
    assert get_user_model().objects.count() == 2  # the administrator, and one person


def switch_following_on(page: Page) -> None:
    following = card(page, "following")
    following.locator("summary").click()
    following.get_by_label("启用二维码").check()
    following.get_by_label("后续操作").select_option("media")
    for number in (0, 1):
        following.get_by_role("button", name="生成").nth(number).click()
    page.get_by_role("button", name="保存并检查").click()


def paste_server_config(admin_page: Page, app: Locator, token: str, aes_key: str) -> None:
    config = app.locator("form.server-config")
    config.locator("[name=push_url]").fill(to_paste(admin_page, "following", "URL"))
    config.locator("[name=server_token]").fill(token)
    config.locator("[name=aes_key]").fill(aes_key)
    config.locator("select[name=push_mode]").select_option("safe")
    config.locator("button.accept").click()


def paste_web_domain(wechat: Page, account: App, live_server: LiveServer, domain: str) -> None:
    form = console(wechat, account.appid).locator("form[action$=web_domain]")
    form.locator("[name=domain]").fill(domain)
    form.locator("[name=site]").fill(live_server.url)
    form.locator("button.save").click()


def add_verification_file(page: Page, account: App) -> None:
    files = card(page, "second").locator("#verification_files-group")
    files.locator("summary").click()
    upload = {"name": account.verification_file, "mimeType": "text/plain", "buffer": account.verification_code.encode()}
    files.locator("#id_verification_files-0-upload").set_input_files([upload])  # type: ignore[list-item]
    page.get_by_role("button", name="保存并检查").click()


def sign_in_by_following(visitor: Page, phone: Page, live_server: LiveServer, platform: Platform, account: App) -> None:
    visitor.goto(f"{live_server.url}/accounts/login/?tab=wechat")
    expect(visitor.locator("[data-wechat-panel]")).to_have_attribute("data-state", "ready")
    if platform.scan_account_qr().push is None:
        platform.follow(account.appid)
    phone.goto(platform.chat(account.appid)[-1].links[0])
    phone.get_by_role("button", name="Confirm").click()
    expect(visitor.get_by_text("signed in as")).to_be_visible()


def sign_in_inside_wechat(phone: Page, live_server: LiveServer) -> None:
    phone.goto(f"{live_server.url}/accounts/wechat/login/")
    phone.get_by_role("button", name="Sign in with WeChat").click()
    phone.get_by_role("button", name="Allow").click()
    expect(phone.get_by_text("signed in as")).to_be_visible()
