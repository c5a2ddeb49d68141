"""Whose is a start? A connect ends for the user who began it, and a sign-in changes nobody who signed in meanwhile."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from django_wechat.flows.journey import CONNECT
from django_wechat.models import CodeExchange
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, UserFactory
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME
from tests.visitor import CONNECT as CONNECT_URL
from tests.visitor import LOGIN, Visitor

pytestmark = pytest.mark.django_db
HEADLESS = "/_allauth/browser/v1/auth/provider/redirect"

Start = Callable[[Client, str], str]
"""Starts for a purpose in a browser; returns WeChat's address, or "" where the site does not start."""


def by_the_body(client: Client, process: str) -> str:
    return client.post(LOGIN, {"process": process}).get("Location", "")


def by_the_query(client: Client, process: str) -> str:
    return client.post(f"{LOGIN}?{urlencode({'process': process})}").get("Location", "")


def by_the_tab(client: Client, process: str) -> str:
    opened = client.post(reverse("wechat_qr_open"), {"process": process, "kind": "open_platform"})
    return str(opened.json().get("frame_url", ""))


def by_the_headless_redirect(client: Client, process: str) -> str:
    form = {"provider": "wechat", "process": process, "callback_url": "/app/"}
    away = client.post(HEADLESS, form).get("Location", "")
    return away if "/connect/" in away else ""


EVERY_START = pytest.mark.parametrize(
    ("start", "user_agent"),
    [
        (by_the_body, WINDOWS_CHROME),
        (by_the_query, WINDOWS_CHROME),
        (by_the_tab, WINDOWS_CHROME),
        (by_the_headless_redirect, WINDOWS_CHROME),
        (by_the_body, IPHONE_WECHAT),
        (by_the_headless_redirect, IPHONE_WECHAT),
    ],
)


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer, user_agent: str) -> Visitor:
    BothProviderFactory()
    return Visitor(wechat_simulator, user_agent=user_agent)


def sign_in_keeping_the_session(client: Client, user: Any) -> None:
    """As Django does at a sign-in: a new key, and what the session of nobody held is still in it."""
    session = client.session
    kept = {key: value for key, value in session.items() if not key.startswith("_auth_user")}
    client.force_login(user)
    session = client.session
    session.update(kept)
    session.save()


def sign_out_keeping_the_session(client: Client) -> None:
    session = client.session
    for key in [key for key, _value in session.items() if key.startswith("_auth_user")]:
        del session[key]
    session.save()


@EVERY_START
def test_a_connect_by_nobody_does_not_start(visitor: Visitor, start: Start) -> None:
    assert not start(visitor.client, CONNECT)
    assert "socialaccount_states" not in visitor.client.session


@EVERY_START
def test_a_connect_ends_for_who_started_it(visitor: Visitor, start: Start) -> None:
    user = UserFactory()
    visitor.client.force_login(user)
    url = start(visitor.client, CONNECT)
    visitor.come_back(url, visitor.allow(url))
    visitor.client.post(CONNECT_URL, {"answer": "connect"})
    assert SocialAccount.objects.get().user == user


@EVERY_START
def test_a_connect_ends_for_nobody_else(visitor: Visitor, start: Start) -> None:
    visitor.client.force_login(UserFactory())
    url = start(visitor.client, CONNECT)
    victim = UserFactory()
    sign_in_keeping_the_session(visitor.client, victim)
    response = visitor.come_back(url, visitor.allow(url))
    assert not SocialAccount.objects.exists()
    assert not CodeExchange.objects.exists()
    assert visitor.user == victim
    if start is not by_the_headless_redirect:
        assert response.context["problem"].code == "other_user"


@EVERY_START
def test_a_connect_does_not_end_for_nobody(visitor: Visitor, start: Start) -> None:
    visitor.client.force_login(UserFactory())
    url = start(visitor.client, CONNECT)
    sign_out_keeping_the_session(visitor.client)
    visitor.come_back(url, visitor.allow(url))
    assert not SocialAccount.objects.exists()
    assert visitor.user is None


@EVERY_START
def test_a_sign_in_changes_nobody_who_signed_in_meanwhile(visitor: Visitor, start: Start) -> None:
    url = start(visitor.client, "login")
    victim = UserFactory()
    sign_in_keeping_the_session(visitor.client, victim)
    response = visitor.come_back(url, visitor.allow(url))
    assert response.status_code == 302
    assert visitor.user == victim
    assert not SocialAccount.objects.exists()
    assert not visitor.simulator.platform.count("/api/sns/oauth2/access_token")


@EVERY_START
def test_who_is_signed_in_may_sign_in_as_somebody_else(visitor: Visitor, start: Start) -> None:
    visitor.client.force_login(UserFactory(username="before"))
    url = start(visitor.client, "login")
    visitor.come_back(url, visitor.allow(url))
    assert visitor.user is not None
    assert visitor.user == SocialAccount.objects.get().user


def test_the_state_of_a_start_names_its_user(wechat_simulator: SimulatorServer) -> None:
    """Every start goes by `begin` or `kept`; one to come finds the user there, or `SignInFirst`."""
    BothProviderFactory()
    user = UserFactory()
    visitor = Visitor(wechat_simulator)
    visitor.client.force_login(user)
    visitor.start()
    state = next(iter(visitor.client.session["socialaccount_states"].values()))[0]
    assert state["wechat"]["user"] == str(user.pk)
