"""Does the tab work, or show a way on within seconds, in browsers that lack something? In Chromium, with it taken away.

The oldest browsers are Chromium 80 and Safari 14; what came after them is taken away all at once for whole journeys,
and one by one. Of what everybody has, each is taken away too: then there have to be words, never a wheel for ever.
"""

import json

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.simulator.platform import Platform
from tests.factories import BothProviderFactory
from tests.pages import test_browser_follow as follow
from tests.pages import test_browser_journeys as journeys
from tests.pages.test_browser_follow import phone, platform, site
from tests.pages.test_login_page_browser import state
from tests.pages.test_login_page_follow import CONFIRMED, SCANNED, Site, login_url
from tests.pages.test_login_page_follow import site as stub

__all__ = ["login_url", "phone", "platform", "site", "stub"]

pytestmark = pytest.mark.django_db(transaction=True)

NEWER = """
    Array.prototype.at Array.prototype.findLast Array.prototype.findLastIndex Array.prototype.toSorted
    Array.prototype.toReversed Array.prototype.toSpliced Array.prototype.with String.prototype.at
    String.prototype.replaceAll Object.hasOwn Object.groupBy Promise.any Promise.withResolvers Promise.try
    Element.prototype.replaceChildren Document.prototype.replaceChildren
    DocumentFragment.prototype.replaceChildren Element.prototype.checkVisibility HTMLElement.prototype.inert
    HTMLElement.prototype.showPopover HTMLFormElement.prototype.requestSubmit SubmitEvent.prototype.submitter
    structuredClone reportError scheduler navigation AbortSignal.timeout AbortSignal.any AbortSignal.abort
    crypto.__proto__.randomUUID URL.canParse URL.parse Response.json Iterator WeakRef FinalizationRegistry
    AggregateError Document.prototype.startViewTransition
"""
USED_HERE_ONCE = [
    "Array.prototype.at",
    "Object.hasOwn",
    "Element.prototype.replaceChildren",
    "HTMLElement.prototype.inert",
    "SubmitEvent.prototype.submitter",
    "AbortSignal.timeout",
    "listener signal",
]
NEEDED = """
    IntersectionObserver AbortController URLSearchParams FormData DOMParser fetch URL EventSource
    sessionStorage Element.prototype.append Element.prototype.closest Element.prototype.toggleAttribute
    Element.prototype.setAttribute Document.prototype.importNode Document.prototype.querySelectorAll
    NodeList.prototype.forEach String.prototype.padStart String.prototype.includes Array.prototype.includes
    Array.prototype.every Object.assign Object.freeze Number.isFinite JSON.parse Response.prototype.text
    Performance.prototype.now Promise.prototype.catch setInterval
"""
TAKE = """
for (const path of %s) {
  const names = path.split(".");
  const name = names.pop();
  const owner = names.reduce((found, next) => found?.[next], window);
  if (!owner) continue;
  delete owner[name];
  if (name in owner) Object.defineProperty(owner, name, { value: undefined });
}
"""
NO_SIGNAL = """
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, act, options) {
  if (options?.signal) throw new Error("a listener with a signal is never removed here");
  return add.call(this, type, act, options);
};
"""


def take(page: Page, *paths: str) -> None:
    """Take functions away before any script of a page runs."""
    names = [path for path in paths if path != "listener signal"]
    page.add_init_script(NO_SIGNAL * ("listener signal" in paths) + TAKE % json.dumps(names))


def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(error.message))
    return found


def test_what_is_taken_away_is_away(page: Page, live_server: LiveServer) -> None:
    take(page, *NEWER.split())
    page.goto(f"{live_server.url}/accounts/login/")
    gone = "paths => paths.filter(path => path.split('.').reduce((found, name) => found?.[name], window) !== undefined)"
    assert page.evaluate(gone, [path for path in NEWER.split() if path != "HTMLElement.prototype.inert"]) == []


def test_the_journey_by_following(page: Page, phone: Page, site: str, platform: Platform) -> None:
    take(page, *NEWER.split(), "listener signal")
    take(phone, *NEWER.split())
    found = complaints(page)
    follow.open_tab(page, site)
    follow.scan(platform)
    follow.wait_for(page, "scanned")
    follow.confirm(phone, platform)
    follow.expect_signed_in(page)
    assert found == []


def test_the_journey_by_wechats_page(page: Page, site: str, platform: Platform) -> None:
    """Both codes, Refresh, and in the pretend WeChat's own pages a person who clicks."""
    row = BothProviderFactory._meta.model.objects.get()
    row.enable_qr_code = False
    row.client_id, row.client_secret = (
        journeys.BothProviderFactory.client_id,
        journeys.BothProviderFactory.client_secret,
    )
    row.save()
    take(page, *NEWER.split(), "listener signal")
    found = complaints(page)
    journeys.open_tab(page, site)
    journeys.wait_for_qr(page, platform)
    page.wait_for_timeout(1_000)
    page.get_by_role("button", name="Refresh").click()
    journeys.wait_for_qr(page, platform, 2)
    code = page.frame_locator("iframe")
    code.get_by_role("link").first.click()
    code.frame_locator("iframe").locator(".accept").click()
    journeys.expect_signed_in(page)
    assert found == []


@pytest.mark.parametrize("path", USED_HERE_ONCE)
def test_without_one_that_is_newer(page: Page, stub: Site, login_url: str, path: str) -> None:
    take(page, path)
    found = complaints(page)
    page.goto(login_url)
    state(page, "ready")
    stub.status = SCANNED
    state(page, "scanned")
    stub.status = CONFIRMED
    page.wait_for_url("**/?next=page")
    assert found == []


def expect_a_way_on(page: Page) -> None:
    """A code to scan, words with Refresh, or the form of a browser without script."""
    code = page.locator("[data-wechat-panel][data-state=ready] .wechat-picture")
    words = page.locator("[data-wechat-panel][data-state=error] [data-wechat-part=problem] .wechat-strong")
    # Where not even the words could be drawn, the panel stays behind, hidden.
    plain = page.get_by_role("button", name="Continue to WeChat’s QR code")
    expect(code.or_(words).or_(plain).filter(visible=True).first).to_be_visible()
    if not plain.is_visible():
        expect(page.get_by_role("button", name="Refresh")).to_be_visible()


@pytest.mark.parametrize("path", NEEDED.split())
def test_without_one_that_is_needed(page: Page, stub: Site, login_url: str, path: str) -> None:
    take(page, path)
    page.goto(login_url)
    expect_a_way_on(page)


@pytest.mark.parametrize("spoiled", ["wechat.js", "panel/panel.js", "panel/safely.js"])
@pytest.mark.parametrize("how", ["lost", "not understood", "broken"])
def test_a_script_that_does_not_come(page: Page, stub: Site, login_url: str, spoiled: str, how: str) -> None:
    def spoil(route: Route) -> None:
        if how == "lost":
            route.abort()
        else:
            body = {"not understood": "class { #", "broken": "throw new Error('broken')"}[how]
            route.fulfill(content_type="text/javascript", body=body)

    page.route(f"**/django_wechat/{spoiled}", spoil)
    page.goto(login_url)
    page.get_by_role("button", name="Continue to WeChat’s QR code").click()
    page.wait_for_url("https://open.weixin.qq.com/**")


def test_a_script_that_does_not_come_where_nothing_works_without(page: Page, stub: Site, login_url: str) -> None:
    row = BothProviderFactory._meta.model.objects.get()
    row.client_id = row.client_secret = ""
    row.save()
    page.route("**/django_wechat/wechat.js", lambda route: route.abort())
    page.goto(login_url)
    expect(page.get_by_text("The QR code cannot be shown")).to_be_visible()
    expect(page.get_by_text("Loading the QR code…")).to_be_hidden()


BREAKS_LATER = {
    "while a picture is drawn": "DOMParser.prototype.parseFromString",
    "while somebody is told": "String.prototype.replace",
    "when Refresh is pressed": "Element.prototype.closest",
}


@pytest.mark.parametrize("path", BREAKS_LATER.values(), ids=BREAKS_LATER)
def test_what_throws_later_ends_in_words(page: Page, stub: Site, login_url: str, path: str) -> None:
    page.goto(login_url)
    state(page, "ready")
    owner, _, name = path.rpartition(".")
    page.evaluate(f"() => {{ {owner}.{name} = () => {{ throw new Error('broken') }} }}")
    page.wait_for_timeout(1_000)
    page.get_by_role("button", name="Refresh").click()
    expect_a_way_on(page)


ELEMENT = """<!doctype html><link rel=stylesheet href=/static/django_wechat/wechat.css>
<script type=module src=/static/django_wechat/wechat-login.js></script>
<wechat-login><a href=/accounts/wechat/login/>Sign in with WeChat</a></wechat-login>"""


@pytest.fixture
def element(page: Page, stub: Site, login_url: str) -> str:
    page.route("**/own.html", lambda route: route.fulfill(content_type="text/html", body=ELEMENT))
    return f"{login_url.partition('/accounts/')[0]}/own.html"


def test_the_element_without_what_is_newer(page: Page, element: str) -> None:
    take(page, *NEWER.split(), "listener signal")
    found = complaints(page)
    page.goto(element)
    state(page, "ready")
    assert found == []


@pytest.mark.parametrize("path", ["AbortController", "DOMParser", "fetch", "Element.prototype.closest"])
def test_the_element_without_one_that_is_needed(page: Page, element: str, path: str) -> None:
    take(page, path)
    page.goto(element)
    again = page.get_by_role("button", name="Try again")
    expect(again.or_(page.get_by_role("link", name="Sign in with WeChat"))).to_be_visible()


def test_the_element_whose_script_does_not_come(page: Page, element: str) -> None:
    page.route("**/panel/safely.js", lambda route: route.abort())
    page.goto(element)
    expect(page.get_by_role("link", name="Sign in with WeChat")).to_be_visible()


def test_the_simulators_buttons_are_known_without_the_events_word(
    browser: Browser, page: Page, platform: Platform, live_server: LiveServer
) -> None:
    take(page, "SubmitEvent.prototype.submitter")
    page.goto(f"{live_server.url}/simulator/?lang=en")
    page.get_by_role("button", name="José").click()
    expect(page.get_by_text("WeChat ID: jose")).to_be_visible()
    assert platform.person.key == "jose"
