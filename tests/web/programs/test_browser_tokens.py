"""Does a QR code on the PC end in the site's own tokens, for a front end that has no use for a session?"""

import time
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from django_wechat.models import CodeExchange
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import token_codes
from tests.api_document import confirmed
from tests.factories import BothProviderFactory, UserFactory
from tests.visitor import Visitor, in_wechat
from tests.web.programs.program import TOKENS, problem
from tests.web.programs.test_tokens import chosen, user_of, with_second_factor

pytestmark = pytest.mark.django_db
User = get_user_model()
JSON = {"Accept": "application/json"}
CODE = "wechat_code="


@pytest.fixture(params=[True, False], ids=["with headless", "without headless"])
def pc(request: Any, wechat_simulator: SimulatorServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A browser at a site with simplejwt, and with or without allauth.headless."""
    if not request.param:
        is_installed = apps.is_installed
        monkeypatch.setattr(apps, "is_installed", lambda name: name != "allauth.headless" and is_installed(name))
        monkeypatch.setattr("allauth.app_settings.HEADLESS_ENABLED", False)
    BothProviderFactory(name="account", enable_qr_code=True, follow_up_action="media", access_token="token")
    chosen(settings, "simplejwt")
    return Visitor(wechat_simulator)


def changed(browser: Client, code: str) -> Any:
    return browser.post(TOKENS, {"code": code}, content_type="application/json")


def way_back(visitor: Visitor, callback_url: str = "/spa/", **form: str) -> str:
    """Sign in by the Open Platform's code; return where the window is moved to."""
    frame = visitor.open_qr(kind="open_platform", callback_url=callback_url, **form)["frame_url"]
    return str(visitor.come_back(frame, visitor.allow(frame))["Location"])


def code_in(address: str) -> str:
    return address.partition(CODE)[2]


# --- the official account's code ---


def test_finishing_in_json_brings_the_tokens(pc: Visitor) -> None:
    finish = confirmed(pc, callback_url="/spa/")
    for _ in range(2):
        told = pc.client.post(finish, headers=JSON).json()
        assert told["location"] == "/spa/"
        assert user_of(told["tokens"]) == User.objects.get().pk


def test_a_browser_that_navigates_gets_none(pc: Visitor) -> None:
    response = pc.client.post(confirmed(pc, next="/cart/"))
    assert (response.status_code, response["Location"], response.content) == (302, "/cart/", b"")


def test_allauths_flavour_needs_none(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": None}
    assert set(pc.client.post(confirmed(pc), headers=JSON).json()) == {"location"}
    assert CODE not in way_back(pc)


def test_none_before_a_second_factor(pc: Visitor) -> None:
    pc.client.post(confirmed(pc), headers=JSON)
    with_second_factor(User.objects.get())
    other = Visitor(pc.simulator)
    assert set(other.client.post(confirmed(other), headers=JSON).json()) == {"location"}
    assert CODE not in way_back(other)


def test_none_for_a_connect(pc: Visitor) -> None:
    pc.client.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
    assert "tokens" not in pc.client.post(confirmed(pc, process="connect"), headers=JSON).json()


def test_tokens_that_cannot_be_made(pc: Visitor, settings: Any) -> None:
    chosen(settings, "no.such.function")
    assert problem(pc.client.post(confirmed(pc), headers=JSON)) == (503, "misconfigured")


# --- the Open Platform's, and inside WeChat ---


@pytest.mark.parametrize(
    ("callback_url", "begins"),
    [
        ("/spa/", "/spa/#"),
        ("/spa/#/done", "/spa/#/done?"),
        ("/spa/#/a?b=c", "/spa/#/a?b=c&"),
        ("/spa/?a=b#", "/spa/?a=b#"),
    ],
)
def test_the_way_back_ends_in_a_code(pc: Visitor, callback_url: str, begins: str) -> None:
    address = way_back(pc, callback_url)
    assert address.startswith(begins + CODE)
    assert user_of(changed(pc.client, code_in(address)).json()) == User.objects.get().pk


def test_from_the_page_with_the_button(pc: Visitor) -> None:
    url = pc.start("?callback_url=/spa/")
    address = pc.come_back(url, pc.allow(url))["Location"]
    assert user_of(changed(pc.client, code_in(address)).json()) == User.objects.get().pk


def test_inside_wechat(pc: Visitor) -> None:
    phone = in_wechat(pc.simulator)
    url = phone.start("?callback_url=/spa/")
    address = phone.come_back(url, phone.allow(url))["Location"]
    assert user_of(changed(phone.client, code_in(address)).json()) == User.objects.get().pk


def test_pages_of_the_sites_own_end_as_ever(pc: Visitor) -> None:
    assert pc.sign_in("?next=/cart/")["Location"] == "/cart/"


def test_a_code_is_good_once(pc: Visitor) -> None:
    code = code_in(way_back(pc))
    assert changed(pc.client, code).status_code == 200
    for written in (code, f"{code[:20]}!{code[20:]}", f"{code}=", f" {code}", f"{code}\n"):
        assert problem(changed(pc.client, written))[0] in (400, 401), "the same code, written in another way"


def test_a_code_is_good_for_a_minute(pc: Visitor) -> None:
    code = code_in(way_back(pc))
    with time_machine.travel(time.time() + token_codes.LIFETIME + 2, tick=False):
        assert problem(changed(pc.client, code)) == (401, "code_invalid")


def test_a_code_is_good_in_its_own_browser(pc: Visitor) -> None:
    code = code_in(way_back(pc))
    assert problem(changed(Client(), code)) == (401, "code_invalid")
    other = Visitor(pc.simulator)
    way_back(other)
    assert problem(changed(other.client, code)) == (401, "code_invalid")
    assert changed(pc.client, code).status_code == 200, "nobody else used it up"


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_a_code_of_an_account_that_changed(pc: Visitor, change: dict[str, Any]) -> None:
    code = code_in(way_back(pc))
    User.objects.update(**change)
    assert problem(changed(pc.client, code)) == (401, "code_invalid")


def test_a_code_of_somebody_who_is_gone(pc: Visitor) -> None:
    code = code_in(way_back(pc))
    User.objects.all().delete()
    assert problem(changed(pc.client, code)) == (401, "code_invalid")


@pytest.mark.parametrize("code", ["made-up", "a" * 5000, "gAAAAA", "长"])
def test_a_made_up_code(pc: Visitor, code: str) -> None:
    way_back(pc)
    before = CodeExchange.objects.count()
    assert problem(changed(pc.client, code)) == (401, "code_invalid")
    assert CodeExchange.objects.count() == before, "a stranger writes nothing"


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": 7}, [], "x"])
def test_no_code_at_all(pc: Visitor, body: Any) -> None:
    assert problem(pc.client.post(TOKENS, body, content_type="application/json")) == (400, "bad_request")


def test_the_session_says_nothing_about_whose_tokens(pc: Visitor) -> None:
    """A code is of who signed in by WeChat, whoever sits in the session by now."""
    code = code_in(way_back(pc))
    person = User.objects.get()
    pc.client.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
    assert user_of(changed(pc.client, code).json()) == person.pk


def test_the_code_tells_nothing(pc: Visitor) -> None:
    code = code_in(way_back(pc))
    assert len(code) < token_codes.LONGEST
    assert code.isascii()
    assert "=" not in code.rstrip("=")


def test_a_jwt_is_one(pc: Visitor) -> None:
    tokens = changed(pc.client, code_in(way_back(pc))).json()
    assert AccessToken(tokens["access"])["token_type"] == "access"
