"""`NEW_PEOPLE = "bind_only"`: does WeChat make no accounts, at any door, and sign in whoever connected it before?"""

import sys
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.checks import run_checks

from django_wechat.models import SignInAttempt
from django_wechat.setup import program_checks
from django_wechat.simulator.server import SimulatorServer
from tests.api_document import confirmed
from tests.factories import BothProviderFactory, FollowProviderFactory, UserFactory
from tests.user_agents import IPHONE_WECHAT
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db
User = get_user_model()


@pytest.fixture
def bind_only(settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "NEW_PEOPLE": "bind_only"}


@pytest.mark.usefixtures("bind_only")
@pytest.mark.parametrize("user_agent", ["", IPHONE_WECHAT])
def test_a_stranger_is_told(wechat_simulator: SimulatorServer, user_agent: str) -> None:
    BothProviderFactory()
    visitor = Visitor(wechat_simulator, **({"user_agent": user_agent} if user_agent else {}))
    page = visitor.sign_in()
    assert page.status_code == 403
    assert "This WeChat belongs to no account here" in page.content.decode()
    assert visitor.user is None
    assert not User.objects.exists()
    assert SignInAttempt.objects.get().problem == "unknown_person"


@pytest.mark.usefixtures("bind_only")
def test_whoever_connected_before_comes_in(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    member = UserFactory()
    visitor = Visitor(wechat_simulator)
    visitor.client.force_login(member, "django.contrib.auth.backends.ModelBackend")
    visitor.sign_in("?process=connect")
    visitor.client.logout()
    visitor.sign_in()
    assert visitor.user == member
    inside = Visitor(wechat_simulator, user_agent=IPHONE_WECHAT)
    inside.sign_in()
    assert inside.user == member, "the same person by another app of the same Open Platform account"


@pytest.mark.usefixtures("bind_only")
def test_a_follower_whom_nobody_knows(wechat_simulator: SimulatorServer) -> None:
    FollowProviderFactory()
    visitor = Visitor(wechat_simulator)
    finish = confirmed(visitor)
    answer = visitor.client.post(finish, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "unknown_person")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("setting", "ids"),
    [
        ({}, []),
        ({"NEW_PEOPLE": "bind-only"}, ["django_wechat.E016"]),
        ({"NEW_PEOPLE": None}, ["django_wechat.E016"]),
        ({"TOKENS": "allauth"}, []),
        ({"TOKENS": "tests.web.programs.test_door.own"}, []),
        ({"TOKENS": "simplejwt"}, []),
        ({"TOKENS": "drf"}, []),
        ({"TOKENS": "no.such.function"}, ["django_wechat.E017"]),
        ({"TOKENS": "django_wechat.conf.DEFAULTS"}, ["django_wechat.E017"]),
        ({"TOKENS": 5}, ["django_wechat.E017"]),
    ],
)
def test_a_typing_error_is_named(settings: Any, setting: dict[str, Any], ids: list[str]) -> None:
    settings.WECHAT = {**settings.WECHAT, **setting}
    assert told() == ids


def test_allauths_tokens_need_its_headless_app(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": "allauth"}
    monkeypatch.setattr(program_checks.apps, "is_installed", lambda name: name != "allauth.headless")
    assert told() == ["django_wechat.E017"]


def test_rest_frameworks_tokens_need_its_app(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": "drf"}
    monkeypatch.setattr(program_checks.apps, "is_installed", lambda name: name != "rest_framework.authtoken")
    assert told() == ["django_wechat.E017"]


def test_simplejwt_has_to_be_there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": "simplejwt"}
    monkeypatch.setitem(sys.modules, "rest_framework_simplejwt.authentication", None)
    assert told() == ["django_wechat.E017"]


def told() -> list[str]:
    found = [one.id for one in run_checks(tags=["django_wechat"])]
    return [one for one in found if one in ("django_wechat.E016", "django_wechat.E017")]
