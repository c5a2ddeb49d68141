"""Are requests counted, one window of time after the other, and what if the cache does not count?"""

from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from django_wechat import conf
from django_wechat.stores import limits

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


def test_a_cache_that_is_down_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: Any) -> bool:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", down)
    assert limits.seconds_to_wait("qr_open_browser", "a") == 0


def test_a_day_begins_at_midnight_in_beijing(settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"qr_open_site_day": (1, 86_400)}}
    with time_machine.travel("2026-03-01 15:59:50+00:00", tick=False) as clock:
        assert [limits.seconds_to_wait("qr_open_site_day", "a") for _ in range(2)] == [0, 10]
        clock.shift(10)
        assert limits.seconds_to_wait("qr_open_site_day", "a") == 0


def test_looking_counts_nothing() -> None:
    for _ in range(3):
        limits.seconds_to_wait("qr_open_browser", "a")
    for _ in range(3):
        assert limits.counted("qr_open_browser", ["a", "b"])[0] == [3, 0]


def test_the_first_within_a_while() -> None:
    assert [limits.is_first("x", 60), limits.is_first("x", 60), limits.is_first("y", 60)] == [True, False, True]
