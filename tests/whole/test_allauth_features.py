"""Do allauth's own features keep working with us?"""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers import registry
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import RequestFactory
from django.utils import translation

from django_wechat.models import WeChatIdentity, WeChatProvider
from django_wechat.provider import WeChatAllauthProvider
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AccountFactory, BothProviderFactory, UserFactory, WebProviderFactory
from tests.user_agents import IPHONE_SAFARI
from tests.visitor import CALLBACK, LOGIN, QR, Visitor, in_wechat

pytestmark = pytest.mark.django_db
CONNECTIONS = "/accounts/3rdparty/"


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer) -> Visitor:
    WebProviderFactory()
    return Visitor(wechat_simulator)


def test_connect_and_disconnect(visitor: Visitor) -> None:
    user = UserFactory()
    visitor.client.force_login(user)
    assert b"/accounts/wechat/login/?process=connect" in visitor.client.get(CONNECTIONS).content
    response = visitor.sign_in("?process=connect")
    assert response["Location"] == CONNECTIONS
    account = SocialAccount.objects.get()
    assert account.user == user
    assert WeChatIdentity.objects.count() == 1
    page = visitor.client.get(CONNECTIONS)
    assert "张三" in page.content.decode()
    assert account.extra_data["openid"] not in page.content.decode()
    visitor.client.post(CONNECTIONS, {"account": account.pk})
    assert SocialAccount.objects.count() == WeChatIdentity.objects.count() == 0


@pytest.mark.parametrize(("language", "name"), [("en", "WeChat"), ("zh-hans", "微信"), ("zh-hant", "微信")])
def test_people_read_our_name_in_their_language(visitor: Visitor, language: str, name: str) -> None:
    visitor.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    listed = visitor.client.get(f"{API}/config").json()["data"]["socialaccount"]["providers"]
    assert {"id": "wechat", "name": name}.items() <= next(one for one in listed if one["id"] == "wechat").items()
    visitor.client.force_login(UserFactory())
    visitor.sign_in("?process=connect")
    with translation.override(language):
        account = SocialAccount.objects.get()
        assert (str(account.get_provider()), account.get_provider_account().get_brand()["name"]) == (name, name)
        assert ("wechat", name) in [(key, str(words)) for key, words in registry.as_choices()]
    page = " ".join(visitor.client.get(CONNECTIONS).content.decode().split())
    assert f"张三 <strong > {name} </strong>" in page


def test_after_connecting_wechat_signs_in_that_user(visitor: Visitor) -> None:
    user = UserFactory()
    visitor.client.force_login(user)
    visitor.sign_in("?process=connect")
    other = Visitor(visitor.simulator)
    other.sign_in()
    assert other.user == user


def test_connect_from_the_tab(visitor: Visitor) -> None:
    visitor.client.force_login(UserFactory())
    frame_url = visitor.open_qr(process="connect", next="/settings/")["frame_url"]
    response = visitor.say_yes(visitor.come_back(frame_url, visitor.allow(frame_url)))
    assert response["Location"] == "/settings/"
    assert SocialAccount.objects.count() == 1


def test_somebody_elses_wechat_is_not_connected(visitor: Visitor) -> None:
    Visitor(visitor.simulator).sign_in()
    owner = SocialAccount.objects.get().user
    visitor.client.force_login(UserFactory())
    visitor.sign_in("?process=connect")
    assert SocialAccount.objects.get().user == owner
    assert "already connected to a different account" in visitor.client.get(CONNECTIONS).content.decode()


def test_the_last_way_in_cannot_be_disconnected(visitor: Visitor) -> None:
    visitor.sign_in()
    response = visitor.client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert response.status_code == 200
    assert SocialAccount.objects.count() == 1


def test_a_repeated_connect_says_connected_once(visitor: Visitor) -> None:
    visitor.client.force_login(UserFactory())
    url = visitor.start("?process=connect")
    code = visitor.allow(url)
    assert visitor.say_yes(visitor.come_back(url, code))["Location"] == CONNECTIONS
    assert visitor.come_back(url, code)["Location"] == CONNECTIONS
    assert SocialAccount.objects.count() == 1


def test_a_repeated_callback_does_not_undo_a_disconnect(visitor: Visitor) -> None:
    visitor.client.force_login(UserFactory())
    url = visitor.start("?process=connect")
    code = visitor.allow(url)
    visitor.say_yes(visitor.come_back(url, code))
    SocialAccount.objects.all().delete()
    assert visitor.come_back(url, code)["Location"] == CONNECTIONS
    assert SocialAccount.objects.count() == 0


def test_a_repeated_connect_that_failed_fails_again(visitor: Visitor) -> None:
    visitor.client.force_login(UserFactory())
    url = visitor.start("?process=connect")
    for _ in range(2):
        assert visitor.come_back(url, "nonsense").context["problem"].code == "code_rejected"


@pytest.mark.parametrize("process", ["redirect", "nonsense", "<b>"])
def test_an_unknown_process_is_a_sign_in(visitor: Visitor, process: str) -> None:
    visitor.sign_in(f"?process={process}")
    assert visitor.user is not None


def test_the_sign_up_form_when_the_site_wants_one(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    response = visitor.sign_in("?next=/somewhere/")
    assert response["Location"] == "/accounts/3rdparty/signup/"
    form = visitor.client.get(response["Location"])
    assert "WeChat" in form.content.decode()
    assert get_user_model().objects.count() == 0
    done = visitor.client.post(response["Location"], {"username": "zhangsan", "email": "z@example.com"})
    assert done["Location"] == "/somewhere/"
    account = SocialAccount.objects.get()
    assert account.user.username == "zhangsan"
    assert account.wechat_identities.count() == 1


def test_a_closed_sign_up_stays_closed(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    response = visitor.sign_in()
    assert response.status_code == 200
    assert "account/signup_closed.html" in [template.name for template in response.templates]
    assert get_user_model().objects.count() == SocialAccount.objects.count() == 0


def test_a_known_person_gets_in_while_sign_up_is_closed(visitor: Visitor, settings: Any) -> None:
    visitor.sign_in()
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    again = Visitor(visitor.simulator)
    again.sign_in()
    assert again.user == visitor.user


def test_an_inactive_user_stays_out(visitor: Visitor) -> None:
    visitor.sign_in()
    get_user_model().objects.update(is_active=False)
    again = Visitor(visitor.simulator)
    assert again.sign_in()["Location"] == "/accounts/inactive/"
    assert again.user is None


def test_email_verification_is_asked_for(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
    response = visitor.sign_in()
    assert response["Location"] == "/accounts/3rdparty/signup/"
    visitor.client.post(response["Location"], {"username": "z", "email": "z@example.com"})
    assert visitor.user is None
    assert len(mail.outbox) == 1
    assert EmailAddress.objects.get().verified is False


def test_mfa_comes_after_the_wechat_step(visitor: Visitor) -> None:
    visitor.sign_in()
    user = visitor.user
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    again = Visitor(visitor.simulator)
    assert again.sign_in()["Location"].startswith("/accounts/2fa/authenticate/")
    assert again.user is None


def test_signing_in_as_somebody_else_changes_the_user(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    visitor.sign_in()
    first = visitor.user
    visitor.person = "jose"
    visitor.sign_in()
    assert visitor.user != first
    assert get_user_model().objects.count() == 2


def test_no_token_is_kept(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_STORE_TOKENS = True
    visitor.sign_in()
    assert SocialToken.objects.count() == 0
    assert not any("token" in key for key in SocialAccount.objects.get().extra_data)


def test_reauthentication_is_asked_before_connecting(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    user = UserFactory()
    visitor.client.force_login(user)
    response = visitor.sign_in("?process=connect")
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert SocialAccount.objects.count() == 0
    done = visitor.client.post(response["Location"], {"password": "password"})
    assert done["Location"] == CONNECTIONS
    assert SocialAccount.objects.get().user == user
    assert WeChatIdentity.objects.count() == 1


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_button_is_there_once_or_not_at_all(wechat_simulator: SimulatorServer, rows: int) -> None:
    WebProviderFactory.create_batch(rows)
    page = Visitor(wechat_simulator).client.get("/accounts/signup/").content.decode()
    assert len(re.findall(r'title="WeChat"', page)) == min(rows, 1)


def test_hiding_is_done_on_the_object_not_on_the_class(rf: RequestFactory) -> None:
    """Pins the trick: `uses_apps` and a hidden, unsaved app on this one provider object."""
    provider = get_adapter().get_provider(rf.get("/"), "wechat")
    assert provider.uses_apps
    assert provider.app.settings == {"hidden": True}
    assert provider.app.pk is None
    assert provider.sub_id == "wechat"
    assert WeChatAllauthProvider.uses_apps is False
    WebProviderFactory()
    assert get_adapter().get_provider(rf.get("/"), "wechat").uses_apps is False


def test_a_provider_can_be_had_without_a_request() -> None:
    account = AccountFactory(extra_data={"nickname": "张三"})
    assert str(account.get_provider_account()) == "张三"
    assert account.get_provider_account().get_brand() == {"id": "wechat", "name": "WeChat"}


# --- headless ---

API = "/_allauth/browser/v1"
FRONTEND = "https://app.example.com/done"


@pytest.mark.parametrize("rows", [0, 1])
def test_the_headless_config_lists_us(wechat_simulator: SimulatorServer, rows: int) -> None:
    WebProviderFactory.create_batch(rows)
    response = Visitor(wechat_simulator).client.get(f"{API}/config")
    assert response.status_code == 200
    providers = [provider["id"] for provider in response.json()["data"]["socialaccount"]["providers"]]
    assert ("wechat" in providers) is bool(rows)


def headless_start(visitor: Visitor, process: str = "login") -> Any:
    form = {"provider": "wechat", "callback_url": "/done", "process": process}
    return visitor.client.post(f"{API}/auth/provider/redirect", form)


def test_the_headless_redirect_flow_signs_in(visitor: Visitor) -> None:
    url = headless_start(visitor)["Location"]
    response = visitor.come_back(url, visitor.allow(url))
    assert response["Location"] == "/done"
    session = visitor.client.get(f"{API}/auth/session")
    assert session.status_code == 200
    assert session.json()["data"]["user"]["display"]


def test_a_headless_failure_goes_back_to_the_frontend(visitor: Visitor) -> None:
    url = headless_start(visitor)["Location"]
    response = visitor.come_back(url, "nonsense")
    assert response["Location"] == "/done?error=unknown&error_process=login"


def test_a_headless_cancel_goes_back_to_the_frontend(visitor: Visitor) -> None:
    url = headless_start(visitor)["Location"]
    response = visitor.come_back(url, "")
    assert response["Location"] == "/done?error=cancelled&error_process=login"


def test_headless_inside_wechat(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    visitor = in_wechat(wechat_simulator)
    url = headless_start(visitor)["Location"]
    assert "oauth2/authorize" in url
    visitor.come_back(url, visitor.allow(url))
    assert visitor.user is not None


def test_headless_where_nothing_can_start_ends_on_our_page(visitor: Visitor) -> None:
    WeChatProvider.objects.update(enabled=False)
    page = visitor.client.get(headless_start(visitor)["Location"])
    assert page.context["problem"].code == "not_available"


def test_headless_on_a_phone_ends_on_our_help_page(visitor: Visitor) -> None:
    visitor.client.defaults["HTTP_USER_AGENT"] = IPHONE_SAFARI
    response = headless_start(visitor)
    assert response["Location"] == f"{LOGIN}?process=login&next=%2Fdone"
    assert "django_wechat/help.html" in [
        template.name for template in visitor.client.get(response["Location"]).templates
    ]


@pytest.mark.urls("tests.sites.headless_only_urls")
def test_headless_only_on_a_phone_goes_back_to_the_frontend(visitor: Visitor, settings: Any) -> None:
    settings.HEADLESS_ONLY = True
    visitor.client.defaults["HTTP_USER_AGENT"] = IPHONE_SAFARI
    assert headless_start(visitor)["Location"] == "/done?error=unknown&error_process=login"


def test_connecting_needs_a_signed_in_user(visitor: Visitor) -> None:
    for answer in (visitor.client.get(f"{LOGIN}?process=connect"), visitor.client.post(f"{LOGIN}?process=connect")):
        assert answer.context["problem"].code == "sign_in_first"


def test_the_start_page_is_not_there_on_a_headless_only_site(visitor: Visitor, settings: Any) -> None:
    settings.HEADLESS_ONLY = True
    assert visitor.client.get(LOGIN).status_code == 404


def test_the_site_may_answer_errors_itself(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_ADAPTER = "tests.sites.adapters.ErrorPageAdapter"
    url = visitor.start()
    assert visitor.come_back(url, "nonsense").content == b"the site's own words for CodeInvalid"


def test_the_callback_url_may_be_forced_to_https(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
    assert f"redirect_uri=https%3A%2F%2Ftestserver{CALLBACK.replace('/', '%2F')}" in visitor.start()


@pytest.mark.urls("tests.sites.headless_only_urls")
def test_on_a_headless_only_site_a_problem_goes_to_the_frontend(visitor: Visitor, settings: Any) -> None:
    settings.HEADLESS_ONLY = True
    response = visitor.client.get(CALLBACK)
    assert response["Location"].startswith("https://app.example.com/error?error=unknown")
    WeChatProvider.objects.all().delete()
    assert visitor.client.post(QR).json()["error"]["code"] == "not_available"
