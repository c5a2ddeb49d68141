"""Is it said, to the admin and in the log, that all visitors seem to come from one place?"""

import logging
from typing import Any

import pytest
from django.core.cache import cache

from django_wechat.setup.check import site
from django_wechat.setup.check.findings import Finding
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import limits, origins
from tests.factories import FollowProviderFactory, WebProviderFactory
from tests.visitor import Visitor


@pytest.fixture(autouse=True)
def _for_visitors(settings: Any) -> None:
    settings.DEBUG = False


def findings() -> dict[str, Finding]:
    found = {finding.code: finding for finding in site._visitors()}
    assert set(found) <= {"visitors_from_one_place", "visitors_from_nowhere"}
    return found


def start(*addresses: str, times: int = 1) -> None:
    for _ in range(times):
        for address in addresses:
            origins.note(address)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


@pytest.mark.parametrize(
    ("address", "shown"), [("127.0.0.1", "127.0.0.1"), ("::ffff:172.18.0.1", "172.18.0.1"), ("fd00::7", "fd00::7")]
)
def test_a_proxy_that_django_was_not_told_of(address: str, shown: str, caplog: pytest.LogCaptureFixture) -> None:
    start(address, times=origins.ENOUGH - 1)
    assert findings() == {}
    start(address, times=10)
    finding = findings()["visitors_from_one_place"]
    assert finding.title == f"All visitors seem to come from {shown}"
    assert "ALLAUTH_TRUSTED_PROXY_COUNT" in finding.todo
    (line,) = told(caplog)
    assert shown in line
    assert "ALLAUTH_TRUSTED_PROXY_COUNT" in line


def test_no_address_at_all(caplog: pytest.LogCaptureFixture) -> None:
    start("", "unix:", times=origins.ENOUGH)
    assert "visitors_from_nowhere" in findings()
    assert len(told(caplog)) == 1


def test_two_proxies() -> None:
    start("10.0.0.1", "10.0.0.2", times=origins.ENOUGH)
    assert findings()["visitors_from_one_place"].values["addresses"] == "10.0.0.1, 10.0.0.2"


def test_an_intranet_has_many_addresses() -> None:
    start(*(f"10.0.0.{number}" for number in range(9)), times=origins.ENOUGH)
    assert findings() == {}


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::1", "::ffff:203.0.113.9"])
def test_one_visitor_from_the_internet_says_that_all_is_well(address: str) -> None:
    start("127.0.0.1", times=origins.ENOUGH)
    start(address)
    origins._quiet_until.clear()
    start("127.0.0.1", times=origins.ENOUGH)
    assert findings() == {}


def test_a_process_that_knows_leaves_the_cache_alone() -> None:
    start("203.0.113.9")
    cache.clear()
    start("127.0.0.1", times=origins.ENOUGH)
    assert limits.kept("origins") is None


def test_a_developer_is_alone(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.DEBUG = True
    start("127.0.0.1", times=origins.ENOUGH)
    assert findings() == {}
    assert told(caplog) == []


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [WebProviderFactory, FollowProviderFactory])
def test_every_start_is_seen(factory: Any, wechat_simulator: SimulatorServer) -> None:
    factory()
    visitor = Visitor(wechat_simulator)
    visitor.start()
    visitor.open_qr()
    assert limits.kept("origins") == {"127.0.0.1": 2}


@pytest.mark.django_db
def test_it_stands_in_the_check() -> None:
    row = WebProviderFactory()
    start("127.0.0.1", times=origins.ENOUGH)
    assert "visitors_from_one_place" in [finding.code for finding in site.check(row, [], [])]
