"""Two AppIDs, two secrets, an empty database, a browser: is a sign-in reached from the provider's page alone?

What is pasted at WeChat comes from that page and goes into the simulator's consoles, which refuse what WeChat does.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import App
from tests.user_agents import IPHONE_WECHAT

LIST = "/admin/django_wechat/wechatprovider/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin_page(page: Page, admin_client: Client, live_server: LiveServer) -> Page:
    cookie = {"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.on("dialog", lambda dialog: dialog.accept())
    return page


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
    card = page.locator(f"details#{appid}")
    if card.get_attribute("open") is None:
        card.locator("summary").first.click()
    return card


def to_paste(page: Page, label: str, number: int = 0) -> str:
    """What the provider's page says to paste into a field of WeChat's consoles."""
    return page.locator(".wechat-consoles").get_by_label(label).nth(number).input_value()


def fill_in(page: Page, live_server: LiveServer, website: App, account: App) -> None:
    page.goto(f"{live_server.url}{LIST}add/")
    page.locator("#id_name").fill("shop")
    page.locator("#id_client_id").fill(website.appid)
    page.locator("#id_client_secret").fill(website.secret)
    page.locator("#id_client_id_2").fill(account.appid)
    page.locator("#id_client_secret_2").fill(account.secret)
    for number in (0, 1):
        page.get_by_role("button", name="Generate").nth(number).click()
    page.get_by_label("Enable QR code").check()
    page.get_by_label("Follow-up action").select_option("media")


def refused_at_wechat(visitor: Page, live_server: LiveServer) -> None:
    visitor.goto(f"{live_server.url}/accounts/wechat/login/?full_page=1")
    visitor.get_by_role("button", name="Continue to WeChat").click()
    expect(visitor.get_by_text("redirect_uri 参数错误")).to_be_visible()


def test_from_nothing_to_a_sign_in(
    admin_page: Page,
    visitor: Page,
    phone: Page,
    live_server: LiveServer,
    wechat_simulator: SimulatorServer,
    settings: Any,
) -> None:
    platform: Platform = wechat_simulator.platform
    platform.switch(hold_seconds=1)
    website, account = platform.new_website_app("Shop"), platform.new_official_account("Shop")
    assert not WeChatProvider.objects.exists()
    wechat = admin_page.context.new_page()
    wechat.goto(f"{wechat_simulator.url}/console/?lang=en")

    fill_in(admin_page, live_server, website, account)
    token, aes_key = to_paste(admin_page, "Token"), to_paste(admin_page, "EncodingAESKey")
    admin_page.get_by_role("button", name="Save and continue editing").click()
    expect(admin_page.get_by_text("was added successfully")).to_be_visible()
    assert token not in admin_page.content()
    assert aes_key not in admin_page.content()

    # The website app: a wrong paste first, as many make it, then the bare host that the page says.
    domain = to_paste(admin_page, "授权回调域")
    assert domain == "localhost"
    card = console(wechat, website.appid)
    card.get_by_label("授权回调域").fill(f"https://{domain}/")
    card.get_by_role("button", name="保存").click()
    refused_at_wechat(visitor, live_server)
    card = console(wechat, website.appid)
    card.get_by_label("授权回调域").fill(domain)
    card.get_by_role("button", name="保存").click()

    # The official account: addresses, the verification file, the server configuration.
    card = console(wechat, account.appid)
    card.get_by_label("IP白名单").fill("127.0.0.1")
    card.get_by_role("button", name="保存").first.click()
    paste_server_config(admin_page, console(wechat, account.appid), "wrongtoken", aes_key)
    expect(wechat.locator(f"details#{account.appid} .verification.is-bad")).to_be_visible()
    paste_server_config(admin_page, console(wechat, account.appid), token, aes_key)
    expect(wechat.locator(f"details#{account.appid} .verification.is-bad")).to_have_count(0)
    paste_web_domain(wechat, account, live_server, domain)
    expect(wechat.get_by_text("could not be fetched").or_(wechat.locator(".verification.is-bad")).first).to_be_visible()
    paste_verification_file(admin_page, account)
    paste_web_domain(wechat, account, live_server, domain)
    expect(wechat.locator(f"details#{account.appid} .verification.is-bad")).to_have_count(0)

    admin_page.get_by_role("link", name="Check", exact=True).click()
    admin_page.get_by_role("button", name="Check").click()
    expect(admin_page.get_by_text("Client ID and Client Secret belong together")).to_be_visible()
    assert [one["code"] for one in findings() if one["verdict"] == "error"] == []
    sign_in_by_following(visitor, phone, live_server, platform, account)
    sign_in_inside_wechat(phone, live_server)
    assert get_user_model().objects.count() == 2  # the administrator, and one person


def findings() -> list[dict[str, Any]]:
    """What the check found last."""
    found: list[dict[str, Any]] = ProviderHealth.objects.get().findings
    return found


def paste_server_config(admin_page: Page, card: Locator, token: str, aes_key: str) -> None:
    config = card.locator("form.server-config")
    config.get_by_label("URL").fill(to_paste(admin_page, "URL"))
    config.get_by_label("Token").fill(token)
    config.get_by_label("EncodingAESKey").fill(aes_key)
    config.locator("select[name=push_mode]").select_option("safe")
    config.locator("button.accept").click()


def paste_web_domain(wechat: Page, account: App, live_server: LiveServer, domain: str) -> None:
    card = console(wechat, account.appid)
    card.get_by_label("网页授权域名").fill(domain)
    card.get_by_label("Where this host really lives").fill(live_server.url)
    card.locator("form[action$=web_domain] button.save").click()


def paste_verification_file(page: Page, account: App) -> None:
    name = page.locator("[name=verification_files-0-name]")
    if name.count() == 0:
        page.get_by_text("Add another").first.click()
    name.fill(account.verification_file)
    page.locator("[name=verification_files-0-content]").fill(account.verification_code)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


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
