"""Does somebody with nothing but WeChat get a second factor, a passkey and a password, with a real browser and a phone?

allauth asks who it is before each; the person confirms by the Open Platform's code, by one tap inside WeChat, or by the
official account's code. Passkeys are made by Chromium's own pretend security key, at "localhost".
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from django_wechat.models import WeChatProvider
from django_wechat.simulator.platform import Platform
from tests.pages.test_browser_follow import confirm, phone, platform, scan, site, wait_for
from tests.pages.test_browser_journeys import wait_for_qr

__all__ = ["phone", "platform", "site"]

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "123456"
WORD = "a-long-one-4711"
Confirm = Callable[[], None]


class Person:
    """A browser in which somebody is signed in by WeChat, and how that person confirms."""

    def __init__(self, page: Page, site: str, confirm: Confirm) -> None:
        self.page, self.site, self.confirm = page, site, confirm

    def opens(self, path: str) -> None:
        """Open a page of allauth's that asks who it is, and confirm."""
        self.page.goto(self.site + path)
        expect(self.page).to_have_url(re.compile("/accounts/wechat/reauthenticate/"))
        self.confirm()
        # Not only its address: allauth's buttons do nothing before the page has loaded, and keys want its window.
        self.page.wait_for_url(self.site + path)
        self.page.bring_to_front()


@pytest.fixture(params=["open_platform", "in_wechat", "account"])
def person(request: Any, site: str, platform: Platform, settings: Any) -> Person:
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = CODE
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    person: Person = globals()[f"_{request.param}"](request, site, platform)
    made = get_user_model().objects.get()
    assert not made.has_usable_password()
    return person


def _open_platform(request: Any, site: str, platform: Platform) -> Person:
    """On a PC, by the code in the page."""
    WeChatProvider.objects.update(enable_qr_code=False)
    page: Page = request.getfixturevalue("page")

    def allow() -> None:
        uuid = wait_for_qr(page, platform)
        platform.scan(uuid)
        platform.allow(uuid)

    page.goto(f"{site}/accounts/login/?tab=wechat")
    allow()
    expect(page.get_by_text("signed in as")).to_be_visible()
    return Person(page, site, allow)


def _in_wechat(request: Any, site: str, platform: Platform) -> Person:
    """On the phone, by one tap."""
    platform.switch(silent_consent=True)
    page: Page = request.getfixturevalue("phone")
    page.goto(f"{site}/accounts/wechat/login/")
    page.get_by_role("button", name="Sign in with WeChat").click()
    expect(page.get_by_text("signed in as")).to_be_visible()
    return Person(page, site, lambda: page.get_by_role("button", name="Confirm with WeChat").click())


def _account(request: Any, site: str, platform: Platform) -> Person:
    """On a PC, by the official account's code and the chat on the phone."""
    page: Page = request.getfixturevalue("page")
    phone: Page = request.getfixturevalue("phone")

    def follow() -> None:
        wait_for(page, "ready")
        scan(platform)
        confirm(phone, platform)

    page.goto(f"{site}/accounts/login/?tab=wechat")
    follow()
    expect(page.get_by_text("signed in as")).to_be_visible()
    return Person(page, site, follow)


@pytest.fixture
def security_key(person: Person) -> Iterator[None]:
    """Chromium's own, which answers without being touched."""
    session = person.page.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key = {**options, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    yield
    session.detach()


def test_totp_is_switched_on(person: Person) -> None:
    person.opens("/accounts/2fa/totp/activate/")
    person.page.locator("[name=code]").fill(CODE)
    person.page.get_by_role("button", name="Activate").click()
    person.page.wait_for_url("**/accounts/2fa/recovery-codes/")
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.usefixtures("security_key")
def test_a_passkey_is_added(person: Person) -> None:
    person.opens("/accounts/2fa/webauthn/add/")
    person.page.get_by_role("button", name="Add").click()
    person.page.wait_for_url("**/accounts/2fa/recovery-codes/")
    assert Authenticator.objects.filter(type="webauthn").exists()


def test_a_password_is_set(person: Person) -> None:
    person.opens("/accounts/password/set/")
    person.page.locator("[name=password1]").fill(WORD)
    person.page.locator("[name=password2]").fill(WORD)
    person.page.get_by_role("button", name="Set Password").click()
    expect(person.page.get_by_text("Password successfully set")).to_be_visible()
    assert get_user_model().objects.get().check_password(WORD)
