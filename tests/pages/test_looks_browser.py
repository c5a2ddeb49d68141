"""The panel inside other people's pages, in Chromium: it signs in, keeps its room, fits, and rests when asked to.

Drives the example site as `make demo` serves it, with its pretend WeChat.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from example_project.demo_process import served
from tests import user_agents

LOOKS = ["bootstrap", "tailwind", "bare", "element"]
PAGES = [*(f"/looks/{name}/" for name in LOOKS), "/accounts/login/?tab=wechat"]
PANEL = "**/accounts/wechat/panel/*"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "frame-src 'self'; form-action 'self'"
)
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""
WATCH_EVENTS = """
window.states = [];
addEventListener("wechat-login", (event) => { states.push(event.detail.state); console.log(event.detail.state); });
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("demo")) as (address, _):
        yield address


def ready(page: Page) -> None:
    expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-state", "ready")


def sign_in(page: Page) -> None:
    """Click the pretend WeChat's QR code and allow, inside the frame."""
    qr_code = page.frame_locator("iframe")
    qr_code.get_by_role("link").first.click()
    qr_code.frame_locator("iframe").locator(".accept").click()
    expect(page.get_by_role("heading", name="Signed in as 张三")).to_be_visible()


@pytest.mark.parametrize("name", ["bootstrap", "tailwind", "bare"])
def test_a_themed_page_signs_in(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/looks/{name}/")
    ready(page)
    sign_in(page)


def test_the_element_signs_in_under_a_strict_policy_and_tells_the_page(page: Page, site: str) -> None:
    said: list[tuple[str, str]] = []
    page.on("console", lambda message: said.append((message.type, message.text)))

    def strict(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | {"content-security-policy": POLICY})

    page.route("**/looks/element/", strict)
    page.add_init_script(WATCH_EVENTS)
    page.goto(f"{site}/looks/element/")
    ready(page)
    sign_in(page)
    assert [text for kind, text in said if kind == "log"] == ["loading", "shown", "done"]
    assert [text for kind, text in said if kind == "error"] == []


def test_no_panel_is_said_and_mended(page: Page, site: str) -> None:
    page.route(PANEL.removesuffix("*"), lambda route: route.fulfill(status=500, body="<h1>Oops</h1>"))
    page.goto(f"{site}/looks/element/")
    expect(page.get_by_role("alert")).to_contain_text("WeChat sign-in did not load.")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    ready(page)


def test_the_element_is_empty_where_wechat_cannot_serve(page: Page, site: str) -> None:
    page.route(PANEL.removesuffix("*"), lambda route: route.fulfill(json={"html": "", "language": "en"}))
    page.add_init_script(WATCH_EVENTS)
    page.goto(f"{site}/looks/element/")
    page.wait_for_function("states.at(-1) === 'unavailable'")
    expect(page.locator("wechat-login")).to_be_empty()


def test_moving_the_element_keeps_its_panel(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/wechat/panel/" in request.url else None)
    page.goto(f"{site}/looks/element/?next=/accounts/email/")
    ready(page)
    page.evaluate("document.body.append(document.querySelector('wechat-login'))")
    page.wait_for_timeout(300)
    assert len(asked) == 1
    assert asked[0].endswith("?next=%2Faccounts%2Femail%2F")


@pytest.mark.parametrize("address", PAGES)
def test_nothing_moves_while_the_qr_code_loads(page: Page, site: str, address: str) -> None:
    page.add_init_script(WATCH_SHIFTS)
    page.goto(site + address)
    ready(page)
    page.wait_for_timeout(300)
    assert page.evaluate("shifts.reduce((sum, value) => sum + value, 0)") < 0.02


def test_nothing_moves_when_the_tab_was_opened(page: Page, site: str) -> None:
    page.add_init_script(WATCH_SHIFTS)
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("tab", name="WeChat").click()
    loading = page.locator("#wechat .wechat-card").bounding_box()
    ready(page)
    page.wait_for_timeout(300)
    assert page.locator("#wechat .wechat-card").bounding_box() == loading
    assert page.evaluate("shifts.reduce((sum, value) => sum + value, 0)") < 0.02


def test_the_watch_watches(page: Page, site: str) -> None:
    page.add_init_script(WATCH_SHIFTS)
    page.goto(f"{site}/looks/bare/")
    page.wait_for_timeout(600)
    page.evaluate("document.querySelector('h1').animate({marginTop: ['0', '300px']}, 1)")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('beforebegin', '<br>'.repeat(15))")
    page.wait_for_function("shifts.reduce((sum, value) => sum + value, 0) > 0.02")


@pytest.mark.parametrize("address", [*PAGES, "/looks/bootstrap/?provider=account", "/looks/element/?provider=account"])
def test_nothing_is_wider_than_the_window(page: Page, site: str, address: str) -> None:
    """A phone; a window of 1280 pixels at 200 % and at 400 %."""
    page.goto(site + address)
    ready(page)
    for width in (390, 640, 320):
        page.set_viewport_size({"width": width, "height": 800})
        card = page.locator(".wechat-card").evaluate("card => [card.scrollWidth, card.clientWidth]")
        assert card[0] <= card[1], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("provider", ["", "&provider=account"])
def test_the_code_its_words_and_refresh_are_seen_at_once(browser: Browser, site: str, provider: str) -> None:
    """Within 560 pixels of the top of the card, whatever the size and the language."""
    for language in ("en-US", "zh-CN", "zh-TW"):
        context = browser.new_context(locale=language)
        page = context.new_page()
        page.goto(f"{site}/accounts/login/?tab=wechat{provider}")
        ready(page)
        for width, height in ((1280, 900), (1366, 650), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            assert height_down_to(page, "[data-wechat-part=refresh]") <= 560, (language, width)
        context.close()


def height_down_to(page: Page, selector: str) -> float:
    card, end = page.locator("main.wechat-page-main").bounding_box(), page.locator(selector).bounding_box()
    assert card is not None
    assert end is not None
    return end["y"] + end["height"] - card["y"]


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_wechats_frame_and_the_tab_say_the_same_once(browser: Browser, site: str, language: str) -> None:
    context = browser.new_context(locale=language)
    page = context.new_page()
    page.goto(f"{site}/accounts/login/?tab=wechat")
    ready(page)
    frame = page.frame_locator("iframe")
    caption = frame.locator("[data-when='408'] strong")
    expect(caption).to_be_visible()
    expect(frame.locator("h1")).to_be_hidden()
    assert frame.locator(".qrcode").evaluate("code => code.offsetWidth") == 220
    spoken = page.locator("[data-wechat-part=live]").text_content() or ""
    assert spoken.rstrip(".") == caption.text_content()
    expect(page.locator(".wechat-lead:visible")).to_have_count(0)
    expect(page.locator("#wechat .wechat-title")).to_have_css("clip-path", "inset(50%)")
    context.close()


def test_every_state_begins_where_the_code_does_and_what_helps_lies_on_it(page: Page, site: str) -> None:
    for state, button in {
        "follow-ready": "",
        "follow-scanned": "",
        "follow-refused": "Refresh",
        "follow-expired": "Refresh",
        "expired": "Refresh",
        "error-offline": "Refresh",
        "error-session": "Reload the page",
        "error-other-ways": "Other ways to sign in",
    }.items():
        page.goto(f"{site}/gallery/tab-{state}/")
        expect(page.locator("[data-wechat-panel]")).to_have_attribute("data-ready", "")
        title, stage = page.locator(".wechat-title").bounding_box(), page.locator(".wechat-shown").bounding_box()
        assert title is not None
        assert stage is not None
        assert stage["y"] - title["y"] - title["height"] < 24, state
        if button:
            strong = page.locator(".wechat-foot .wechat-button:visible:not(.wechat-button-quiet)")
            expect(strong).to_have_text(button)
            box = strong.bounding_box()
            assert box is not None
            assert stage["y"] < box["y"] < box["y"] + box["height"] < stage["y"] + stage["height"], state


def test_outside_wechat_a_phone_has_one_strong_button_and_three_steps(browser: Browser, site: str) -> None:
    context = browser.new_context(user_agent=user_agents.IPHONE_SAFARI, viewport={"width": 390, "height": 844})
    page = context.new_page()
    for address in ("/accounts/login/?tab=wechat", "/accounts/wechat/login/"):
        page.goto(site + address)
        card = page.locator(".wechat-card")
        strong = card.locator(".wechat-button:visible:not(.wechat-button-quiet)")
        expect(strong).to_have_text("Open WeChat")
        assert strong.evaluate("button => button.offsetWidth === button.parentElement.offsetWidth")
        expect(card.locator("ol li")).to_have_count(3)
        card.get_by_role("button", name="Copy link").click()
        expect(card.locator("[data-wechat-copy] [role=status]")).not_to_be_empty()
    context.close()


def test_a_panel_alone_stands_in_the_middle(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}/looks/bare/")
    box = page.locator(".wechat-card").bounding_box()
    assert box is not None
    gaps = (box["x"], page.evaluate("document.documentElement.clientWidth") - box["x"] - box["width"])
    assert gaps[0] > 400
    assert abs(gaps[0] - gaps[1]) <= 1


@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "wechat-turn")])
def test_the_wait_turns_only_for_those_who_like_it(browser: Browser, site: str, motion: str, animation: str) -> None:
    context = browser.new_context(reduced_motion=motion, locale="en-US")  # type: ignore[arg-type]
    page = context.new_page()
    page.route("**/accounts/wechat/qr/", lambda route: None)
    page.goto(f"{site}/looks/tailwind/")
    wait = page.locator(".wechat-wait")
    expect(wait).to_be_visible()
    assert wait.evaluate("wait => getComputedStyle(wait).animationName") == animation
    context.close()


@pytest.mark.parametrize(
    ("address", "ground"),
    [
        ("bootstrap/", "rgb(255, 255, 255)"),
        ("bootstrap/?theme=dark", "rgb(33, 37, 41)"),
        ("tailwind/", "rgb(255, 255, 255)"),
        ("tailwind/?theme=dark", "rgb(17, 24, 39)"),
        ("bare/", "rgb(29, 34, 32)"),
        ("bare/?theme=light", "rgb(255, 255, 255)"),
        ("element/", "rgb(29, 34, 32)"),
    ],
)
def test_the_panel_is_as_dark_as_its_page(browser: Browser, site: str, address: str, ground: str) -> None:
    """The visitor's system is dark: only pages that follow it are."""
    context = browser.new_context(color_scheme="dark", locale="en-US")
    page = context.new_page()
    page.goto(f"{site}/looks/{address}")
    ready(page)
    card = page.locator(".wechat-card").evaluate("card => getComputedStyle(card).backgroundColor")
    assert card == ground
    muted = page.locator(".wechat-way:not([hidden])").first.evaluate("words => getComputedStyle(words).color")
    assert muted == ("rgb(91, 99, 95)" if ground == "rgb(255, 255, 255)" else "rgb(169, 179, 174)")
    context.close()
