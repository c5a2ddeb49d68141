"""Is a callback exchanged once, and does a second delivery learn how the first ended?"""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.signals import user_signed_up
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connections
from django.utils import timezone

from django_wechat import code_exchanges
from django_wechat.code_exchanges import LIFETIME, Outcome
from django_wechat.models import CodeExchange
from django_wechat.protocol.oauth import Profile
from django_wechat.simulator.server import SimulatorServer
from tests.factories import WebProviderFactory
from tests.visitor import Visitor

DONE = Outcome({"process": "login"}, Profile("wx1", "o1", "u1", "张三"))


def ended(state: str = "state", cookie: str = "cookie") -> CodeExchange:
    exchange = code_exchanges.claim(state, cookie)
    assert exchange is not None
    code_exchanges.record(exchange, DONE)
    return exchange


@pytest.mark.django_db
def test_a_state_is_claimed_once() -> None:
    assert code_exchanges.claim("state", "cookie") is not None
    assert code_exchanges.claim("state", "cookie") is None
    assert code_exchanges.claim("other", "cookie") is not None
    assert code_exchanges.is_claimed("state")
    assert not code_exchanges.is_claimed("unknown")


@pytest.mark.django_db
def test_the_outcome_is_handed_to_the_same_browser() -> None:
    ended()
    exchange = code_exchanges.wait("state", "cookie", seconds=0)
    assert exchange is not None
    assert code_exchanges.outcome_of(exchange) == DONE


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "cookie"), [("state", "another"), ("state", ""), ("another", "cookie")])
def test_and_to_nobody_else(state: str, cookie: str) -> None:
    ended()
    assert code_exchanges.wait(state, cookie, seconds=0) is None


@pytest.mark.django_db
def test_a_browser_without_a_cookie_has_no_second_delivery() -> None:
    ended(cookie="")
    assert code_exchanges.wait("state", "", seconds=0) is None


@pytest.mark.django_db
def test_neither_state_nor_profile_can_be_read_in_the_database() -> None:
    exchange = CodeExchange.objects.get(pk=ended().pk)
    held = [str(value) for value in vars(exchange).values()]
    assert '"openid": "o1"' in exchange.outcome
    assert not any(value in ("state", "cookie") or "openid" in value for value in held)


@pytest.mark.django_db
def test_waiting_ends() -> None:
    code_exchanges.claim("state", "cookie")
    started = time.monotonic()
    assert code_exchanges.wait("state", "cookie", seconds=0.2) is None
    assert 0.2 <= time.monotonic() - started < 2


@pytest.mark.django_db(transaction=True)
def test_waiting_ends_with_the_first_delivery() -> None:
    exchange = code_exchanges.claim("state", "cookie")
    assert exchange is not None

    def end_later() -> None:
        time.sleep(0.3)
        code_exchanges.record(exchange, DONE)
        connections.close_all()

    thread = threading.Thread(target=end_later)
    thread.start()
    found = code_exchanges.wait("state", "cookie", seconds=5)
    thread.join()
    assert found is not None
    assert code_exchanges.outcome_of(found) == DONE


@pytest.mark.django_db
def test_old_ones_are_not_handed_out_and_are_cleared_by_the_next() -> None:
    ended()
    CodeExchange.objects.update(started_at=timezone.now() - LIFETIME - timedelta(seconds=1))
    assert code_exchanges.wait("state", "cookie", seconds=0) is None
    code_exchanges.claim("next", "cookie")
    assert CodeExchange.objects.count() == 1


class Collisions:
    """Raises an error as often as told, as a database does under two sign-ins at once."""

    def __init__(self, error: type[Exception], times: int) -> None:
        self.error, self.times = error, times

    def __call__(self, **_kwargs: Any) -> None:
        self.times -= 1
        if self.times >= 0:
            raise self.error("collision")


@pytest.mark.django_db
@pytest.mark.parametrize("error", [IntegrityError, OperationalError])
@pytest.mark.parametrize("signal", [pre_social_login, user_signed_up])
def test_a_collision_is_tried_again(wechat_simulator: SimulatorServer, signal: Any, error: type[Exception]) -> None:
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    collisions = Collisions(error, 2)
    signal.connect(collisions)
    try:
        response = visitor.sign_in("?next=/somewhere/")
    finally:
        signal.disconnect(collisions)
    assert response["Location"] == "/somewhere/"
    assert visitor.user is not None
    assert get_user_model().objects.count() == 1
    assert wechat_simulator.platform.count("/api/sns/oauth2/access_token") == 1


@pytest.mark.django_db
def test_what_cannot_be_saved_leaves_no_user_and_says_so(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    collisions = Collisions(IntegrityError, 100)
    user_signed_up.connect(collisions)
    try:
        response = visitor.sign_in()
    finally:
        user_signed_up.disconnect(collisions)
    assert response.status_code == 401
    problem = response.context["problem"]
    assert problem.code == "not_saved"
    assert problem.reference in response.content.decode()
    assert get_user_model().objects.count() == 0
    assert visitor.user is None
