"""Does a person with a real browser and a phone get in by following the official account?

The site is at "localhost" and the pretend WeChat at 127.0.0.1; the phone is a second browser.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.factories import FollowProviderFactory, UserFactory
from tests.sites.strict_site import STRICT_MIDDLEWARE
from tests.user_agents import IPHONE_WECHAT

pytestmark = pytest.mark.django_db(transaction=True)
APPID = seeds.OFFICIAL_ACCOUNT_APPID


@pytest.fixture
def platform(wechat_simulator: SimulatorServer, live_server: LiveServer) -> Platform:
    """The phone: what it scans and follows, and the chat with the account."""
    FollowProviderFactory()
    platform: Platform = wechat_simulator.platform
    platform.switch(hold_seconds=1)
    platform.find_app(APPID).push_url = f"{live_server.url}/accounts/wechat/site/events/"
    return platform


@pytest.fixture
def site(live_server: LiveServer, platform: Platform) -> str:
    return str(live_server.url)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(user_agent=IPHONE_WECHAT, viewport={"width": 390, "height": 844}, locale="en-US")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def open_tab(page: Page, site: str, query: str = "") -> None:
    page.goto(f"{site}/accounts/login/{query}")
    page.get_by_role("tab", name="WeChat").click()
    wait_for(page, "ready")


def wait_for(page: Page, state: str) -> None:
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", state)


def scan(platform: Platform) -> None:
    """Scan the newest code; follow first, if that is needed."""
    if platform.scan_account_qr().push is None:
        platform.follow(APPID)


def open_link(phone: Page, platform: Platform) -> None:
    """Tap the link in the chat."""
    phone.goto(platform.chat(APPID)[-1].links[0])


def confirm(phone: Page, platform: Platform) -> None:
    open_link(phone, platform)
    phone.get_by_role("button", name="Confirm").click()
    expect(phone.get_by_role("heading", name="Confirmed")).to_be_visible()


def expect_signed_in(page: Page, name: str = "WeChat user") -> None:
    expect(page.get_by_text(f"signed in as {name}")).to_be_visible()


@pytest.mark.parametrize("strict", [False, True], ids=["usual", "strict"])
def test_a_new_follower(
    page: Page,
    phone: Page,
    site: str,
    platform: Platform,
    settings: Any,
    serve_anew: Callable[[], str],
    *,
    strict: bool,
) -> None:
    if strict:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, *STRICT_MIDDLEWARE]
        site = serve_anew()
        platform.find_app(APPID).push_url = f"{site}/accounts/wechat/site/events/"
    complaints: list[str] = []
    for one in (page, phone):
        one.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    open_tab(page, site)
    scan(platform)
    digits = QRSession.objects.get().digits
    expect(page.get_by_text("Confirm on your phone").first).to_be_visible()
    expect(page.get_by_text(digits, exact=True).first).to_be_visible()
    open_link(phone, platform)
    expect(phone.get_by_text(digits, exact=True).first).to_be_visible()
    expect(phone.get_by_text("Windows").or_(phone.get_by_text("Linux")).first).to_be_visible()
    phone.get_by_role("button", name="Confirm").click()
    expect_signed_in(page)
    assert [text for text in complaints if "Security Policy" in text] == []
    assert get_user_model().objects.count() == 1


def test_an_old_follower(page: Page, phone: Page, site: str, platform: Platform) -> None:
    platform.follow(APPID)
    open_tab(page, site)
    assert platform.scan_account_qr().push is not None
    confirm(phone, platform)
    expect_signed_in(page)


def test_refused_on_the_phone(page: Page, phone: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    scan(platform)
    open_link(phone, platform)
    phone.get_by_role("button", name="It wasn’t me").click()
    expect(phone.get_by_text("Nobody was signed in").first).to_be_visible()
    wait_for(page, "refused")
    page.get_by_role("button", name="Refresh").click()
    wait_for(page, "ready")
    scan(platform)
    confirm(phone, platform)
    expect_signed_in(page)


def test_expired(page: Page, phone: Page, site: str, platform: Platform, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "QR_LIFETIME": 3}
    open_tab(page, site)
    wait_for(page, "expired")
    assert QRSession.objects.count() == 2
    settings.WECHAT = {**settings.WECHAT, "QR_LIFETIME": 300}
    page.get_by_role("button", name="Refresh").click()
    wait_for(page, "ready")
    scan(platform)
    confirm(phone, platform)
    expect_signed_in(page)


def test_the_follow_up_action_open(page: Page, site: str, platform: Platform) -> None:
    WeChatProvider.objects.update(follow_up_action="open")
    open_tab(page, site)
    scan(platform)
    expect(page.get_by_text("Thanks for following").first).to_be_visible()
    expect(page.frame_locator("iframe").locator(".js_qrcode_img")).to_be_visible()
    platform.allow(platform.waiting_qrs()[0].uuid)
    expect_signed_in(page, "张三")


def test_confirm_switched_off(page: Page, site: str, platform: Platform) -> None:
    WeChatProvider.objects.update(confirm_on_phone=False)
    open_tab(page, site)
    scan(platform)
    expect_signed_in(page)


def test_by_hand_to_the_open_platform_and_back(page: Page, phone: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    page.get_by_role("button", name="Use WeChat’s own page").click()
    expect(page.frame_locator("iframe").locator(".js_qrcode_img")).to_be_visible()
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Use the official account").click()
    expect(page.get_by_role("button", name="Use WeChat’s own page")).to_be_visible()
    wait_for(page, "ready")
    scan(platform)
    confirm(phone, platform)
    expect_signed_in(page)


def test_connect(page: Page, phone: Page, site: str, platform: Platform) -> None:
    UserFactory(username="li")
    page.goto(f"{site}/accounts/login/")
    page.locator("input[name=login]").fill("li")
    page.locator("input[name=password]").fill("password")
    page.get_by_role("button", name="Sign In").click()
    page.goto(f"{site}/accounts/3rdparty/")
    wait_for(page, "ready")
    scan(platform)
    open_link(phone, platform)
    digits = phone.locator(".wechat-digits").text_content() or ""
    expect(page.get_by_text(digits, exact=True)).to_have_count(0)
    phone.get_by_role("button", name="Confirm").click()
    page.get_by_label("Number on your phone").fill("x")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the number. You can try 2 more times.")
    page.get_by_label("Number on your phone").fill(digits)
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url(f"{site}/accounts/3rdparty/")
    assert get_user_model().objects.count() == 1
    assert get_user_model().objects.get().socialaccount_set.count() == 1


def test_a_second_tab(page: Page, phone: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    second = page.context.new_page()
    open_tab(second, site)
    assert QRSession.objects.count() == 2
    scan(platform)
    confirm(phone, platform)
    expect_signed_in(second)
    page.reload()
    page.goto(site)
    expect_signed_in(page)


def test_a_reload_in_the_middle(page: Page, phone: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    scan(platform)
    wait_for(page, "scanned")
    page.reload()
    page.get_by_role("tab", name="WeChat").click()
    wait_for(page, "scanned")
    confirm(phone, platform)
    expect_signed_in(page)


def test_next_is_honoured(page: Page, phone: Page, site: str, platform: Platform) -> None:
    open_tab(page, site, "?next=/accounts/email/")
    scan(platform)
    confirm(phone, platform)
    page.wait_for_url(f"{site}/accounts/email/")
