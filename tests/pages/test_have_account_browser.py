"""Does somebody who has an account get from the first scan to a connected WeChat, and scan no second time?"""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_scan_connects(
    page: Page, live_server: LiveServer, wechat_simulator: SimulatorServer, settings: Any
) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    BothProviderFactory()
    user = UserFactory(username="li", email="li@example.com")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page.goto(f"{live_server.url}/accounts/login/?tab=wechat&next=/accounts/3rdparty/")
    expect(page.frame_locator("iframe").locator(".js_qrcode_img")).to_be_visible()
    card, window = page.locator(".wechat-card").bounding_box(), page.viewport_size
    assert card
    assert window
    assert abs(card["x"] + card["width"] / 2 - window["width"] / 2) < 10, "in the middle of allauth's unstyled page"
    platform = wechat_simulator.platform
    uuid = platform.waiting_qrs()[0].uuid
    platform.scan(uuid)
    platform.allow(uuid)
    expect(page.get_by_text("This WeChat is new here.")).to_be_visible()
    page.get_by_label("Username").fill("zhangsan")
    page.get_by_label("Email").fill("li@example.com")
    page.get_by_role("button", name="Sign Up").click()
    expect(page.get_by_role("alert")).to_contain_text("That belongs to an account here already.")
    page.get_by_role("button", name="Sign in and connect").click()
    expect(page.get_by_role("tab", name="Password")).to_have_attribute("aria-selected", "true")
    page.get_by_label("Username").fill("li")
    page.get_by_role("textbox", name="Password").fill("password")
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Connect this WeChat to your account?")).to_be_visible()
    expect(page.get_by_text("张三")).to_be_visible()
    assert not SocialAccount.objects.exists()
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/accounts/3rdparty/")
    expect(page.get_by_text("张三")).to_be_visible()
    assert SocialAccount.objects.get().user == user
