"""Does a person with a real browser and a phone get in by scanning a mini program's code?

The site and the pretend WeChat are real; the program on the phone is the simulator's, which asks the site and answers.
"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import QRSession
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, MiniProgramFactory

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = "**/accounts/wechat/qr/*/picture/"
SENT = "Somebody opened this code from a picture or a chat. Scan it on this screen, with the camera."


class Phone:
    """The simulated phone, whose mini program talks to the site."""

    def __init__(self, platform: Platform, site: str) -> None:
        self.platform, self.site = platform, site

    def scan(self, way: str = "camera") -> None:
        """Open the newest code; the program asks the site about it."""
        self.platform.scan_round_code(way=way)
        self.platform.ask_about_scene(self.site)

    def reply(self, answer: str = "confirm") -> None:
        self.platform.reply_to_scene(answer)


@pytest.fixture
def phone(wechat_simulator: SimulatorServer, live_server: LiveServer) -> Phone:
    MiniProgramFactory(name="mini", enable_qr_code=True, order=1)
    return Phone(wechat_simulator.platform, str(live_server.url))


def open_tab(page: Page, phone: Phone) -> None:
    page.goto(f"{phone.site}/accounts/login/?tab=wechat")
    wait_for(page, "ready")


def wait_for(page: Page, state: str) -> None:
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", state)


def live(page: Page) -> str:
    return page.locator("[data-wechat-part=live]").text_content() or ""


def use(page: Page, words: str) -> None:
    page.wait_for_timeout(500)  # a second press sooner than that is a double click
    page.get_by_role("button", name=words).click()
    wait_for(page, "ready")


def test_scanned_confirmed_signed_in(page: Page, phone: Phone) -> None:
    open_tab(page, phone)
    picture = page.get_by_role("img", name="Code of the mini program")
    box = picture.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (220, 220)
    assert picture.evaluate("picture => picture.naturalWidth") > 200
    assert live(page) == "Scan with WeChat’s camera; the mini program asks you there. (not from a screenshot or a chat)"
    phone.scan()
    wait_for(page, "scanned")
    expect(page.locator("[data-wechat-part=digits]")).to_have_text(QRSession.objects.get().digits)
    phone.reply()
    expect(page.get_by_text("signed in as")).to_be_visible()
    assert get_user_model().objects.count() == 1


def test_the_code_stands_on_white_in_a_dark_page(page: Page, phone: Phone) -> None:
    page.emulate_media(color_scheme="dark")
    open_tab(page, phone)
    colours = "shown => [getComputedStyle(shown).backgroundColor, getComputedStyle(shown.parentElement).colorScheme]"
    assert page.locator(".wechat-shown").evaluate(colours)[0] == "rgb(255, 255, 255)"


def test_refused(page: Page, phone: Phone) -> None:
    open_tab(page, phone)
    phone.scan()
    wait_for(page, "scanned")
    phone.reply("refuse")
    wait_for(page, "refused")
    page.get_by_role("button", name="Refresh").click()
    wait_for(page, "ready")
    assert QRSession.objects.count() == 2


def test_expired(page: Page, phone: Phone) -> None:
    open_tab(page, phone)
    phone.scan()
    wait_for(page, "scanned")
    QRSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    wait_for(page, "expired")


@pytest.mark.parametrize("way", ["album", "long_press", "forwarded"])
def test_the_wrong_way_in_is_told_and_the_code_lives_on(page: Page, phone: Phone, way: str) -> None:
    open_tab(page, phone)
    notice = page.locator("[data-wechat-notice]")
    expect(notice).to_be_hidden()
    phone.scan(way)
    expect(notice).to_be_visible()
    expect(notice).to_have_text(SENT)
    wait_for(page, "ready")
    expect(page.get_by_role("img", name="Code of the mini program")).to_be_visible()
    assert live(page) == SENT
    phone.scan()
    wait_for(page, "scanned")
    expect(notice).to_be_hidden()
    phone.reply()
    expect(page.get_by_text("signed in as")).to_be_visible()


def test_a_picture_that_does_not_come(page: Page, phone: Phone) -> None:
    page.route(PICTURE, lambda route: route.fulfill(status=404))
    page.goto(f"{phone.site}/accounts/login/?tab=wechat")
    wait_for(page, "error")
    expect(page.locator("[data-wechat-part=problem]")).to_contain_text("The picture of the code did not load")
    page.unroute(PICTURE)
    page.get_by_role("button", name="Refresh").click()
    wait_for(page, "ready")
    assert QRSession.objects.count() == 2, "the one without a picture is not shown again"


def test_loading_until_the_picture_is_there(page: Page, phone: Phone) -> None:
    held: list[Route] = []
    page.route(PICTURE, lambda route: held.append(route))
    page.goto(f"{phone.site}/accounts/login/?tab=wechat")
    expect(page.locator("img.wechat-picture")).to_be_attached()
    wait_for(page, "loading")
    held[0].continue_()
    wait_for(page, "ready")


def test_a_reload_goes_on_with_the_same_code_whatever_became_of_it(page: Page, phone: Phone) -> None:
    open_tab(page, phone)
    page.reload()
    wait_for(page, "ready")
    phone.scan()
    wait_for(page, "scanned")
    page.route(PICTURE, lambda route: route.fulfill(status=404))
    page.reload()
    wait_for(page, "scanned")
    assert QRSession.objects.count() == 1
    phone.reply()
    expect(page.get_by_text("signed in as")).to_be_visible()


def test_a_code_of_another_site_is_not_shown(page: Page, phone: Phone) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = {"kind": "mini_program", "id": "1", "expires_in": 300, "status_url": "/x/", "finish_url": "/y/"}
    page.route(
        "**/accounts/wechat/qr/", lambda route: route.fulfill(json=answer | {"image_url": "//example.com/a.png"})
    )
    page.goto(f"{phone.site}/accounts/login/?tab=wechat")
    wait_for(page, "error")
    assert [url for url in asked if "example.com" in url] == []


def test_the_admins_order_decides_which_code_comes_first_and_the_visitor_chooses(page: Page, phone: Phone) -> None:
    BothProviderFactory(access_token="token", enable_qr_code=True, order=2)
    page.route(
        "https://open.weixin.qq.com/**", lambda route: route.fulfill(content_type="text/html", body="<h4>QR</h4>")
    )
    open_tab(page, phone)
    expect(page.get_by_role("img", name="Code of the mini program")).to_be_visible()
    expect(page.get_by_role("button", name="Use the mini program")).to_be_hidden()
    use(page, "Use the official account")
    expect(page.get_by_role("img", name="QR code of the official account")).to_be_visible()
    expect(page.get_by_text("(if you do not follow the account yet, tap Follow)", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Use the official account")).to_be_hidden()
    use(page, "Use WeChat’s own page")
    expect(page.locator("iframe")).to_be_visible()
    use(page, "Use the mini program")
    expect(page.get_by_role("img", name="Code of the mini program")).to_be_visible()
    phone.scan()
    wait_for(page, "scanned")
    phone.reply()
    expect(page.get_by_text("signed in as")).to_be_visible()


def test_the_open_platforms_page_first_and_the_program_by_hand(page: Page, phone: Phone) -> None:
    from_order_zero = BothProviderFactory(order=0)
    assert not from_order_zero.official_account_qr_complete
    page.route("**/connect/qrconnect*", lambda route: route.fulfill(content_type="text/html", body="<h4>QR</h4>"))
    open_tab(page, phone)
    expect(page.locator("iframe")).to_be_visible()
    use(page, "Use the mini program")
    phone.scan()
    wait_for(page, "scanned")
    phone.reply()
    expect(page.get_by_text("signed in as")).to_be_visible()
