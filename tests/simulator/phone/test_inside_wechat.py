"""Does a link in the chat open as WeChat's own browser would open it?"""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer

PAGE = """<!doctype html><html><head lang="en"><title>x</title></head><body><a class="b" href="/next?a=1&amp;b=2">on</a>
<form method="post" action="/answer"><button>ok</button></form><script>document.title = "ran"</script></body></html>"""


class Site(BaseHTTPRequestHandler):
    """A site that says what it was sent; `/away` leads to WeChat's silent authorisation and back."""

    heard: list[dict[str, Any]]
    authorize: str

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.answer("")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def answer(self, body: str) -> None:
        self.heard.append({"path": self.path, "body": body, **self.headers})
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", self.authorize)
        self.send_header("Set-Cookie", "seen=1; Path=/")
        self.send_header("Content-Type", "text/plain" if self.path == "/text" else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())


@pytest.fixture
def site() -> Iterator[str]:
    Site.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def open_link(simulator: SimulatorServer, url: str, data: dict[str, str] | None = None) -> requests.Response:
    address = f"{simulator.url}/phone/browser?url={quote(url, safe='')}"
    return requests.request("POST" if data else "GET", address, data=data, timeout=10)


def test_the_site_sees_wechat_and_cookies_of_its_own(wechat_simulator: SimulatorServer, site: str) -> None:
    for _ in range(2):
        open_link(wechat_simulator, f"{site}/page")
    assert "MicroMessenger" in Site.heard[0]["User-Agent"]
    assert [heard.get("Cookie", "") for heard in Site.heard] == ["", "seen=1"]


def test_each_person_has_a_phone_of_their_own(wechat_simulator: SimulatorServer, platform: Platform, site: str) -> None:
    open_link(wechat_simulator, f"{site}/page")
    platform.choose_person("jose")
    open_link(wechat_simulator, f"{site}/page")
    assert [heard.get("Cookie", "") for heard in Site.heard] == ["", ""]


def test_links_and_forms_lead_through_here(wechat_simulator: SimulatorServer, site: str) -> None:
    answer = open_link(wechat_simulator, f"{site}/page")
    assert f'<base href="{site}/page">' in answer.text
    through = f"{wechat_simulator.url}/phone/browser?url="
    assert f'href="{through}{quote(site, safe="")}%2Fnext%3Fa%3D1%26b%3D2"' in answer.text
    assert f'action="{through}{quote(site, safe="")}%2Fanswer"' in answer.text
    assert answer.headers["Content-Security-Policy"] == "script-src 'none'"


def test_a_form_is_sent_as_the_page_would_send_it(wechat_simulator: SimulatorServer, site: str) -> None:
    open_link(wechat_simulator, f"{site}/answer", {"answer": "confirm"})
    (heard,) = Site.heard
    assert parse_qs(heard["body"]) == {"answer": ["confirm"]}
    assert (heard["Origin"], heard["Referer"]) == (site, f"{site}/answer")


def test_wechats_silent_authorisation_is_passed_on_the_way(
    wechat_simulator: SimulatorServer, platform: Platform, site: str
) -> None:
    app = platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    app.callback_domain = urlsplit(site).netloc
    back = quote(f"{site}/back", safe="")
    query = f"appid={app.appid}&redirect_uri={back}&response_type=code&scope=snsapi_base&state=abc"
    Site.authorize = f"{wechat_simulator.url}/open/connect/oauth2/authorize?{query}#wechat_redirect"
    open_link(wechat_simulator, f"{site}/away")
    came = urlsplit(Site.heard[-1]["path"])
    assert came.path == "/back"
    grant = platform.exchange(app, parse_qs(came.query)["code"][0])
    assert (grant.scope, grant.openid) == ("snsapi_base", platform.person.openid(app.appid))


def test_what_is_no_page_comes_as_it_is(wechat_simulator: SimulatorServer, site: str) -> None:
    answer = open_link(wechat_simulator, f"{site}/text")
    assert (answer.headers["Content-Type"], answer.text) == ("text/plain", PAGE)


@pytest.mark.parametrize(
    ("url", "status"),
    [("javascript:alert(1)", 400), ("", 400), ("http://127.0.0.1:9/", 502), ("http://93.184.216.34/", 502)],
)
def test_what_cannot_be_opened(wechat_simulator: SimulatorServer, url: str, status: int) -> None:
    answer = open_link(wechat_simulator, url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/plain")


def test_no_page_of_somebody_elses_opens_anything(wechat_simulator: SimulatorServer, site: str) -> None:
    address = f"{wechat_simulator.url}/phone/browser?url={quote(site, safe='')}"
    answer = requests.get(address, headers={"Sec-Fetch-Site": "cross-site"}, timeout=10)
    assert (answer.status_code, Site.heard) == (403, [])
