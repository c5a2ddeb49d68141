"""Whom does the simulator obey? Its own pages and programs; no page of somebody else, by whatever name it is called."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests
from django.test import Client
from playwright.sync_api import Page

from django_wechat.simulator import seeds
from django_wechat.simulator.__main__ import _read
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.links import IPHONE, authorize_url, qrconnect_url

FOREIGN = {
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    "another port of this machine": {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9"},
    "no https: another site": {"Origin": "http://evil.example"},
    "no https: a sandboxed frame": {"Origin": "null"},
    "no https: an image": {"Referer": "http://evil.example/page"},
    "a broken address": {"Origin": "http://[::1"},
}
TOKEN = (
    f"/api/cgi-bin/token?grant_type=client_credential&appid={seeds.OFFICIAL_ACCOUNT_APPID}"
    f"&secret={seeds.OFFICIAL_ACCOUNT_SECRET}"
)


@pytest.fixture
def uuid(platform: Platform) -> str:
    return platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/cb", "abc").uuid


def account_qr(platform: Platform) -> str:
    order = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}}
    return platform.create_account_qr(platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID), order).token


def orders(platform: Platform, uuid: str) -> list[tuple[str, str]]:
    """One request for every way to change something."""
    return [
        ("POST", "/phone/act/person"),
        ("POST", "/console/act/new_website_app"),
        ("POST", "/control/person"),
        ("POST", f"/q/{account_qr(platform)}"),
        ("GET", f"/open/connect/confirm?uuid={uuid}"),
        ("POST", f"/open/connect/confirm?uuid={uuid}&act=allow"),
        ("GET", TOKEN),
        ("POST", "/api/sns/oauth2/access_token"),
        ("GET", "/api/sns/userinfo"),
    ]


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_no_foreign_page_changes_anything(
    wechat_simulator: SimulatorServer, platform: Platform, uuid: str, headers: dict[str, str]
) -> None:
    asked = orders(platform, uuid)
    before = (platform.revision, len(platform.requests))
    for method, path in asked:
        answer = requests.request(method, wechat_simulator.url + path, headers=headers, timeout=5)
        assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/plain"), path
        assert "only from its own pages" in answer.text
    assert (platform.revision, len(platform.requests)) == before


def test_own_pages_and_programs_change_things(wechat_simulator: SimulatorServer, platform: Platform) -> None:
    own = wechat_simulator.url
    for headers in ({}, {"Sec-Fetch-Site": "same-origin", "Origin": own}, {"Origin": own}, {"Referer": f"{own}/?a"}):
        before = platform.revision
        url = f"{own}/phone/act/switch"
        assert requests.post(url, data={"snapshot": "on"}, headers=headers, timeout=5).status_code == 200
        assert platform.revision > before
        assert requests.get(own + TOKEN, headers=headers, timeout=5).json()["access_token"]


def test_a_real_phone_in_the_network_changes_things(client: Client, platform: Platform) -> None:
    """It has no Sec-Fetch-Site without https, and may call this machine by its mDNS name."""
    for host in ("192.168.1.20:8001", "[fd00::1]:8001", "my-machine.local:8001"):
        before = platform.revision
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert client.post("/simulator/phone/act/switch", {"snapshot": "on"}, headers=headers).status_code == 303
        assert platform.revision > before


def test_pages_that_a_site_leads_to_stay_open(wechat_simulator: SimulatorServer) -> None:
    """A sign-in comes from another site by its nature: the QR page in a window or a frame, the sheet inside WeChat."""
    headers = {"Sec-Fetch-Site": "cross-site", "User-Agent": IPHONE}
    for url in (qrconnect_url(wechat_simulator), authorize_url(wechat_simulator), f"{wechat_simulator.url}/console/"):
        assert requests.get(url, headers=headers, timeout=5, allow_redirects=False).status_code in {200, 302}


def test_a_foreign_page_does_not_use_up_a_secret(wechat_simulator: SimulatorServer, platform: Platform) -> None:
    app = platform.new_website_app()
    platform.show_secret(app.appid)
    url = f"{wechat_simulator.url}/console/"
    assert app.secret not in requests.get(url, headers=FOREIGN["another site"], timeout=5).text
    assert app.secret in requests.get(url, timeout=5).text


@pytest.mark.parametrize("path", ["/", "/console/", "/q/{token}"])
def test_no_foreign_page_shows_the_buttons_in_a_frame(
    wechat_simulator: SimulatorServer, platform: Platform, path: str
) -> None:
    url = wechat_simulator.url + path.format(token=account_qr(platform))
    assert requests.get(url, timeout=5).headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("host", ["evil.com", "127.0.0.1.evil.com:8001", "localhost.evil.com", "evil.com."])
def test_no_registered_name_leads_here(client: Client, platform: Platform, host: str) -> None:
    """DNS rebinding: for the browser such a page is of the same origin, and may read what it asks for."""
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    before = platform.revision
    for path in ("", "console/", "control/", f"api{TOKEN[4:]}", "assets/phone.js"):
        answer = client.get(f"/simulator/{path}", headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/plain")
    assert client.post("/simulator/control/person", headers=headers).status_code == 403
    assert platform.revision == before
    assert "ALLOWED_HOSTS" in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "host", ["localhost:8001", "a.localhost", "LOCALHOST", "127.0.0.1", "[::1]:1", "10.0.0.7:80", "web:8001", "x.test"]
)
def test_names_that_nobody_can_register_lead_here(client: Client, platform: Platform, host: str) -> None:
    assert client.get("/simulator/", headers={"Host": host}).status_code == 200


def test_a_name_of_the_site_leads_here(client: Client, platform: Platform, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["*", ".teahouse.com"]  # type: ignore[attr-defined]
    assert client.get("/simulator/", headers={"Host": "dev.teahouse.com:8000"}).status_code == 200
    assert client.get("/simulator/", headers={"Host": "evil.com"}).status_code == 403


def test_alone_it_is_given_names_by_an_option() -> None:
    assert _read(["--allow-host", "a.com", "--allow-host", "b.com"]).allow_host == ["a.com", "b.com"]


# --- a real browser on somebody else's page ---

ATTACK = """
<form method=post target=sink action="{url}/phone/act/switch"><input name=snapshot value=on></form>
<iframe name=sink></iframe><img src="{url}{token}"><iframe src="{url}/"></iframe>
<script>
  document.forms[0].submit();
  fetch("{url}/control/person", {{method: "POST", mode: "no-cors", body: '{{"key": "jose"}}'}});
  navigator.sendBeacon("{url}/console/act/new_website_app", new URLSearchParams({{name: "evil"}}));
</script>
"""


@pytest.fixture
def attacker(wechat_simulator: SimulatorServer) -> Iterator[str]:
    """Serve a hostile page on another port, at another name of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(ATTACK.format(url=wechat_simulator.url, token=TOKEN).encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_a_hostile_page_in_a_browser_achieves_nothing(page: Page, platform: Platform, attacker: str) -> None:
    before, answers = platform.revision, []
    page.on("response", lambda response: answers.append((response.request.method, response.status)))
    page.goto(attacker)
    for _ in range(50):
        if len(answers) < 6:
            page.wait_for_timeout(100)
    assert answers.count(("POST", 403)) == 3
    assert ("GET", 403) in answers
    assert (platform.revision, platform.requests) == (before, [])


def test_the_own_page_in_a_browser_goes_on(page: Page, platform: Platform, wechat_simulator: SimulatorServer) -> None:
    page.goto(wechat_simulator.url.replace("127.0.0.1", socket.gethostbyname("localhost")))
    before = platform.revision
    with page.expect_response(lambda response: response.request.method == "POST") as posted:
        page.locator("form button").first.click()
    assert posted.value.status in {200, 303}
    assert platform.revision > before
