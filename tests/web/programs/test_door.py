"""Does a mini program or an app get tokens for WeChat's code, and nothing else for anything else?"""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from django.test import Client

from django_wechat.models import CodeExchange, SignInAttempt, WeChatIdentity
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, MiniProgramFactory, UserFactory
from tests.visitor import Visitor
from tests.web.programs.program import MINI_PROGRAM, SESSION, Program, problem

pytestmark = pytest.mark.django_db
User = get_user_model()
DOORS = pytest.mark.parametrize("door", ["sign_in", "sign_in_by_app"])


def token_of(response: Any) -> str:
    assert response.status_code == 200, response.content
    return str(response.json()["meta"]["session_token"])


@DOORS
def test_a_token(program: Program, door: str) -> None:
    response = getattr(program, door)()
    user = User.objects.get()
    assert program.who(token_of(response)) == user.pk
    assert response.json()["data"]["user"]["id"] == user.pk
    assert response["Cache-Control"].count("no-store") == 1
    entry = SignInAttempt.objects.get()
    assert entry.journey == {"sign_in": "mini_program", "sign_in_by_app": "app"}[door]
    assert (entry.outcome, entry.problem) == ("signed_in", "")


@DOORS
def test_who_comes_back_is_who_it_was(program: Program, door: str) -> None:
    first, second = token_of(getattr(program, door)()), token_of(getattr(program, door)())
    assert first != second
    assert program.who(first) == program.who(second) == User.objects.get().pk


def test_one_person_at_every_door(program: Program, wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    Visitor(wechat_simulator).sign_in()
    token_of(program.sign_in())
    token_of(program.sign_in_by_app())
    user = User.objects.get()
    assert set(WeChatIdentity.objects.values_list("appid", "account__user")) == {
        (seeds.WEBSITE_APP_APPID, user.pk),
        (seeds.MINI_PROGRAM_APPID, user.pk),
        (seeds.MOBILE_APP_APPID, user.pk),
    }
    account = WeChatIdentity.objects.first().account  # type: ignore[union-attr]
    assert account.extra_data["nickname"] == "张三", "what the website learnt stays, though the program knows no name"


def test_without_a_unionid_they_are_two(program: Program) -> None:
    MiniProgramFactory(client_id=seeds.UNBOUND_MINI_PROGRAM_APPID, client_secret=seeds.UNBOUND_MINI_PROGRAM_SECRET)
    token_of(program.sign_in(appid=seeds.MINI_PROGRAM_APPID))
    code = program.code(seeds.UNBOUND_MINI_PROGRAM_APPID)
    token_of(program.post(MINI_PROGRAM, {"code": code, "appid": seeds.UNBOUND_MINI_PROGRAM_APPID}))
    assert User.objects.count() == 2


# --- no cookie is read, and none is set ---


def test_a_session_cookie_means_nothing(program: Program) -> None:
    somebody = UserFactory()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(somebody, "django.contrib.auth.backends.ModelBackend")
    before = browser.cookies.output()
    response = browser.post(MINI_PROGRAM, {"code": program.code()}, content_type="application/json")
    assert program.who(token_of(response)) != somebody.pk
    assert browser.cookies.output() == before
    assert browser.get("/").wsgi_request.user == somebody
    connect = {"code": program.code(), "process": "connect"}
    assert problem(browser.post(MINI_PROGRAM, connect, content_type="application/json")) == (401, "sign_in_first")


def test_the_session_of_a_browser_is_not_kept_alive_either(program: Program, settings: Any) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True
    browser = Client()
    browser.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
    response = browser.post(MINI_PROGRAM, {"code": program.code()}, content_type="application/json")
    assert not response.cookies


# --- what was sent ---


@pytest.mark.parametrize("name", ["openid", "unionid", "access_token", "phone", "session_key"])
def test_what_the_client_says_about_who_it_is(program: Program, name: str) -> None:
    code = program.code()
    response = program.post(MINI_PROGRAM, {"code": code, name: "o-somebody"})
    assert problem(response) == (400, "bad_request")
    assert f"“{name}”" in response.json()["error"]["message"]
    assert program.post(MINI_PROGRAM, {"code": code}).status_code == 200, "nothing was used up"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"code"',
        b"null",
        b"\xff\xfe",
        b"[" * 50_000,
        b"{}",
        b'{"code": ""}',
        b'{"code": 5}',
        b'{"code": null}',
        b'{"code": ["a"]}',
        b'{"code": "a\\u0000b"}',
        b'{"code": "a", "appid": 7}',
        b'{"code": "a", "process": "redirect"}',
        b'{"code": "a", "process": ["login"]}',
        b'{"code": "' + b"a" * 600 + b'"}',
        b'{"code": "a", "more": "' + b"a" * 20_000 + b'"}',
    ],
)
def test_garbled(program: Program, body: bytes) -> None:
    assert problem(program.post(MINI_PROGRAM, body)) == (400, "bad_request")
    assert program.platform.count("/api/sns/jscode2session") == 0


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods(program: Program, method: str) -> None:
    assert getattr(Client(), method)(MINI_PROGRAM).status_code == 405


def test_which_program(program: Program) -> None:
    other = program.platform.new_mini_program()
    MiniProgramFactory(client_id=other.appid, client_secret=other.secret)
    response = program.sign_in()
    assert problem(response) == (400, "bad_request")
    assert "appid" in response.json()["error"]["message"]
    assert program.sign_in(appid=seeds.MINI_PROGRAM_APPID).status_code == 200
    assert problem(program.sign_in(appid="wx0000000000000000")) == (409, "not_available")
    assert problem(program.sign_in(appid=other.appid)) == (401, "code_invalid"), "a code of another program"


def test_no_program_at_all(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    assert problem(Program(wechat_simulator).sign_in()) == (409, "not_available")


def test_rows_of_other_hosts_and_rows_switched_off(wechat_simulator: SimulatorServer) -> None:
    row = MiniProgramFactory(hosts="elsewhere.example")
    program = Program(wechat_simulator)
    assert problem(program.sign_in()) == (409, "not_available")
    row.hosts, row.enabled = "", False
    row.save()
    assert problem(program.sign_in()) == (409, "not_available")


def test_programs_are_nothing_for_browsers(program: Program, wechat_simulator: SimulatorServer) -> None:
    page = Visitor(wechat_simulator).client.get("/accounts/login/")
    assert "data-wechat-panel" not in page.content.decode()


# --- what WeChat says ---


def test_what_may_still_be_good_can_be_sent_again(program: Program) -> None:
    code = program.code()
    program.platform.set_fault("-1", "jscode2session", once=True)
    assert problem(program.post(MINI_PROGRAM, {"code": code})) == (503, "unavailable")
    token_of(program.post(MINI_PROGRAM, {"code": code}))


def test_codes_that_are_made_up_are_bounded(program: Program, settings: Any) -> None:
    limits = {"program_codes_refused_unknown": (3, 600)}  # the address of tests is a private one
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": limits}
    for number in range(3):
        assert problem(program.post(MINI_PROGRAM, {"code": f"made-up-{number}"})) == (401, "code_invalid")
    response = program.sign_in()
    assert problem(response) == (429, "too_often")
    assert int(response["Retry-After"]) > 0
    assert program.platform.count("/api/sns/jscode2session") == 3


# --- twice ---


def test_a_code_sent_twice_ends_as_the_first_time(program: Program) -> None:
    body = {"code": program.code()}
    first, second = program.post(MINI_PROGRAM, body), program.post(MINI_PROGRAM, body)
    assert token_of(first) == token_of(second)
    assert first.json() == second.json()
    assert program.platform.count("/api/sns/jscode2session") == 1
    assert SignInAttempt.objects.count() == 1


def test_a_refused_code_sent_twice(program: Program) -> None:
    for _ in range(2):
        assert problem(program.post(MINI_PROGRAM, {"code": "made-up"})) == (401, "code_invalid")
    assert program.platform.count("/api/sns/jscode2session") == 1


@pytest.mark.parametrize("changed", [{"appid": seeds.MINI_PROGRAM_APPID}, {"more": "1"}])
def test_the_code_with_another_body_is_used(program: Program, changed: dict[str, str]) -> None:
    code = program.code()
    token_of(program.post(MINI_PROGRAM, {"code": code}))
    assert problem(program.post(MINI_PROGRAM, {"code": code, **changed})) == (401, "code_invalid")


def test_late_it_is_used(program: Program) -> None:
    body = {"code": program.code()}
    token_of(program.post(MINI_PROGRAM, body))
    CodeExchange.objects.update(started_at="2020-01-01T00:00Z")
    assert problem(program.post(MINI_PROGRAM, body)) == (401, "code_invalid")


def test_the_answer_is_kept_encrypted(program: Program) -> None:
    token = token_of(program.sign_in())
    kept = vars(CodeExchange.objects.get())["outcome"]
    assert token not in kept


# --- what the site asks for ---


def test_a_second_factor(program: Program) -> None:
    token_of(program.sign_in())
    secret = generate_totp_secret()
    TOTP.activate(User.objects.get(), secret)
    response = program.sign_in()
    assert response.status_code == 401
    pending = [flow for flow in response.json()["data"]["flows"] if flow.get("is_pending")]
    assert [flow["id"] for flow in pending] == ["mfa_authenticate"]
    token = response.json()["meta"]["session_token"]
    assert program.who(token) is None
    assert SignInAttempt.objects.order_by("pk").last().problem == "more_asked"  # type: ignore[union-attr]
    assert Authenticator.objects.count() == 1


def test_an_e_mail_address(program: Program, settings: Any) -> None:
    settings.SOCIALACCOUNT_EMAIL_REQUIRED = True
    settings.SOCIALACCOUNT_AUTO_SIGNUP = True
    response = program.sign_in()
    assert response.status_code == 401
    pending = {flow["id"] for flow in response.json()["data"]["flows"] if flow.get("is_pending")}
    assert pending == {"provider_signup"}
    headers = {"X-Session-Token": response.json()["meta"]["session_token"]}
    sent = {"email": "zhang@example.com", "username": "zhang"}
    signed_up = Client().post(
        "/_allauth/app/v1/auth/provider/signup", sent, content_type="application/json", headers=headers
    )
    assert signed_up.status_code in {200, 401}, signed_up.content
    assert User.objects.get().email == "zhang@example.com"


def test_somebody_switched_off(program: Program) -> None:
    token_of(program.sign_in())
    User.objects.update(is_active=False)
    assert problem(program.sign_in()) == (403, "site_refused")


def test_sign_up_is_closed(program: Program, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    assert problem(program.sign_in()) == (403, "signup_closed")
    assert not User.objects.exists()


def test_bind_only(program: Program, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "NEW_PEOPLE": "bind_only"}
    response = program.sign_in()
    assert problem(response) == (403, "unknown_person")
    assert "connect WeChat" in response.json()["error"]["message"]
    assert not User.objects.exists()


def test_bind_only_lets_in_whom_it_knows(program: Program, settings: Any) -> None:
    token_of(program.sign_in())
    settings.WECHAT = {**settings.WECHAT, "NEW_PEOPLE": "bind_only"}
    token_of(program.sign_in())
    token_of(program.sign_in_by_app())
    assert User.objects.count() == 1


# --- connecting ---


@pytest.fixture
def member(program: Program) -> Any:
    """Somebody who is signed in in the program by a password."""
    user = UserFactory()
    answer = Client().post(
        "/_allauth/app/v1/auth/login",
        {"username": user.username, "password": "password"},
        content_type="application/json",
    )
    program.token = answer.json()["meta"]["session_token"]
    return user


@DOORS
def test_connect(program: Program, member: Any, door: str) -> None:
    response = getattr(program, door)(process="connect")
    assert response.status_code == 200
    assert WeChatIdentity.objects.get().account.user == member
    assert SignInAttempt.objects.get().outcome == "connected"


def test_connect_what_is_somebody_elses(program: Program, member: Any) -> None:
    token, program.token = program.token, ""
    token_of(program.sign_in())
    program.token = token
    assert problem(program.sign_in(process="connect")) == (409, "already_connected")
    assert not WeChatIdentity.objects.filter(account__user=member).exists()


def test_connect_without_a_token(program: Program) -> None:
    assert problem(program.sign_in(process="connect")) == (401, "sign_in_first")
    assert program.platform.count("/api/sns/jscode2session") == 0


def test_an_answer_to_one_token_is_not_for_another(program: Program, member: Any) -> None:
    body = {"code": program.code(), "process": "connect"}
    assert program.post(MINI_PROGRAM, body).status_code == 200
    program.token = ""
    assert problem(program.post(MINI_PROGRAM, body)) == (401, "sign_in_first")
    gone = program.post(MINI_PROGRAM, body, **{"X-Session-Token": "made-up"})
    assert gone.status_code == 410, "allauth's word for a token that is over"


# --- allauth's own door ---


def provider_token(code: str, **token: str) -> Any:
    body = {"provider": "wechat", "process": "login", "token": {"access_token": code, **token}}
    url = "/_allauth/app/v1/auth/provider/token"
    return Client(raise_request_exception=False).post(url, body, content_type="application/json")


def test_allauths_door(program: Program) -> None:
    token = token_of(provider_token(program.code(), client_id=seeds.MINI_PROGRAM_APPID))
    assert program.who(token) == User.objects.get().pk
    token_of(provider_token(program.app_code(), client_id=seeds.MOBILE_APP_APPID))
    assert User.objects.count() == 1


def test_allauths_door_needs_to_know_which(program: Program) -> None:
    answer = provider_token(program.code())
    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["bad_request"]


@pytest.mark.parametrize("appid", [seeds.WEBSITE_APP_APPID, "wx0000000000000000"])
def test_allauths_door_knows_programs_alone(program: Program, appid: str) -> None:
    BothProviderFactory()
    answer = provider_token(program.code(), client_id=appid)
    assert [error["code"] for error in answer.json()["errors"]] == ["not_available"]


def test_a_token_of_wechats_is_none(program: Program) -> None:
    code = program.app_code()
    grant = program.platform.exchange(program.platform.find_app(seeds.MOBILE_APP_APPID), code)
    answer = provider_token(grant.user_access_token, client_id=seeds.MOBILE_APP_APPID)
    assert [error["code"] for error in answer.json()["errors"]] == ["code_invalid"]


# --- the site's own tokens ---


def own(request: Any, user: Any) -> dict[str, Any]:
    return {"token": f"for-{user.pk}"}


def test_own_tokens(program: Program, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": f"{__name__}.own"}
    response = program.sign_in()
    assert response.status_code == 200
    assert response.json() == {"token": f"for-{User.objects.get().pk}"}


def test_own_tokens_with_a_second_factor(program: Program, settings: Any) -> None:
    token_of(program.sign_in())
    TOTP.activate(User.objects.get(), generate_totp_secret())
    settings.WECHAT = {**settings.WECHAT, "TOKENS": f"{__name__}.own"}
    response = program.sign_in()
    assert problem(response) == (401, "more_asked")
    assert response.json()["flows"] == ["mfa_authenticate"]
    headers = {"X-Session-Token": response.json()["flow_token"]}
    assert Client().get(SESSION, headers=headers).json()["data"]["flows"]


def test_tokens_that_cannot_be_imported(program: Program, settings: Any, caplog: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": "no.such.function"}
    assert problem(program.sign_in()) == (503, "misconfigured")
    assert "TOKENS" in caplog.text


def test_nothing_secret_is_told(program: Program) -> None:
    answer = json.dumps(program.sign_in().json())
    for secret in (seeds.MINI_PROGRAM_SECRET, "session_key", seeds.OPEN_PLATFORM_ACCOUNT):
        assert secret not in answer
