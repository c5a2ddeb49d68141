"""Do all of a visitor's pages keep the strictest Content-Security-Policy, in a real browser?

The policy is that of docs/security.md: `'self'`, the nonces of Django's own middleware, or those of django-csp. A nonce
alone lets no other script or stylesheet of the same site in.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from django_wechat.models import WeChatProvider
from django_wechat.stores import qr_sessions
from tests.factories import BothProviderFactory
from tests.pages.test_login_page_browser import OPEN_WEIXIN, QR_OPEN, refresh, state
from tests.pages.test_login_page_follow import CONFIRMED, FOLLOWED, SCANNED, Site, answering
from tests.user_agents import IPHONE_SAFARI, IPHONE_WECHAT

pytest.importorskip("django.middleware.csp", reason="Django sends policies from 6.0 on")

WEIXIN = OPEN_WEIXIN.removesuffix("/**")
NONE, SELF, NONCE = "'none'", "'self'", "<CSP_NONCE_SENTINEL>"
BASE = {
    "default-src": [NONE],
    "connect-src": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "frame-src": [WEIXIN],
    "form-action": [SELF, WEIXIN],
}
LISTEN = "addEventListener('securitypolicyviolation', e => violated(`${e.violatedDirective} ${e.blockedURI}`))"

pytestmark = pytest.mark.django_db(transaction=True)


def use_self(settings: Any) -> None:
    settings.SECURE_CSP = BASE | {"script-src": [SELF], "style-src": [SELF]}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.csp.ContentSecurityPolicyMiddleware"]


def use_djangos_nonce(settings: Any) -> None:
    settings.SECURE_CSP = BASE | {"script-src": [NONCE], "style-src": [NONCE]}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.csp.ContentSecurityPolicyMiddleware"]
    (engine,) = settings.TEMPLATES
    options = engine["OPTIONS"]
    processors = [*options["context_processors"], "django.template.context_processors.csp"]
    settings.TEMPLATES = [engine | {"OPTIONS": options | {"context_processors": processors}}]


def use_django_csps_nonce(settings: Any) -> None:
    constants = pytest.importorskip("csp.constants")
    directives = BASE | {"script-src": [constants.NONCE], "style-src": [constants.NONCE]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "csp.middleware.CSPMiddleware"]


POLICIES = {"self": use_self, "Django's nonce": use_djangos_nonce, "django-csp's nonce": use_django_csps_nonce}


@pytest.fixture(params=POLICIES)
def violations(request: pytest.FixtureRequest, settings: Any) -> list[str]:
    """Put the policy in force; return what the browser will complain of."""
    POLICIES[request.param](settings)
    return []


@pytest.fixture
def url(violations: list[str], serve_anew: Callable[[], str]) -> str:
    """Serve the site under the policy."""
    return serve_anew()


@pytest.fixture
def row(url: str) -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(access_token="token", enable_qr_code=True)
    return created


@pytest.fixture
def pc(page: Page, violations: list[str]) -> Page:
    return watched(page, violations)


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(user_agent=IPHONE_WECHAT)
    yield context
    context.close()


def watched(page: Page, violations: list[str]) -> Page:
    page.expose_function("violated", lambda what: violations.append(what))
    page.add_init_script(LISTEN)
    page.on("console", lambda said: violations.append(said.text) if "Security Policy" in said.text else None)
    return page


def is_in_force(page: Page) -> bool:
    """Whether the browser keeps a policy: it refuses an inline script, and the stylesheet came through."""
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))")
    styled = page.locator(".wechat-root").first.evaluate("root => getComputedStyle(root).boxSizing") == "border-box"
    return styled and bool(page.evaluate("window.ran === undefined"))


def scanned_link(row: WeChatProvider) -> str:
    """Where the phone is sent after a scan."""
    asked = {
        "site_name": "Acme",
        "origin": "https://acme.example",
        "host": "acme.example",
        "browser": "Chrome",
        "system": "Windows",
        "place": "",
        "process": "login",
    }
    session = qr_sessions.open_session(
        row, "key", scene="s" * 32, appid=row.client_id_2, seconds=300, request=asked | {"account": "", "user": ""}
    )
    assert qr_sessions.scan(session, "openid", confirmed=False)
    return f"/accounts/wechat/confirm/{qr_sessions.confirm_key(session.scene)}/"


def test_the_tab_in_every_state(pc: Page, row: WeChatProvider, violations: list[str], url: str) -> None:
    site = Site(pc)
    pc.goto(f"{url}/accounts/login/?tab=wechat")
    state(pc, "ready")
    expect(pc.get_by_role("img", name="QR code of the official account")).to_be_visible()
    pc.get_by_role("button", name="Use WeChat’s own page").click()
    expect(pc.locator("iframe")).to_be_visible()
    state(pc, "ready")
    pc.route(QR_OPEN, answering(500))
    pc.wait_for_timeout(500)  # a second press sooner than that is a double click
    pc.get_by_role("button", name="Use the official account").click()
    state(pc, "error")
    pc.unroute(QR_OPEN)
    pc.route(QR_OPEN, site.open)
    pc.wait_for_timeout(1_000)
    refresh(pc)
    site.status = SCANNED
    state(pc, "scanned")
    site.status = FOLLOWED
    expect(pc.locator("iframe")).to_be_visible()
    assert violations == []
    assert is_in_force(pc)


def test_scanned_and_signed_in(pc: Page, row: WeChatProvider, violations: list[str], url: str) -> None:
    site = Site(pc)
    site.status = CONFIRMED
    pc.goto(f"{url}/accounts/wechat/login/?process=login")
    pc.wait_for_url("**/?next=page")
    assert violations == []


def test_start_and_error_page(pc: Page, row: WeChatProvider, violations: list[str], url: str) -> None:
    row.enable_qr_code = False
    row.save()
    Site(pc)
    pc.goto(f"{url}/accounts/wechat/login/callback/")
    expect(pc.get_by_role("heading", name="This sign-in has expired")).to_be_visible()
    assert violations == []
    assert is_in_force(pc)
    violations.clear()
    pc.goto(f"{url}/accounts/wechat/login/")
    pc.get_by_role("button", name="Continue to WeChat’s QR code").click()
    pc.wait_for_url(OPEN_WEIXIN)
    assert violations == []


def test_on_the_phone(
    phone: BrowserContext, browser: Browser, row: WeChatProvider, violations: list[str], url: str
) -> None:
    page = watched(phone.new_page(), violations)
    page.goto(url + scanned_link(row))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()
    assert violations == []
    assert is_in_force(page)
    violations.clear()
    page.goto(f"{url}/accounts/wechat/login/")
    expect(page.get_by_text("Tap the button, then tap Allow.")).to_be_visible()
    outside = browser.new_context(user_agent=IPHONE_SAFARI)
    helped = watched(outside.new_page(), violations)
    helped.goto(f"{url}/accounts/wechat/login/")
    helped.get_by_role("button", name="Copy link").click()
    expect(helped.get_by_role("status")).not_to_be_empty()
    outside.close()
    assert violations == []
