"""Does somebody get in whose phone's browser is outside WeChat? One button leads there; back is by hand.

The site and the pretend WeChat are real. A phone that opens WeChat leaves the page where it is, and hidden; where the
link shows a page of Tencent's first, the person comes back to ours by the browser's own Back.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import QRSession
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, MiniProgramFactory
from tests.user_agents import ANDROID_CHROME, IPHONE_SAFARI

pytestmark = pytest.mark.django_db(transaction=True)
LINK = "**/wxaurl/*"
SEEN = """hidden => {
  Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
  Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => hidden ? 'hidden' : 'visible'});
  document.dispatchEvent(new Event('visibilitychange'));
}"""
OPEN = "Open WeChat"


class Phone:
    """One phone: its browser, and the WeChat on it, whose mini program talks to the site."""

    def __init__(self, page: Page, platform: Platform, site: str) -> None:
        self.page, self.platform, self.site = page, platform, site
        self.links: list[str] = []
        self.opened = 0
        page.on("request", lambda request: self._note(request.url, request.method))

    def _note(self, url: str, method: str) -> None:
        if "/wxaurl/" in url and method == "GET":
            self.links.append(url)
        self.opened += url.endswith("/accounts/wechat/qr/")

    def start(self, path: str = "/accounts/wechat/login/?process=login&next=/%3Fback") -> None:
        self.page.goto(self.site + path)
        wait_for(self.page, "idle")

    def go(self) -> None:
        """Tap the button, and be led to a new link."""
        before = len(self.links)
        tap(self.page)
        wait_for(self.page, "ready")
        while len(self.links) == before:
            self.page.wait_for_timeout(50)

    def leave(self) -> None:
        """WeChat comes to the front."""
        self.page.evaluate(SEEN, True)

    def come_back(self) -> None:
        self.page.evaluate(SEEN, False)

    def in_wechat(self, answer: str = "confirm", way: str = "browser") -> None:
        """The program opens, asks the site, and the person answers."""
        self.platform.open_link(self.links[-1], way=way)
        self.platform.ask_about_scene(self.site)
        if answer:
            self.platform.reply_to_scene(answer)


@pytest.fixture(params=[IPHONE_SAFARI, ANDROID_CHROME], ids=["iPhone", "Android"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, wechat_simulator: SimulatorServer, live_server: LiveServer
) -> Iterator[Phone]:
    MiniProgramFactory(name="mini", enable_qr_code=True)
    context = browser.new_context(
        user_agent=request.param, viewport={"width": 390, "height": 844}, locale="en-US", has_touch=True
    )
    context.set_default_timeout(15_000)
    yield Phone(context.new_page(), wechat_simulator.platform, str(live_server.url))
    context.close()


@pytest.fixture
def app(phone: Phone) -> Phone:
    """A phone on which the link opens WeChat at once: the browser stays where it is."""
    phone.page.route(LINK, lambda route: route.fulfill(status=204))
    return phone


def wait_for(page: Page, state: str) -> None:
    expect(page.locator("[data-wechat-phone-link]")).to_have_attribute("data-state", state)


def tap(page: Page) -> None:
    page.get_by_role("button", name=OPEN, exact=True).tap()


def live(page: Page) -> str:
    return page.locator("[data-wechat-part=live]").text_content() or ""


def signed_in(page: Page) -> None:
    page.wait_for_url("**/?back")
    expect(page.get_by_text("signed in as")).to_be_visible()
    assert get_user_model().objects.count() == 1


def test_the_page_goes_on_when_it_is_seen_again_though_no_timer_ran(app: Phone) -> None:
    page = app.page
    page.clock.install()
    app.start()
    assert app.opened == 0, "links are counted: none is asked for before the tap"
    app.go()
    expect(page.get_by_role("link", name=OPEN)).to_have_attribute("href", app.links[0])
    app.leave()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 5)
    app.in_wechat()
    page.wait_for_timeout(1_500)
    wait_for(page, "ready")
    app.come_back()
    signed_in(page)
    assert len(app.links) == 1


def test_back_from_the_page_between(phone: Phone) -> None:
    """The page may have been thrown away: it is loaded again and goes on with the link that this tab has."""
    phone.start()
    tap(phone.page)
    phone.page.wait_for_url(LINK)
    phone.in_wechat()
    phone.page.go_back()
    signed_in(phone.page)
    assert phone.opened == 1


def test_back_before_the_answer(phone: Phone) -> None:
    phone.start()
    tap(phone.page)
    phone.page.wait_for_url(LINK)
    phone.page.go_back()
    wait_for(phone.page, "ready")
    assert phone.opened == 1
    phone.in_wechat(answer="")
    wait_for(phone.page, "scanned")
    assert live(phone.page).startswith("WeChat asks you now.")
    phone.platform.reply_to_scene("confirm")
    signed_in(phone.page)


def test_where_the_navigation_did_nothing_the_link_is_a_second_button(app: Phone) -> None:
    app.start()
    app.go()
    assert live(app.page).startswith("Confirm in WeChat, then come back here.")
    app.page.get_by_role("link", name=OPEN).tap()
    app.page.wait_for_timeout(300)
    assert len(app.links) == 2
    assert app.opened == 1
    app.in_wechat()
    signed_in(app.page)


def test_refused_in_wechat_and_once_more(app: Phone) -> None:
    app.start()
    app.go()
    app.leave()
    app.in_wechat("refuse")
    app.come_back()
    wait_for(app.page, "refused")
    app.page.wait_for_timeout(1_000)
    app.go()
    assert len(set(app.links)) == 2
    app.in_wechat()
    signed_in(app.page)


def test_too_late_and_once_more(app: Phone) -> None:
    app.start()
    app.go()
    app.leave()
    QRSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    app.come_back()
    wait_for(app.page, "expired")
    assert app.opened == 1, "no link without a tap"
    app.page.wait_for_timeout(1_000)
    app.go()
    assert app.opened == 2


def test_a_forwarded_link_does_not_count(app: Phone) -> None:
    app.start()
    app.go()
    app.in_wechat(answer="", way="forwarded")
    expect(app.page.locator("[data-wechat-notice]")).to_be_visible()
    wait_for(app.page, "ready")
    app.in_wechat()
    signed_in(app.page)


def test_a_link_that_was_used_is_no_news_at_the_next_visit(app: Phone) -> None:
    app.start()
    app.go()
    app.in_wechat()
    signed_in(app.page)
    app.page.context.clear_cookies()
    app.start()
    app.page.wait_for_timeout(500)
    wait_for(app.page, "idle")
    assert app.opened == 1


def test_no_connection_and_then_there_is_one(app: Phone) -> None:
    app.start()
    app.page.route("**/accounts/wechat/qr/", lambda route: route.abort())
    tap(app.page)
    wait_for(app.page, "error")
    expect(app.page.locator("[data-wechat-part=problem]")).to_contain_text("This site cannot be reached")
    app.page.unroute("**/accounts/wechat/qr/")
    app.page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_for(app.page, "idle")
    assert app.links == [], "nobody is led away long after a tap"
    app.page.wait_for_timeout(1_000)
    app.go()


@pytest.mark.parametrize("link", ["javascript:document.title='caught'", "data:text/html,hi", "nothing"])
def test_only_an_address_of_a_page_or_of_wechat_is_gone_to(phone: Phone, link: str) -> None:
    answer = {"kind": "mini_program_link", "id": "1", "expires_in": 300, "status_url": "/x/", "finish_url": "/y/"}
    phone.page.route("**/accounts/wechat/qr/", lambda route: route.fulfill(json=answer | {"link": link}))
    phone.start()
    tap(phone.page)
    wait_for(phone.page, "error")
    assert phone.page.title() != "caught"


def test_on_the_login_page_too(app: Phone) -> None:
    app.start("/accounts/login/?tab=wechat&next=/%3Fback")
    app.go()
    app.leave()
    app.in_wechat()
    app.come_back()
    signed_in(app.page)


def test_in_the_element_too(app: Phone) -> None:
    static = "/static/django_wechat/wechat-login.js"
    body = f"<script type=module src={static}></script><wechat-login next='/?back'></wechat-login>"
    app.page.route("**/plain/", lambda route: route.fulfill(content_type="text/html", body=body))
    app.page.goto(f"{app.site}/plain/")
    wait_for(app.page, "idle")
    app.go()
    app.leave()
    app.in_wechat()
    app.come_back()
    signed_in(app.page)


def test_too_many_links_are_said_and_no_code_is_shown_that_nobody_can_scan(app: Phone, settings: Any) -> None:
    BothProviderFactory()
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"qr_open_browser": (1, 86_400)}}
    app.start()
    for _ in range(2):  # the first one makes the browser known
        app.go()
        app.in_wechat("refuse")
        wait_for(app.page, "refused")
        app.page.wait_for_timeout(1_000)
    tap(app.page)
    wait_for(app.page, "error")
    expect(app.page.locator("[data-wechat-part=problem]")).to_contain_text("asked for too many")


def test_copying_the_link_stays_the_other_way(phone: Phone) -> None:
    BothProviderFactory()
    phone.start()
    expect(phone.page.get_by_role("button", name="Copy link")).to_be_visible()


def test_without_javascript_it_is_the_page_as_ever(phone: Phone, browser: Browser) -> None:
    BothProviderFactory()
    context = browser.new_context(user_agent=IPHONE_SAFARI, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{phone.site}/accounts/wechat/login/")
    expect(plain.get_by_text("WeChat allows sign-in only inside the WeChat app")).to_be_visible()
    expect(plain.get_by_role("button", name=OPEN)).to_be_hidden()
    expect(plain.get_by_label("Link of this page")).to_be_visible()
    context.close()
