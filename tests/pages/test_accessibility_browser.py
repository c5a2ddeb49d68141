"""Can everybody use it? axe on every state and page of ours, the keyboard, what is announced, zoom, motion."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, StorageState, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.simulator import seeds
from example_project.demo_process import served
from example_project.gallery.page_checks import SEEN, faults
from example_project.gallery.states import all_states
from tests.factories import BothProviderFactory
from tests.simulator.links import IPHONE, authorize_query, encoded, qrconnect_query
from tests.simulator.phone.test_confirming import Site as StubSite
from tests.simulator.push_site import push_site

LOGIN = "/accounts/login/?tab=wechat"
ADMIN_PAGES = {
    "provider": "/admin/django_wechat/wechatprovider/1/change/",
    "new provider": "/admin/django_wechat/wechatprovider/add/",
    "providers": "/admin/django_wechat/wechatprovider/",
    "check": "/admin/django_wechat/wechatprovider/1/check/",
    "sign-in log": "/admin/django_wechat/signinattempt/?outcome__exact=refused",
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
SIGNED_IN_PAGES = (
    "/",
    "/accounts/3rdparty/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/2fa/",
)
# The frame around, and the field to search lists, are Django's.
OUR_ADMIN = {"include": ["#content"], "exclude": ["#toolbar"]}
ALL_RULES = {"resultTypes": ["violations"]}
THEMES = {
    "light": ALL_RULES,
    "dark": {**ALL_RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}
"""All rules, best practices as well; a theme changes colours alone."""
GROUPS = sorted({state.group for state in all_states().values()})
DRAWN = "() => !document.querySelector('.wechat-panel:not([data-ready])')"
COLOURS_ARRIVE = """() => document.getAnimations()
  .filter(each => each.effect.getComputedTiming().iterations < Infinity).forEach(each => each.finish())"""


@pytest.fixture(scope="module")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve the example, which has rows in every list; give its address and the administrator's password."""
    with served(tmp_path_factory.mktemp("demo")) as site:
        yield site


@pytest.fixture(scope="module")
def signed_in(browser: Browser, demo: tuple[str, str]) -> StorageState:
    """Return what a browser keeps in which the administrator is signed in."""
    url, password = demo
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{url}/admin/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", password)
    page.get_by_role("button").last.click()
    expect(page.locator("#content-main")).to_be_visible()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def admin_page(browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """Return a page of a browser in which the administrator is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", storage_state=signed_in)
    yield context.new_page()
    context.close()


def complaints(page: Page, part: dict[str, list[str]] | None = None) -> list[str]:
    """What axe finds in both themes; in `part` of the page, or all of it."""
    found = []
    for theme, rules in THEMES.items():
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.evaluate(COLOURS_ARRIVE)
        for violation in Axe().run(page, context=part, options=rules).response["violations"]:
            for node in violation["nodes"]:
                found.append(f"{theme}: {violation['id']}: {node['target']}: {node['failureSummary']}")
    return found


def test_axe_is_awake(page: Page) -> None:
    page.set_content("<p style='color: #aaa; background: #fff'>pale</p><img src='data:,'>")
    found = {tuple(complaint.split(": ")[:2]) for complaint in complaints(page)}
    assert found >= {("light", "color-contrast"), ("dark", "color-contrast"), ("light", "image-alt")}


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
def test_axe_finds_nothing_in_what_we_add_to_the_admin(admin_page: Page, demo: tuple[str, str], name: str) -> None:
    page, (path, _, action) = admin_page, ADMIN_PAGES[name].partition("?action=")
    page.goto(demo[0] + path)
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


def test_axe_finds_nothing_on_the_pages_of_an_account(admin_page: Page, demo: tuple[str, str]) -> None:
    found = {}
    for path in SIGNED_IN_PAGES:
        admin_page.goto(demo[0] + path)
        expect(admin_page.get_by_role("main")).to_be_visible()
        found[path] = complaints(admin_page)
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_axe_finds_nothing_on_the_phone(page: Page, demo: tuple[str, str]) -> None:
    """In each state of its screen, alone beside a site; and once with all papers unfolded."""
    simulator, found = f"{demo[0]}/simulator", {}
    account, uuid = {"appid": seeds.OFFICIAL_ACCOUNT_APPID}, shown_code(page, simulator)
    for state, commands in {
        "a code": [],
        "consent": [("scan", {"uuid": uuid})],
        "end": [("allow", {"uuid": uuid})],
        "card": [("done", {}), ("show_account", account)],
        "chat": [
            ("follow", account),
            ("send_text", account | {"text": "https://example.com/"}),
            ("fault", {"kind": "500"}),
        ],
    }.items():
        for name, values in commands:
            page.request.post(f"{simulator}/control/{name}", data=values)
        page.goto(f"{simulator}/present/?lang=en")
        found[state] = complaints(page)
    page.goto(f"{simulator}/?lang=en")
    unfold(page.locator("details"))
    found["papers"] = complaints(page)
    page.locator("[data-web-view]").first.click()
    expect(page.get_by_role("dialog").get_by_text("example.com")).to_be_visible()
    found["a page in the phone"] = complaints(page, {"include": [".phone"]})
    assert {state: list_ for state, list_ in found.items() if list_} == {}


def test_axe_finds_nothing_in_programs_on_the_phone(page: Page, demo: tuple[str, str]) -> None:
    """A mini program with all that it can hold, one that is refused, and an app with WeChat's sheet over it."""
    simulator, found = f"{demo[0]}/simulator", {}
    mini, app = {"appid": seeds.MINI_PROGRAM_APPID}, {"appid": seeds.MOBILE_APP_APPID}
    for state, commands in {
        "trial": [("open_program", {"appid": seeds.UNRELEASED_MINI_PROGRAM_APPID})],
        "codes": [("open_program", mini), ("program_login", {})],
        "phone number": [("program_asks", {"sheet": "phone_number"})],
        "answer": [("answer_sheet", {"act": "allow"}), ("send_to_site", {"site": demo[0]})],
        "not listed": [("send_to_site", {"site": "https://shop.example.org"})],
        "no quota": [("phone_quota", mini | {"left": "0"}), ("program_asks", {"sheet": "phone_number"})],
        "app": [("open_program", app), ("program_asks", {"sheet": "sign_in"})],
        "app not granted": [("open_program", app), ("verify_program", app | {"verified": "off"})],
    }.items():
        for name, values in commands:
            assert page.request.post(f"{simulator}/control/{name}", data=values).ok
        page.goto(f"{simulator}/?lang=en")
        expect(page.locator("[data-screen=program]")).to_be_visible()
        found[state] = complaints(page)
    page.request.post(f"{simulator}/control/close_program", data={})
    assert {state: list_ for state, list_ in found.items() if list_} == {}


def test_axe_finds_nothing_where_a_code_or_a_link_is_confirmed(page: Page, demo: tuple[str, str]) -> None:
    """The codes in the list, what the program shows of its site, a refusal, and WeChat's page on the way to it."""
    simulator, found = f"{demo[0]}/simulator", {}
    page.request.post(f"{simulator}/control/heal", data={})
    order = {"appid": seeds.MINI_PROGRAM_APPID, "secret": seeds.MINI_PROGRAM_SECRET, "grant_type": "client_credential"}
    token = page.request.post(f"{simulator}/api/cgi-bin/stable_token", data=order).json()["access_token"]
    wxa = f"{simulator}/api/wxa/{{}}?access_token={token}"
    assert page.request.post(wxa.format("getwxacodeunlimit"), data={"scene": "a-scene"}).ok
    link = page.request.post(wxa.format("generate_urllink"), data={"query": "scene=a-scene"}).json()["url_link"]
    with push_site() as stub:
        site = StubSite(stub)
        for state, refused_at in {"question": "", "refused": "scan"}.items():
            site.refusal, site.refused_at = (403, "wrong_entry", "This code was sent to you."), refused_at
            values = {"scene": "a-scene", "site": stub.origin}
            assert page.request.post(f"{simulator}/control/scan_mini_program_code", data=values).ok
            page.goto(f"{simulator}/?lang=en")
            expect(page.locator(".entry")).to_be_visible()
            found[state] = complaints(page)
    page.goto(link)
    found["link"] = complaints(page)
    page.request.post(f"{simulator}/control/close_program", data={})
    assert {state: list_ for state, list_ in found.items() if list_} == {}


def test_axe_finds_nothing_in_the_consoles_and_on_wechats_own_pages(page: Page, demo: tuple[str, str]) -> None:
    simulator, found = f"{demo[0]}/simulator", {}
    uuid, callback = shown_code(page, simulator), encoded(f"{demo[0]}/accounts/wechat/login/callback/")
    account = {"appid": seeds.OFFICIAL_ACCOUNT_APPID}
    for name, values in (
        ("web_domain", account | {"domain": "127.0.0.1", "site": "http://127.0.0.1:9"}),
        ("ip_whitelist", account | {"addresses": "no address"}),
        ("callback_domain", {"appid": seeds.WEBSITE_APP_APPID, "domain": "https://example.com/"}),
        ("server_config", account | {"push_url": "http://127.0.0.1:9/"}),
        ("request_hosts", {"appid": seeds.MINI_PROGRAM_APPID, "hosts": ""}),
        ("phone_quota", {"appid": seeds.MINI_PROGRAM_APPID, "left": "0"}),
    ):
        assert page.request.post(f"{simulator}/control/{name}", data=values).ok
    for path in (
        "/console/?lang=en",
        f"/open/connect/qrconnect?{qrconnect_query(appid=seeds.MOBILE_APP_APPID)}",
        f"/open/connect/confirm?uuid={uuid}&lang=en",
    ):
        page.goto(simulator + path)
        unfold(page.locator("details"))
        found[path] = complaints(page)
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("heading", name="Rejected")).to_be_visible()
    found["rejected"] = complaints(page)
    page.set_extra_http_headers({"User-Agent": IPHONE})
    asked = authorize_query(redirect_uri=callback, scope="snsapi_userinfo")
    page.goto(f"{simulator}/open/connect/oauth2/authorize?{asked}")
    found["authorize"] = complaints(page)
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def shown_code(page: Page, simulator: str) -> str:
    """Show WeChat's QR code, and look at that page as well; return its uuid."""
    page.goto(f"{simulator}/open/connect/qrconnect?{qrconnect_query()}")
    assert complaints(page) == []
    return str(page.locator(".impowerBox").get_attribute("data-uuid"))


def unfold(papers: Locator) -> None:
    """Open every paper: what is folded is not looked at."""
    papers.evaluate_all("papers => papers.forEach(paper => (paper.open = true))")


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
    shown = "Scan with WeChat to sign in."
    loading, expired = "Loading the QR code…", "This QR code has expired."
    assert [re.sub("^said: ", "", line) for line in said] == [
        loading, shown, loading, shown, loading, shown, expired,
    ]  # fmt: skip
