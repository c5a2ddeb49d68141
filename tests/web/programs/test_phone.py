"""Does a phone number get to who is signed in, as allauth's verified one, and to nobody else?"""

import json
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from django_wechat.models import CodeExchange, SignInAttempt, WeChatProvider
from django_wechat.people import erasure
from django_wechat.simulator import seeds
from tests.factories import MiniProgramFactory, UserFactory
from tests.web.programs.program import MINI_PROGRAM, PHONE, Program, problem
from tests.web.programs.test_door import token_of

pytestmark = pytest.mark.django_db
User = get_user_model()
ADAPTERS = "tests.sites.phone."
ASKED = "/api/wxa/business/getuserphonenumber"


@pytest.fixture
def site(program: Program, settings: Any) -> Any:
    """A site that asks for numbers, and keeps them; `settings`, to change it."""
    cache.clear()
    settings.ACCOUNT_ADAPTER = ADAPTERS + "OwnersAdapter"
    settings.WECHAT = {**settings.WECHAT, "PHONE_NUMBER": True}
    return settings


@pytest.fixture
def member(program: Program, site: Any) -> Any:
    """Somebody who is signed in in the program."""
    program.token = token_of(program.sign_in())
    return User.objects.get()


def give_password(program: Program, user: Any) -> None:
    """Give them another way in than WeChat; whoever gets a password has to sign in anew."""
    user.set_password("password")
    user.save()
    program.token = token_of(program.sign_in())


def kept(user: Any) -> tuple[str, bool] | None:
    number: tuple[str, bool] | None = get_adapter().get_phone(user)
    return number


def error(response: Any) -> dict[str, Any]:
    """Return what stands in the answer to a sign-in about a number that was refused."""
    token_of(response)
    told: dict[str, Any] = response.json()["phone"]["error"]
    assert set(told) == {"code", "message", "retry", "reference"}
    return told


# --- beside the sign-in ---


def test_beside_the_sign_in(program: Program, site: Any) -> None:
    response = program.sign_in(phone_code=program.phone_code())
    token_of(response)
    assert response.json()["phone"] == {"number": program.number()}
    assert "ignored" not in response.json()
    assert kept(User.objects.get()) == (program.number(), True)
    assert program.number().startswith("+861")


def test_without_a_phone_code_nothing_is_said(program: Program, site: Any) -> None:
    assert not {"phone", "ignored"} & program.sign_in().json().keys()


def test_with_the_setting_off_it_is_ignored_and_said_so(program: Program, site: Any) -> None:
    site.WECHAT = {**site.WECHAT, "PHONE_NUMBER": False}
    response = program.sign_in(phone_code=program.phone_code())
    token_of(response)
    assert response.json()["ignored"] == ["phone_code"]
    assert "phone" not in response.json()
    assert program.platform.count(ASKED) == 0
    assert kept(User.objects.get()) is None


def test_an_app_has_no_such_button(program: Program, site: Any) -> None:
    response = program.sign_in_by_app(phone_code=program.phone_code())
    token_of(response)
    assert response.json()["ignored"] == ["phone_code"]
    assert program.platform.count(ASKED) == 0


def test_beside_the_sites_own_tokens(program: Program, site: Any) -> None:
    site.WECHAT = {**site.WECHAT, "TOKENS": "tests.web.programs.test_door.own"}
    response = program.sign_in(phone_code=program.phone_code())
    assert response.json() == {"token": f"for-{User.objects.get().pk}", "phone": {"number": program.number()}}


def test_beside_connecting(program: Program, site: Any) -> None:
    user = UserFactory()
    login = {"username": user.username, "password": "password"}
    answer = Client().post("/_allauth/app/v1/auth/login", login, content_type="application/json")
    program.token = answer.json()["meta"]["session_token"]
    assert program.sign_in(process="connect", phone_code=program.phone_code()).status_code == 200
    assert kept(user) == (program.number(), True)


def test_a_second_delivery_asks_nobody(program: Program, site: Any) -> None:
    body = {"code": program.code(), "phone_code": program.phone_code()}
    first, second = program.post(MINI_PROGRAM, body), program.post(MINI_PROGRAM, body)
    assert first.json() == second.json()
    assert program.platform.count(ASKED) == 1


def test_while_something_is_pending_the_code_is_not_used_up(program: Program, site: Any) -> None:
    token_of(program.sign_in())
    user = User.objects.get()
    TOTP.activate(user, generate_totp_secret())
    code = program.phone_code()
    response = program.sign_in(phone_code=code)
    assert response.status_code == 401
    assert response.json()["data"]["flows"]
    told = response.json()["phone"]["error"]
    assert told["code"] == "sign_in_first"
    assert "phone_code" in told["message"]
    assert program.platform.count(ASKED) == 0
    assert kept(user) is None
    user.authenticator_set.all().delete()
    assert program.sign_in(phone_code=code).json()["phone"] == {"number": program.number()}


def test_a_refused_sign_in_uses_up_no_number(program: Program, site: Any) -> None:
    assert problem(program.post(MINI_PROGRAM, {"code": "made-up", "phone_code": program.phone_code()})) == (
        401,
        "code_invalid",
    )
    assert program.platform.count(ASKED) == 0


@pytest.mark.parametrize(
    ("fault", "code", "retry"),
    [
        ("40029", "code_invalid", False),
        ("40013", "code_invalid", False),
        ("45011", "too_often", True),
        ("45009", "quota_used_up", False),
        ("48001", "misconfigured", False),
        ("-1", "unavailable", False),
        ("html", "unavailable", False),
        ("500", "unavailable", False),
        ("reset", "unavailable", False),
    ],
)
def test_what_wechat_refuses_ends_no_sign_in(program: Program, site: Any, fault: str, code: str, retry: bool) -> None:
    program.platform.set_fault(fault, "getuserphonenumber")
    told = error(program.sign_in(phone_code=program.phone_code()))
    assert (told["code"], told["retry"]) == (code, retry)
    assert bool(told["reference"]) == (code in ("misconfigured", "quota_used_up"))
    assert kept(User.objects.get()) is None
    assert SignInAttempt.objects.get().outcome == "signed_in"


def test_a_program_of_an_individual(program: Program, site: Any) -> None:
    program.platform.set_fault("48001", "getuserphonenumber")
    assert "verified organisations" in error(program.sign_in(phone_code=program.phone_code()))["message"]


def test_an_api_token_that_wechat_no_longer_takes_is_renewed(program: Program, site: Any) -> None:
    program.platform.set_fault("40001", "getuserphonenumber", once=True)
    assert program.sign_in(phone_code=program.phone_code()).json()["phone"] == {"number": program.number()}


def test_a_wrong_secret_at_the_token(program: Program, site: Any) -> None:
    program.platform.set_fault("40164", "cgi-bin/stable_token")
    assert error(program.sign_in(phone_code=program.phone_code()))["code"] == "misconfigured"


# --- by itself ---


def test_by_itself(program: Program, member: Any) -> None:
    response = program.post(PHONE, {"phone_code": program.phone_code()})
    assert (response.status_code, response.json()) == (200, {"phone": {"number": program.number()}})
    assert response["Cache-Control"].count("no-store") == 1
    assert kept(member) == (program.number(), True)


def test_another_number_takes_the_place_of_the_first(program: Program, member: Any) -> None:
    program.post(PHONE, {"phone_code": program.phone_code()})
    program.post(PHONE, {"phone_code": program.phone_code(person="xiaohua")})
    assert kept(member) == (program.number("xiaohua"), True)


def test_delivered_twice(program: Program, member: Any) -> None:
    body = {"phone_code": program.phone_code()}
    first, second = program.post(PHONE, body), program.post(PHONE, body)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert program.platform.count(ASKED) == 1


def test_a_code_of_somebody_else_who_sends_it_again(program: Program, member: Any) -> None:
    body = {"phone_code": program.phone_code()}
    assert program.post(PHONE, body).status_code == 200
    program.person, program.token = "xiaohua", ""
    program.token = token_of(program.sign_in())
    assert problem(program.post(PHONE, body)) == (401, "code_invalid")
    assert kept(User.objects.exclude(pk=member.pk).get()) is None


def test_a_code_that_wechat_refused_is_refused_again(program: Program, member: Any) -> None:
    for _ in range(2):
        assert problem(program.post(PHONE, {"phone_code": "made-up"})) == (401, "code_invalid")
    assert program.platform.count(ASKED) == 1


def test_what_may_come_again(program: Program, member: Any) -> None:
    code = program.phone_code()
    program.platform.set_fault("45011", "getuserphonenumber", once=True)
    refused = program.post(PHONE, {"phone_code": code})
    assert problem(refused) == (429, "too_often")
    assert refused["Retry-After"] == "60"
    assert program.post(PHONE, {"phone_code": code}).status_code == 200


def test_a_code_of_wx_login_is_no_phone_code(program: Program, member: Any) -> None:
    assert problem(program.post(PHONE, {"phone_code": program.code()})) == (401, "code_invalid")
    assert problem(program.post(MINI_PROGRAM, {"code": program.phone_code()})) == (401, "code_invalid")


def test_a_code_of_another_program(program: Program, member: Any) -> None:
    other = program.platform.new_mini_program()
    program.platform.set_ip_whitelist(other.appid, "127.0.0.1")
    MiniProgramFactory(client_id=other.appid, client_secret=other.secret)
    code = program.phone_code(other.appid)
    assert problem(program.post(PHONE, {"phone_code": code})) == (400, "bad_request"), "which of the two?"
    body = {"phone_code": code, "appid": seeds.MINI_PROGRAM_APPID}
    assert problem(program.post(PHONE, body)) == (401, "code_invalid")
    assert program.post(PHONE, {"phone_code": code, "appid": other.appid}).status_code == 200
    assert problem(program.post(PHONE, {"phone_code": code, "appid": seeds.MOBILE_APP_APPID})) == (409, "not_available")


def test_a_session_cookie_means_nothing(program: Program, member: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member, "django.contrib.auth.backends.ModelBackend")
    before = browser.cookies.output()
    response = browser.post(PHONE, {"phone_code": program.phone_code()}, content_type="application/json")
    assert problem(response) == (401, "sign_in_first")
    assert browser.cookies.output() == before
    assert program.platform.count(ASKED) == 0


def test_nobody_is_signed_in_by_a_number(program: Program, site: Any) -> None:
    assert problem(program.post(PHONE, {"phone_code": program.phone_code()})) == (401, "sign_in_first")
    program.token = "made-up"
    assert program.post(PHONE, {"phone_code": program.phone_code()}).status_code == 410


def test_the_setting_is_off(program: Program, member: Any, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "PHONE_NUMBER": False}
    response = program.post(PHONE, {"phone_code": program.phone_code()})
    assert problem(response) == (409, "not_available")
    assert "PHONE_NUMBER" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"code": "a"}',
        b'{"phone_code": ""}',
        b'{"phone_code": 5}',
        b'{"phone_code": "a", "appid": 7}',
        b'{"phone_code": "' + b"a" * 600 + b'"}',
        b'{"phone_code": "a", "phone": "+8613100000000"}',
        b'{"phone_code": "a", "phone_number": "13100000000"}',
        b'{"phone_code": "a", "user": 1}',
    ],
)
def test_garbled(program: Program, member: Any, body: bytes) -> None:
    assert problem(program.post(PHONE, body)) == (400, "bad_request")
    assert program.platform.count(ASKED) == 0


@pytest.mark.parametrize("body", [{"phone_code": 5}, {"phone_code": "a" * 600}, {"phone_code": "a\nb"}])
def test_garbled_beside_a_sign_in(program: Program, site: Any, body: dict[str, Any]) -> None:
    assert problem(program.post(MINI_PROGRAM, {"code": program.code(), **body})) == (400, "bad_request")
    assert program.platform.count("/api/sns/jscode2session") == 0


def test_codes_are_made_up_for_so_long_and_no_longer(program: Program, member: Any, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"program_codes_refused_unknown": (2, 86_400)}}
    refused = [problem(program.post(PHONE, {"phone_code": f"made-up-{number}"})) for number in range(3)]
    assert refused == [(401, "code_invalid"), (401, "code_invalid"), (429, "too_often")]
    assert error_beside(program) == "too_often"


def error_beside(program: Program) -> str:
    """The door of sign-ins is shut as well, from where codes are made up."""
    return problem(program.sign_in(phone_code=program.phone_code()))[1]


def test_a_fresh_sign_in_first_where_allauth_wants_one(program: Program, member: Any, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    give_password(program, member)
    code = program.phone_code()
    refused = program.post(PHONE, {"phone_code": code})
    assert problem(refused) == (401, "sign_in_first")
    assert "sign in again" in refused.json()["error"]["message"]
    assert program.post("/_allauth/app/v1/auth/reauthenticate", {"password": "password"}).status_code == 200
    assert program.post(PHONE, {"phone_code": code}).status_code == 200
    assert program.sign_in(phone_code=program.phone_code()).json()["phone"] == {"number": program.number()}


@pytest.mark.parametrize(
    ("tokens", "header", "key"), [("simplejwt", "Bearer {}", "access"), ("drf", "Token {}", "token")]
)
def test_with_a_token_of_the_sites_own(program: Program, site: Any, tokens: str, header: str, key: str) -> None:
    site.WECHAT = {**site.WECHAT, "TOKENS": tokens}
    answer = program.sign_in(phone_code=program.phone_code()).json()
    assert answer["phone"] == {"number": program.number()}
    headers = {"Authorization": header.format(answer[key])}
    response = program.post(PHONE, {"phone_code": program.phone_code(person="xiaohua")}, **headers)
    assert response.json() == {"phone": {"number": program.number("xiaohua")}}
    assert kept(User.objects.get()) == (program.number("xiaohua"), True)
    assert problem(program.post(PHONE, {"phone_code": program.phone_code()})) == (401, "sign_in_first")
    site.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    assert problem(program.post(PHONE, {"phone_code": program.phone_code()}, **headers)) == (401, "sign_in_first")


# --- what the site makes of it ---


def test_somebody_elses_number(program: Program, member: Any) -> None:
    other = UserFactory()
    get_adapter().set_phone(other, program.number(), True)
    response = program.post(PHONE, {"phone_code": program.phone_code()})
    assert problem(response) == (409, "phone_taken")
    assert kept(member) is None
    assert kept(other) == (program.number(), True)
    told = error(program.sign_in(phone_code=program.phone_code()))
    assert told["code"] == "phone_taken"
    assert program.who(program.token) == member.pk, "nobody becomes somebody else by a number"


def test_ones_own_number_once_more(program: Program, member: Any) -> None:
    get_adapter().set_phone(member, program.number(), False)
    assert program.post(PHONE, {"phone_code": program.phone_code()}).status_code == 200
    assert kept(member) == (program.number(), True)


@pytest.mark.parametrize(
    ("adapter", "status", "code"),
    [
        ("tests.sites.phone.RaceAdapter", 409, "phone_taken"),
        ("tests.sites.phone.HongKongAdapter", 403, "site_refused"),
        ("tests.sites.phone.BrokenAdapter", 503, "not_saved"),
        ("allauth.account.adapter.DefaultAccountAdapter", 503, "phone_not_kept"),
        ("django_wechat.adapters.WeChatAccountAdapter", 503, "phone_not_kept"),
    ],
)
def test_a_site_that_does_not_keep_it(
    program: Program, member: Any, settings: Any, caplog: Any, adapter: str, status: int, code: str
) -> None:
    settings.ACCOUNT_ADAPTER = adapter
    response = program.post(PHONE, {"phone_code": program.phone_code()})
    assert problem(response) == (status, code)
    assert error(program.sign_in(phone_code=program.phone_code()))["code"] == code
    assert program.number()[3:] not in caplog.text
    if code == "site_refused":
        assert "Hong Kong" in response.json()["error"]["message"]
    if code == "phone_not_kept":
        assert "set_phone, get_user_by_phone" in caplog.text
        assert program.platform.count(ASKED) == 0, "WeChat is paid for each number"
    if code == "not_saved":
        assert "RuntimeError" in caplog.text
        assert "set_phone" in caplog.text


def test_codes_and_numbers_are_in_no_log(program: Program, member: Any, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    codes = [program.phone_code() for _ in range(3)]
    program.post(PHONE, {"phone_code": codes[0]})
    program.platform.set_fault("-1", "getuserphonenumber", once=True)
    program.post(PHONE, {"phone_code": codes[1]})
    program.sign_in(phone_code=codes[2])
    ours = "\n".join(record.getMessage() for record in caplog.records if "simulator" not in record.name)
    for secret in (*codes, program.number()[3:], seeds.MINI_PROGRAM_SECRET):
        assert secret not in ours


def test_what_is_kept_for_a_second_delivery_is_encrypted_and_goes_with_an_erasure(
    program: Program, member: Any
) -> None:
    give_password(program, member)
    body = {"phone_code": program.phone_code()}
    program.post(PHONE, body)
    row = CodeExchange.objects.latest("pk")
    assert program.number() not in str(vars(row)["outcome"])
    erasure.erase(member.socialaccount_set.get())
    row = CodeExchange.objects.get(pk=row.pk)
    assert "number" not in json.loads(row.outcome)
    assert problem(program.post(PHONE, body)) == (401, "code_invalid")


def test_of_a_row_that_is_gone(program: Program, member: Any) -> None:
    WeChatProvider.objects.update(enabled=False)
    assert problem(program.post(PHONE, {"phone_code": program.phone_code()})) == (409, "not_available")
