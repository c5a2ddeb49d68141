"""Where allauth asks "is it you?", is WeChat offered, and does what was asked for go on afterwards?"""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.core.checks import run_checks
from django.urls import path

from django_wechat.adapters import WeChatAccountAdapter, WeChatReauthenticationMixin
from django_wechat.models import WeChatProvider
from django_wechat.setup import site_checks
from django_wechat.simulator.server import SimulatorServer
from django_wechat.web.reauthenticating import fresh, methods
from tests import urls as tests_urls
from tests.factories import BothProviderFactory, UserFactory
from tests.user_agents import IPHONE_SAFARI
from tests.visitor import LOGIN, Visitor

PAGE = "/accounts/wechat/reauthenticate/"
SET_PASSWORD = "/accounts/password/set/"
NEW = {"password1": "tall-pine-forest-9", "password2": "tall-pine-forest-9"}


class PlainAdapter(DefaultAccountAdapter):
    """An account adapter of a site's own that has never heard of us."""


class MixedAdapter(WeChatReauthenticationMixin, PlainAdapter):
    """The same, as the check advises."""


class LateAdapter(PlainAdapter, WeChatReauthenticationMixin):
    """The mixin where it is never asked."""


@pytest.fixture
def visitor(db: None, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    """Somebody who signed in by WeChat and has nothing else, on a site that wants to be sure."""
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    BothProviderFactory(name="site")
    found = Visitor(wechat_simulator)
    found.sign_in()
    return found


def confirm(visitor: Visitor, query: str) -> Any:
    url = visitor.start(f"?process=reauthenticate&{query}")
    return visitor.client.get(visitor.come_back(url, visitor.allow(url))["Location"])


def ways(visitor: Visitor) -> list[str]:
    request = visitor.client.get("/").wsgi_request
    with context.request_context(request):
        return [way["id"] for way in get_adapter().get_reauthentication_methods(request.user)]


def test_what_is_taken_from_inside_allauth_is_there() -> None:
    # If this fails, allauth moved what goes on with a request that it suspended, or where it keeps it:
    # look how its own ReauthenticateView.form_valid ends, and do the same in web/reauthenticating/page.py.
    assert reauthentication.resume_request.__code__.co_varnames[:1] == ("request",)
    assert reauthentication.STATE_SESSION_KEY == "account_reauthentication_state"


def test_allauth_leads_to_our_page_and_the_form_that_was_sent_goes_on(visitor: Visitor) -> None:
    asked = visitor.client.post(SET_PASSWORD, NEW)
    assert asked["Location"] == f"{PAGE}?next=%2Faccounts%2Fpassword%2Fset%2F"
    page = visitor.client.get(asked["Location"])
    text = page.content.decode()
    assert page.status_code == 200
    for word in (
        "Confirm Access",
        "Scan with WeChat to confirm that it is you",
        'name="process" value="reauthenticate"',
    ):
        assert word in text, word
    assert page["X-Frame-Options"] == "DENY"
    assert confirm(visitor, f"next={SET_PASSWORD}").status_code == 302
    user = visitor.user
    assert user is not None
    assert user.check_password(NEW["password1"]), "the form was sent before, and once"


def test_another_page_than_the_one_that_was_asked_for_takes_no_old_form(visitor: Visitor) -> None:
    visitor.client.post(SET_PASSWORD, NEW)
    assert confirm(visitor, "next=/accounts/email/")["Location"] == "/accounts/email/"
    user = visitor.user
    assert user is not None
    assert not user.has_usable_password()


def test_a_step_of_allauths_own_goes_on(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
    session = visitor.client.session
    session["account_reauthentication_state"] = {"state": {"x": 1}, "callback": f"{__name__}.a_step"}
    session.save()
    visitor.client.get(PAGE)
    assert confirm(visitor, "next=")["Location"] == "/a-step/1"


def a_step(request: Any, state: dict[str, Any]) -> Any:
    from django.http import HttpResponseRedirect  # noqa: PLC0415

    del request
    return HttpResponseRedirect(f"/a-step/{state['x']}")


def test_without_a_next_it_ends_where_allauth_ends(visitor: Visitor, settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "/home/"
    assert confirm(visitor, "next=")["Location"] == "/home/"


def test_no_address_of_another_site_is_followed(visitor: Visitor, settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "/home/"
    assert confirm(visitor, "next=https://evil.example/")["Location"] == "/home/"
    assert visitor.client.get(f"{PAGE}?next=https://evil.example/")["Location"] == "/home/"


def test_who_has_a_password_chooses(visitor: Visitor) -> None:
    user = visitor.user
    assert user is not None
    user.set_password("tall-pine-forest-9")
    user.save()
    visitor.client.force_login(user)
    assert ways(visitor) == ["reauthenticate", methods.FLOW]
    allauths = visitor.client.get("/accounts/reauthenticate/?next=/accounts/email/").content.decode()
    assert f'href="{PAGE}?next=%2Faccounts%2Femail%2F"' in allauths
    ours = visitor.client.get(f"{PAGE}?next=/accounts/email/").content.decode()
    assert 'href="/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"' in ours
    assert 'href="/accounts/wechat/reauthenticate/' not in ours


def test_whom_it_is_not_offered_to(visitor: Visitor, settings: Any, client: Any) -> None:
    assert ways(visitor) == [methods.FLOW]
    settings.ACCOUNT_REAUTHENTICATION_METHODS = ("password",)
    assert ways(visitor) == []
    settings.ACCOUNT_REAUTHENTICATION_METHODS = ("password", "wechat")
    assert ways(visitor) == [methods.FLOW]
    stranger = Visitor(visitor.simulator)
    assert ways(stranger) == []
    stranger.client.force_login(UserFactory(username="without-wechat"))
    assert methods.FLOW not in ways(stranger)
    WeChatProvider.objects.update(enabled=False)
    assert ways(visitor) == []


def test_where_the_site_takes_wechat_out_it_no_longer_counts(visitor: Visitor, settings: Any) -> None:
    confirm(visitor, "next=")
    request = visitor.client.get("/").wsgi_request
    assert fresh.is_fresh(request)
    settings.ACCOUNT_REAUTHENTICATION_METHODS = ("password",)
    assert not fresh.is_fresh(request)


def test_on_a_phone_outside_wechat_there_is_a_way_on(visitor: Visitor) -> None:
    for asked in (f"{PAGE}?next={SET_PASSWORD}", f"{LOGIN}?process=reauthenticate&next={SET_PASSWORD}"):
        page = visitor.client.get(asked, headers={"user-agent": IPHONE_SAFARI})
        assert page.status_code == 200
        link = re.search(r'value="(http://testserver/[^"]+)"', page.content.decode())
        assert link, "to be opened in WeChat, where nobody is signed in yet"
        assert parse_qs(urlsplit(unescape(link[1])).query) == {"process": ["login"], "next": [SET_PASSWORD]}


# --- the adapter ---


def test_a_site_without_an_adapter_of_its_own_has_ours() -> None:
    assert app_settings.ADAPTER == "django_wechat.adapters.WeChatAccountAdapter"
    assert isinstance(get_adapter(), WeChatAccountAdapter)


@pytest.mark.parametrize(("adapter", "told"), [(PlainAdapter, True), (LateAdapter, True), (MixedAdapter, False)])
def test_a_site_with_an_adapter_of_its_own_is_told_what_is_missing(settings: Any, adapter: Any, told: bool) -> None:
    settings.ACCOUNT_ADAPTER = f"{__name__}.{adapter.__name__}"
    found = [one for one in run_checks(tags=["django_wechat"]) if one.id == "django_wechat.W037"]
    assert bool(found) is told
    if found:
        assert adapter.__name__ in str(found[0].msg)
        assert "WeChatReauthenticationMixin" in str(found[0].hint)


@pytest.mark.parametrize(
    "adapter", ["tests.sites.asking_adapters.made", "tests.sites.asking_adapters.gone", "nowhere.Adapter"]
)
def test_what_is_no_class_is_no_business_of_the_check(settings: Any, adapter: str) -> None:
    settings.ACCOUNT_ADAPTER = adapter
    assert not [one for one in site_checks.check_site(None) if one.id == "django_wechat.W037"]


def test_an_adapter_of_its_own_with_the_mixin_asks_and_believes_us(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = f"{__name__}.MixedAdapter"
    assert visitor.client.post(SET_PASSWORD, NEW)["Location"].startswith(PAGE)
    confirm(visitor, f"next={SET_PASSWORD}")
    assert visitor.user is not None
    assert visitor.user.has_usable_password()


def test_without_the_mixin_allauth_denies(visitor: Visitor, settings: Any) -> None:
    # What people without anything but WeChat met before; if allauth itself opens this door, the mixin may go.
    settings.ACCOUNT_ADAPTER = f"{__name__}.PlainAdapter"
    assert visitor.client.post(SET_PASSWORD, NEW).status_code == 403


def test_an_adapter_without_a_request_changes_nothing(db: None) -> None:
    adapter = WeChatAccountAdapter(None)
    assert adapter.is_reauthentication_required(app="") is True
    assert adapter.get_reauthentication_methods(AnonymousUser()) == []


# --- Django's admin ---


def _secret(request: Any) -> Any:
    from allauth.account.decorators import reauthentication_required  # noqa: PLC0415
    from django.http import HttpResponse  # noqa: PLC0415

    return reauthentication_required(lambda _request: HttpResponse("inside"))(request)


urlpatterns = [path("admin/secret/", _secret), *tests_urls.urlpatterns]


@pytest.mark.urls(__name__)
def test_any_page_that_asks_for_it(visitor: Visitor) -> None:
    asked = visitor.client.get("/admin/secret/")
    assert asked["Location"] == f"{PAGE}?next=%2Fadmin%2Fsecret%2F"
    assert confirm(visitor, "next=/admin/secret/")["Location"] == "/admin/secret/"
    assert visitor.client.get("/admin/secret/").content == b"inside"


def test_the_element_gets_the_panel_of_a_confirmation(visitor: Visitor) -> None:
    html = visitor.client.get("/accounts/wechat/panel/?process=reauthenticate&next=/x/").json()["html"]
    assert 'name="process" value="reauthenticate"' in html
    assert "Scan with WeChat to confirm that it is you" in html
