"""Somebody scans for the first time and has an account already: is the WeChat kept, and connected only as it may be?"""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import CodeExchange, QRSession, SignInAttempt, Status
from django_wechat.people import erasure
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import code_exchanges
from django_wechat.web.connecting import kept
from tests.api_document import documented, problem_of
from tests.factories import BothProviderFactory, UserFactory
from tests.following import answer, link_in, phone, scan, set_up
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME
from tests.visitor import CONNECT, Visitor, cookies_of

HAVE_ACCOUNT = "/accounts/wechat/have-account/"
LOGIN_PAGE = "/accounts/login/"
FORM = "/accounts/3rdparty/signup/"
CONNECTIONS = "/accounts/3rdparty/"
AFTER_SIGN_IN = "/accounts/profile/"
MFA = "/accounts/2fa/authenticate/"
JSON = {"accept": "application/json"}
PASSWORD = {"login": "li", "password": "password"}


@pytest.fixture
def li(db: None) -> Any:
    """Somebody who has had an account for long."""
    user = UserFactory(username="li", email="li@example.com")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def visitor(request: pytest.FixtureRequest, li: Any, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    """The same person, who has just scanned for the first time and stands before the sign-up form."""
    del li
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    BothProviderFactory(name="site")
    found = Visitor(wechat_simulator, user_agent=getattr(request, "param", WINDOWS_CHROME))
    assert found.sign_in("?next=/settings/")["Location"].removesuffix("#") == FORM
    return found


def text(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def keep(visitor: Visitor) -> Any:
    return visitor.client.post(HAVE_ACCOUNT)


def log() -> list[tuple[str, str, str]]:
    return list(SignInAttempt.objects.order_by("pk").values_list("provider_name", "outcome", "problem"))


# --- the way itself ---


@pytest.mark.parametrize(
    "visitor", [WINDOWS_CHROME, IPHONE_WECHAT], ids=["by the QR code", "inside WeChat"], indirect=True
)
def test_nobody_scans_twice(visitor: Visitor, li: Any) -> None:
    page = text(visitor.client, FORM)
    assert "张三" in page
    assert f'action="{HAVE_ACCOUNT}"' in page
    assert page.index("Sign Up") < page.index(HAVE_ACCOUNT) < page.index(f'action="{FORM}"')
    assert keep(visitor)["Location"] == f"{LOGIN_PAGE}?next=%2Fsettings%2F"
    assert "After that you are asked whether to connect this WeChat" in text(visitor.client, LOGIN_PAGE)
    assert visitor.client.post(LOGIN_PAGE, {**PASSWORD, "next": "/settings/"})["Location"] == CONNECT
    assert visitor.user == li
    assert not SocialAccount.objects.exists(), "nothing before a yes"
    question = text(visitor.client, CONNECT)
    for word in (
        "张三",
        "li",
        "testserver",
        "If that was not you, cancel.",
        "Connect only if this is your own WeChat.",
    ):
        assert word in question, word
    assert visitor.client.post(CONNECT, {"answer": "connect"})["Location"] == "/settings/"
    assert SocialAccount.objects.get().user == li
    assert get_user_model().objects.count() == 1
    assert log() == [("site", "signed_in", "more_asked"), ("site", "connected", "")]
    visitor.client.logout()
    visitor.sign_in()
    assert visitor.user == li


def test_a_no_connects_nothing_and_goes_on(visitor: Visitor) -> None:
    keep(visitor)
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    assert visitor.client.post(CONNECT, {"answer": "cancel"})["Location"] == "/settings/"
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()
    assert log()[-1] == ("site", "cancelled", "not_connected")


def test_an_address_that_is_taken_offers_the_way(visitor: Visitor) -> None:
    refused = visitor.client.post(FORM, {"username": "li2", "email": "li@example.com"}).content.decode()
    assert "That belongs to an account here already." in refused
    assert refused.index('role="alert"') < refused.index(HAVE_ACCOUNT)
    keep(visitor)
    assert visitor.client.post(LOGIN_PAGE, PASSWORD)["Location"] == CONNECT


@pytest.mark.parametrize("visitor", [IPHONE_WECHAT], ids=["inside WeChat"], indirect=True)
def test_the_login_page_opens_at_another_way_than_wechat(visitor: Visitor) -> None:
    keep(visitor)
    page = text(visitor.client, LOGIN_PAGE)
    assert 'id="others" data-wechat-tabpanel>' in " ".join(page.split())


def test_by_a_second_factor(visitor: Visitor, li: Any) -> None:
    TOTP.activate(li, generate_totp_secret())
    codes = RecoveryCodes.activate(li).get_unused_codes()
    keep(visitor)
    assert visitor.client.post(LOGIN_PAGE, PASSWORD)["Location"] == MFA
    assert visitor.client.get(CONNECT).status_code == 302, "who has not got through is asked nothing"
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()
    assert visitor.client.post(MFA, {"code": codes[0]})["Location"] == CONNECT
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert SocialAccount.objects.get().user == li


def test_by_another_wechat(visitor: Visitor, settings: Any) -> None:
    """Whoever has two: the other one signs in, and is asked about this one."""
    settings.SOCIALACCOUNT_AUTO_SIGNUP = True
    other = Visitor(visitor.simulator, person="jose")
    other.sign_in()
    keep(visitor)
    visitor.person = "jose"
    assert visitor.sign_in()["Location"] == "/settings/", "asked, and answered yes"
    assert SocialAccount.objects.count() == 2
    assert {account.user for account in SocialAccount.objects.all()} == {other.user}


def test_a_forgotten_password_loses_nothing(visitor: Visitor, li: Any) -> None:
    """The link in the mail knows no way back; the session does."""
    keep(visitor)
    li.set_password("another-tall-pine-7")
    li.save()
    assert visitor.client.post(LOGIN_PAGE, {"login": "li", "password": "another-tall-pine-7"})["Location"] == CONNECT


def test_pressed_in_an_old_tab_by_who_is_signed_in(visitor: Visitor, li: Any) -> None:
    """allauth leaves what waited for its form in the session; somebody is signed in, who said nothing of it."""
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    assert visitor.user == li
    assert keep(visitor).context["problem"].code == "state_lost"
    assert not CodeExchange.objects.filter(code_hash="").exists()


def test_the_form_after_all(visitor: Visitor) -> None:
    """Back in the browser's history, and signed up: nothing is left to ask."""
    keep(visitor)
    assert visitor.client.post(FORM, {"username": "zhangsan", "email": "z@example.com"})["Location"] == "/settings/"
    assert "wechat_connect" not in visitor.client.session
    assert SocialAccount.objects.get().user.username == "zhangsan"


def test_sites_without_that_form_offer_nothing(wechat_simulator: SimulatorServer, db: None) -> None:
    BothProviderFactory()
    visitor = Visitor(wechat_simulator)
    visitor.sign_in()
    assert visitor.user is not None
    assert keep(visitor).context["problem"].code == "state_lost"


# --- what an attacker or an accident may try ---


def test_only_who_stands_before_the_form_can_keep(visitor: Visitor) -> None:
    other = Client()
    assert other.post(HAVE_ACCOUNT).context["problem"].code == "state_lost"
    assert other.get(HAVE_ACCOUNT).context["problem"].code == "state_lost"
    assert visitor.client.get(HAVE_ACCOUNT)["Location"] == FORM, "to look keeps nothing"
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    assert visitor.client.get(CONNECT)["Location"] == CONNECTIONS


def test_another_sites_form_keeps_nothing(visitor: Visitor) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cookies_of(visitor.client)
    assert strict.post(HAVE_ACCOUNT)["Location"] == FORM
    assert strict.post(HAVE_ACCOUNT, headers=JSON).status_code == 403
    assert "wechat_connect" not in strict.session
    assert "this page was out of date" in text(strict, FORM)


def test_a_planted_wechat_is_shown_and_asked_about(visitor: Visitor, li: Any) -> None:
    """The attacker scanned in a session that the victim then signs in in: the victim sees whose it is."""
    keep(visitor)
    assert visitor.client.post(LOGIN_PAGE, PASSWORD)["Location"] == CONNECT
    for path in ("/", LOGIN_PAGE, CONNECTIONS, CONNECT):
        visitor.client.get(path)
    assert not SocialAccount.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cookies_of(visitor.client)
    assert strict.post(CONNECT, {"answer": "connect"}).status_code == 403
    assert not SocialAccount.objects.exists()
    assert visitor.user == li


def test_another_browser_of_the_same_person_is_asked_nothing(visitor: Visitor) -> None:
    keep(visitor)
    other = Client()
    assert other.post(LOGIN_PAGE, PASSWORD)["Location"] == AFTER_SIGN_IN
    assert other.get(CONNECT)["Location"] == CONNECTIONS


def test_it_is_for_the_first_who_signs_in(visitor: Visitor) -> None:
    UserFactory(username="mallory")
    keep(visitor)
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    pending = visitor.client.session["wechat_connect"]
    visitor.client.logout()
    visitor.client.post(LOGIN_PAGE, {"login": "mallory", "password": "password"})
    session = visitor.client.session
    session["wechat_connect"] = pending
    session.save()
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


def test_a_sign_in_over_another_one_loses_it(visitor: Visitor) -> None:
    """Django empties the session when it becomes another user's."""
    keep(visitor)
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    visitor.client.force_login(UserFactory(username="wang"))
    assert visitor.client.get(CONNECT)["Location"] == CONNECTIONS
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


def test_whoever_signs_out_takes_it_along(visitor: Visitor) -> None:
    keep(visitor)
    old = cookies_of(visitor.client)
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    visitor.client.post("/accounts/logout/")
    visitor.client.cookies = old
    assert visitor.client.post(LOGIN_PAGE, PASSWORD)["Location"] == AFTER_SIGN_IN
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("late", ["at the form", "to sign in", "to answer"])
def test_minutes_later_it_is_over(visitor: Visitor, late: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if late == "at the form":
        monkeypatch.setattr(kept, "KEEPABLE_FOR", 0)
        assert HAVE_ACCOUNT not in text(visitor.client, FORM)
        assert keep(visitor).context["problem"].code == "state_lost"
        return
    keep(visitor)
    if late == "to answer":
        visitor.client.post(LOGIN_PAGE, PASSWORD)
    for exchange in CodeExchange.objects.all():
        CodeExchange.objects.filter(pk=exchange.pk).update(started_at=exchange.started_at - timedelta(minutes=11))
    if late == "to sign in":
        assert visitor.client.post(LOGIN_PAGE, PASSWORD)["Location"] == AFTER_SIGN_IN
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


def test_somebody_elses_meanwhile(visitor: Visitor, settings: Any) -> None:
    keep(visitor)
    settings.SOCIALACCOUNT_AUTO_SIGNUP = True
    other = Visitor(visitor.simulator, user_agent=str(visitor.client.defaults["HTTP_USER_AGENT"]))
    other.sign_in()
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert "already connected to a different account" in text(visitor.client, CONNECTIONS)
    assert SocialAccount.objects.get().user == other.user
    assert log()[-1] == ("site", "failed", "site_refused")


def test_a_second_answer_changes_nothing(visitor: Visitor) -> None:
    keep(visitor)
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    visitor.client.post(CONNECT, {"answer": "connect"})
    SocialAccount.objects.all().delete()
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()
    assert keep(visitor).context["problem"].code == "state_lost"


def test_another_scan_in_between_takes_its_place(visitor: Visitor) -> None:
    keep(visitor)
    first = visitor.client.session["wechat_connect"]
    visitor.person = "jose"
    visitor.sign_in()
    keep(visitor)
    assert CodeExchange.objects.get(pk=first).state == ""
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert SocialAccount.objects.get().extra_data["nickname"] != "张三"


def test_what_allauth_cannot_read_is_not_offered(visitor: Visitor) -> None:
    session = visitor.client.session
    session["socialaccount_sociallogin"] |= {"provider": None}
    session.save()
    assert keep(visitor).context["problem"].code == "state_lost"


def test_it_is_cleared_like_any_other(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    CodeExchange.objects.update(started_at="2020-01-01T00:00Z")
    monkeypatch.setattr(code_exchanges, "_CLEAN_UP_EVERY", 1)
    keep(visitor)
    assert CodeExchange.objects.count() == 1


def test_pressed_twice_only_the_last_counts(visitor: Visitor, li: Any) -> None:
    keep(visitor)
    first = visitor.client.session["wechat_connect"]
    keep(visitor)
    assert CodeExchange.objects.get(pk=first).state == ""
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert SocialAccount.objects.get().user == li


def test_wechats_second_delivery_signs_nobody_up(visitor: Visitor, settings: Any) -> None:
    """It comes after the visitor pressed the button, with the cookie of before."""
    url = visitor.start()
    code = visitor.allow(url)
    visitor.come_back(url, code)
    keep(visitor)
    settings.SOCIALACCOUNT_AUTO_SIGNUP = True
    assert visitor.come_back(url, code, _redir="1").context["problem"].code == "state_lost"
    assert get_user_model().objects.count() == 1


def test_whoever_is_erased_meanwhile_is_not_connected(visitor: Visitor, settings: Any) -> None:
    keep(visitor)
    settings.SOCIALACCOUNT_AUTO_SIGNUP = True
    Visitor(visitor.simulator, user_agent=str(visitor.client.defaults["HTTP_USER_AGENT"])).sign_in()
    erasure.erase(SocialAccount.objects.get())
    visitor.client.post(LOGIN_PAGE, PASSWORD)
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


# --- a frontend of the site's own ---


def test_a_script_does_the_same(visitor: Visitor, li: Any) -> None:
    assert visitor.client.get(HAVE_ACCOUNT, headers=JSON).json() == {"location": FORM}
    told = documented(visitor.client.post(HAVE_ACCOUNT, headers=JSON), "/wechat/have-account/", "post")
    assert told == {"location": f"{LOGIN_PAGE}?next=%2Fsettings%2F"}
    form = {"username": "li", "password": "password"}
    session = visitor.client.post("/_allauth/browser/v1/auth/login", form, content_type="application/json")
    assert session.status_code == 200
    asked = documented(visitor.client.get(CONNECT, headers=JSON), "/wechat/connect/", "get")
    assert (asked["nickname"], asked["account"]) == ("张三", "li")
    assert visitor.client.post(CONNECT, {"answer": "connect"}, headers=JSON).json() == {"location": "/settings/"}
    assert SocialAccount.objects.get().user == li


@pytest.mark.urls("tests.sites.headless_only_urls")
@pytest.mark.usefixtures("li")
def test_a_headless_only_site_has_no_page_for_it(wechat_simulator: SimulatorServer, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP, settings.HEADLESS_ONLY = False, True
    settings.HEADLESS_FRONTEND_URLS = {"account_login": "/"}
    BothProviderFactory(name="site")
    visitor = Visitor(wechat_simulator)
    form = {"provider": "wechat", "process": "login", "callback_url": "/app/"}
    url = visitor.client.post("/_allauth/browser/v1/auth/provider/redirect", form)["Location"]
    visitor.come_back(url, visitor.allow(url))
    assert keep(visitor).status_code == 404
    assert visitor.client.post(HAVE_ACCOUNT, headers=JSON).json() == {"location": "/"}
    nothing = Client().post(HAVE_ACCOUNT, headers=JSON)
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "state_lost")


# --- the official account's code, which tells no name: the phone shows a number once more ---


@pytest.fixture
def pc(transactional_db: None, wechat_simulator: SimulatorServer, live_server: LiveServer, settings: Any) -> Visitor:
    """Somebody who has an account and came by following."""
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    set_up(wechat_simulator, live_server)
    UserFactory(username="li")
    return Visitor(wechat_simulator)


def follow(pc: Visitor, *, person: str = "zhangsan") -> str:
    """Sign in by the code, up to the sign-up form; return the link on the phone."""
    opened = pc.open_qr(next="/settings/")
    link = link_in(scan(Visitor(pc.simulator, person=person)))
    answer(link)
    assert pc.client.post(opened["finish_url"])["Location"] == FORM
    return link


def shown_on(link: str) -> str:
    return str(phone().get(link).content.decode())


def test_the_phone_shows_a_new_number(pc: Visitor) -> None:
    link = follow(pc)
    before = QRSession.objects.get().digits
    QRSession.objects.update(digits="xx")
    keep(pc)
    assert "wechat-digits" not in shown_on(link)
    assert pc.client.post(LOGIN_PAGE, PASSWORD)["Location"] == CONNECT
    digits = QRSession.objects.get().digits
    assert (len(before), len(digits), digits.isdigit()) == (2, 2, True)
    assert f'<p class="wechat-digits">{digits}</p>' in shown_on(link)
    page = text(pc.client, CONNECT)
    assert "open the link in the chat once more" in page
    assert f">{digits}<" not in page
    assert documented(pc.client.get(CONNECT, headers=JSON), "/wechat/connect/", "get")["asks_digits"] is True
    assert pc.client.post(CONNECT, {"answer": "connect"}).context["asks_digits"] is True
    missing = pc.client.post(CONNECT, {"answer": "connect"}, headers=JSON)
    assert problem_of(missing, "/wechat/connect/", "post")["code"] == "digits_needed"
    assert not SocialAccount.objects.exists()
    assert pc.client.post(CONNECT, {"answer": "connect", "digits": digits})["Location"] == "/settings/"
    assert SocialAccount.objects.get().user == pc.user
    assert SocialAccount.objects.get().wechat_identities.get().follows


def test_a_bystanders_phone_connects_nothing(pc: Visitor) -> None:
    follow(pc, person="jose")
    keep(pc)
    pc.client.post(LOGIN_PAGE, PASSWORD)
    for left in (2, 1):
        assert pc.client.post(CONNECT, {"answer": "connect", "digits": "xx"}).context["tries_left"] == left
    over = pc.client.post(CONNECT, {"answer": "connect", "digits": "xx"})
    assert over.context["problem"].code == "digits_used_up"
    assert QRSession.objects.get().status == Status.REFUSED
    pc.client.post(CONNECT, {"answer": "connect", "digits": QRSession.objects.get().digits})
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("when", ["at the form", "before signing in", "before the answer"])
def test_a_phone_that_takes_it_back_ends_it(pc: Visitor, when: str) -> None:
    link = follow(pc)
    if when == "at the form":
        phone().post(link, {"answer": "refuse"})
        assert keep(pc).context["problem"].code == "state_lost"
        return
    keep(pc)
    if when == "before the answer":
        pc.client.post(LOGIN_PAGE, PASSWORD)
    digits = QRSession.objects.get().digits
    phone().post(link, {"answer": "refuse"})
    pc.client.post(LOGIN_PAGE, PASSWORD)
    pc.client.post(CONNECT, {"answer": "connect", "digits": digits})
    assert not SocialAccount.objects.exists()


def test_a_phone_that_takes_it_back_afterwards_undoes_the_connection(pc: Visitor) -> None:
    link = follow(pc)
    keep(pc)
    pc.client.post(LOGIN_PAGE, PASSWORD)
    pc.client.post(CONNECT, {"answer": "connect", "digits": QRSession.objects.get().digits})
    assert SocialAccount.objects.exists()
    phone().post(link, {"answer": "refuse"})
    assert not SocialAccount.objects.exists()
    assert pc.user is None
    assert get_user_model().objects.filter(username="li").exists()
