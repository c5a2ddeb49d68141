"""Do tokens come out of sites that keep sessions, transactions and sign-in rules in other ways?"""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.visitor import Visitor
from tests.web.programs.program import APP, MINI_PROGRAM, TOKENS, Program
from tests.web.programs.test_allauths_door import send
from tests.web.programs.test_browser_tokens import CODE, pc, way_back
from tests.web.programs.test_door import token_of
from tests.web.programs.test_tokens import allauth, chosen, second_factor, user_of, with_second_factor

__all__ = ["pc"]
pytestmark = pytest.mark.django_db
User = get_user_model()
ENGINES = "django.contrib.sessions.backends"


def _sessions(engine: str) -> Any:
    def change(settings: Any) -> None:
        settings.SESSION_ENGINE = f"{ENGINES}.{engine}"

    return change


def _saves_always(settings: Any) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True


def _requires_sign_in(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]


def _one_transaction(settings: Any) -> None:
    connection.settings_dict["ATOMIC_REQUESTS"] = True


SITES = {
    "cache": _sessions("cache"),
    "cached_db": _sessions("cached_db"),
    "saves always": _saves_always,
    "requires sign-in": _requires_sign_in,
    "one transaction": _one_transaction,
}


@pytest.fixture(params=SITES.values(), ids=list(SITES))
def site(request: Any, settings: Any) -> Any:
    before = connection.settings_dict["ATOMIC_REQUESTS"]
    request.param(settings)
    yield settings
    connection.settings_dict["ATOMIC_REQUESTS"] = before


def test_allauths_tokens(program: Program, site: Any) -> None:
    body = {"code": program.code()}
    first = program.post(MINI_PROGRAM, body)
    assert program.who(token_of(first)) == User.objects.get().pk
    assert program.post(MINI_PROGRAM, body).content == first.content
    assert program.post(APP, {"code": program.app_code()}).status_code == 200


def test_allauths_own_address(program: Program, site: Any) -> None:
    code = program.code()
    first = send(code)
    assert program.who(token_of(first)) == User.objects.get().pk
    assert send(code).content == first.content
    assert send("made-up").status_code == 400


def test_a_flow_to_the_end(program: Program, site: Any) -> None:
    chosen(site, "simplejwt")
    user = User.objects.get(pk=user_of(program.sign_in().json()))
    secret = with_second_factor(user)
    flow = program.sign_in().json()["flow_token"]
    assert allauth("2fa/authenticate", {"code": second_factor(secret)}, flow).status_code == 200
    assert user_of(program.post(TOKENS, {}, **{"X-Session-Token": flow}).json()) == user.pk


def test_a_way_back(site: Any, pc: Visitor) -> None:
    address = way_back(pc)
    code = address.partition(CODE)[2]
    tokens = pc.client.post(TOKENS, {"code": code}, content_type="application/json")
    assert user_of(tokens.json()) == User.objects.get().pk
