"""The WeChat tab with the official account's QR code, in a real browser: scanned, confirmed, refused, gone, swapped.

The page is the site's own; what the site and WeChat answer is a stub, so that every answer can be given.
"""

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
import segno
from playwright.sync_api import Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import BothProviderFactory
from tests.pages.test_login_page_browser import OPEN_WEIXIN, POLICY, QR_OPEN, WECHAT_PAGE, state

STATUS = "**/accounts/wechat/qr/*/"
FINISH = "**/accounts/wechat/qr/*/finish/"
WAITING = {"status": "waiting", "next": "", "expires_in": 200}
SCANNED = {"status": "scanned", "next": "confirm", "expires_in": 200, "digits": "47"}
CONFIRMED = {"status": "confirmed", "next": "finish", "expires_in": 200}
FOLLOWED = {"status": "scanned", "next": "open_platform", "expires_in": 200}
REFUSED = {"status": "refused", "next": "", "expires_in": 0}
EXPIRED = {"status": "expired", "next": "", "expires_in": 0}
MORE_THAN_THREE_MINUTES = re.compile(r"3:\d\d")
CONTENT = "http://weixin.qq.com/q/02tzP2dEbWcUl1WWvHhy1A"

pytestmark = pytest.mark.django_db(transaction=True)


def drawn(content: str = CONTENT) -> str:
    return str(segno.make(content, error="m").svg_inline(scale=5, border=0))


class Site:
    """What the site answers: the codes it opens, and the status that the next polls get."""

    def __init__(self, page: Page) -> None:
        self.opened: list[dict[str, str]] = []
        self.polled: list[float] = []
        self.finished: list[Request] = []
        self.status: object = WAITING
        self.expires_in = 200
        self.svg = drawn()
        page.route(QR_OPEN, self.open)
        page.route(STATUS, self.say)
        page.route(FINISH, self.finish)
        page.route(OPEN_WEIXIN, lambda route: route.fulfill(content_type="text/html", body=WECHAT_PAGE))

    def open(self, route: Route) -> None:
        form = parse_qs(route.request.post_data or "", keep_blank_values=True)
        self.opened.append({name: values[0] for name, values in form.items()})
        if self.opened[-1].get("kind") == "open_platform":
            frame_url = f"https://open.weixin.qq.com/connect/qrconnect?state=s{len(self.opened)}&fast_login=0"
            answer = {"kind": "open_platform", "frame_url": frame_url, "login_url": "/", "expires_in": 300}
        else:
            address = f"/accounts/wechat/qr/id{len(self.opened)}/"
            answer = {
                "kind": "official_account",
                "id": f"id{len(self.opened)}",
                "svg": self.svg,
                "digits": "",
                "expires_in": self.expires_in,
                "status_url": address,
                "stream_url": "",
                "finish_url": f"{address}finish/",
            }
        route.fulfill(json=answer)

    def say(self, route: Route) -> None:
        self.polled.append(time.monotonic())
        if callable(self.status):
            self.status(route)
        else:
            route.fulfill(json=self.status)

    def finish(self, route: Route) -> None:
        self.finished.append(route.request)
        route.fulfill(status=302, headers={"location": "/?next=page"})


@pytest.fixture
def site(page: Page) -> Site:
    return Site(page)


@pytest.fixture
def login_url(live_server: LiveServer) -> str:
    BothProviderFactory(access_token="token", enable_qr_code=True)
    return f"{live_server.url}/accounts/login/?tab=wechat&next=/cart/"


@pytest.fixture
def opened(page: Page, site: Site, login_url: str) -> Page:
    page.goto(login_url)
    state(page, "ready")
    return page


def live(page: Page) -> str:
    return page.locator("[data-wechat-part=live]").text_content() or ""


def answering(status: int, **headers: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, headers=headers, body="<h1>Oops</h1>")


def test_the_code_is_drawn_with_white_around_it_and_says_what_to_do(opened: Page, site: Site) -> None:
    picture = opened.get_by_role("img", name="QR code of the official account")
    box = picture.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (220, 220)
    assert picture.get_attribute("viewBox") == "0 0 165 165"
    shown = opened.locator(".wechat-shown")
    assert shown.evaluate("shown => [shown.offsetWidth, shown.offsetHeight]") == [300, 320]
    assert shown.evaluate("shown => getComputedStyle(shown).backgroundColor") == "rgb(255, 255, 255)"
    assert live(opened) == "Scan with WeChat to sign in. (if you do not follow the account yet, tap Follow)"
    expect(opened.get_by_role("timer")).to_have_text(MORE_THAN_THREE_MINUTES)
    asked = site.opened[0]
    assert (asked["process"], asked["next"], asked["previous"]) == ("login", "/cart/", "")
    assert "kind" not in asked


def test_scanned_confirmed_signed_in(opened: Page, site: Site) -> None:
    digits = opened.locator("[data-wechat-part=digits]")
    assert digits.text_content() == "", "the number is not known before the scan"
    site.status = SCANNED
    state(opened, "scanned")
    expect(digits).to_have_text("47")
    assert live(opened) == "Scanned: confirm on your phone. 47. Your phone shows the same number."
    expect(opened.get_by_role("img", name="QR code of the official account")).to_have_count(0)
    site.status = CONFIRMED
    opened.wait_for_url("**/?next=page")
    (request,) = site.finished
    assert request.method == "POST"
    assert request.is_navigation_request()
    assert "csrfmiddlewaretoken=" in (request.post_data or "")
    polls = len(site.polled)
    opened.wait_for_timeout(1_500)
    assert len(site.polled) == polls


def test_refused_on_the_phone(opened: Page, site: Site) -> None:
    site.status = REFUSED
    state(opened, "refused")
    assert live(opened) == "Refused on the phone."
    polls = len(site.polled)
    opened.wait_for_timeout(1_500)
    assert len(site.polled) == polls, "nothing is asked after the end"
    site.status = WAITING
    opened.get_by_role("button", name="Refresh").click()
    state(opened, "ready")
    assert site.opened[1]["previous"] == "id1"


def test_thanks_then_the_open_platforms_code_without_a_reload(opened: Page, site: Site) -> None:
    opened.evaluate("window.stillThere = true")
    site.status = FOLLOWED
    expect(opened.locator("iframe")).to_be_visible()
    state(opened, "ready")
    assert live(opened) == "Thanks for following. Now scan this code to sign in."
    assert opened.evaluate("window.stillThere")
    assert site.opened[1] | {"csrfmiddlewaretoken": ""} == {
        "csrfmiddlewaretoken": "",
        "process": "login",
        "next": "/cart/",
        "previous": "",
        "kind": "open_platform",
    }
    expect(opened.get_by_role("button", name="Use ")).to_have_count(0)
    opened.get_by_role("button", name="Refresh").click()
    opened.wait_for_timeout(300)
    state(opened, "ready")
    assert (site.opened[2]["kind"], site.opened[2]["previous"]) == ("open_platform", "s2")


def test_by_hand_to_the_other_code_and_back(opened: Page, site: Site) -> None:
    expect(opened.get_by_role("button", name="Open WeChat’s page")).to_have_count(0)
    opened.get_by_role("button", name="Use WeChat’s own page").click()
    expect(opened.locator("iframe")).to_be_visible()
    expect(opened.get_by_role("button", name="Open WeChat’s page")).to_be_visible()
    state(opened, "ready")
    assert live(opened) == "Scan with WeChat to sign in."
    polls = len(site.polled)
    opened.wait_for_timeout(1_500)
    assert len(site.polled) == polls, "nobody waits for the first code any more"
    opened.get_by_role("button", name="Use the official account").click()
    expect(opened.get_by_role("img", name="QR code of the official account")).to_be_visible()
    assert site.opened[2]["previous"] == "id1"


def test_an_expired_code_is_renewed_once_while_nobody_scanned(opened: Page, site: Site) -> None:
    site.status = EXPIRED
    state(opened, "expired")
    assert len(site.opened) == 2
    assert live(opened) == "This QR code has expired."


def test_a_scanned_code_is_never_renewed_by_itself(opened: Page, site: Site) -> None:
    site.status = SCANNED
    state(opened, "scanned")
    site.status = EXPIRED
    state(opened, "expired")
    opened.wait_for_timeout(300)
    assert len(site.opened) == 1


def test_a_code_of_another_browser_is_renewed_once_and_then_over(opened: Page, site: Site) -> None:
    site.status = answering(404)
    state(opened, "expired")
    assert len(site.opened) == 2
    site.status = WAITING
    opened.get_by_role("button", name="Refresh").click()
    state(opened, "ready")


def test_at_zero_the_site_has_the_last_word(page: Page, site: Site, login_url: str) -> None:
    site.expires_in = 2
    site.status = SCANNED
    page.goto(login_url)
    state(page, "scanned")
    page.wait_for_timeout(2_000)
    state(page, "scanned")
    expect(page.get_by_role("timer")).to_have_text(MORE_THAN_THREE_MINUTES)


def test_one_failure_is_not_told_and_many_are(opened: Page, site: Site) -> None:
    site.status = answering(500)
    opened.wait_for_timeout(2_500)
    state(opened, "ready")
    site.status = SCANNED
    state(opened, "scanned")
    site.status = answering(500)
    state(opened, "error")
    expect(opened.locator("[data-wechat-part=problem]")).to_contain_text("Something went wrong on this site")
    polls = len(site.polled)
    site.status = WAITING
    opened.wait_for_timeout(1_500)
    assert len(site.polled) == polls
    opened.get_by_role("button", name="Refresh").click()
    state(opened, "ready")


def test_retry_after_is_obeyed(opened: Page, site: Site) -> None:
    site.status = answering(429, **{"Retry-After": "4"})
    opened.wait_for_timeout(4_500)
    last_two = site.polled[-2:]
    assert len(last_two) < 2 or last_two[1] - last_two[0] > 3.5
    state(opened, "ready")


def test_a_hidden_tab_asks_nothing_and_then_asks_at_once(opened: Page, site: Site) -> None:
    opened.wait_for_timeout(1_200)
    opened.get_by_role("tab", name="Password").click()
    opened.wait_for_timeout(500)
    polls = len(site.polled)
    opened.wait_for_timeout(2_500)
    assert len(site.polled) == polls
    site.status = SCANNED
    opened.get_by_role("tab", name="WeChat").click()
    state(opened, "scanned")


def test_a_second_tab_has_a_code_of_its_own(opened: Page, site: Site, login_url: str) -> None:
    second = opened.context.new_page()
    other = Site(second)
    second.goto(login_url)
    state(second, "ready")
    assert other.opened[0]["previous"] == ""
    state(opened, "ready")
    opened.bring_to_front()
    opened.reload()
    state(opened, "ready")
    assert (len(site.opened), len(other.opened)) == (1, 1), "each tab goes on with its own"


@pytest.mark.parametrize(
    "svg",
    [
        "",
        "<p>no picture</p>",
        drawn().replace("</svg>", "<script>document.title = 'caught'</script></svg>"),
        drawn().replace("<path", "<path onload='document.title = `caught`'", 1),
        drawn().replace("</svg>", ""),
    ],
    ids=["nothing", "not an svg", "a script", "a handler", "broken"],
)
def test_only_a_drawing_is_put_into_the_page(page: Page, site: Site, login_url: str, svg: str) -> None:
    site.svg = svg
    page.goto(login_url)
    state(page, "error")
    expect(page.locator("[data-wechat-part=problem]")).to_contain_text("Something went wrong on this site")
    assert page.title() != "caught"
    assert site.polled == []


def test_leaving_by_hand_is_not_taken_for_a_sign_in(opened: Page, site: Site) -> None:
    opened.wait_for_timeout(1_600)
    opened.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    state(opened, "ready")


def test_a_strict_policy_is_kept_all_the_way(page: Page, site: Site, login_url: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    def strict(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | {"content-security-policy": POLICY})

    page.route("**/accounts/login/*", strict)
    page.goto(login_url)
    state(page, "ready")
    site.status = SCANNED
    state(page, "scanned")
    site.status = CONFIRMED
    page.wait_for_url("**/?next=page")
    assert complaints == []


def test_the_start_page_shows_the_same_panel(page: Page, site: Site, login_url: str) -> None:
    page.goto(login_url.replace("/login/?tab=wechat&", "/wechat/login/?process=login&"))
    state(page, "ready")
    expect(page.get_by_role("img", name="QR code of the official account")).to_be_visible()
    assert site.opened[0]["next"] == "/cart/"


def test_without_the_open_platform_there_is_no_other_code(page: Page, site: Site, login_url: str) -> None:
    row = BothProviderFactory._meta.model.objects.get()
    row.client_id = row.client_secret = ""
    row.save()
    page.goto(login_url)
    state(page, "ready")
    expect(page.get_by_role("button", name="Use WeChat’s own page")).to_have_count(0)


def test_without_javascript_there_is_the_open_platforms_page_or_a_reason(page: Page, login_url: str) -> None:
    assert page.context.browser is not None
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(login_url)
    expect(plain.get_by_role("button", name="Continue to WeChat’s QR code")).to_be_visible()
    row = BothProviderFactory._meta.model.objects.get()
    row.client_id = row.client_secret = ""
    row.save()
    plain.goto(login_url)
    expect(plain.get_by_text("The QR code cannot be shown")).to_be_visible()
    expect(plain.get_by_role("button", name="Continue to WeChat’s QR code")).to_have_count(0)
    context.close()
