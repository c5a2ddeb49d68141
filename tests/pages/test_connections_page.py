"""Does the page of connections show the panel, and say why an account stays?"""

from typing import Any

import pytest
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.test import Client

from django_wechat.models import WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, UserFactory
from tests.visitor import Visitor, in_wechat

PAGE = "/accounts/3rdparty/"


class Keeps(DefaultSocialAccountAdapter):
    """A site with a reason of its own."""

    def validate_disconnect(self, account: Any, accounts: Any) -> None:
        raise ValidationError("Your <b>contract</b> needs it.", code="contract")


@pytest.fixture
def visitor(db: None, wechat_simulator: SimulatorServer) -> Visitor:
    """Somebody who has nothing but WeChat."""
    BothProviderFactory()
    found = Visitor(wechat_simulator)
    found.sign_in()
    return found


def give_password(visitor: Visitor) -> None:
    user = visitor.user
    assert user is not None
    user.set_password("tall-pine-forest-9")
    user.save()
    visitor.client.force_login(user)


def remove(client: Client) -> str:
    account = SocialAccount.objects.get()
    return str(client.post(PAGE, {"account": account.pk}).content.decode())


def test_the_only_way_in_stays_and_the_page_says_what_to_do(visitor: Visitor) -> None:
    assert 'role="alert"' not in visitor.client.get(PAGE).content.decode()
    page = remove(visitor.client)
    assert "It was not removed: it is your only way to sign in here." in page
    assert 'href="/accounts/password/set/"' in page
    assert page.index("Account Connections") < page.index('role="alert"') < page.index("Remove")
    assert SocialAccount.objects.exists()


def test_with_a_password_an_address_may_be_missing(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    give_password(visitor)
    page = remove(visitor.client)
    assert "Add an e-mail address and confirm it first." in page
    assert 'href="/accounts/email/"' in page


def test_a_site_without_passwords(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_ONLY = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    assert "Connect another account first." in remove(visitor.client)


def test_a_reason_of_the_sites_own_is_told_in_its_words(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_ADAPTER = f"{__name__}.Keeps"
    give_password(visitor)
    page = remove(visitor.client)
    assert "Your &lt;b&gt;contract&lt;/b&gt; needs it." in page


def test_who_has_no_wechat_connects_it_on_this_very_page(visitor: Visitor) -> None:
    assert "data-wechat-panel" not in visitor.client.get(PAGE).content.decode()
    visitor.client.force_login(UserFactory(username="li"))
    page = visitor.client.get(PAGE).content.decode()
    assert "data-wechat-panel" in page
    assert "Scan with WeChat to connect your account" in page
    assert 'href="/accounts/wechat/login/?process=connect"' not in page, "once is enough"


def test_inside_wechat_it_is_one_tap(visitor: Visitor) -> None:
    phone = in_wechat(visitor.simulator)
    phone.client.force_login(UserFactory(username="li"))
    assert "Connect WeChat" in phone.client.get(PAGE).content.decode()


def test_where_wechat_cannot_serve_the_page_is_allauths(visitor: Visitor) -> None:
    WeChatProvider.objects.update(enabled=False)
    visitor.client.force_login(UserFactory(username="li"))
    page = visitor.client.get(PAGE).content.decode()
    assert "data-wechat-panel" not in page
    assert "process=connect" not in page
    assert "Account Connections" in page
