"""Does a person with a real browser get in, from the login page to "signed in as 张三"?

The site is at "localhost" and the pretend WeChat at 127.0.0.1: two sites to the browser, as in real life.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import WeChatProvider
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, UserFactory
from tests.sites.strict_site import STRICT_MIDDLEWARE
from tests.user_agents import IPHONE_WECHAT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform(wechat_simulator: SimulatorServer) -> Platform:
    """The phone: what it scans, allows and refuses."""
    BothProviderFactory()
    platform: Platform = wechat_simulator.platform
    platform.switch(hold_seconds=1)
    return platform


@pytest.fixture
def site(live_server: LiveServer, platform: Platform) -> str:
    assert "localhost" in live_server.url
    return str(live_server.url)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page inside WeChat on an iPhone."""
    context = browser.new_context(user_agent=IPHONE_WECHAT, viewport={"width": 390, "height": 844}, locale="en-US")
    yield context.new_page()
    context.close()


def open_tab(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("tab", name="WeChat").click()


def wait_for_qr(page: Page, platform: Platform, number: int = 1) -> str:
    """Wait until WeChat has drawn `number` QR codes; return the uuid of the newest."""
    frame = page.frame_locator("iframe")
    expect(frame.locator(".js_qrcode_img")).to_be_visible()
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", "ready")
    for _ in range(100):
        if len(platform.waiting_qrs()) >= number:
            return platform.waiting_qrs()[0].uuid
        page.wait_for_timeout(50)
    raise AssertionError("WeChat was not asked for a QR code")


def uuid_on(page: Page) -> str:
    """Return the uuid of the QR code that WeChat's full page shows."""
    picture = page.locator(".js_qrcode_img")
    expect(picture).to_be_visible()
    return str(picture.get_attribute("src")).rsplit("/", 1)[-1]


def expect_signed_in(page: Page, name: str = "张三") -> None:
    expect(page.get_by_text(f"signed in as {name}")).to_be_visible()


def consent(page: Page) -> None:
    page.locator(".accept").click()


@pytest.mark.parametrize("samesite", ["Lax", "Strict"])
@pytest.mark.parametrize("strict", [False, True], ids=["usual", "strict"])
def test_pc_embedded(
    page: Page,
    site: str,
    platform: Platform,
    settings: Any,
    serve_anew: Callable[[], str],
    samesite: str,
    *,
    strict: bool,
) -> None:
    settings.SESSION_COOKIE_SAMESITE = settings.CSRF_COOKIE_SAMESITE = samesite
    settings.X_FRAME_OPTIONS = "DENY"
    if strict:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, *STRICT_MIDDLEWARE]
        site = serve_anew()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    open_tab(page, site)
    assert (
        page.evaluate("fetch(location).then(page => page.headers.get('content-security-policy'))") is None
    ) is not strict
    uuid = wait_for_qr(page, platform)
    platform.scan(uuid)
    expect(
        page.frame_locator("iframe")
        .get_by_text("Scanned")
        .or_(page.frame_locator("iframe").get_by_text("扫描成功"))
        .first
    ).to_be_visible()
    platform.allow(uuid)
    expect_signed_in(page)
    assert [text for text in complaints if "Security Policy" in text or "sandbox" in text] == []
    assert get_user_model().objects.get().first_name == "张三"


@pytest.mark.parametrize("samesite", ["Lax", "Strict"])
def test_pc_full_page(page: Page, site: str, platform: Platform, settings: Any, samesite: str) -> None:
    settings.SESSION_COOKIE_SAMESITE = samesite
    open_tab(page, site)
    page.get_by_role("button", name="Open WeChat’s page").click()
    uuid = uuid_on(page)
    platform.scan(uuid, "xiaohua")
    platform.allow(uuid, "xiaohua")
    expect_signed_in(page, "李小花🌸")


def test_refresh(page: Page, site: str, platform: Platform) -> None:
    other = page.context.new_page()
    other.goto(f"{site}/accounts/wechat/login/")
    other.get_by_role("button", name="Continue to WeChat’s QR code").click()
    under_way = uuid_on(other)
    open_tab(page, site)
    first = wait_for_qr(page, platform, 2)
    for number in range(3, 6):
        page.get_by_role("button", name="Refresh").click()
        second = wait_for_qr(page, platform, number)
    assert first != second
    platform.allow(under_way)
    expect_signed_in(other)


def test_the_refreshed_code_signs_in(page: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    first = wait_for_qr(page, platform)
    page.get_by_role("button", name="Refresh").click()
    second = wait_for_qr(page, platform, 2)
    assert first != second
    platform.allow(second)
    expect_signed_in(page)


def test_expiry(page: Page, site: str, platform: Platform, settings: Any) -> None:
    """One renewal by itself, then Refresh."""
    settings.WECHAT = {**settings.WECHAT, "QR_LIFETIME": 3}
    open_tab(page, site)
    wait_for_qr(page, platform)
    expect(page.get_by_text("This QR code has expired.").first).to_be_visible()
    assert len(platform.waiting_qrs()) == 2
    settings.WECHAT = {**settings.WECHAT, "QR_LIFETIME": 300}
    page.get_by_role("button", name="Refresh").click()
    platform.allow(wait_for_qr(page, platform, 3))
    expect_signed_in(page)


def test_wechats_own_expiry(page: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    first = wait_for_qr(page, platform)
    platform.expire(first)
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Refresh").click()
    expect(page.frame_locator("iframe").locator(".js_qrcode_img")).to_be_visible()
    second = wait_for_qr(page, platform)
    assert second != first
    platform.allow(second)
    expect_signed_in(page)


def test_refusal(page: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    uuid = wait_for_qr(page, platform)
    platform.scan(uuid)
    platform.refuse(uuid)
    cancelled = page.frame_locator("iframe").get_by_text("你已取消此次登录")
    expect(cancelled.or_(page.frame_locator("iframe").get_by_text("cancel")).first).to_be_visible()
    page.get_by_role("button", name="Refresh").click()
    platform.allow(wait_for_qr(page, platform))
    expect_signed_in(page)


def test_in_wechat(phone: Page, site: str, platform: Platform) -> None:
    phone.goto(f"{site}/accounts/login/?next=/accounts/email/")
    phone.get_by_role("tab", name="WeChat").click()
    assert platform.requests == []
    phone.get_by_role("button", name="Sign in with WeChat").click()
    consent(phone)
    phone.wait_for_url("**/accounts/email/**")
    phone.goto(site)
    expect_signed_in(phone)


def test_snapshot(phone: Page, site: str, platform: Platform) -> None:
    platform.switch(snapshot=True)
    phone.goto(f"{site}/accounts/wechat/login/")
    phone.get_by_role("button", name="Sign in with WeChat").click()
    expect(phone.get_by_text("使用完整服务").first).to_be_visible()
    assert get_user_model().objects.count() == 0
    platform.switch(snapshot=False)
    phone.get_by_role("link", name="Try again").click()
    phone.get_by_role("button", name="Sign in with WeChat").click()
    consent(phone)
    expect_signed_in(phone)


def callback_of(page: Page, site: str, platform: Platform) -> str:
    """Go to WeChat's page, allow, and return the callback's address without opening it."""
    held: list[str] = []
    page.route("**/wechat/login/callback/**", lambda route: (held.append(route.request.url), route.abort())[1])
    page.goto(f"{site}/accounts/wechat/login/?next=/")
    page.get_by_role("button", name="Continue to WeChat’s QR code").click()
    platform.allow(uuid_on(page))
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    page.unroute("**/wechat/login/callback/**")
    return held[0]


def test_the_same_callback_one_after_the_other(page: Page, site: str, platform: Platform) -> None:
    callback = callback_of(page, site, platform)
    for _ in range(2):
        page.goto(callback)
        expect_signed_in(page)
    page.go_back()
    page.go_forward()
    expect_signed_in(page)
    assert platform.count("/api/sns/oauth2/access_token") == 1


def test_the_same_callback_at_the_same_moment(page: Page, site: str, platform: Platform) -> None:
    callback = callback_of(page, site, platform)
    platform.set_fault("slow", "access_token", seconds=0.5)
    second = page.context.new_page()
    for tab in (page, second):
        tab.evaluate("address => { setTimeout(() => { location.href = address }, 10) }", callback)
    expect_signed_in(page)
    expect_signed_in(second)
    assert platform.count("/api/sns/oauth2/access_token") == 1
    assert get_user_model().objects.count() == 1


def test_a_navigation_that_was_given_up_and_repeated(page: Page, site: str, platform: Platform) -> None:
    """The browser drops the first answer with its cookie; the second delivery signs in all the same."""
    callback = callback_of(page, site, platform)
    platform.set_fault("slow", "access_token", seconds=0.6)
    page.evaluate("address => { setTimeout(() => { location.href = address }, 10) }", callback)
    page.wait_for_timeout(300)
    page.goto(callback)
    expect_signed_in(page)
    assert platform.count("/api/sns/oauth2/access_token") == 1


def test_connect(page: Page, site: str, platform: Platform) -> None:
    UserFactory(username="li")
    page.goto(f"{site}/accounts/login/")
    page.locator("input[name=login]").fill("li")
    page.locator("input[name=password]").fill("password")
    page.get_by_role("button", name="Sign In").click()
    page.goto(f"{site}/accounts/3rdparty/")
    uuid = wait_for_qr(page, platform)
    platform.scan(uuid)
    platform.allow(uuid)
    expect(page.get_by_text("张三")).to_be_visible()
    expect(page.get_by_text("Connect only if this is your own WeChat.")).to_be_visible()
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url(f"{site}/accounts/3rdparty/")
    expect(page.get_by_text("张三")).to_be_visible()
    assert get_user_model().objects.count() == 1


def test_wechat_down_then_up(page: Page, site: str, platform: Platform) -> None:
    platform.set_fault("500", once=True)
    open_tab(page, site)
    platform.allow(wait_for_qr(page, platform))
    expect(page.get_by_role("heading", name="WeChat is not answering")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Continue to WeChat’s QR code").click()
    platform.allow(uuid_on(page))
    expect_signed_in(page)


def test_the_row_disappears_while_the_page_is_open(page: Page, site: str, platform: Platform) -> None:
    open_tab(page, site)
    wait_for_qr(page, platform)
    WeChatProvider.objects.all().delete()
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("offers no sign-in with WeChat").first).to_be_visible()
