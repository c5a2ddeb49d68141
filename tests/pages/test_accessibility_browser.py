"""Can everybody use it? axe on every state and page of ours, the keyboard, what is announced, zoom, motion."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from example_project.demo_process import ROOT, served, surroundings
from example_project.gallery.page_checks import SEEN, faults
from example_project.gallery.states import all_states
from tests import filled_demo
from tests.factories import BothProviderFactory

LOGIN = "/accounts/login/?tab=wechat"
ADMIN_PAGES = {
    "provider": "/admin/django_wechat/wechatprovider/1/change/",
    "new provider": "/admin/django_wechat/wechatprovider/add/",
    "providers": "/admin/django_wechat/wechatprovider/",
    "check": "/admin/django_wechat/wechatprovider/1/check/",
    "sign-in log": "/admin/django_wechat/signinattempt/",
    "sign-in methods": "/admin/django_wechat/signinmethod/",
    "duplicates": "/admin/django_wechat/wechatduplicate/",
    "people": "/admin/django_wechat/wechatidentity/",
    "QR sessions": "/admin/django_wechat/qrsession/",
    "an entry of the log": "/admin/django_wechat/signinattempt/1/change/",
    "a person": "/admin/django_wechat/wechatidentity/1/change/",
    "a QR session": "/admin/django_wechat/qrsession/1/change/",
    "a sign-in method": "/admin/django_wechat/signinmethod/1/change/",
    "erasing": "/admin/django_wechat/wechatidentity/?action=delete_selected",
    "merging": "/admin/django_wechat/wechatduplicate/?action=merge_selected",
}
# The frame around, and the field to search lists, are Django's.
OUR_ADMIN = {"include": ["#content"], "exclude": ["#toolbar"]}
THEMES = ("light", "dark")
GROUPS = sorted({state.group for state in all_states().values()})
DRAWN = "() => !document.querySelector('[data-wechat-panel]:not([data-ready])')"
COLOURS_ARRIVE = "() => document.getAnimations().forEach(each => each instanceof CSSTransition && each.finish())"


@pytest.fixture(scope="module")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve the example, with rows in every list; give its address and the administrator's password."""
    state = tmp_path_factory.mktemp("demo")
    with served(state) as site:
        command = [sys.executable, "manage.py", "shell", "--command", filled_demo.SCRIPT]
        subprocess.run(command, cwd=ROOT, env=surroundings(state), check=True, capture_output=True)
        yield site


def complaints(page: Page, part: dict[str, list[str]] | None = None) -> list[str]:
    """What axe finds in both themes, all its rules on, best practices as well; in `part` of the page, or all of it."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.evaluate(COLOURS_ARRIVE)
        for violation in Axe().run(page, context=part).response["violations"]:
            for node in violation["nodes"]:
                found.append(f"{theme}: {violation['id']}: {node['target']}: {node['failureSummary']}")
    return found


def test_axe_is_awake(page: Page) -> None:
    page.set_content("<p style='color: #aaa; background: #fff'>pale</p><img src='data:,'>")
    assert {complaint.split(": ")[1] for complaint in complaints(page)} >= {"color-contrast", "image-alt"}


@pytest.mark.parametrize("group", GROUPS)
def test_axe_finds_nothing_and_nothing_is_cut_at_400_percent(page: Page, demo: tuple[str, str], group: str) -> None:
    found = {}
    for state in all_states().values():
        if state.group != group or not state.script:
            continue
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{demo[0]}/gallery/{state.slug}/")
        page.wait_for_function(DRAWN)
        found[state.slug] = complaints(page)
        for width in (640, 320):  # 1280 pixels at 200 % and at 400 %
            page.set_viewport_size({"width": width, "height": 450})
            found[state.slug] += [f"{width} px: {fault}" for fault in faults(page.evaluate(SEEN), "en")]
    assert {slug: list_ for slug, list_ in found.items() if list_} == {}


@pytest.mark.parametrize(
    "path", ["/", LOGIN, "/accounts/login/?provider=account&tab=wechat", "/accounts/wechat/login/"]
)
def test_axe_finds_nothing_on_the_site(page: Page, demo: tuple[str, str], path: str) -> None:
    page.goto(demo[0] + path)
    panel = page.locator("[data-wechat-panel]")
    if panel.count():
        expect(panel).to_have_attribute("data-state", "ready")
    assert complaints(page) == []


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_axe_finds_nothing_in_what_we_add_to_the_admin(page: Page, demo: tuple[str, str], name: str) -> None:
    url, password = demo
    path, _, action = ADMIN_PAGES[name].partition("?action=")
    page.goto(f"{url}/admin/login/?next={path}")
    page.fill("#id_username", "admin")
    page.fill("#id_password", password)
    page.get_by_role("button").last.click()
    expect(page.locator("#content")).to_be_visible()
    assert page.url.endswith(path)
    assert page.locator("#result_list tbody tr").count() > 0 or "change-list" not in (
        page.locator("body").get_attribute("class") or ""
    ), "an empty list has nothing that could be wrong"
    if action:
        page.locator("#result_list tbody input[type=checkbox]").first.check()
        page.locator("select[name=action]").select_option(action)
        page.locator("button[name=index]").first.click()
        expect(page.locator("#result_list")).to_have_count(0)
        # Between two pages there is neither list nor content.
        expect(page.locator("#content")).to_be_visible()
        page.wait_for_load_state()
    assert complaints(page, OUR_ADMIN) == []


def test_the_picture_says_what_to_do(page: Page, demo: tuple[str, str]) -> None:
    page.goto(f"{demo[0]}/gallery/tab-follow-ready/")
    name = "QR code of the official account. Scan it with WeChat on your phone."
    expect(page.get_by_role("img", name=name)).to_be_visible()
    page.goto(f"{demo[0]}/gallery/tab-ready/")
    expect(page.get_by_title("WeChat’s QR code. Scan it with WeChat on your phone.")).to_be_visible()


def test_nothing_turns_for_those_who_asked_for_less_motion(page: Page, demo: tuple[str, str]) -> None:
    turning = "element => getComputedStyle(element).animationName"
    page.goto(f"{demo[0]}/gallery/tab-loading/")
    assert page.locator(".wechat-wait").evaluate(turning) == "wechat-turn"
    page.emulate_media(reduced_motion="reduce")
    assert page.locator(".wechat-wait").evaluate(turning) == "none"


def test_confirm_by_keyboard(page: Page, demo: tuple[str, str]) -> None:
    sent: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.post_data or "")
            route.fulfill(body="done")
        else:
            route.fallback()

    page.route("**/gallery/confirm-ask/", answer)
    for key, value in (("Enter", "confirm"), ("Space", "confirm")):
        page.goto(f"{demo[0]}/gallery/confirm-ask/")
        until_focused(page, "Confirm")
        page.keyboard.press(key)
        expect(page.get_by_text("done")).to_be_visible()
        assert f"answer={value}" in sent[-1]
    page.goto(f"{demo[0]}/gallery/confirm-ask/")
    until_focused(page, "It wasn’t me")
    page.keyboard.press("Enter")
    expect(page.get_by_text("done")).to_be_visible()
    assert "answer=refuse" in sent[-1]


def until_focused(page: Page, name: str) -> None:
    """Press Tab until the button has the focus, as somebody without a mouse does; its ring has to be seen."""
    button = page.get_by_role("button", name=name, exact=True)
    for _ in range(30):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            assert button.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            return
    pytest.fail(f"{name} is not reached by the keyboard")


@pytest.mark.django_db(transaction=True)
def test_refresh_by_keyboard_and_each_change_is_announced_once(page: Page, live_server: LiveServer) -> None:
    BothProviderFactory()
    lifetimes: Iterator[Any] = iter((300, 1, 1))
    said: list[str] = []

    def open_code(route: Route) -> None:
        frame_url = "https://open.weixin.qq.com/connect/qrconnect?state=abc"
        route.fulfill(json={"kind": "open_platform", "frame_url": frame_url, "expires_in": next(lifetimes)})

    page.on("console", lambda message: said.append(message.text) if message.text.startswith("said: ") else None)
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.querySelectorAll('[aria-live=polite]').forEach(live =>"
        "new MutationObserver(() => live.textContent && console.log('said: ' + live.textContent))"
        ".observe(live, {childList: true, characterData: true, subtree: true})))"
    )
    page.route(
        "https://open.weixin.qq.com/**", lambda route: route.fulfill(body="<h4>QR</h4>", content_type="text/html")
    )
    page.route("**/accounts/wechat/qr/", open_code)
    page.goto(live_server.url + LOGIN)
    panel = page.locator("[data-wechat-panel]")
    expect(panel).to_have_attribute("data-state", "ready")
    page.wait_for_timeout(1_100)  # a second press within a second is taken for the same one
    until_focused(page, "Refresh")
    page.keyboard.press("Enter")
    expect(panel).to_have_attribute("data-state", "expired")
    expect(page.get_by_role("button", name="Refresh")).to_be_focused()
    shown = "Scan with WeChat to sign in"
    loading, expired = "Loading the QR code…", "This QR code has expired. Press Refresh to get a new one."
    assert [re.sub("^said: ", "", line) for line in said] == [
        loading, shown, loading, shown, loading, shown, expired,
    ]  # fmt: skip
