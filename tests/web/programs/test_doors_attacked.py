"""What does somebody get who wants more of the doors than tokens for themselves? Each was possible once."""

from typing import Any

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client

from django_wechat.models import CodeExchange, WeChatIdentity
from django_wechat.protocol.oauth import Profile
from django_wechat.simulator import seeds
from django_wechat.stores import code_answers, code_exchanges
from django_wechat.web.programs.flavours import own_tokens
from tests.factories import UserFactory
from tests.web.programs.program import MINI_PROGRAM, Program, problem
from tests.web.programs.test_door import provider_token, token_of

pytestmark = pytest.mark.django_db
User = get_user_model()


def gives(request: Any, user: Any) -> dict[str, Any]:
    return {"token": user.pk}


def refuses(request: Any, user: Any) -> dict[str, Any]:
    raise PermissionDenied


@pytest.fixture(params=[True, False], ids=["with headless", "without headless"])
def own(request: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Tokens of the site's own, at sites with and without allauth.headless; `settings`, to choose the function."""
    if not request.param:
        monkeypatch.setattr(own_tokens.apps, "is_installed", lambda name: name != "allauth.headless")
    settings.WECHAT = {**settings.WECHAT, "TOKENS": f"{__name__}.gives"}
    return settings


def test_no_session_is_left_or_planted(program: Program, own: Any) -> None:
    """`program.post` sees to it that no answer sets a cookie."""
    assert program.sign_in().json() == {"token": User.objects.get().pk}
    assert not Session.objects.exists()


def test_nor_where_something_is_asked(program: Program, own: Any) -> None:
    own.SOCIALACCOUNT_AUTO_SIGNUP = False
    assert problem(program.sign_in()) == (401, "more_asked")
    assert not User.objects.exists()


def test_nor_where_the_function_refuses(program: Program, own: Any) -> None:
    own.WECHAT = {**own.WECHAT, "TOKENS": f"{__name__}.refuses"}
    assert program.sign_in().status_code == 403
    assert not Session.objects.exists()


def test_somebody_switched_off(program: Program, own: Any) -> None:
    program.sign_in()
    User.objects.update(is_active=False)
    assert problem(program.sign_in()) == (403, "site_refused")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_of_another_page_can_send(program: Program, content_type: str) -> None:
    body = f'{{"code": "{program.code()}", "x": "="}}'
    response = Client().post(MINI_PROGRAM, body, content_type=content_type)
    assert problem(response) == (400, "bad_request")
    assert program.platform.count("/api/sns/jscode2session") == 0


def test_bind_only_at_allauths_own_door(program: Program, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "NEW_PEOPLE": "bind_only"}
    answer = provider_token(program.code(), client_id=seeds.MINI_PROGRAM_APPID)
    assert answer.status_code == 403
    assert [error["code"] for error in answer.json()["errors"]] == ["unknown_person"]
    assert not User.objects.exists()


def test_a_hooks_page_is_no_answer(program: Program) -> None:
    def leads_away(**_kwargs: Any) -> None:
        raise ImmediateHttpResponse(HttpResponseRedirect("/elsewhere/"))

    pre_social_login.connect(leads_away)
    try:
        assert problem(program.sign_in()) == (403, "site_refused")
    finally:
        pre_social_login.disconnect(leads_away)


@pytest.mark.parametrize("code", ["", " ", "a" * 600, "\ud800", "a\nb", "a" * 300_000])
def test_no_such_code_reaches_wechat(program: Program, code: str) -> None:
    answer = provider_token(code, client_id=seeds.MINI_PROGRAM_APPID)
    assert answer.status_code == 400
    assert program.platform.count("/api/sns/jscode2session") == 0


def test_an_old_token_is_in_nobodys_way(program: Program) -> None:
    body = {"code": program.code()}
    program.token = "over"
    first = program.post(MINI_PROGRAM, body)
    program.token = token_of(first)
    assert program.post(MINI_PROGRAM, body).json() == first.json()
    assert program.who(token_of(first)) == User.objects.get().pk


def test_a_code_with_the_flow_token(program: Program, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": f"{__name__}.gives"}
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    program.token = program.sign_in().json()["flow_token"]
    again = program.sign_in()
    assert problem(again) == (401, "more_asked")
    assert again.json()["flows"] == ["provider_signup"]


def test_own_tokens_do_not_come_before_a_confirmation(program: Program, settings: Any) -> None:
    user = UserFactory()
    login = {"username": user.username, "password": "password"}
    answer = Client().post("/_allauth/app/v1/auth/login", login, content_type="application/json")
    program.token = answer.json()["meta"]["session_token"]
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    settings.WECHAT = {**settings.WECHAT, "TOKENS": f"{__name__}.gives"}
    response = program.sign_in(process="connect")
    assert response.status_code == 401
    assert "token" not in response.json()
    assert not WeChatIdentity.objects.exists()


def test_an_erasure_is_not_undone(program: Program) -> None:
    exchange = code_exchanges.claim("mini_program wx", "code", "sender", {})
    assert exchange is not None
    profile = Profile("wx", "o-somebody")
    code_answers.note_person(exchange, profile)
    code_exchanges.forget("wx", "o-somebody")
    response = HttpResponse(b'{"token": 1}')
    code_answers.record(exchange, response, AnonymousUser())
    for write in response._resource_closers:
        write()
    assert code_answers.wait("mini_program", "wx", "code", "sender", seconds=1) is None
    assert CodeExchange.objects.count() == 1


def test_a_header_that_a_middleware_has_read_is_gone_all_the_same(program: Program, settings: Any) -> None:
    settings.MIDDLEWARE = [f"{__name__}.ReadsHeaders", *settings.MIDDLEWARE]
    old = token_of(program.sign_in())
    Session.objects.all().delete()
    assert program.post(MINI_PROGRAM, {"code": program.code()}, **{"X-Session-Token": old}).status_code == 200


class ReadsHeaders:
    """A middleware such as that of django-cors-headers: Django keeps what it read."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.headers.get("Origin")
        return self.get_response(request)
