"""The WeChat tab in a real browser: its states, its manners towards the server, tabs by keyboard, a strict CSP.

WeChat's page is a stub that the browser is given in place of open.weixin.qq.com; the site is the real one.
"""

import json

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import BothProviderFactory

OPEN_WEIXIN = "https://open.weixin.qq.com/**"
QR_OPEN = "**/accounts/wechat/qr/"
READY = json.dumps({"type": "status", "status": "wxQRcodeReady"})
WECHAT_PAGE = f"<h4>QR</h4><script>parent.postMessage({READY!r}, '*')</script>"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "frame-src https://open.weixin.qq.com; form-action 'self' https://open.weixin.qq.com"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def login_url(live_server: LiveServer) -> str:
    BothProviderFactory()
    return f"{live_server.url}/accounts/login/"


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Every request for a QR code, by its body; WeChat's page is a stub."""
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or "") if "/wechat/qr/" in request.url else None)
    page.route(OPEN_WEIXIN, lambda route: route.fulfill(content_type="text/html", body=WECHAT_PAGE))
    return bodies


def state(page: Page, name: str) -> None:
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", name, timeout=15_000)


def refresh(page: Page) -> None:
    page.get_by_role("button", name="Refresh").click()


def answer_with(page: Page, **answer: object) -> None:
    page.unroute(QR_OPEN)
    page.route(QR_OPEN, lambda route: route.fulfill(**answer))


def soon_expired(route: Route) -> None:
    """A code that is good for two seconds."""
    frame_url = f"{OPEN_WEIXIN.removesuffix('**')}connect/qrconnect?state=abc&fast_login=0"
    route.fulfill(json={"kind": "open_platform", "frame_url": frame_url, "expires_in": 2})


def test_nothing_is_asked_for_before_the_tab_is_opened(page: Page, login_url: str, asked: list[str]) -> None:
    page.goto(login_url)
    expect(page.get_by_role("tab", name="WeChat")).to_be_visible()
    page.wait_for_timeout(300)
    assert asked == []
    page.get_by_role("tab", name="WeChat").click()
    state(page, "ready")
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "allow-scripts allow-same-origin allow-top-navigation")
    expect(page.get_by_role("timer")).to_have_text("5:00", timeout=1_000)
    expect(page.locator("[data-wechat-part=live]")).to_have_text("Scan with WeChat to sign in.")
    assert len(asked) == 1


def test_tabs_by_keyboard(page: Page, login_url: str, asked: list[str]) -> None:
    page.goto(login_url)
    password, wechat = page.get_by_role("tab", name="Password"), page.get_by_role("tab", name="WeChat")
    password.focus()
    page.keyboard.press("ArrowRight")
    expect(wechat).to_be_focused()
    expect(wechat).to_have_attribute("aria-selected", "true")
    expect(page.locator("#others")).to_be_hidden()
    page.keyboard.press("Home")
    expect(page.locator("#wechat")).to_be_hidden()
    assert [tab.get_attribute("tabindex") for tab in (password, wechat)] == ["0", "-1"]


@pytest.mark.parametrize("address", ["?tab=wechat", "#wechat"])
def test_the_address_opens_the_tab(page: Page, login_url: str, asked: list[str], address: str) -> None:
    page.goto(login_url + address)
    state(page, "ready")


def test_refresh_renews_the_same_state_and_bears_a_double_click(page: Page, login_url: str, asked: list[str]) -> None:
    page.goto(login_url + "?tab=wechat")
    state(page, "ready")
    first = page.locator("iframe").get_attribute("src")
    page.get_by_role("button", name="Refresh").dblclick()
    page.wait_for_timeout(300)
    state(page, "ready")
    assert len(asked) == 2
    assert f"previous={(first or '').split('state=')[1].split('&')[0]}" in asked[1]


def test_an_expired_code_is_renewed_once_then_waits_for_refresh(page: Page, login_url: str, asked: list[str]) -> None:
    page.route(QR_OPEN, soon_expired)
    page.goto(login_url + "?tab=wechat")
    state(page, "expired")
    expect(page.get_by_text("This QR code has expired.").first).to_be_visible()
    assert len(asked) == 2
    refresh(page)
    state(page, "ready")
    assert len(asked) == 3


def test_a_hidden_tab_is_not_renewed_until_it_is_seen(page: Page, login_url: str, asked: list[str]) -> None:
    page.route(QR_OPEN, soon_expired)
    page.goto(login_url + "?tab=wechat")
    state(page, "ready")
    page.get_by_role("tab", name="Password").click()
    state(page, "expired")
    assert len(asked) == 1
    page.get_by_role("tab", name="WeChat").click()
    state(page, "ready")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, "<h1>Oops</h1>", "Something went wrong on this site"),
        (429, "slow down", "Too many QR codes in a short time"),
        (403, "CSRF", "This page is out of date"),
        (503, '{"error": {"code": "x", "message": "WeChat is asleep.", "reference": "7f3k"}}', "WeChat is asleep."),
    ],
)
def test_every_failure_has_words_and_a_way_on(
    page: Page, login_url: str, asked: list[str], status: int, body: str, words: str
) -> None:
    answer_with(page, status=status, body=body)
    page.goto(login_url + "?tab=wechat")
    state(page, "error")
    expect(page.locator("[data-wechat-part=problem]")).to_contain_text(words)
    expect(page.locator("[data-wechat-part=live]")).to_contain_text(words)
    page.unroute(QR_OPEN)
    page.get_by_role("button", name="Reload the page" if status == 403 else "Refresh").click()
    state(page, "ready")


def test_what_no_refresh_can_mend_leads_to_the_password(page: Page, login_url: str, asked: list[str]) -> None:
    error = {"code": "misconfigured", "message": "WeChat refused.", "reference": "7f3k"}
    answer_with(page, status=503, json={"error": error})
    page.goto(login_url + "?tab=wechat")
    state(page, "error")
    expect(page.get_by_role("button", name="Refresh")).to_have_count(0)
    expect(page.get_by_role("button", name="Open WeChat’s page")).to_be_visible()
    page.get_by_role("link", name="Other ways to sign in").click()
    expect(page.get_by_role("tab", name="Password")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()


def test_offline_is_said_and_mended(page: Page, login_url: str, asked: list[str]) -> None:
    page.goto(login_url)
    page.context.set_offline(True)
    page.get_by_role("tab", name="WeChat").click()
    expect(page.get_by_text("This site cannot be reached").first).to_be_visible()
    page.context.set_offline(False)
    state(page, "ready")


def test_wechat_that_does_not_load_is_said(page: Page, login_url: str, asked: list[str]) -> None:
    page.clock.install()
    page.unroute(OPEN_WEIXIN)
    page.route(OPEN_WEIXIN, lambda route: None)
    page.goto(login_url + "?tab=wechat")
    expect(page.locator("iframe")).to_be_attached()
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("WeChat’s QR code did not load").first).to_be_visible()


def test_when_wechat_moves_the_window_the_panel_says_so(page: Page, login_url: str, asked: list[str]) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "log" else None)
    page.add_init_script(
        "addEventListener('load', () => { const live = document.querySelector('[data-wechat-part=live]');"
        "if (live) new MutationObserver(() => console.log(live.textContent)).observe(live, {childList: true}) })"
    )
    callback = login_url.replace("/login/", "/wechat/login/callback/")
    moved = f"{WECHAT_PAGE}<script>setTimeout(() => {{ top.location = '{callback}' }}, 2500)</script>"
    page.unroute(OPEN_WEIXIN)
    page.route(OPEN_WEIXIN, lambda route: route.fulfill(content_type="text/html", body=moved))
    page.goto(login_url + "?tab=wechat")
    page.wait_for_url(callback)
    assert said[-1] == "Signing you in…"


def test_a_strict_policy_is_kept(page: Page, login_url: str, asked: list[str]) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    def strict(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | {"content-security-policy": POLICY})

    page.route("**/accounts/login/*", strict)
    page.goto(login_url + "?tab=wechat")
    state(page, "ready")
    refresh(page)
    state(page, "ready")
    assert complaints == []


def test_without_javascript_the_form_leads_to_wechats_page(page: Page, login_url: str) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.route(OPEN_WEIXIN, lambda route: route.fulfill(content_type="text/html", body="<h4>WeChat</h4>"))
    plain.goto(login_url)
    expect(plain.locator("input[name=password]")).to_be_visible()
    plain.get_by_role("button", name="Continue to WeChat’s QR code").click()
    plain.wait_for_url(OPEN_WEIXIN)
    context.close()


def test_the_one_tap_page_leads_to_wechats_page(page: Page, login_url: str, asked: list[str]) -> None:
    page.goto(login_url.replace("login", "wechat/login"))
    page.get_by_role("button", name="Continue to WeChat’s QR code").click()
    page.wait_for_url(OPEN_WEIXIN)
