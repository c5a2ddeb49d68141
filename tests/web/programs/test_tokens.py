"""Does every client get the token that it speaks, and does that token work afterwards?"""

from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from django_wechat.models import CodeExchange, SignInAttempt, WeChatIdentity
from django_wechat.simulator import seeds
from tests.factories import UserFactory
from tests.web.programs.program import MINI_PROGRAM, TOKENS, Program, problem

pytestmark = pytest.mark.django_db
User = get_user_model()
HEADLESS = "/_allauth/app/v1/auth/"


class Claims(TokenObtainPairSerializer):
    """The serializer of a site that tells its clients whose the token is."""

    @classmethod
    def get_token(cls, user: Any) -> RefreshToken:
        token: RefreshToken = super().get_token(user)
        token["name"] = user.first_name
        return token


def chosen(settings: Any, name: str) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": name}


@pytest.fixture
def jwt(settings: Any) -> None:
    chosen(settings, "simplejwt")


def user_of(tokens: dict[str, str]) -> int:
    return int(AccessToken(tokens["access"])["user_id"])


def with_second_factor(user: Any) -> str:
    """Give `user` a second factor; return its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return str(secret)


def second_factor(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


def allauth(path: str, sent: dict[str, str], token: str) -> Any:
    headers = {"X-Session-Token": token}
    return Client().post(HEADLESS + path, sent, content_type="application/json", headers=headers)


# --- simplejwt ---


def test_a_pair_of_simplejwts(program: Program, jwt: None) -> None:
    tokens = program.sign_in().json()
    assert set(tokens) == {"access", "refresh"}
    assert user_of(tokens) == User.objects.get().pk == user_of(program.sign_in_by_app().json())
    assert not Session.objects.exists()


def test_the_sites_own_claims(program: Program, jwt: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework_simplejwt.settings import api_settings  # noqa: PLC0415

    monkeypatch.setattr(api_settings, "TOKEN_OBTAIN_SERIALIZER", f"{__name__}.Claims")
    User.objects.filter(pk=user_of(program.sign_in().json())).update(first_name="三")
    assert AccessToken(program.sign_in().json()["access"])["name"] == "三"


def test_refresh_and_blacklist_work_afterwards(program: Program, jwt: None) -> None:
    tokens = program.sign_in().json()
    client = Client()
    again = client.post("/token/refresh/", {"refresh": tokens["refresh"]}, content_type="application/json")
    assert user_of(again.json()) == User.objects.get().pk
    assert client.post("/token/blacklist/", {"refresh": tokens["refresh"]}).status_code == 200
    assert client.post("/token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401


def test_a_rule_of_the_sites_for_simplejwt(program: Program, jwt: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework_simplejwt.settings import api_settings  # noqa: PLC0415

    monkeypatch.setattr(api_settings, "USER_AUTHENTICATION_RULE", lambda user: not user.is_staff)
    program.sign_in()
    User.objects.update(is_staff=True)
    assert problem(program.sign_in()) == (403, "site_refused")


# --- REST framework's own ---


def test_rest_frameworks_token(program: Program, settings: Any) -> None:
    chosen(settings, "drf")
    token = program.sign_in().json()["token"]
    assert Token.objects.get(key=token).user == User.objects.get()
    assert program.sign_in().json() == {"token": token}, "one a person"


# --- who the token names ---


@pytest.mark.parametrize("flavour", ["simplejwt", "drf"])
def test_connect_with_the_sites_token(program: Program, settings: Any, flavour: str) -> None:
    chosen(settings, flavour)
    member = UserFactory()
    header = (
        f"Bearer {AccessToken.for_user(member)}"
        if flavour == "simplejwt"
        else f"Token {Token.objects.create(user=member)}"
    )
    response = program.sign_in(process="connect", headers={"Authorization": header})
    assert response.status_code == 200, response.content
    assert WeChatIdentity.objects.get().account.user == member
    assert SignInAttempt.objects.get().outcome == "connected"
    assert not Session.objects.exists()


def test_connect_by_the_sites_own_classes(program: Program, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function's tokens are known again by the classes that the site names for all its views."""
    from rest_framework.authentication import BasicAuthentication, TokenAuthentication  # noqa: PLC0415
    from rest_framework.settings import api_settings  # noqa: PLC0415

    chosen(settings, f"{__name__}.gives")
    monkeypatch.setattr(api_settings, "DEFAULT_AUTHENTICATION_CLASSES", [BasicAuthentication, TokenAuthentication])
    member = UserFactory()
    header = {"Authorization": f"Token {Token.objects.create(user=member)}"}
    assert program.sign_in(process="connect", headers=header).json() == {"pk": member.pk}
    password = {"Authorization": "Basic dXNlcjpwYXNzd29yZA=="}
    assert problem(program.sign_in(process="connect", headers=password)) == (401, "sign_in_first")


def gives(request: Any, user: Any) -> dict[str, Any]:
    return {"pk": user.pk}


@pytest.mark.parametrize(
    "header", ["Bearer made-up", "Bearer", "Bearer a b c", "Token x", "\x00", "Bearer " + "a" * 5000]
)
def test_connect_with_a_token_that_is_none(program: Program, jwt: None, header: str) -> None:
    response = program.sign_in(process="connect", headers={"Authorization": header})
    assert problem(response) == (401, "sign_in_first")
    assert program.platform.count("/api/sns/jscode2session") == 0


def test_connect_for_somebody_switched_off(program: Program, jwt: None) -> None:
    member = UserFactory()
    header = {"Authorization": f"Bearer {AccessToken.for_user(member)}"}
    User.objects.update(is_active=False)
    assert problem(program.sign_in(process="connect", headers=header)) == (401, "sign_in_first")


def test_connect_what_is_somebody_elses(program: Program, jwt: None) -> None:
    program.sign_in()
    header = {"Authorization": f"Bearer {AccessToken.for_user(UserFactory())}"}
    assert problem(program.sign_in(process="connect", headers=header)) == (409, "already_connected")


def test_connect_where_allauth_wants_to_be_sure(program: Program, jwt: None, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    header = {"Authorization": f"Bearer {AccessToken.for_user(UserFactory())}"}
    assert problem(program.sign_in(process="connect", headers=header)) == (401, "sign_in_first")
    assert not WeChatIdentity.objects.exists()


def test_a_token_means_nothing_to_a_sign_in(program: Program, jwt: None) -> None:
    member = UserFactory()
    header = {"Authorization": f"Bearer {AccessToken.for_user(member)}"}
    assert user_of(program.sign_in(headers=header).json()) != member.pk


# --- a flow that is ended ---


@pytest.mark.parametrize("name", ["old", "new"])
def test_a_second_factor_to_the_end(program: Program, jwt: None, name: str) -> None:
    """allauth gives the session another token as it ends; the flow's own goes on leading to the tokens."""
    user = User.objects.get(pk=user_of(program.sign_in().json()))
    secret = with_second_factor(user)
    asked = program.sign_in()
    assert problem(asked) == (401, "more_asked")
    assert asked.json()["flows"] == ["mfa_authenticate"]
    entry = SignInAttempt.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.outcome, entry.problem) == ("signed_in", "more_asked")
    flow = asked.json()["flow_token"]
    still = program.post(TOKENS, {}, **{"X-Session-Token": flow})
    assert problem(still) == (401, "more_asked")
    assert (still.json()["flows"], still.json()["flow_token"]) == (["mfa_authenticate"], flow)
    ended = allauth("2fa/authenticate", {"code": second_factor(secret)}, flow)
    assert ended.status_code == 200, ended.content
    token = flow if name == "old" else ended.json()["meta"]["session_token"]
    tokens = program.post(TOKENS, {}, **{"X-Session-Token": token})
    assert tokens.status_code == 200, tokens.content
    assert user_of(tokens.json()) == user.pk
    assert program.post(TOKENS, {}, **{"X-Session-Token": token}).json() == tokens.json(), "delivered twice"
    assert not Session.objects.exists()


def test_a_sign_up_form_to_the_end(program: Program, jwt: None, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    asked = program.sign_in()
    assert asked.json()["flows"] == ["provider_signup"]
    flow = asked.json()["flow_token"]
    sent = {"email": "zhang@example.com", "username": "zhang"}
    assert allauth("provider/signup", sent, flow).status_code == 200
    tokens = program.post(TOKENS, {}, **{"X-Session-Token": flow}).json()
    assert user_of(tokens) == User.objects.get(username="zhang").pk


def test_a_session_that_was_no_flow(program: Program, jwt: None) -> None:
    """Somebody who signed in at allauth's own address has its token; nothing of ours changes it."""
    user = UserFactory()
    signed_in = allauth("login", {"username": user.username, "password": "password"}, "")
    token = signed_in.json()["meta"]["session_token"]
    assert problem(program.post(TOKENS, {}, **{"X-Session-Token": token})) == (401, "code_invalid")
    assert program.who(token) == user.pk, "and goes on"


@pytest.mark.parametrize("token", ["made-up", "a" * 5000])
def test_a_flow_that_never_was(program: Program, jwt: None, token: str) -> None:
    assert problem(program.post(TOKENS, {}, **{"X-Session-Token": token})) == (401, "code_invalid")
    assert not CodeExchange.objects.exists(), "a stranger writes nothing"


def test_late_the_flows_own_token_is_over(program: Program, jwt: None) -> None:
    secret = with_second_factor(User.objects.get(pk=user_of(program.sign_in().json())))
    flow = program.sign_in().json()["flow_token"]
    allauth("2fa/authenticate", {"code": second_factor(secret)}, flow)
    CodeExchange.objects.update(started_at="2020-01-01T00:00Z")
    assert problem(program.post(TOKENS, {}, **{"X-Session-Token": flow})) == (401, "code_invalid")


def test_allauths_own_tokens_are_not_changed(program: Program) -> None:
    assert problem(program.post(TOKENS, {})) == (409, "not_available")


# --- sent twice ---


def test_a_long_answer_sent_twice(program: Program, settings: Any) -> None:
    chosen(settings, f"{__name__}.gives_much")
    body = {"code": program.code(), "appid": seeds.MINI_PROGRAM_APPID}
    first = program.post(MINI_PROGRAM, body)
    assert len(first.content) > 40_000
    assert program.post(MINI_PROGRAM, body).content == first.content


def gives_much(request: Any, user: Any) -> dict[str, Any]:
    return {"token": "长" * 10_000}
