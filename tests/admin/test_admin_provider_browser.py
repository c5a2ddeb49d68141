"""The provider's page in a real browser: what shows when, what is made up, what is copied, with and without script."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import VerificationFile, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, FollowProviderFactory, WebProviderFactory

LIST = "/admin/django_wechat/wechatprovider/"
APPID, APPID_2 = "wx00000000000000a1", "wx00000000000000a2"

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(page: Page, client: Client, live_server: LiveServer) -> Page:
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    return page


@pytest.fixture(autouse=True)
def nobody_is_asked(settings: Any) -> None:
    """The page asks WeChat by itself when something changed; nobody answers here, and at once."""
    settings.WECHAT = dict.fromkeys(("API_BASE_URL", "OPEN_BASE_URL", "MP_BASE_URL"), "http://127.0.0.1:9")


@pytest.fixture
def admin_page(page: Page, admin_client: Client, live_server: LiveServer) -> Iterator[Page]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    yield signed_in(page, admin_client, live_server)
    assert errors == []


def expect_shown(page: Page, shown: str, hidden: str) -> None:
    for name in shown.split():
        expect(page.locator(f".form-row.field-{name}")).to_be_visible()
    for name in hidden.split():
        expect(page.locator(f".form-row.field-{name}")).to_be_hidden()


def unfold(page: Page, *cards: str) -> None:
    for card in cards:
        page.locator(f"[data-wechat-card={card}] summary").first.click()


def test_the_form_follows_its_choices(admin_page: Page, live_server: LiveServer) -> None:
    admin_page.goto(f"{live_server.url}{LIST}add/")
    expect_shown(admin_page, "client_id client_secret", "client_id_2 access_token")
    unfold(admin_page, "second", "following")
    always = "client_id client_secret"
    second = "client_id_2 client_secret_2 access_token encoding_aes_key"
    expect_shown(admin_page, f"{always} {second} enable_qr_code", "follow_up_action confirm_on_phone")
    admin_page.get_by_label("Enable QR code").check()
    expect_shown(admin_page, "follow_up_action", "confirm_on_phone")
    admin_page.get_by_label("Follow-up action").select_option("media")
    expect_shown(admin_page, "follow_up_action confirm_on_phone", "")
    admin_page.get_by_label("Enable QR code").uncheck()
    admin_page.get_by_label("SubType").select_option("mobile")
    expect_shown(admin_page, always, f"{second} enable_qr_code follow_up_action confirm_on_phone")
    for name, shown in (("first", True), ("second", False), ("following", False)):
        expect(admin_page.locator(f"[data-wechat-card={name}]")).to_be_visible(visible=shown)
    first = admin_page.locator("[data-wechat-card=first]")
    expect(first.get_by_text("Official account (公众号): inside WeChat")).to_be_visible()
    expect(first.get_by_label("网页授权域名").filter(visible=True)).to_have_count(1)
    expect(first.locator("#verification_files-group")).to_be_visible()
    expect(admin_page.get_by_text("授权回调域").filter(visible=True)).to_have_count(0)


def test_what_is_filled_in_or_wrong_is_never_hidden(admin_page: Page, live_server: LiveServer) -> None:
    admin_page.goto(f"{live_server.url}{LIST}add/")
    unfold(admin_page, "second", "following")
    admin_page.locator("#id_name").fill("shop")
    admin_page.locator("#id_client_id_2").fill("gh_97417a04a28d")
    admin_page.get_by_label("Enable QR code").check()
    admin_page.get_by_label("SubType").select_option("mobile")
    expect_shown(admin_page, "client_id_2 enable_qr_code", "follow_up_action")
    admin_page.get_by_role("button", name="Save", exact=True).click()
    expect(admin_page.get_by_text("This is the original ID")).to_be_visible()
    for message in admin_page.locator(".errorlist").all():
        expect(message).to_be_visible()


def test_secrets_are_made_up_copied_also_once_saved_and_then_gone(admin_page: Page, live_server: LiveServer) -> None:
    provider = BothProviderFactory(name="shop", client_id=APPID, client_id_2=APPID_2)
    url = f"{live_server.url}{LIST}{provider.pk}/change/"
    admin_page.goto(url)
    unfold(admin_page, "following")
    token, key = admin_page.locator("#id_access_token"), admin_page.locator("#id_encoding_aes_key")
    expect(admin_page.locator("[data-wechat-part=token]")).to_be_hidden()
    for number in (0, 1):
        admin_page.get_by_role("button", name="Generate").nth(number).click()
    made, made_key = token.input_value(), key.input_value()
    assert len(made) == 32
    assert len(made_key) == 43
    assert made_key[-1] in "AEIMQUYcgkosw048"
    expect(token).to_have_attribute("type", "text")
    expect(admin_page.get_by_text("Shown this once")).to_have_count(2)
    admin_page.locator("[data-wechat-secret=token] [data-part=copy]").click()
    assert admin_page.evaluate("navigator.clipboard.readText()") == made
    panel = admin_page.locator("[data-wechat-provider]")
    expect(panel.locator("[data-wechat-part=mode] input")).to_have_value("安全模式 (safe mode)")
    panel.locator("[data-wechat-part=aes_key] button").click()
    expect(panel.get_by_text("Copied.", exact=True)).to_be_visible()
    assert admin_page.evaluate("navigator.clipboard.readText()") == made_key
    admin_page.get_by_role("button", name="Save and check").click()
    expect(admin_page.get_by_text(f"Set, ends in …{made[-4:]}.")).to_be_visible()
    panel.locator("[data-wechat-part=token] button").click()
    expect(panel.get_by_text("Copied.", exact=True)).to_be_visible()
    assert admin_page.evaluate("navigator.clipboard.readText()") == made
    admin_page.reload()
    expect(admin_page.get_by_text(f"Set, ends in …{made[-4:]}.")).to_be_visible()
    assert made not in admin_page.content()
    stored = WeChatProvider.objects.get()
    assert (stored.access_token, stored.encoding_aes_key) == (made, made_key)


def test_the_push_address_follows_the_name(admin_page: Page, live_server: LiveServer) -> None:
    admin_page.goto(f"{live_server.url}{LIST}add/")
    unfold(admin_page, "following")
    address = admin_page.locator("[data-wechat-part=events_url]")
    expect(address).to_be_hidden()
    admin_page.locator("#id_name").fill("shop")
    expect(address.locator("input")).to_have_value(f"{live_server.url}/accounts/wechat/shop/events/")
    admin_page.locator("#id_client_secret").fill("typed")
    admin_page.locator(".field-client_secret").get_by_role("button", name="Show").click()
    expect(admin_page.locator("#id_client_secret")).to_have_attribute("type", "text")
    admin_page.locator(".field-client_secret").get_by_role("button", name="Hide").click()
    expect(admin_page.locator("#id_client_secret")).to_have_attribute("type", "password")


def test_clearing_the_key_means_plain_mode(admin_page: Page, live_server: LiveServer) -> None:
    provider = BothProviderFactory(encoding_aes_key="k" * 43)
    admin_page.goto(f"{live_server.url}{LIST}{provider.pk}/change/")
    mode = admin_page.locator("[data-wechat-part=mode] input")
    expect(mode).to_have_value("安全模式 (safe mode)")
    admin_page.locator("[name=encoding_aes_key-clear]").check()
    expect(mode).to_have_value("明文模式 (plain mode)")


def test_the_page_of_a_website_app_fits_and_asks_by_itself(
    admin_page: Page, live_server: LiveServer, wechat_simulator: SimulatorServer
) -> None:
    admin_page.goto(f"{live_server.url}{LIST}{WebProviderFactory(client_secret='0' * 32).pk}/change/")
    expect(admin_page.locator("[data-code=secret_1_wrong]")).to_be_visible()
    assert admin_page.evaluate("document.documentElement.scrollHeight") <= 1_200
    expect(admin_page.get_by_role("button", name="Save and check")).to_be_visible()


def test_a_finding_opens_the_card_of_its_field(
    admin_page: Page, live_server: LiveServer, wechat_simulator: SimulatorServer
) -> None:
    admin_page.goto(f"{live_server.url}{LIST}{BothProviderFactory(client_secret_2='0' * 32).pk}/change/")
    unfold(admin_page, "second")
    admin_page.get_by_role("link", name="AppSecret (Client Secret 2)").click()
    expect(admin_page.locator("#id_client_secret_2")).to_be_focused()


@pytest.mark.parametrize("locale", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_sticks_out(admin_page: Page, live_server: LiveServer, locale: str, width: int) -> None:
    provider = FollowProviderFactory(name="a-name-that-is-not-short-at-all-but-allowed")
    admin_page.set_viewport_size({"width": width, "height": 900})
    admin_page.set_extra_http_headers({"Accept-Language": locale})
    for path in (f"{provider.pk}/change/", "add/", ""):
        admin_page.goto(f"{live_server.url}{LIST}{path}")
        if "change" in path:
            expect(admin_page.locator("[data-verdict=error]")).to_be_visible()
        assert admin_page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_script_everything_is_there_and_works(
    browser: Browser, admin_client: Client, live_server: LiveServer
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = signed_in(context.new_page(), admin_client, live_server)
    page.goto(f"{live_server.url}{LIST}add/")
    unfold(page, "second", "following")
    expect_shown(page, "client_id_2 access_token enable_qr_code follow_up_action confirm_on_phone", "")
    expect(page.get_by_role("button", name="Generate")).to_have_count(0)
    page.locator("#id_name").fill("shop")
    page.locator("#id_client_id").fill(APPID)
    page.locator("#id_client_secret").fill("5ecret")
    name = "MP_verify_0123456789abcdef.txt"
    upload = {"name": name, "mimeType": "text/plain", "buffer": b"0123456789abcdef"}
    page.locator("#id_verification_files-0-upload").set_input_files([upload])  # type: ignore[list-item]
    page.locator("#id_access_token").fill("MadeUpTokenMadeUpToken")
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    expect(page.locator("[data-code=wechat_unreachable]")).to_be_visible()
    for _again in range(2):
        expect(page.locator("[data-wechat-part=token] input")).to_have_value("MadeUpTokenMadeUpToken")
        page.get_by_role("button", name="Check now").click()
    assert VerificationFile.objects.get().provider == WeChatProvider.objects.get(name="shop")
    page.goto(f"{live_server.url}/{name}")
    expect(page.locator("body")).to_have_text("0123456789abcdef")
    context.close()


def test_a_mini_programs_code_has_its_own_fields(admin_page: Page, live_server: LiveServer) -> None:
    admin_page.goto(f"{live_server.url}{LIST}add/?have=program")
    own, following = "mini_program_page mini_program_version strict_entry", "follow_up_action access_token"
    expect_shown(admin_page, f"client_id enable_qr_code {own}", f"{following} client_id_2")
    card = admin_page.locator("[data-wechat-card=following]")
    expect(card.get_by_role("heading", name="Code on the PC")).to_be_visible()
    expect(card.get_by_text("IP白名单 (IP whitelist)")).to_be_visible()
    expect(card.locator("dt", has_text="Token")).to_be_hidden()
    admin_page.get_by_label("Enable QR code").uncheck()
    expect_shown(admin_page, "enable_qr_code", own)
    admin_page.get_by_label("Purpose (SubType)").select_option("web")
    unfold(admin_page, "second")
    expect_shown(admin_page, "client_id_2 access_token", own)
    expect(card.get_by_role("heading", name="Sign in by following")).to_be_visible()
    admin_page.get_by_label("Purpose (SubType)").select_option("app")
    expect(card).to_be_hidden()
