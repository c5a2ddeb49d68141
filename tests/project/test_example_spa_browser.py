"""Does the single-page example sign in, by both kinds of QR code, without a page of allauth's or of ours?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from example_project.demo_process import served


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(Path(tmp_path_factory.mktemp("demo"))) as (site, _password):
        yield site


@pytest.fixture
def visited(page: Page) -> list[str]:
    """The paths of the documents that the window itself showed."""
    paths: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            paths.append(request.url.split("?")[0].split("/", 3)[3])

    page.on("request", note)
    return paths


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in with WeChat")).to_be_visible()


def test_by_the_open_platforms_code_and_by_wechats_page(page: Page, demo: str, visited: list[str]) -> None:
    page.goto(f"{demo}/")
    page.get_by_role("link", name="Single-page app").click()
    page.get_by_role("button", name="Scan a QR code").click()
    expect(page.get_by_role("timer")).to_have_text("5:00")
    code = page.frame_locator("iframe")
    code.get_by_role("link").first.click()
    code.frame_locator("iframe").locator(".accept").click()
    expect(page.get_by_role("heading", name="Signed in as 张三")).to_be_visible()
    expect(page.get_by_text("Successfully signed in as 张三")).to_be_visible()
    sign_out(page)
    expect(page.get_by_text("Successfully signed in")).to_have_count(0)
    page.get_by_role("button", name="Open WeChat’s page instead").click()
    with page.expect_popup() as phone:
        page.get_by_role("link").first.click()
    phone.value.locator(".accept").click()
    expect(page.get_by_role("heading", name="Signed in as 张三")).to_be_visible()
    of_the_site = [path for path in visited if not path.startswith("simulator/")]
    callback = "accounts/wechat/login/callback/"
    assert of_the_site == ["", "spa/", callback, "spa/", "_allauth/browser/v1/auth/provider/redirect", callback, "spa/"]


def test_by_following_the_account_the_page_is_never_left(
    page: Page, browser: Browser, demo: str, visited: list[str]
) -> None:
    page.goto(f"{demo}/spa/")
    page.get_by_role("button", name="Follow the account to sign in").click()
    expect(page.get_by_role("img", name="QR code of the official account")).to_be_visible()
    phone = browser.new_page(locale="en-US")
    phone.goto(f"{demo}/simulator/?lang=en")
    phone.get_by_role("button", name="Scan", exact=True).first.click()
    phone.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_text("Scanned. Confirm on your phone").first).to_be_visible()
    phone.locator("[data-sender=account] .bubble").get_by_role("link").click()
    question = phone.frame_locator(".web-view iframe")
    assert question.locator(".wechat-digits").text_content() == page.locator("[data-part=digits]").text_content()
    question.get_by_role("button", name="Confirm").click()
    expect(question.get_by_role("heading", name="Confirmed")).to_be_visible()
    expect(page.get_by_role("heading", name="Signed in as")).to_be_visible()
    phone.close()
    assert visited == ["spa/"]


def test_a_cancelled_sign_in_and_a_lost_connection_are_said(page: Page, demo: str) -> None:
    page.goto(f"{demo}/spa/?error=cancelled&error_process=login")
    expect(page.get_by_text("WeChat sent you back without allowing the sign-in.").first).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button", name="Scan a QR code")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Scan a QR code").click()
    expect(page.get_by_text("This site cannot be reached.").first).to_be_visible()
