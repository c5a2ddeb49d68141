"""How do people who came by WeChat go on after they have confirmed their e-mail address?"""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import reverse

from django_wechat.models import Method, SigninMethod
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, UserFactory
from tests.user_agents import IPHONE_SAFARI
from tests.visitor import Visitor, in_wechat, signed_in_user

pytestmark = pytest.mark.django_db

LOGIN_PAGE = "/accounts/login/"
FORM = "/accounts/3rdparty/signup/"
WORDS = "Your email address is confirmed. Sign in with WeChat once more to go on."
OPENED = re.compile(r'id="wechat-tab-(\w+)"[^>]*data-wechat-selected')


@pytest.fixture(params=["pc", "in_wechat"])
def visitor(request: Any, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    """Somebody new, whose sign-up form is filled in, and the mail sent."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
    BothProviderFactory()
    return (in_wechat if request.param == "in_wechat" else Visitor)(wechat_simulator)


def sign_up(visitor: Visitor, query: str = "") -> Any:
    assert visitor.sign_in(query)["Location"].removesuffix("#") == FORM
    return visitor.client.post(FORM, {"username": "z", "email": "z@example.com"})


def follow_the_mail(client: Client) -> Any:
    found = re.search(r"/accounts/confirm-email/\S+/", str(mail.outbox[-1].body))
    assert found
    return client.post(found.group())


def confirm(client: Client, address: EmailAddress) -> None:
    """Follow the link of a mail that was sent to `address` at some time."""
    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]))


def test_by_default_the_wechat_tab_is_open_and_says_what_to_do(visitor: Visitor) -> None:
    sign_up(visitor)
    assert visitor.user is None
    assert follow_the_mail(visitor.client)["Location"] == LOGIN_PAGE
    for _ in range(2):
        page = visitor.client.get(LOGIN_PAGE).content.decode()
        assert WORDS in page
        assert OPENED.findall(page) == ["wechat"]
    assert visitor.sign_in()["Location"].removesuffix("#") == "/accounts/profile/"
    assert visitor.user == get_user_model().objects.get()
    visitor.client.logout()
    assert WORDS not in visitor.client.get(LOGIN_PAGE).content.decode()


def test_signing_in_is_the_end_of_it(visitor: Visitor) -> None:
    sign_up(visitor)
    follow_the_mail(visitor.client)
    visitor.sign_in()
    assert "wechat_email_confirmed" not in visitor.client.session


def test_the_mail_is_read_in_another_browser(visitor: Visitor) -> None:
    sign_up(visitor)
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0"})
    follow_the_mail(other)
    page = other.get(LOGIN_PAGE).content.decode()
    assert WORDS in page
    assert OPENED.findall(page) == ["wechat"]


def test_a_phone_outside_wechat_is_told_as_well(visitor: Visitor) -> None:
    sign_up(visitor)
    other = Client(headers={"user-agent": IPHONE_SAFARI})
    follow_the_mail(other)
    assert WORDS in other.get(LOGIN_PAGE).content.decode()


def test_the_admins_own_order_of_tabs(visitor: Visitor) -> None:
    for order, method in enumerate((Method.PASSWORD, Method.WECHAT)):
        SigninMethod.objects.create(method=method, order=order)
    sign_up(visitor)
    follow_the_mail(visitor.client)
    page = visitor.client.get(LOGIN_PAGE).content.decode()
    assert OPENED.findall(page) == ["wechat"]
    assert WORDS in page


def test_whoever_has_a_password_is_not_sent_to_wechat(visitor: Visitor) -> None:
    sign_up(visitor)
    user = get_user_model().objects.get()
    user.set_password("password")
    user.save()
    follow_the_mail(visitor.client)
    assert WORDS not in visitor.client.get(LOGIN_PAGE).content.decode()


def test_people_of_other_ways_are_not_sent_to_wechat(visitor: Visitor) -> None:
    user = UserFactory(email="other@example.com")
    user.set_unusable_password()
    user.save()
    address = EmailAddress.objects.create(user=user, email=user.email)
    confirm(visitor.client, address)
    assert WORDS not in visitor.client.get(LOGIN_PAGE).content.decode()


def test_a_refused_password_keeps_its_tab(visitor: Visitor) -> None:
    sign_up(visitor)
    follow_the_mail(visitor.client)
    page = visitor.client.post(LOGIN_PAGE, {"login": "nobody", "password": "wrong"}).content.decode()
    assert "wechat" not in OPENED.findall(page)


def test_allauth_may_sign_in_at_once(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
    sign_up(visitor, "?next=/somewhere/")
    assert follow_the_mail(visitor.client)["Location"] == "/somewhere/"
    assert visitor.user == get_user_model().objects.get()
    assert "wechat_email_confirmed" not in visitor.client.session


def test_a_code_instead_of_a_link(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    asked = sign_up(visitor, "?next=/somewhere/")["Location"]
    found = re.search(r"^\s*([A-Z0-9]+(?:-[A-Z0-9]+)*)\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    assert visitor.client.post(asked, {"code": found.group(1)})["Location"] == "/somewhere/"
    assert visitor.user == get_user_model().objects.get()


def test_somebody_signed_in_who_confirms_one_more_stays_where_they_are(visitor: Visitor) -> None:
    sign_up(visitor)
    follow_the_mail(visitor.client)
    visitor.sign_in()
    user = signed_in_user(visitor.client)
    address = EmailAddress.objects.create(user=user, email="more@example.com")
    confirm(visitor.client, address)
    assert "wechat_email_confirmed" not in visitor.client.session
    assert visitor.user == user
