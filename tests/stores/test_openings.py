"""Does an official account's day of QR codes last, and is no real visitor stopped by another?"""

import logging
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from django_wechat import conf
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import limits, openings
from django_wechat.stores.openings import NoMoreCodes
from tests.factories import FollowProviderFactory, WebProviderFactory
from tests.user_agents import WINDOWS_CHROME
from tests.visitor import QR, Visitor

APPID = "wx0000000000000001"
CAMPUS = "203.0.113.9"
ELSEWHERE = "198.51.100.7"


def opened(address: str, browser_key: str = "") -> str:
    """Count one code; return what the browser is told, "" if it gets the code."""
    try:
        openings.count(APPID, address=address, browser_key=browser_key)
    except NoMoreCodes as refused:
        return refused.problem if refused.wait > 0 else "no time"
    return ""


def opened_times(times: int, address: str, browser_key: str = "") -> int:
    """Try `times` to get a code; return how many there were."""
    return sum(not opened(address, browser_key) for _ in range(times))


@pytest.fixture
def small(settings: Any) -> Callable[..., None]:
    """Make some rules small, and all others so large that nobody meets them."""

    def make(**rules: int) -> None:
        large = dict.fromkeys(conf.DEFAULTS["RATE_LIMITS"], (1000000, 86400))
        small = {name: (times, 86_400) for name, times in rules.items()}
        settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": large | small}

    return make


def test_a_lecture_hall_behind_one_address_gets_its_codes() -> None:
    assert opened_times(300, CAMPUS) == 300
    assert opened(CAMPUS) == "too_often"
    assert opened(ELSEWHERE) == ""


def test_who_was_here_before_is_counted_by_the_key(small: Callable[..., None]) -> None:
    small(qr_open_address=1, qr_open_browser=2)
    assert opened_times(3, CAMPUS) == 1
    assert opened_times(3, CAMPUS, "my-key") == 2
    assert opened_times(3, CAMPUS, "another-key") == 2


@pytest.mark.parametrize("address", ["", "unix:", "127.0.0.1", "::ffff:10.0.0.1"])
def test_an_address_of_everybody_has_a_generous_rule(address: str) -> None:
    # In the middle of a minute: at its turn, counting begins anew.
    with time_machine.travel("2026-03-01 12:00:20Z", tick=False):
        assert opened_times(1201, address) == 1200
        assert opened(address, "a-key") == ""
    assert opened(CAMPUS) == ""


def test_dual_stack_visitors_are_not_one(small: Callable[..., None]) -> None:
    small(qr_open_address=1)
    addresses = [f"::ffff:203.0.113.{number}" for number in range(20)]
    assert [opened(address) for address in addresses] == [""] * 20
    assert opened("203.0.113.5") == "too_often"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("2001:db8:1:0:{:x}::1", 10), ("2001:db8:1:{:x}::1", 20), ("2001:db8:1:{:x}00::1", 40)],
    ids=["one /64", "one /56", "one /48"],
)
def test_an_ipv6_network_grows_its_allowance_slowly(small: Callable[..., None], address: str, allowed: int) -> None:
    small(qr_open_address=10)
    assert sum(not opened(address.format(number % 250)) for number in range(500)) == allowed
    assert opened("2001:db8:2::1") == ""


@pytest.mark.parametrize("address", ["203.0.113.{}", "2001:db8:{}:{:x}::1"], ids=["addresses", "/48s"])
def test_a_handful_of_networks_does_not_use_up_the_day(small: Callable[..., None], address: str) -> None:
    small(qr_open_site_day=400, qr_open_network_day=20)
    for number in range(5 * 400):
        opened(address.format(number % 5, number % 65_536), f"key-{number}")
    used = limits.counted("qr_open_site_day", [APPID])[0][0]
    assert used == 200
    assert opened_times(20, ELSEWHERE) == 20
    assert limits.counted("qr_open_site_day", [APPID])[0][0] == 220


def test_one_network_may_be_the_whole_site(small: Callable[..., None]) -> None:
    """A site of one campus: nobody else wants its codes, so its share does not matter before half of them are gone."""
    small(qr_open_site_day=400, qr_open_network_day=20)
    assert opened_times(400, CAMPUS) == 200


def test_the_day_ends_for_all(small: Callable[..., None]) -> None:
    small(qr_open_site_day=3)
    assert opened_times(3, "") == 3
    assert [opened(""), opened(CAMPUS), opened(ELSEWHERE, "key")] == ["quota_used_up"] * 3


# ── over HTTP ──


@pytest.fixture
def row(wechat_simulator: SimulatorServer, db: None) -> WeChatProvider:
    created: WeChatProvider = FollowProviderFactory()
    return created


def post(**data: str) -> Any:
    return Client(headers={"user-agent": WINDOWS_CHROME}, REMOTE_ADDR=CAMPUS).post(QR, data)


@pytest.mark.django_db
@pytest.mark.usefixtures("wechat_simulator")
def test_the_open_platforms_codes_are_not_counted(small: Callable[..., None]) -> None:
    small(**dict.fromkeys(conf.DEFAULTS["RATE_LIMITS"], 1))
    WebProviderFactory()
    assert [post().status_code for _ in range(4)] == [200] * 4


@pytest.mark.parametrize("rule", ["qr_open_site_day", "qr_open_address"])
@pytest.mark.usefixtures("row")
def test_the_open_platforms_code_comes_by_itself(
    small: Callable[..., None], rule: str, caplog: pytest.LogCaptureFixture
) -> None:
    small(**{rule: 1})
    answers = [post().json() for _ in range(3)]
    assert [answer["kind"] for answer in answers] == ["official_account", "open_platform", "open_platform"]
    assert all(answer["frame_url"] and answer["login_url"] for answer in answers[1:])
    assert QRSession.objects.count() == 1
    told = [record for record in caplog.records if record.name == "django_wechat.limits"]
    assert [record.levelno for record in told] == [logging.WARNING]


@pytest.mark.usefixtures("row")
def test_it_comes_when_wechat_says_that_the_day_is_used_up(wechat_simulator: SimulatorServer) -> None:
    wechat_simulator.platform.set_fault("45009", "cgi-bin/qrcode/create")
    assert post().json()["kind"] == "open_platform"


@pytest.mark.parametrize(("rule", "code"), [("qr_open_site_day", "quota_used_up"), ("qr_open_address", "too_often")])
def test_where_there_is_none_it_is_said(row: WeChatProvider, small: Callable[..., None], rule: str, code: str) -> None:
    small(**{rule: 1})
    WeChatProvider.objects.filter(pk=row.pk).update(client_id="", client_secret="")
    post()
    answer = post()
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, code)
    assert int(answer["Retry-After"]) > 0


@pytest.mark.usefixtures("row")
def test_a_browser_with_its_key_is_not_stopped_by_its_network(
    small: Callable[..., None], wechat_simulator: SimulatorServer
) -> None:
    WeChatProvider.objects.update(client_id="", client_secret="")
    small(qr_open_address=1)
    known = Visitor(wechat_simulator)
    known.client.defaults["REMOTE_ADDR"] = CAMPUS
    known.open_qr()
    assert post().status_code == 429
    assert known.open_qr()["kind"] == "official_account"


@pytest.mark.usefixtures("row")
def test_a_request_that_came_past_the_proxy_is_one_without_address(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    client = Client(headers={"user-agent": WINDOWS_CHROME, "x-forwarded-for": "203.0.113.9"})
    assert client.post(QR).status_code == 200
