"""Is a callback exchanged once, and does a second delivery learn how the first ended?"""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.signals import user_signed_up
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, OperationalError, connections
from django.utils import timezone

from django_wechat.models import CodeExchange
from django_wechat.protocol.oauth import Profile
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import code_exchanges
from django_wechat.stores.code_exchanges import KEPT_FOR, REPEAT_WINDOW, Outcome
from tests.factories import WebProviderFactory
from tests.visitor import Visitor

DONE = Outcome(Profile("wx1", "o1", "u1", "张三"))
STATE = {"process": "login"}


def ended(state: str = "state", cookie: str = "cookie") -> CodeExchange:
    exchange = code_exchanges.claim(state, "code", cookie, STATE)
    assert exchange is not None
    code_exchanges.record(exchange, DONE)
    return exchange


@pytest.mark.django_db
def test_a_state_is_claimed_once() -> None:
    assert code_exchanges.claim("state", "code", "cookie", STATE) is not None
    assert code_exchanges.claim("state", "code", "cookie", STATE) is None
    assert code_exchanges.claim("other", "code", "cookie", STATE) is not None
    assert code_exchanges.is_claimed("state")
    assert not code_exchanges.is_claimed("unknown")


@pytest.mark.django_db
def test_the_outcome_is_handed_to_the_same_browser() -> None:
    ended()
    exchange = code_exchanges.wait("state", "code", "cookie", seconds=0)
    assert exchange is not None
    assert code_exchanges.outcome_of(exchange) == DONE
    assert code_exchanges.state_of("state", "code", "cookie") == STATE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "code", "cookie"),
    [
        ("state", "code", "another"),
        ("state", "code", ""),
        ("another", "code", "cookie"),
        ("state", "another", "cookie"),
        ("state", "", "cookie"),
    ],
)
def test_and_to_nobody_else(state: str, code: str, cookie: str) -> None:
    ended()
    assert code_exchanges.wait(state, code, cookie, seconds=0) is None


@pytest.mark.django_db
def test_a_browser_without_a_cookie_has_no_second_delivery() -> None:
    ended(cookie="")
    assert code_exchanges.wait("state", "code", "", seconds=0) is None


@pytest.mark.django_db
def test_neither_state_nor_profile_can_be_read_in_the_database() -> None:
    exchange = CodeExchange.objects.get(pk=ended().pk)
    held = [str(value) for value in vars(exchange).values()]
    assert '"openid": "o1"' in exchange.outcome
    assert not any(value in ("state", "code", "cookie") or "openid" in value or "login" in value for value in held)


@pytest.mark.django_db
def test_waiting_ends() -> None:
    code_exchanges.claim("state", "code", "cookie", STATE)
    started = time.monotonic()
    assert code_exchanges.wait("state", "code", "cookie", seconds=0.2) is None
    assert 0.1 <= time.monotonic() - started < 2


@pytest.mark.django_db
def test_nobody_waits_for_a_delivery_that_was_given_up() -> None:
    """The process that had it was killed, for instance."""
    code_exchanges.claim("state", "code", "cookie", STATE)
    CodeExchange.objects.update(started_at=timezone.now() - timedelta(seconds=60))
    started = time.monotonic()
    assert code_exchanges.wait("state", "code", "cookie", seconds=20) is None
    assert time.monotonic() - started < 1


@pytest.mark.django_db(transaction=True)
def test_waiting_ends_with_the_first_delivery() -> None:
    exchange = code_exchanges.claim("state", "code", "cookie", STATE)
    assert exchange is not None

    def end_later() -> None:
        time.sleep(0.3)
        code_exchanges.record(exchange, DONE)
        connections.close_all()

    thread = threading.Thread(target=end_later)
    thread.start()
    found = code_exchanges.wait("state", "code", "cookie", seconds=5)
    thread.join()
    assert found is not None
    assert code_exchanges.outcome_of(found) == DONE


@pytest.mark.django_db
def test_old_ones_are_not_handed_out_and_are_cleared_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ended()
    CodeExchange.objects.update(started_at=timezone.now() - REPEAT_WINDOW - timedelta(seconds=1))
    assert code_exchanges.wait("state", "code", "cookie", seconds=0) is None
    assert code_exchanges.state_of("state", "code", "cookie") is None
    assert code_exchanges.is_claimed("state")
    CodeExchange.objects.update(started_at=timezone.now() - KEPT_FOR - timedelta(seconds=1))
    monkeypatch.setattr(code_exchanges, "_CLEAN_UP_EVERY", 1)
    code_exchanges.claim("next", "code", "cookie", STATE)
    assert CodeExchange.objects.count() == 1


@pytest.mark.django_db
def test_a_deadlock_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, failures = code_exchanges._insert_once, [OperationalError(1213), OperationalError(1213)]

    def deadlock(**values: str) -> CodeExchange | None:
        if failures:
            raise failures.pop()
        return real(**values)

    monkeypatch.setattr(code_exchanges, "_insert_once", deadlock)
    assert code_exchanges.claim("state", "code", "cookie", STATE) is not None


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
@pytest.mark.parametrize(("error", "code"), [(IntegrityError, "cannot_be_saved"), (OperationalError, "not_saved")])
def test_what_cannot_be_saved_leaves_no_user_and_says_so(
    wechat_simulator: SimulatorServer, error: type[DatabaseError], code: str
) -> None:
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    collisions = Collisions(error, 100)
    user_signed_up.connect(collisions)
    try:
        response = visitor.sign_in()
    finally:
        user_signed_up.disconnect(collisions)
    assert response.status_code == 401
    problem = response.context["problem"]
    assert problem.code == code
    assert problem.reference in response.content.decode()
    assert get_user_model().objects.count() == 0
    assert visitor.user is None


@pytest.mark.django_db
def test_cleaning_up_stops_no_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def deadlock() -> int:
        raise OperationalError(1213)

    monkeypatch.setattr(code_exchanges, "_CLEAN_UP_EVERY", 1)
    monkeypatch.setattr(code_exchanges, "clear_old", deadlock)
    assert code_exchanges.claim("state", "code", "cookie", STATE) is not None
