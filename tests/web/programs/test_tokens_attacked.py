"""Who gets tokens without having earned them, or somebody else's? Each was possible once."""

from typing import Any

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from rest_framework.authentication import BaseAuthentication
from rest_framework.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken

from django_wechat.models import WeChatIdentity
from tests.api_document import confirmed
from tests.factories import UserFactory
from tests.visitor import Visitor
from tests.web.programs.program import TOKENS, Program, problem
from tests.web.programs.test_browser_tokens import CODE, JSON, pc, way_back
from tests.web.programs.test_tokens import allauth, chosen, jwt, second_factor, user_of, with_second_factor

__all__ = ["jwt", "pc"]
pytestmark = pytest.mark.django_db
User = get_user_model()


def test_a_short_lived_token_does_not_become_a_long_lived_one(program: Program, jwt: None) -> None:
    """A stolen access token and a flow of the thief's own would have made a pair of the victim's."""
    victim = UserFactory()
    with_second_factor(User.objects.get(pk=user_of(program.sign_in().json())))
    flow = program.sign_in().json()["flow_token"]
    bearer = {"Authorization": f"Bearer {AccessToken.for_user(victim)}"}
    answer = program.post(TOKENS, {}, **{"X-Session-Token": flow}, **bearer)
    assert problem(answer) == (401, "more_asked")
    assert answer.json()["flow_token"] == flow


def test_a_flow_is_of_who_ended_it(program: Program, jwt: None) -> None:
    other = UserFactory()
    owner = User.objects.get(pk=user_of(program.sign_in().json()))
    secret = with_second_factor(owner)
    flow = program.sign_in().json()["flow_token"]
    assert allauth("2fa/authenticate", {"code": second_factor(secret)}, flow).status_code == 200
    bearer = {"Authorization": f"Bearer {AccessToken.for_user(other)}"}
    tokens = program.post(TOKENS, {}, **{"X-Session-Token": flow}, **bearer).json()
    assert user_of(tokens) == owner.pk


def test_a_forgotten_tab_gets_nothing_of_who_sits_there_now(pc: Visitor) -> None:
    finish = confirmed(pc, callback_url="/spa/")
    pc.client.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
    assert pc.client.post(finish, headers=JSON).json() == {"location": "/spa/"}


def test_a_hook_that_leads_elsewhere_gets_no_code_of_who_was_signed_in_before(pc: Visitor) -> None:
    def leads_away(**_kwargs: Any) -> None:
        raise ImmediateHttpResponse(HttpResponseRedirect("https://elsewhere.example/"))

    pc.client.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
    pre_social_login.connect(leads_away)
    try:
        address = way_back(pc)
    finally:
        pre_social_login.disconnect(leads_away)
    assert address == "https://elsewhere.example/"
    assert CODE not in address


class Refuses(BaseAuthentication):
    """Says no in Django's words, which REST framework's own views understand."""

    error: type[Exception] = PermissionDenied

    def authenticate(self, request: Any) -> Any:
        raise self.error


@pytest.mark.parametrize("error", [PermissionDenied, Http404])
def test_classes_that_say_no_in_djangos_words(
    program: Program, jwt: None, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(Refuses, "error", error)
    monkeypatch.setattr(api_settings, "DEFAULT_AUTHENTICATION_CLASSES", [Refuses])
    assert problem(program.sign_in(process="connect")) == (401, "sign_in_first")


@pytest.mark.parametrize("flavour", ["simplejwt", "allauth"])
def test_a_session_with_a_second_factor_pending_connects_nothing(program: Program, settings: Any, flavour: str) -> None:
    user = UserFactory()
    with_second_factor(user)
    chosen(settings, flavour)
    pending = allauth("login", {"username": user.username, "password": "password"}, "")
    program.token = pending.json()["meta"]["session_token"]
    assert problem(program.sign_in(process="connect")) == (401, "sign_in_first")
    assert not WeChatIdentity.objects.exists()


def test_a_code_is_nobodys_in_another_sites_page(pc: Visitor) -> None:
    """Login CSRF: the thief's own code, in the address of a page that the victim opens."""
    code = way_back(pc).partition(CODE)[2]
    victim = Visitor(pc.simulator)
    way_back(victim)
    response = victim.client.post(TOKENS, {"code": code}, content_type="application/json")
    assert problem(response) == (401, "code_invalid")


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_an_address_elsewhere_gets_no_code(pc: Visitor, address: str) -> None:
    location = way_back(pc, address)
    assert "elsewhere" not in location
    assert not location.startswith("javascript")
