"""Which host does the link on the phone lead to, whatever a browser says in `Host`?"""

from typing import Any

import pytest
from django.contrib.sites.requests import RequestSite
from django.core.exceptions import ObjectDoesNotExist
from django.test import RequestFactory

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from django_wechat.web import visitors
from django_wechat.web.phone import link_host
from django_wechat.web.visitors import visitor_of
from tests.factories import FollowProviderFactory
from tests.visitor import QR, Visitor


def origin(settings: Any, allowed: list[str], host: str, *, hosts: str = "", debug: bool = False, **meta: str) -> str:
    settings.ALLOWED_HOSTS, settings.DEBUG = allowed, debug
    request = RequestFactory().get("/", headers={"host": host}, **meta)
    return link_host.origin(visitor_of(request), WeChatProvider(name="site", hosts=hosts))


def shown(settings: Any, allowed: list[str], host: str, *, hosts: str = "") -> str:
    settings.ALLOWED_HOSTS, settings.DEBUG = allowed, False
    request = RequestFactory().get("/", headers={"host": host})
    return link_host.host_shown(visitor_of(request), WeChatProvider(name="site", hosts=hosts))


def in_sites(monkeypatch: pytest.MonkeyPatch, domain: str) -> None:
    """Let `django.contrib.sites`, which the tests do not install, call this site so."""

    def current(request: Any) -> Any:
        site: Any = RequestSite.__new__(RequestSite)
        return type("ASite", (), {"domain": domain, "name": "A site"})() if domain else site

    monkeypatch.setattr(visitors, "get_current_site", current)


@pytest.mark.parametrize(
    ("allowed", "host", "expected"),
    [
        (["www.example.org"], "www.example.org", "http://www.example.org"),
        (["WWW.example.org"], "www.EXAMPLE.org", "http://www.example.org"),
        ([".example.org"], "evil.example.org", ""),
        ([".example.org"], "example.org", "http://example.org"),
        ([".example.org", "www.example.org"], "www.example.org", "http://www.example.org"),
        (["*"], "evil.example", ""),
        (["xn--fsqu00a.xn--fiqs8s"], "xn--fsqu00a.xn--fiqs8s", "http://xn--fsqu00a.xn--fiqs8s"),
        (["KEY.example.org"], "key.example.org", "http://key.example.org"),
    ],
)
def test_the_request_is_believed_if_the_site_is_called_exactly_so(
    settings: Any, allowed: list[str], host: str, expected: str
) -> None:
    assert origin(settings, allowed, host) == expected


@pytest.mark.parametrize(
    ("host", "meta", "expected"),
    [
        ("www.example.org:8443", {}, "http://www.example.org"),
        ("www.example.org:80", {}, "http://www.example.org:80"),
        ("www.example.org:8000", {"SERVER_PORT": "8000"}, "http://www.example.org:8000"),
        ("[::1]:8000", {"SERVER_PORT": "8000"}, "http://[::1]:8000"),
        ("[::1]:8443", {"SERVER_PORT": "8000"}, "http://[::1]"),
    ],
)
def test_no_port_is_invented(settings: Any, host: str, meta: dict[str, str], expected: str) -> None:
    assert origin(settings, ["www.example.org", "[::1]"], host, **meta) == expected


def test_the_rows_own_host_comes_first(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_sites(monkeypatch, "sites.example.org")
    assert origin(settings, ["*"], "tea.example.org", hosts="tea.example.org\nother.example.org") == (
        "http://tea.example.org"
    )
    assert shown(settings, ["*"], "tea.example.org", hosts="tea.example.org") == "tea.example.org"


def test_then_the_sites_framework(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_sites(monkeypatch, "sites.example.org")
    assert origin(settings, [".example.org"], "evil.example.org") == "http://sites.example.org"
    assert shown(settings, [".example.org"], "evil.example.org") == "sites.example.org"
    assert origin(settings, [".example.org", "b.example.org"], "b.example.org") == "http://sites.example.org"
    assert shown(settings, [".example.org", "b.example.org"], "b.example.org") == "b.example.org"


@pytest.mark.parametrize("domain", ["example.com", "elsewhere.example", ""])
def test_a_name_in_the_sites_framework_that_is_none(
    settings: Any, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    """Django's own first name, one that the site would not answer to, or no site at all."""
    in_sites(monkeypatch, domain)
    assert origin(settings, ["a.example.org", "example.com"], "a.example.org") == "http://a.example.org"


def test_the_sites_framework_does_not_know_this_site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(request: Any) -> Any:
        raise ObjectDoesNotExist

    monkeypatch.setattr(visitors, "get_current_site", unknown)
    assert origin(settings, ["a.example.org"], "a.example.org") == "http://a.example.org"


@pytest.mark.parametrize("allowed", [[], ["*"]])
def test_while_developing_any_name_is_the_sites(settings: Any, allowed: list[str]) -> None:
    assert origin(settings, allowed, "localhost:8000", debug=True, SERVER_PORT="8000") == "http://localhost:8000"


@pytest.mark.django_db
def test_no_code_is_opened_whose_link_could_lead_elsewhere(wechat_simulator: SimulatorServer, settings: Any) -> None:
    FollowProviderFactory()
    settings.ALLOWED_HOSTS = [".example.org"]
    visitor = Visitor(wechat_simulator)
    refused = visitor.client.post(QR, headers={"host": "evil.example.org"})
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "misconfigured"
    assert not QRSession.objects.exists()
    assert wechat_simulator.platform.requests == [], "WeChat's codes of the day are not spent on it"


@pytest.mark.django_db
def test_a_scan_that_only_leads_on_needs_no_link(wechat_simulator: SimulatorServer, settings: Any) -> None:
    FollowProviderFactory(follow_up_action="open")
    settings.ALLOWED_HOSTS = [".example.org"]
    assert Visitor(wechat_simulator).client.post(QR, headers={"host": "a.example.org"}).status_code == 200


def test_people_read_the_host_as_it_is_written(settings: Any) -> None:
    assert shown(settings, ["xn--fsqu00a.xn--fiqs8s"], "xn--fsqu00a.xn--fiqs8s") == "例子.中国"
