"""Is nobody's WeChat connected before the visitor said on the computer whose it is?"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import CodeExchange, QRSession, SignInAttempt, Status, WeChatProvider
from django_wechat.people import erasure
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import code_exchanges, qr_digits
from tests.factories import BothProviderFactory, UserFactory
from tests.following import answer, finish, link_in, phone, scan, set_up, status
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME
from tests.visitor import CONNECT, LOGIN, Visitor, cookies_of

CONNECTIONS = "/accounts/3rdparty/"
JSON = {"accept": "application/json"}
HEADLESS = "/_allauth/browser/v1/auth/provider/redirect"


@pytest.fixture(params=[WINDOWS_CHROME, IPHONE_WECHAT], ids=["by the QR code", "inside WeChat"])
def visitor(request: pytest.FixtureRequest, db: None, wechat_simulator: SimulatorServer) -> Visitor:
    """Somebody signed in, who starts to connect WeChat by an address of WeChat's."""
    BothProviderFactory(name="site")
    found = Visitor(wechat_simulator, user_agent=request.param)
    found.client.force_login(UserFactory(username="li"))
    return found


def came_back(visitor: Visitor, query: str = "?process=connect") -> Any:
    url = visitor.start(query)
    return visitor.come_back(url, visitor.allow(url))


# --- WeChat names who it is ---


def test_the_page_names_whom_it_would_connect_to_what(visitor: Visitor) -> None:
    assert came_back(visitor)["Location"].removesuffix("#") == CONNECT
    page = visitor.client.get(CONNECT)
    text = page.content.decode()
    for word in ("张三", "li", "testserver", "Connect only if this is your own WeChat."):
        assert word in text, word
    assert page.context["avatar_url"].startswith("https://")
    assert page["X-Frame-Options"] == "DENY"
    assert "no-store" in page["Cache-Control"]
    assert not SocialAccount.objects.exists()
    assert not SignInAttempt.objects.exists()


def test_yes_connects_and_no_does_not(visitor: Visitor) -> None:
    came_back(visitor)
    assert visitor.client.post(CONNECT, {"answer": "cancel"})["Location"] == CONNECTIONS
    assert not SocialAccount.objects.exists()
    assert visitor.client.post(CONNECT, {"answer": "connect"})["Location"] == CONNECTIONS
    assert not SocialAccount.objects.exists(), "a no is a no"
    came_back(visitor, "?process=connect&next=/settings/")
    assert visitor.client.post(CONNECT, {"answer": "connect"})["Location"] == "/settings/"
    assert SocialAccount.objects.get().user == visitor.user
    told = list(SignInAttempt.objects.order_by("pk").values_list("provider_name", "outcome", "problem"))
    assert told == [("site", "cancelled", "not_connected"), ("site", "connected", "")]


def test_wechats_second_delivery_asks_the_same_question_once(visitor: Visitor) -> None:
    url = visitor.start("?process=connect")
    code = visitor.allow(url)
    for _ in range(2):
        assert visitor.come_back(url, code)["Location"].removesuffix("#") == CONNECT
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert visitor.come_back(url, code)["Location"].removesuffix("#") == CONNECTIONS
    assert SocialAccount.objects.count() == 1


def test_a_second_answer_changes_nothing(visitor: Visitor) -> None:
    came_back(visitor)
    for _ in range(2):
        assert visitor.client.post(CONNECT, {"answer": "connect"})["Location"] == CONNECTIONS
    assert SocialAccount.objects.count() == 1
    assert SignInAttempt.objects.count() == 1


@pytest.mark.parametrize("now", ["nobody", "somebody else"])
def test_the_question_is_for_who_started(visitor: Visitor, now: str) -> None:
    came_back(visitor)
    kept = visitor.client.session["wechat_connect"]
    visitor.client.logout()
    if now == "somebody else":
        visitor.client.force_login(UserFactory())
    session = visitor.client.session
    session["wechat_connect"] = kept
    session.save()
    assert visitor.client.get(CONNECT).status_code == 302
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


def test_another_browser_has_no_question(visitor: Visitor) -> None:
    came_back(visitor)
    other = Client()
    other.force_login(visitor.user)  # type: ignore[arg-type]
    assert other.get(CONNECT)["Location"] == CONNECTIONS
    other.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


def test_it_is_asked_for_ten_minutes(visitor: Visitor) -> None:
    came_back(visitor)
    CodeExchange.objects.update(started_at=code_exchanges.timezone.now() - code_exchanges.KEPT_FOR)
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


def test_whoever_is_erased_meanwhile_is_not_connected(visitor: Visitor) -> None:
    Visitor(visitor.simulator, user_agent=str(visitor.client.defaults["HTTP_USER_AGENT"])).sign_in()
    came_back(visitor)
    erasure.erase(SocialAccount.objects.get())
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("middleware", [True, False], ids=["with Django's middleware", "without"])
def test_another_sites_form_connects_nothing(visitor: Visitor, settings: Any, *, middleware: bool) -> None:
    if not middleware:
        settings.MIDDLEWARE = [name for name in django_settings.MIDDLEWARE if "Csrf" not in name]
    came_back(visitor)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cookies_of(visitor.client)
    refused = strict.post(CONNECT, {"answer": "connect"})
    assert (refused.status_code, refused.context["again"]) == (403, True)
    assert strict.post(CONNECT, {"answer": "connect"}, headers=JSON).status_code == 403
    assert not SocialAccount.objects.exists()
    token = str(refused.context["csrf_token"])
    strict.post(CONNECT, {"answer": "connect", "csrfmiddlewaretoken": token})
    assert SocialAccount.objects.count() == 1


def test_a_nickname_of_nothing_is_said_to_be_none(visitor: Visitor) -> None:
    visitor.person = "noname"
    people = visitor.simulator.platform.people
    visitor.person = next(key for key, person in people.items() if not person.shown_name)
    came_back(visitor)
    assert "A WeChat account without a nickname" in visitor.client.get(CONNECT).content.decode()


def test_the_database_refuses_it(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError

    came_back(visitor)
    with monkeypatch.context() as patched:
        patched.setattr(code_exchanges, "record", fail)
        assert visitor.client.post(CONNECT, {"answer": "connect"}).context["problem"].code == "not_saved"
        problem = visitor.client.post(CONNECT, {"answer": "connect"}, headers=JSON)
        assert (problem.status_code, problem.json()["error"]["code"]) == (503, "not_saved")
    visitor.client.post(CONNECT, {"answer": "connect"})
    assert SocialAccount.objects.count() == 1


# --- the same for a frontend of the site's own ---


@pytest.mark.parametrize("callback_url", ["/app/", "/app/?tab=wechat"])
def test_a_headless_frontend_asks_itself(visitor: Visitor, callback_url: str) -> None:
    form = {"provider": "wechat", "process": "connect", "callback_url": callback_url}
    url = visitor.client.post(HEADLESS, form)["Location"]
    back = urlsplit(visitor.come_back(url, visitor.allow(url))["Location"])
    query = parse_qs(back.query)
    assert (back.path, query["error"], query["error_process"]) == ("/app/", ["confirmation_required"], ["connect"])
    assert not SocialAccount.objects.exists()
    asked = visitor.client.get(CONNECT, headers=JSON).json()
    assert asked.pop("avatar_url").startswith("https://")
    assert asked == {"account": "li", "host": "testserver", "nickname": "张三"}
    done = visitor.client.post(CONNECT, {"answer": "connect"}, headers=JSON)
    assert done.json() == {"location": callback_url}
    assert SocialAccount.objects.count() == 1
    over = visitor.client.get(CONNECT, headers=JSON)
    assert (over.status_code, over.json()["error"]["code"]) == (404, "state_lost")


@pytest.mark.urls("tests.sites.headless_only_urls")
def test_a_headless_only_site_has_no_page_for_it(visitor: Visitor, settings: Any) -> None:
    settings.HEADLESS_ONLY = True
    settings.HEADLESS_FRONTEND_URLS = {"account_login": "/"}
    form = {"provider": "wechat", "process": "connect", "callback_url": "/app/"}
    url = visitor.client.post(HEADLESS, form)["Location"]
    visitor.come_back(url, visitor.allow(url))
    assert visitor.client.get(CONNECT).status_code == 404
    assert visitor.client.post(CONNECT, {"answer": "no"}, headers=JSON).json() == {"location": "/app/"}
    session = visitor.client.session
    session["wechat_connect"] = 10**6
    session.save()
    assert visitor.client.get(CONNECT, headers=JSON).status_code == 404


# --- the number on the phone, for the official account's code ---


@pytest.fixture
def pc(transactional_db: None, wechat_simulator: SimulatorServer, live_server: LiveServer) -> Visitor:
    set_up(wechat_simulator, live_server)
    found = Visitor(wechat_simulator)
    found.client.force_login(UserFactory(username="li"))
    return found


def confirmed(pc: Visitor, **form: str) -> dict[str, Any]:
    """Open a code to connect, which a phone scans and confirms."""
    opened = pc.open_qr(process="connect", **form)
    answer(link_in(scan(pc)))
    return opened


def test_the_number_is_told_to_the_phone_that_scanned_and_to_nobody_else(pc: Visitor) -> None:
    opened = pc.open_qr(process="connect")
    said = scan(pc)
    digits = QRSession.objects.get().digits
    assert f"Number to type on the computer: {digits}" in said
    assert f">{digits}<" in phone().get(link_in(said)).content.decode()
    assert status(pc, opened)["digits"] == ""
    answer(link_in(said))
    assert status(pc, opened)["digits"] == ""
    page = pc.client.post(opened["finish_url"])
    assert page.context["asks_digits"] is True
    assert f">{digits}<" not in page.content.decode()
    assert not SocialAccount.objects.exists()


def test_a_bystander_who_scanned_first_is_not_connected(pc: Visitor) -> None:
    """The visitor's own phone comes second, and is told no number."""
    opened = pc.open_qr(process="connect")
    answer(link_in(scan(Visitor(pc.simulator, person="jose"))))
    assert "no longer valid" in scan(pc)
    page = pc.client.post(opened["finish_url"])
    assert "If your phone shows none, somebody else scanned the QR code: cancel." in page.content.decode()
    assert pc.client.post(opened["finish_url"], {"answer": "cancel"})["Location"] == CONNECTIONS
    assert QRSession.objects.get().status == Status.REFUSED
    assert pc.client.post(opened["finish_url"], {"digits": QRSession.objects.get().digits}).status_code == 401
    assert not SocialAccount.objects.exists()
    assert SignInAttempt.objects.get().problem == "not_connected"


def test_the_number_connects(pc: Visitor) -> None:
    opened = confirmed(pc, next="/settings/")
    assert finish(pc, opened)["Location"] == "/settings/"
    assert SocialAccount.objects.get().user == pc.user
    assert pc.client.post(opened["finish_url"])["Location"] == "/settings/", "connected is connected"


def test_full_width_digits_are_digits(pc: Visitor) -> None:
    opened = confirmed(pc)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in QRSession.objects.get().digits)
    pc.client.post(opened["finish_url"], {"digits": f" {wide} "})
    assert SocialAccount.objects.count() == 1


def test_three_wrong_numbers_end_it(pc: Visitor) -> None:
    opened = confirmed(pc)
    for left in (2, 1):
        page = pc.client.post(opened["finish_url"], {"digits": "xx"})
        assert (page.context["wrong"], page.context["tries_left"]) == (True, left)
    over = pc.client.post(opened["finish_url"], {"digits": "xx"})
    assert over.context["problem"].code == "digits_used_up"
    assert qr_digits.tries_left(QRSession.objects.get()) == 0
    assert finish(pc, opened).context["problem"].code == "qr_over"
    assert not SocialAccount.objects.exists()


def test_a_script_is_told_in_json(pc: Visitor) -> None:
    opened = confirmed(pc, callback_url="/app/")

    def post(**form: str) -> tuple[int, str]:
        response = pc.client.post(opened["finish_url"], form, headers=JSON)
        return response.status_code, response.json()["error"]["code"]

    assert post() == (409, "digits_needed")
    assert post(digits="xx") == post(digits="yy") == (409, "digits_wrong")
    assert post(digits="zz") == (409, "digits_used_up")


def test_a_code_that_ran_out_connected_nothing_and_says_so(pc: Visitor) -> None:
    opened = confirmed(pc)
    QRSession.objects.update(expires_at="2020-01-01T00:00Z")
    assert finish(pc, opened).context["problem"].code == "qr_over"


def test_a_sign_in_asks_for_no_number(pc: Visitor) -> None:
    other = Visitor(pc.simulator)
    opened = other.open_qr()
    answer(link_in(scan(other)))
    assert other.client.post(opened["finish_url"]).status_code == 302
    assert other.user is not None


def test_the_page_is_in_no_frame(pc: Visitor) -> None:
    page = pc.client.post(confirmed(pc)["finish_url"])
    assert page["X-Frame-Options"] == "DENY"
    assert page["Referrer-Policy"] == "same-origin"


def test_the_start_page_of_a_connect_leads_here(pc: Visitor) -> None:
    assert reverse("wechat_connect") == CONNECT
    assert pc.client.get(f"{LOGIN}?process=connect").status_code == 200
    assert WeChatProvider.objects.count() == 1
