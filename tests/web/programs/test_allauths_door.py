"""Does allauth's own address for tokens end as ours do: in the sign-in log, once, and in words?"""

from typing import Any

import pytest
from allauth.headless.socialaccount import views
from django.contrib.auth import get_user_model
from django.test import Client

from django_wechat.models import CodeExchange, SignInAttempt, WeChatIdentity
from django_wechat.simulator import seeds
from django_wechat.web.programs import allauths_door
from tests.factories import BothProviderFactory, UserFactory
from tests.web.programs.program import SESSION, Program
from tests.web.programs.test_door import provider_token, token_of

pytestmark = pytest.mark.django_db
User = get_user_model()
URL = "/_allauth/{}/v1/auth/provider/token"


def send(code: str, *, client: str = "app", process: str = "login", token: str = "", browser: Any = None) -> Any:
    sent = {"access_token": code, "client_id": seeds.MINI_PROGRAM_APPID}
    body = {"provider": "wechat", "process": process, "token": sent}
    headers = {"X-Session-Token": token} if token else {}
    browser = browser or Client(raise_request_exception=False)
    return browser.post(URL.format(client), body, content_type="application/json", headers=headers)


def said(response: Any) -> tuple[int, list[str]]:
    return response.status_code, [error["code"] for error in response.json()["errors"]]


def test_the_name_of_allauths_that_is_used_is_there() -> None:
    # If this fails, allauth's view reads its input in another way: look at web/programs/allauths_door.py. Until then
    # its sign-ins are in no transaction, and not in the log.
    assert hasattr(views.ProviderTokenView.handle_input, allauths_door._OURS)
    assert "handle_input" in views.ProviderTokenView.handle.__code__.co_names
    assert "post" in vars(views.ProviderTokenView), "the rest of allauth's view, which other providers keep"


def test_other_providers_keep_allauths_view(program: Program) -> None:
    body = {"provider": "weixin", "process": "login", "token": {"access_token": "a", "client_id": "b"}}
    response = Client().post(URL.format("app"), body, content_type="application/json")
    assert response.status_code == 400
    assert not CodeExchange.objects.exists()


@pytest.mark.parametrize(
    ("appid", "journey"), [(seeds.MINI_PROGRAM_APPID, "mini_program"), (seeds.MOBILE_APP_APPID, "app")]
)
def test_the_log_has_it(program: Program, appid: str, journey: str) -> None:
    code = program.code() if journey == "mini_program" else program.app_code()
    token_of(provider_token(code, client_id=appid))
    entry = SignInAttempt.objects.get()
    assert (entry.journey, entry.outcome, entry.problem) == (journey, "signed_in", "")


def test_the_log_has_a_refusal(program: Program) -> None:
    assert said(send("made-up")) == (400, ["code_invalid"])
    entry = SignInAttempt.objects.get()
    assert (entry.journey, entry.problem, entry.errcode) == ("mini_program", "code_invalid", 40029)


def test_a_code_sent_twice_ends_as_the_first_time(program: Program) -> None:
    code = program.code()
    first, second = send(code), send(code)
    assert token_of(first) == token_of(second)
    assert first.json() == second.json()
    assert program.platform.count("/api/sns/jscode2session") == 1
    assert SignInAttempt.objects.count() == 1


def test_a_code_of_our_door_is_used(program: Program) -> None:
    code = program.code()
    token_of(program.post("/accounts/wechat/mini-program/", {"code": code}))
    assert said(send(code)) == (400, ["code_invalid"])


def test_what_may_still_be_good_can_be_sent_again(program: Program) -> None:
    program.platform.set_fault("-1", "jscode2session", once=True)
    code = program.code()
    assert said(send(code)) == (400, ["unavailable"])
    token_of(send(code))


def test_a_browser_whose_answer_was_lost_is_told_so(program: Program) -> None:
    """Its token is a cookie, which the answer that is kept does not have."""
    BothProviderFactory()
    code, browser = program.code(), Client()
    assert send(code, client="browser", browser=browser).status_code == 200
    assert browser.get("/_allauth/browser/v1/auth/session").status_code == 200
    assert said(send(code, client="browser")) == (400, ["code_invalid"])


def test_a_browser_that_has_no_way_in(program: Program) -> None:
    """allauth has no words of its own for it, and answered with a crash."""
    assert said(send(program.code(), client="browser")) == (400, ["not_available"])
    assert program.platform.count("/api/sns/jscode2session") == 0


def test_connect(program: Program) -> None:
    user = UserFactory()
    login = {"username": user.username, "password": "password"}
    answer = Client().post("/_allauth/app/v1/auth/login", login, content_type="application/json")
    token = answer.json()["meta"]["session_token"]
    assert send(program.code(), process="connect", token=token).status_code == 200
    assert WeChatIdentity.objects.get().account.user == user
    assert SignInAttempt.objects.get().outcome == "connected"


def test_connect_what_is_somebody_elses(program: Program) -> None:
    program.sign_in()
    user = UserFactory()
    login = {"username": user.username, "password": "password"}
    answer = Client().post("/_allauth/app/v1/auth/login", login, content_type="application/json")
    token = answer.json()["meta"]["session_token"]
    assert said(send(program.code(), process="connect", token=token)) == (400, ["already_connected"])


def test_connect_without_a_token_uses_nothing_up(program: Program) -> None:
    assert said(send(program.code(), process="connect")) == (401, ["sign_in_first"])
    assert program.platform.count("/api/sns/jscode2session") == 0


def test_sign_up_is_closed(program: Program, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    assert said(send(program.code())) == (403, ["signup_closed"])
    assert not User.objects.exists()


def test_somebody_switched_off(program: Program) -> None:
    program.sign_in()
    User.objects.update(is_active=False)
    assert said(send(program.code())) == (403, ["site_refused"])


def test_a_sign_up_form(program: Program, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    asked = send(program.code())
    assert asked.status_code == 401
    token = asked.json()["meta"]["session_token"]
    sent = {"email": "zhang@example.com", "username": "zhang"}
    url = "/_allauth/app/v1/auth/provider/signup"
    ended = Client().post(url, sent, content_type="application/json", headers={"X-Session-Token": token})
    assert ended.status_code == 200, ended.content
    assert Client().get(SESSION, headers={"X-Session-Token": ended.json()["meta"]["session_token"]}).status_code == 200


def test_what_cannot_be_saved_is_told(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError  # noqa: PLC0415

    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("no")

    monkeypatch.setattr("allauth.socialaccount.adapter.DefaultSocialAccountAdapter.save_user", fails)
    assert said(send(program.code())) == (400, ["not_saved"])
    assert not User.objects.exists()
