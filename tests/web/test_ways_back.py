"""Does a sign-in end at the very address it was started for? With what follows a `#`, and in an old tab, too."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from django_wechat.simulator.server import SimulatorServer
from django_wechat.web import started
from tests.factories import BothProviderFactory, UserFactory
from tests.visitor import CALLBACK, LOGIN, Visitor, in_wechat, state_of

ROUTE = "/app/#/orders/1"


@pytest.fixture
def pc(wechat_simulator: SimulatorServer, db: None) -> Visitor:
    BothProviderFactory()
    return Visitor(wechat_simulator)


@pytest.fixture
def phone(wechat_simulator: SimulatorServer, db: None) -> Visitor:
    BothProviderFactory()
    return in_wechat(wechat_simulator)


def end(visitor: Visitor, query: str = "") -> str:
    url = visitor.start(query)
    return str(visitor.come_back(url, visitor.allow(url)).headers["Location"])


@pytest.fixture
def later() -> Iterator[None]:
    with time_machine.travel(time.time() + 601, tick=True):
        yield


# --- what follows a "#" ---


def test_a_way_back_keeps_what_follows(pc: Visitor, wechat_simulator: SimulatorServer) -> None:
    for visitor in (pc, in_wechat(wechat_simulator)):
        assert end(visitor, f"?next={quote(ROUTE)}") == ROUTE


def test_inside_wechat_every_end_has_a_fragment_of_its_own(phone: Visitor) -> None:
    """The browser would carry WeChat's `#wechat_redirect` along, through all redirects that follow."""
    url = phone.start("?next=/somewhere/")
    assert url.endswith("#wechat_redirect")
    code = phone.allow(url)
    assert phone.come_back(url, code).headers["Location"] == "/somewhere/#"
    assert phone.come_back(url, code).headers["Location"] == "/somewhere/#"
    assert phone.client.get(CALLBACK, {"state": "gone", "code": "x"}).headers["Location"] == "/accounts/profile/#"
    assert end(phone, "?process=connect") == "/accounts/wechat/connect/#", "the question before a connect"


def test_inside_wechat_what_allauth_still_asks_has_one_too(phone: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    assert end(phone, f"?next={quote(ROUTE)}") == "/accounts/3rdparty/signup/#"


def test_elsewhere_no_address_gets_a_fragment(pc: Visitor) -> None:
    assert end(pc, "?next=/somewhere/") == "/somewhere/"


# --- an old tab ---


def test_an_old_tab_of_somebody_who_signed_in_meanwhile(pc: Visitor, later: None) -> None:
    old, user = begun(pc, f"?next={quote(ROUTE)}"), UserFactory()
    pc.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert pc.come_back(old, "code").headers["Location"] == ROUTE


def begun(visitor: Visitor, query: str) -> str:
    """Start eleven minutes ago."""
    with time_machine.travel(time.time() - 660, tick=True):
        return str(visitor.start(query))


def test_an_old_tab_of_nobody_starts_again_for_the_same_end(pc: Visitor) -> None:
    old = begun(pc, f"?next={quote(ROUTE)}")
    problem = pc.come_back(old, "code", _redir="1").context["problem"]
    assert problem.code == "state_lost"
    assert problem.action_url == f"{LOGIN}?next={quote(ROUTE, safe='')}"


def test_of_many_tabs_the_newest_are_remembered(pc: Visitor) -> None:
    old = [begun(pc, f"?next=/page/{number}/") for number in range(started.WAYS_BACK + 1)]
    ends = [pc.come_back(url, "code", _redir="1").context["problem"].action_url for url in old]
    assert ends == [LOGIN, *(f"{LOGIN}?next=%2Fpage%2F{number}%2F" for number in range(1, started.WAYS_BACK + 1))]


def test_nothing_is_remembered_without_a_way_back_or_with_a_long_one(pc: Visitor) -> None:
    pc.start()
    pc.start(f"?next=/{'a' * started.LONGEST_WAY_BACK}/")
    pc.start("?next=https://evil.example/")
    assert started.WAYS_BACK_KEY not in pc.client.session


def test_another_browser_learns_nothing(pc: Visitor) -> None:
    url = pc.start("?next=/somewhere/")
    problem = Client().get(CALLBACK, {"state": state_of(url), "code": "x", "_redir": "1"}).context["problem"]
    assert problem.action_url == LOGIN
