"""Does nobody open or ask for QR codes without bound?"""

from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from django_wechat import conf, limits
from django_wechat.simulator.server import SimulatorServer
from tests.factories import WebProviderFactory
from tests.visitor import QR, Visitor

MIDNIGHT = 1_700_006_400.0


@pytest.fixture
def _three_a_minute(settings: Any) -> None:
    settings.WECHAT = {
        **settings.WECHAT,
        "RATE_LIMITS": dict.fromkeys(conf.DEFAULTS["RATE_LIMITS"], (3, 60)),
    }


@pytest.mark.usefixtures("_three_a_minute")
def test_a_window_at_a_time() -> None:
    with time_machine.travel(MIDNIGHT + 20, tick=False) as clock:
        assert [limits.seconds_to_wait("qr_open_browser", "a") for _ in range(5)] == [0, 0, 0, 40, 40]
        assert limits.seconds_to_wait("qr_open_browser", "b") == 0
        assert limits.seconds_to_wait("qr_open_address", "a") == 0
        clock.shift(41)
        assert limits.seconds_to_wait("qr_open_browser", "a") == 0


@pytest.mark.usefixtures("_three_a_minute")
def test_a_window_that_ends_between_two_steps_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_key: str) -> int:
        raise ValueError

    limits.seconds_to_wait("qr_open_browser", "a")
    monkeypatch.setattr(cache, "incr", gone)
    assert limits.seconds_to_wait("qr_open_browser", "a") == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("_three_a_minute")
def test_opening_too_often_is_said_in_words(wechat_simulator: SimulatorServer, settings: Any) -> None:
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    with time_machine.travel(MIDNIGHT + 20, tick=False):
        answers = [visitor.client.post(QR) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "40"
    assert answers[-1].json()["error"]["code"] == "too_often"


@pytest.mark.django_db
@pytest.mark.usefixtures("_three_a_minute")
def test_an_address_that_is_not_known_is_not_everybodys(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    visitor.client.defaults["REMOTE_ADDR"] = ""
    assert [visitor.client.post(QR).status_code for _ in range(5)] == [200] * 5


def test_a_cache_that_is_down_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: Any) -> bool:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", down)
    assert limits.seconds_to_wait("qr_open_browser", "a") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_customer_counts_once(address: str, network: str) -> None:
    assert limits.network(address) == network
