"""What can a person who has nothing but WeChat change in allauth's pages, from the first form to the last?"""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.cache import cache
from django.test import Client

from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory
from tests.visitor import Visitor, in_wechat, signed_in_user
from tests.whole.doors import asks, confirm, followed, opened
from tests.whole.passkeys import credential_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("list_of_sessions")]

EMAIL = "/accounts/email/"
PASSWORD = "/accounts/password/set/"
TOTP = "/accounts/2fa/totp/activate/"
CODES = "/accounts/2fa/recovery-codes/"
PASSKEYS = "/accounts/2fa/webauthn/"
SESSIONS = "/accounts/sessions/"
CONNECTIONS = "/accounts/3rdparty/"
PHONE = "/accounts/phone/change/"
CODE = "123456"
WORD = "a-long-one-4711"


@pytest.fixture(params=["pc", "in_wechat"])
def visitor(request: Any, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    """Somebody who signed up by WeChat a moment ago, on a site that asks again before everything that matters."""
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = CODE
    BothProviderFactory()
    visitor = (in_wechat if request.param == "in_wechat" else Visitor)(wechat_simulator)
    visitor.sign_in()
    assert visitor.user is not None
    return visitor


def test_a_form_that_was_sent_is_not_lost(visitor: Visitor) -> None:
    """It waits while WeChat is asked, and nobody has to fill it in again."""
    page = followed(visitor.client, visitor.client.post(EMAIL, {"action_add": "", "email": "z@example.com"}))
    assert asks(page)
    assert not EmailAddress.objects.exists()
    assert confirm(visitor, page).wsgi_request.path == EMAIL
    assert EmailAddress.objects.get().email == "z@example.com"


def test_an_address_is_added_confirmed_and_removed(visitor: Visitor) -> None:
    opened(visitor, EMAIL, {"action_add": "", "email": "z@example.com"})
    link = re.search(r"/accounts/confirm-email/\S+/", str(mail.outbox[-1].body))
    assert link
    assert followed(visitor.client, visitor.client.post(link.group())).status_code == 200
    assert EmailAddress.objects.get().verified
    opened(visitor, EMAIL, {"action_remove": "", "email": "z@example.com"})
    assert visitor.user is not None


def test_a_password_is_set_and_signs_in(visitor: Visitor) -> None:
    page = opened(visitor, PASSWORD, {"password1": WORD, "password2": WORD})
    assert page.status_code == 200
    person = visitor.user
    assert person is not None
    other = Client()
    other.post("/accounts/login/", {"login": person.get_username(), "password": WORD})
    assert signed_in_user(other) == person


def test_totp_on_and_off_with_recovery_codes_between(visitor: Visitor) -> None:
    assert opened(visitor, TOTP).wsgi_request.path == TOTP
    page = followed(visitor.client, visitor.client.post(TOTP, {"code": CODE}))
    assert page.wsgi_request.path == CODES
    assert len(page.context["unused_codes"]) == 10
    assert visitor.client.get(f"{CODES}download/").content.split()
    assert opened(visitor, f"{CODES}generate/", {}).context["unused_codes"] != page.context["unused_codes"]
    assert opened(visitor, "/accounts/2fa/totp/deactivate/", {}).wsgi_request.path == "/accounts/2fa/"
    assert not Authenticator.objects.exists()


def test_a_passkey_is_added_renamed_and_removed(visitor: Visitor) -> None:
    options = opened(visitor, f"{PASSKEYS}add/").context["js_data"]["creation_options"]
    page = opened(visitor, f"{PASSKEYS}add/", {"name": "my key", "credential": credential_for(options)})
    assert page.wsgi_request.path == CODES
    key = f"{PASSKEYS}keys/{Authenticator.objects.get(type='webauthn').pk}/"
    assert "your key" in opened(visitor, f"{key}edit/", {"name": "your key"}).content.decode()
    assert opened(visitor, f"{key}remove/", {}).wsgi_request.path == PASSKEYS
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_other_sessions_are_ended(visitor: Visitor) -> None:
    other = Visitor(visitor.simulator)
    other.sign_in()
    assert opened(visitor, SESSIONS).context["session_count"] == 2
    opened(visitor, SESSIONS, {})
    assert other.user is None
    assert visitor.user is not None


def test_the_last_connection_stays_and_says_why(visitor: Visitor) -> None:
    account = SocialAccount.objects.get()
    page = opened(visitor, CONNECTIONS, {"account": account.pk})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert SocialAccount.objects.exists()


def test_wechat_may_go_once_there_is_another_way_in(visitor: Visitor) -> None:
    opened(visitor, PASSWORD, {"password1": WORD, "password2": WORD})
    opened(visitor, CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()
    assert visitor.user is not None


@pytest.mark.urls("tests.sites.phone")
def test_a_phone_number_is_added_on_a_site_that_takes_them(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.phone.PhoneAdapter"
    # allauth counts the form twice that waited for the confirmation, and allows one a minute.
    settings.ACCOUNT_RATE_LIMITS = {"change_phone": "2/m/user"}
    page = opened(visitor, PHONE, {"phone": "+8613800138000"})
    assert page.wsgi_request.path == "/accounts/phone/verify/"
    followed(visitor.client, visitor.client.post("/accounts/phone/verify/", {"code": cache.get("sms")}))
    assert cache.get(f"phone-{visitor.user.pk}") == ("+8613800138000", True)  # type: ignore[union-attr]
