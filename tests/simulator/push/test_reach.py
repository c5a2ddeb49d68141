"""Whom does the simulator call? This machine and its own network, by whatever name, and never a link-local address."""

import ipaddress
import socket
from collections.abc import Callable

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push import reach
from django_wechat.simulator.push.verdicts import Verdict
from tests.simulator.push_site import push_site

APPID = seeds.OFFICIAL_ACCOUNT_APPID
FAR = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "240.0.0.1"]
LINK_LOCAL = [
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "febf::1",
    "::ffff:169.254.169.254",
    "::169.254.169.254",
]
SPELLINGS = [
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[fe80::1]/",
    "https://169.254.169.254/",
    "http://8.8.8.8/",
]


@pytest.fixture
def live_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make this machine have another address of its own."""

    def live(address: str) -> None:
        monkeypatch.setattr(reach, "own_address", lambda towards: ipaddress.ip_address(address))

    return live


@pytest.mark.parametrize("address", LINK_LOCAL + FAR)
@pytest.mark.parametrize("own", ["192.168.1.5", "169.254.169.254", "fe80::1", "8.8.4.4"])
def test_far_and_link_local_addresses_are_out_of_reach(live_in: Callable[[str], None], own: str, address: str) -> None:
    live_in(own)
    assert not reach.is_near(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0"])
def test_this_machine_is_near(address: str) -> None:
    assert reach.is_near(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("own", "address", "near"),
    [
        ("192.168.1.5", "192.168.7.7", True),
        ("192.168.1.5", "::ffff:192.168.7.7", True),
        ("192.168.1.5", "10.0.0.1", False),
        ("10.8.0.2", "10.200.0.1", True),
        ("172.17.0.2", "172.31.0.1", True),
        ("172.17.0.2", "172.32.0.1", False),
        ("fd00::2", "fd00::3", True),
        ("2001:db8::2", "fd00::3", False),
        ("203.0.113.5", "203.0.113.5", True),
        ("203.0.113.5", "203.0.113.6", False),
    ],
)
def test_the_own_network_is_near(live_in: Callable[[str], None], own: str, address: str, near: bool) -> None:
    live_in(own)
    assert reach.is_near(ipaddress.ip_address(address)) is near


def test_the_own_address_is_found_by_the_way_there() -> None:
    assert reach.own_address(ipaddress.ip_address("127.0.0.1")) == ipaddress.ip_address("127.0.0.1")
    assert reach.own_address(ipaddress.ip_address("255.255.255.255")) == ipaddress.ip_address("::")


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_push_no_probe_and_no_file_leaves_the_network(platform: Platform, url: str) -> None:
    platform.switch(push_timeout=1)
    platform.find_app(APPID).push_url = url
    push = platform.follow(APPID)
    assert push.verdict is Verdict.OUT_OF_SERVICE
    assert "calls nothing else" in push.explanation
    assert "calls nothing else" in platform.verify_push_url(APPID).explanation
    assert "calls nothing else" in platform.push_raw(APPID, b"<xml/>", {}).explanation
    assert "calls nothing else" in platform.submit_web_domain(APPID, "a.example", url.rstrip("/")).explanation


def test_the_address_that_is_judged_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that says one thing, and another a moment later, leads nowhere."""
    answers = iter([["169.254.169.254", "127.0.0.1"], ["169.254.169.254"]])
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> list[object]:
        if host != "rebound.example":
            return list(real(host, port, type=socket.SOCK_STREAM))
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with push_site() as site, requests.Session() as http:
        http.trust_env = False
        http.mount("http://", reach.NearAdapter())
        answer = http.get(site.url.replace("127.0.0.1", "rebound.example") + "&echostr=1", timeout=2)
        assert (answer.text, len(site.arrivals), asked) == ("1", 1, ["rebound.example"])
        http.close()
        with pytest.raises(reach.OutOfReachError, match=r"rebound\.example"):
            http.get(site.url.replace("127.0.0.1", "rebound.example"), timeout=2)


def test_every_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch, platform: Platform) -> None:
    monkeypatch.setattr(reach, "reachable", lambda name, port: iter(["127.0.0.2", "127.0.0.1"]))
    with push_site() as site:
        platform.find_app(APPID).push_url = site.url.replace("127.0.0.1", "localhost")
        assert platform.verify_push_url(APPID).accepted
    assert not platform.verify_push_url(APPID).accepted


def test_a_name_that_no_host_can_have_is_no_answer(platform: Platform) -> None:
    platform.find_app(APPID).push_url = f"http://{'a' * 70}.example/"
    assert platform.verify_push_url(APPID).explanation == "no answer: ConnectionError"
