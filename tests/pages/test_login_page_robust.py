"""The WeChat tab when things go wrong around it: reloads, going back, tabs switched too early, focus, announcements.

What the browser alone cannot get wrong is tested by `node --test tests/js/`.
"""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.test_login_page_browser import QR_OPEN, asked, refresh, state
from tests.pages.test_login_page_browser import login_url as open_platform_url
from tests.pages.test_login_page_follow import (
    CONFIRMED,
    EXPIRED,
    FOLLOWED,
    SCANNED,
    WAITING,
    Site,
    answering,
    live,
    login_url,
    opened,
    site,
)

__all__ = ["asked", "login_url", "open_platform_url", "opened", "site"]

pytestmark = pytest.mark.django_db(transaction=True)
COME_BACK = "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
FOCUSED = "document.activeElement.dataset.wechatPart ?? document.activeElement.tagName"


def digits(page: Page) -> str:
    return page.locator("[data-wechat-part=digits]").text_content() or ""


def test_a_scan_survives_a_reload(opened: Page, site: Site) -> None:
    site.status = SCANNED
    state(opened, "scanned")
    opened.reload()
    state(opened, "scanned")
    assert (len(site.opened), digits(opened)) == (1, "47")
    assert live(opened) == "Scanned: confirm on your phone. 47. Your phone shows the same number."
    site.status = CONFIRMED
    opened.wait_for_url("**/?next=page")
    assert site.finished[0].url.endswith("/id1/finish/")


def test_the_second_step_survives_a_reload(opened: Page, site: Site) -> None:
    site.status = FOLLOWED
    expect(opened.locator("iframe")).to_be_visible()
    opened.reload()
    expect(opened.locator("iframe")).to_be_visible()
    expect(opened.get_by_text("Thanks for following.").first).to_be_visible()
    assert [code.get("kind") for code in site.opened] == [None, "open_platform", "open_platform"]


def test_what_the_site_says_is_over_is_not_shown_again(opened: Page, site: Site) -> None:
    site.status = EXPIRED
    state(opened, "expired")
    codes = len(site.opened)
    opened.goto("about:blank")
    site.status = lambda route: route.fulfill(json=EXPIRED if f"id{codes}/" in route.request.url else WAITING)
    opened.go_back()
    state(opened, "ready")
    assert len(site.opened) == codes + 1


def test_another_purpose_starts_a_code_of_its_own(opened: Page, site: Site, login_url: str) -> None:
    opened.goto(login_url.replace("next=/cart/", "next=/other/"))
    state(opened, "ready")
    assert [code["next"] for code in site.opened] == ["/cart/", "/other/"]


def test_after_an_outage_the_same_sign_in_goes_on(opened: Page, site: Site) -> None:
    site.status = SCANNED
    state(opened, "scanned")
    site.status = answering(500)
    state(opened, "error")
    site.status = SCANNED
    refresh(opened)
    state(opened, "scanned")
    assert len(site.opened) == 1


def test_refresh_is_a_new_code_also_after_a_reload(opened: Page, site: Site) -> None:
    opened.reload()
    state(opened, "ready")
    refresh(opened)
    state(opened, "ready")
    expect(opened.get_by_role("img", name="QR code of the official account")).to_be_visible()
    assert [code["previous"] for code in site.opened] == ["", "id1"]


def test_coming_back_from_the_next_page_ends_in_no_endless_wait(opened: Page, site: Site) -> None:
    opened.route("**/finish/", lambda route: route.fulfill(status=204))
    site.status = CONFIRMED
    state(opened, "done")
    site.status = {"status": "used", "next": "", "expires_in": 0}
    opened.evaluate(COME_BACK)
    state(opened, "ready")
    assert len(site.opened) == 2


def test_coming_back_to_a_page_that_was_loading_asks_again(page: Page, login_url: str, site: Site) -> None:
    waiting: list[Route] = []
    page.route(QR_OPEN, lambda route: waiting.append(route))
    page.goto(login_url)
    state(page, "loading")
    page.unroute(QR_OPEN)
    page.route(QR_OPEN, site.open)
    page.evaluate(COME_BACK)
    state(page, "ready")
    assert len(waiting) == 1


def test_a_tab_that_is_switched_while_loading(page: Page, login_url: str, site: Site) -> None:
    waiting: list[Route] = []
    page.unroute(QR_OPEN)
    page.route(QR_OPEN, lambda route: waiting.append(route))
    page.goto(login_url)
    state(page, "loading")
    page.get_by_role("tab", name="Password").click()
    site.open(waiting[0])
    state(page, "ready")
    page.wait_for_timeout(1_300)
    assert site.polled == [], "nobody looks"
    site.status = SCANNED
    page.get_by_role("tab", name="WeChat").click()
    state(page, "scanned")
    assert len(site.opened) == 1


def test_focus_is_never_lost(opened: Page, site: Site) -> None:
    opened.get_by_role("button", name="Use WeChat’s own page").click()
    expect(opened.locator("iframe")).to_be_attached()
    state(opened, "ready")
    opened.locator("iframe").focus()
    assert opened.evaluate(FOCUSED) == "IFRAME"
    opened.evaluate(
        "document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'),"
        " {effectiveDirective: 'frame-src', blockedURI: 'https://open.weixin.qq.com'}))"
    )
    state(opened, "error")
    assert opened.evaluate(FOCUSED) == "refresh"
    opened.wait_for_timeout(500)  # a second press sooner than that is a double click
    opened.get_by_role("button", name="Use the official account").click()
    state(opened, "ready")
    expect(opened.get_by_role("button", name="Use WeChat’s own page")).to_be_focused()
    site.status = FOLLOWED
    expect(opened.get_by_role("button", name="Use ")).to_have_count(0)
    assert opened.evaluate(FOCUSED) == "refresh"


def test_focus_is_not_taken_from_elsewhere(opened: Page, site: Site) -> None:
    opened.get_by_role("tab", name="WeChat").focus()
    site.status = SCANNED
    state(opened, "scanned")
    expect(opened.get_by_role("tab", name="WeChat")).to_be_focused()


def test_each_state_is_said_once_and_in_whole_words(opened: Page, site: Site) -> None:
    opened.evaluate(
        "window.said = []; const live = document.querySelector('[data-wechat-part=live]');"
        "new MutationObserver(() => said.push(live.textContent)).observe(live, {childList: true, characterData: true})"
    )
    site.status = SCANNED
    state(opened, "scanned")
    opened.wait_for_timeout(1_200)
    site.status = answering(500)
    state(opened, "error")
    assert opened.evaluate("said") == [
        "Scanned: confirm on your phone. 47. Your phone shows the same number.",
        "Something went wrong on this site. If Refresh does not help, sign in another way for now.",
    ]
    expect(opened.locator(".wechat-lead").first).not_to_be_visible()


def test_a_reference_is_read_out_only_where_there_is_one(page: Page, login_url: str, site: Site) -> None:
    error = {"code": "x", "message": "WeChat is asleep.", "reference": ""}
    page.route(QR_OPEN, lambda route: route.fulfill(status=503, json={"error": error}))
    page.goto(login_url)
    state(page, "error")
    assert live(page) == "WeChat is asleep."
    error["reference"] = "7f3k"
    refresh(page)
    expect(page.locator("[data-wechat-part=live]")).to_have_text("WeChat is asleep. Reference: 7f3k.")


def test_asleep_for_an_hour(opened: Page, site: Site) -> None:
    opened.get_by_role("tab", name="Password").click()
    opened.evaluate("const awake = Date.now; Date.now = () => awake() + 3_600_000")
    opened.wait_for_timeout(1_100)
    site.status = lambda route: route.fulfill(json=EXPIRED if "/id1/" in route.request.url else WAITING)
    opened.get_by_role("tab", name="WeChat").click()
    expect(opened.get_by_role("timer")).to_have_text("3:20")
    state(opened, "ready")
    assert len(site.opened) == 2
