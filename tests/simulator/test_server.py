"""Is the simulator a good guest and a safe one? Its own server, mounted in a site, alone, with DEBUG off."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import django
import pytest
import requests
from django.apps import apps
from django.core.checks import Error
from django.test import Client
from django.urls import URLPattern

from django_wechat.simulator import urls
from django_wechat.simulator.__main__ import main
from django_wechat.simulator.apps import check_debug_is_on
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer

PATHS = [re.sub(r"<\w+:(\w+)>", r"\1", str(pattern.pattern)) for pattern in urls.urlpatterns]


def test_connections_are_kept_and_counted(wechat_simulator: SimulatorServer, http: requests.Session) -> None:
    before = wechat_simulator.connections
    for _ in range(5):
        http.get(f"{wechat_simulator.api_base_url}/sns/userinfo")
    assert wechat_simulator.connections - before == 1
    requests.get(f"{wechat_simulator.api_base_url}/sns/userinfo", timeout=5)
    assert wechat_simulator.connections - before == 2


def test_requests_are_recorded(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> None:
    http.get(f"{wechat_simulator.api_base_url}/sns/auth", params={"openid": "a b"})
    http.post(f"{wechat_simulator.api_base_url}/sns/oauth2/access_token", data={"code": "c"})
    http.get(f"{wechat_simulator.url}/control/")
    assert [(one.method, one.path, one.params) for one in platform.requests] == [
        ("GET", "/api/sns/auth", {"openid": "a b"}),
        ("POST", "/api/sns/oauth2/access_token", {"code": "c"}),
    ]
    assert platform.count("/api/sns/auth") == 1


def test_the_fixture_points_the_site_here(wechat_simulator: SimulatorServer, settings: object) -> None:
    wechat: dict[str, str] = settings.WECHAT  # type: ignore[attr-defined]
    assert wechat["API_BASE_URL"] == wechat_simulator.api_base_url == f"{wechat_simulator.url}/api"
    assert wechat["OPEN_BASE_URL"] == f"{wechat_simulator.url}/open"
    assert wechat["MP_BASE_URL"] == f"{wechat_simulator.url}/mp"


def test_unknown_addresses_are_404(wechat_simulator: SimulatorServer, http: requests.Session) -> None:
    assert http.get(f"{wechat_simulator.url}/admin/").status_code == 404


def test_mounted_under_a_prefix_it_shares_the_platform(client: Client, platform: Platform) -> None:
    page = client.get("/simulator/", headers={"Host": "pc.example"})
    assert "http://pc.example/simulator/api" in page.text
    client.get("/simulator/api/sns/auth")
    assert platform.count("/api/sns/auth") == 1


def test_mounted_it_can_break_connections_too(client: Client, platform: Platform) -> None:
    platform.set_fault("reset", once=True)
    answer = client.get("/simulator/api/sns/auth")
    with pytest.raises(ConnectionResetError):
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_served_with_debug_off(client: Client, settings: object, path: str) -> None:
    settings.DEBUG = False  # type: ignore[attr-defined]
    assert client.get(f"/simulator/{path}").status_code == 404
    assert client.post(f"/simulator/{path}").status_code == 404


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda pattern: pattern.name)
def test_no_view_needs_a_sign_in_or_a_csrf_token(pattern: URLPattern) -> None:
    assert pattern.callback.login_required is False
    assert pattern.callback.csrf_exempt is True


def test_it_leaves_the_site_alone(settings: object, platform: Platform) -> None:
    """No session, no cookie, no database (pytest-django refuses it here), whoever may see the site."""
    settings.MIDDLEWARE = [  # type: ignore[attr-defined]
        *settings.MIDDLEWARE,  # type: ignore[attr-defined]
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    page = Client(enforce_csrf_checks=True).post("/simulator/control/person", "{}", content_type="application/json")
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert not page.cookies


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Content-Security-Policy is in Django from 6.0 on")
def test_its_pages_do_not_carry_the_policy_of_the_site(settings: object) -> None:
    settings.SECURE_CSP = {"default-src": ["'none'"]}  # type: ignore[attr-defined]
    settings.MIDDLEWARE = [  # type: ignore[attr-defined]
        "django.middleware.csp.ContentSecurityPolicyMiddleware",
        *settings.MIDDLEWARE,  # type: ignore[attr-defined]
    ]
    assert "Content-Security-Policy" not in Client().get("/simulator/").headers


def test_check_refuses_debug_off(settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    assert check_debug_is_on(None) == []
    settings.DEBUG = False  # type: ignore[attr-defined]
    (message,) = check_debug_is_on(None)
    assert isinstance(message, Error)
    assert message.id == "wechat_simulator.E001"
    assert apps.get_app_config("wechat_simulator").name == "django_wechat.simulator"


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """Run the simulator as the stand-alone process that a developer starts."""
    command = [sys.executable, "-m", "django_wechat.simulator", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield process
        process.kill()


def test_alone_it_says_where_it_is_and_stops_when_told(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found
    page = requests.get(f"{found[0]}/?lang=en", timeout=5)
    assert "<h1>Pretend WeChat</h1>" in page.text
    assert f"{found[0]}/open" in page.text
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0


def test_alone_it_opens_to_the_network_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--host", "0.0.0.0"])
    assert "--open-to-lan" in capsys.readouterr().err
