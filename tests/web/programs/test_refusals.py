"""What does a program get when it gets nothing? Words with a stable code, at every door and for every kind of token.

And nothing is half made, nor does answer or log say anything of a secret, a code or a session_key.
"""

import logging
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.authtoken.models import Token

from django_wechat.models import CodeExchange, SignInAttempt, WeChatIdentity
from django_wechat.simulator import seeds
from tests.factories import BothProviderFactory
from tests.stores.test_qr_race import at_once
from tests.web.programs.program import APP, MINI_PROGRAM, Program
from tests.web.programs.test_door import provider_token
from tests.web.programs.test_tokens import chosen

User = get_user_model()
SECRETS = (seeds.MINI_PROGRAM_SECRET, seeds.MOBILE_APP_SECRET, seeds.OPEN_PLATFORM_ACCOUNT, "session_key")
AT_ONCE = 4


@dataclass(frozen=True)
class Door:
    """One place that takes codes: of which app, and where WeChat is asked about them."""

    appid: str
    endpoint: str
    url: str = ""
    """"" for allauth's own."""

    def code(self, program: Program) -> str:
        """Return a fresh code of the app of this door."""
        return program.code() if self.appid == seeds.MINI_PROGRAM_APPID else program.app_code()

    def send(self, code: str) -> Any:
        """Send a code here."""
        if not self.url:
            return provider_token(code, client_id=self.appid)
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        return client.post(self.url, {"code": code}, content_type="application/json")

    def refusal(self, response: Any) -> tuple[int, str, str]:
        """Return status, code and words; allauth's address has a 400 for nearly all of them."""
        body = response.json()
        told = body["error"] if self.url else body["errors"][0]
        return response.status_code, told["code"], told["message"]


MINI_SESSION, EXCHANGE = "jscode2session", "access_token"
DOORS = {
    "mini program": Door(seeds.MINI_PROGRAM_APPID, MINI_SESSION, MINI_PROGRAM),
    "app": Door(seeds.MOBILE_APP_APPID, EXCHANGE, APP),
    "mini program at allauth's": Door(seeds.MINI_PROGRAM_APPID, MINI_SESSION),
    "app at allauth's": Door(seeds.MOBILE_APP_APPID, EXCHANGE),
}
REFUSALS = {
    "40029": (401, "code_invalid"),
    "40163": (401, "code_invalid"),
    "40226": (401, "code_blocked"),
    "45011": (429, "too_often"),
    "-1": (503, "unavailable"),
    "html": (503, "unavailable"),
    "500": (503, "unavailable"),
    "reset": (503, "unavailable"),
    "slow": (503, "unavailable"),
    "40125": (503, "misconfigured"),
    "40013": (503, "misconfigured"),
    "40001": (503, "misconfigured"),
    "45009": (503, "quota_used_up"),
    "47001": (503, "refused"),
}
EACH_DOOR = pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))


@pytest.fixture(params=["allauth", "simplejwt", "drf"])
def flavour(request: Any, settings: Any) -> str:
    chosen(settings, request.param)
    return str(request.param)


def assert_nothing_made() -> None:
    for model in (User, SocialAccount, WeChatIdentity, Session, Token):
        assert not model.objects.exists(), model  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.usefixtures("flavour")
@EACH_DOOR
def test_wechats_refusals(program: Program, door: Door, settings: Any, caplog: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TIMEOUT": 0.2}
    caplog.set_level(logging.DEBUG)
    for fault, (status, code) in REFUSALS.items():
        program.platform.set_fault(fault, door.endpoint, seconds=0.5)
        sent = door.code(program)
        response = door.send(sent)
        program.platform.clear_fault()
        got, named, words = door.refusal(response)
        assert (got, named) == (status if door.url else 400, code), fault
        assert len(words) > 20
        assert ("Retry-After" in response.headers) == (status == 429 and bool(door.url))
        assert SignInAttempt.objects.latest("pk").problem == code
        for told in (response.content.decode(), caplog.text):
            for secret in (sent, *SECRETS):
                assert secret not in told, (fault, secret)
        assert_nothing_made()
    assert SignInAttempt.objects.count() == len(REFUSALS)
    assert door.send(door.code(program)).status_code == 200, "and then all is well"


@pytest.mark.django_db
@EACH_DOOR
def test_wechat_is_down(program: Program, door: Door, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "API_BASE_URL": "http://127.0.0.1:9"}
    assert door.refusal(door.send("a-code"))[1] == "unavailable"
    assert_nothing_made()


@pytest.mark.django_db
@EACH_DOOR
def test_codes_of_others(program: Program, door: Door) -> None:
    """Of other apps of the same kind, of other kinds, and of what no server can redeem, as a tourist's or plugin's."""
    BothProviderFactory()
    other = program.platform.new_mini_program()
    codes = {
        "website": program.platform.issue_code(seeds.WEBSITE_APP_APPID, "snsapi_login", person="zhangsan"),
        "official account": program.platform.issue_code(
            seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_userinfo", person="zhangsan"
        ),
        "another program": program.code(other.appid),
        "mini program": program.code(),
        "app": program.app_code(),
        "tourist": "0a1TOURIST0a1",
    }
    del codes["mini program" if door.appid == seeds.MINI_PROGRAM_APPID else "app"]
    for whose, code in codes.items():
        assert door.refusal(door.send(code))[:2] == (401 if door.url else 400, "code_invalid"), whose
    assert_nothing_made()


@pytest.mark.django_db
@pytest.mark.parametrize("appid", ["touristappid", seeds.WEBSITE_APP_APPID, seeds.MOBILE_APP_APPID])
def test_appids_that_are_no_mini_programs(program: Program, appid: str) -> None:
    """A plugin's, a tourist's and another kind's are all unknown here."""
    BothProviderFactory()
    response = program.sign_in(appid=appid)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "not_available")
    assert program.platform.count("/api/sns/jscode2session") == 0


@pytest.mark.django_db(transaction=True)
@EACH_DOOR
def test_one_code_at_the_same_moment(program: Program, door: Door) -> None:
    code = door.code(program)
    responses = at_once(AT_ONCE, lambda _index: door.send(code))
    assert [response.status_code for response in responses] == [200] * AT_ONCE
    assert len({response.content for response in responses}) == 1
    assert User.objects.count() == CodeExchange.objects.count() == SignInAttempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@EACH_DOOR
def test_a_new_person_with_several_codes_at_the_same_moment(program: Program, door: Door) -> None:
    codes = [door.code(program) for _ in range(AT_ONCE)]
    responses = at_once(AT_ONCE, lambda index: door.send(codes[index]))
    assert [response.status_code for response in responses] == [200] * AT_ONCE
    assert User.objects.count() == WeChatIdentity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_new_person_at_every_door_at_the_same_moment(program: Program) -> None:
    doors = list(DOORS.values())
    codes = [door.code(program) for door in doors]
    responses = at_once(AT_ONCE, lambda index: doors[index].send(codes[index]))
    assert [response.status_code for response in responses] == [200] * AT_ONCE
    assert User.objects.count() == 1
