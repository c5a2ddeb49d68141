"""Do the fault switches break what they say, where they say, as often as they say?"""

import json
import time
from email.utils import parsedate_to_datetime

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.faults import KINDS


class Site:
    """A site's server: exchanges codes and reads profiles."""

    def __init__(self, server: SimulatorServer, http: requests.Session) -> None:
        self.base, self.http, self.platform = f"{server.api_base_url}/sns", http, server.platform
        self.code = self.platform.issue_code(seeds.WEBSITE_APP_APPID)

    def exchange(self) -> requests.Response:
        params = {"appid": seeds.WEBSITE_APP_APPID, "secret": seeds.WEBSITE_APP_SECRET, "code": self.code}
        return self.http.get(
            f"{self.base}/oauth2/access_token", params=params | {"grant_type": "authorization_code"}, timeout=5
        )

    def profile(self) -> requests.Response:
        token = self.exchange().json()
        params = {"access_token": token["access_token"], "openid": token["openid"]}
        return self.http.get(f"{self.base}/userinfo", params=params, timeout=5)


@pytest.fixture
def site(wechat_simulator: SimulatorServer, http: requests.Session) -> Site:
    return Site(wechat_simulator, http)


@pytest.mark.parametrize("errcode", [-1, 40029, 40163, 42003, 45011])
def test_an_errcode_lasts_until_healed_and_leaves_the_code_alone(site: Site, errcode: int) -> None:
    site.platform.set_fault(str(errcode))
    assert [site.exchange().json()["errcode"] for _ in range(2)] == [errcode, errcode]
    site.platform.clear_fault()
    assert "access_token" in site.exchange().json()


def test_once_means_once(site: Site) -> None:
    site.platform.set_fault("-1", once=True)
    assert site.exchange().json()["errcode"] == -1
    assert "access_token" in site.exchange().json()
    assert site.platform.faults == []


def test_busy_but_consumed_leads_to_code_been_used(site: Site) -> None:
    site.platform.set_fault("-1-consumed", once=True)
    assert site.exchange().json()["errcode"] == -1
    assert site.exchange().json()["errcode"] == 40163


def test_profile_can_fail_alone(site: Site) -> None:
    site.platform.set_fault("-1", "userinfo")
    assert site.profile().json()["errcode"] == -1


def test_slow_answers_are_slow_and_right(site: Site) -> None:
    site.platform.set_fault("slow", "access_token", seconds=0.3)
    started = time.monotonic()
    assert "access_token" in site.exchange().json()
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(("kind", "status"), [("html", 200), ("500", 500)])
def test_gateway_pages_are_no_json(site: Site, kind: str, status: int) -> None:
    site.platform.set_fault(kind)
    answer = site.exchange()
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_reset_breaks_the_connection(site: Site) -> None:
    site.platform.set_fault("reset", once=True)
    with pytest.raises(requests.ConnectionError):
        site.exchange()
    assert "access_token" in site.exchange().json()


def test_nickname_with_a_control_character(site: Site) -> None:
    site.platform.set_fault("nickname-control")
    raw = site.profile().content
    with pytest.raises(json.JSONDecodeError):
        json.loads(raw)
    assert json.loads(raw, strict=False)["nickname"] == "\b张三"


def test_nickname_with_broken_utf8(site: Site) -> None:
    site.platform.set_fault("nickname-utf8")
    raw = site.profile().content
    with pytest.raises(UnicodeDecodeError):
        raw.decode()
    assert json.loads(raw.decode(errors="replace"))["nickname"] == "张三\ufffd"


def test_the_same_fault_twice_is_one(platform: Platform) -> None:
    platform.set_fault("-1", once=True)
    platform.set_fault("-1")
    platform.set_fault("slow")
    assert [(fault.kind, fault.once) for fault in platform.faults] == [("-1", False), ("slow", False)]
    platform.clear_fault("-1")
    assert [fault.kind for fault in platform.faults] == ["slow"]


def test_one_endpoint_can_be_healed_alone(platform: Platform) -> None:
    platform.set_fault("-1")
    platform.set_fault("-1", "userinfo")
    platform.clear_fault("-1", "any")
    assert [fault.endpoint for fault in platform.faults] == ["userinfo"]


@pytest.mark.parametrize(("kind", "endpoint"), [("40000", ""), ("-1", "sns")])
def test_wrong_words_are_answered_with_the_right_ones(platform: Platform, kind: str, endpoint: str) -> None:
    with pytest.raises(ValueError, match="choose from"):
        platform.set_fault(kind, endpoint)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_switched_on(platform: Platform, kind: str) -> None:
    assert platform.set_fault(kind).kind == kind


def test_its_clock_can_be_off(wechat_simulator: SimulatorServer) -> None:
    wechat_simulator.platform.switch(clock_ahead=600)
    answer = requests.get(f"{wechat_simulator.api_base_url}/sns/userinfo", timeout=5)
    ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert 595 < ahead < 605
