"""Does a real browser end at the very address, with what follows the `#`? Browsers carry that along over redirects."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from django_wechat.simulator.platform import Platform
from tests.pages.test_browser_follow import confirm, open_tab, platform, scan, site, wait_for
from tests.pages.test_browser_journeys import phone, wait_for_qr

__all__ = ["phone", "platform", "site"]

pytestmark = pytest.mark.django_db(transaction=True)
DEEP = "/accounts/email/#/orders/1"  # a page that asks who one is
IN_WECHAT = "/accounts/wechat/login/"


def tap(page: Page) -> None:
    page.get_by_role("button", name="Sign in with WeChat").click()


@pytest.mark.parametrize("silent", [True, False])
def test_wechats_fragment_is_gone_at_the_end(phone: Page, site: str, platform: Platform, *, silent: bool) -> None:
    platform.switch(silent_consent=silent)
    phone.goto(f"{site}{IN_WECHAT}")
    tap(phone)
    if not silent:
        phone.locator(".accept").click()
    expect(phone.get_by_text("signed in as")).to_be_visible()
    assert "wechat_redirect" not in phone.url
    assert phone.evaluate("location.hash") == ""


def test_it_is_gone_behind_allauths_own_redirects_too(phone: Page, site: str, platform: Platform) -> None:
    platform.switch(silent_consent=True)
    phone.goto(f"{site}{IN_WECHAT}?next=/accounts/login/")  # somebody signed in is sent on from there
    tap(phone)
    expect(phone.get_by_text("signed in as")).to_be_visible()
    assert "wechat_redirect" not in phone.url


def test_a_route_of_an_app_inside_wechat(phone: Page, site: str, platform: Platform) -> None:
    platform.switch(silent_consent=True)
    phone.goto(f"{site}{IN_WECHAT}?next={quote(DEEP)}")
    tap(phone)
    phone.wait_for_url(f"{site}{DEEP}")


def test_a_deep_link_asks_to_sign_in_and_is_come_back_to(phone: Page, site: str, platform: Platform) -> None:
    """No server sees the fragment: the browser brings it to the login page, and the script takes it from there."""
    platform.switch(silent_consent=True)
    phone.goto(f"{site}{DEEP}")
    phone.get_by_role("tab", name="WeChat").click()
    assert phone.url.endswith("next=/accounts/email/#/orders/1")
    tap(phone)
    phone.wait_for_url(f"{site}{DEEP}")


def test_a_deep_link_by_wechats_page(page: Page, site: str, platform: Platform) -> None:
    page.goto(f"{site}{DEEP}")
    page.get_by_role("tab", name="WeChat").click()
    wait_for(page, "ready")
    page.get_by_role("button", name="Use WeChat’s own page").click()
    uuid = wait_for_qr(page, platform)
    platform.scan(uuid)
    platform.allow(uuid)
    page.wait_for_url(f"{site}{DEEP}")


def test_a_deep_link_by_following(page: Page, phone: Page, site: str, platform: Platform) -> None:
    page.goto(f"{site}{DEEP}")
    page.get_by_role("tab", name="WeChat").click()
    wait_for(page, "ready")
    scan(platform)
    confirm(phone, platform)
    page.wait_for_url(f"{site}{DEEP}")


def test_a_tabs_own_address_is_no_way_back(page: Page, phone: Page, site: str, platform: Platform) -> None:
    open_tab(page, site, "?next=/accounts/email/#wechat")
    scan(platform)
    confirm(phone, platform)
    page.wait_for_url(f"{site}/accounts/email/")


def test_a_page_that_is_out_of_date_is_reloaded_with_its_way_back(page: Page, site: str, platform: Platform) -> None:
    page.route("**/accounts/wechat/qr/", lambda route: route.fulfill(status=403, body=""))
    page.goto(f"{site}{DEEP}")
    page.get_by_role("tab", name="WeChat").click()
    wait_for(page, "error")
    page.unroute_all()
    page.get_by_role("button", name="Reload the page").click()
    wait_for(page, "ready")
    assert page.locator("[data-wechat-part=form] input[name=next]").input_value() == DEEP
