"""Does the program on the phone ask its site what a code is about, show it, and send yes or no? Against a stub site.

`test_confirming_for_real` is the same with the site of this project.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.hosts.wxa import ProgramServer
from tests.simulator.push_site import Arrival, PushSite, push_site

MINI, SCENE = seeds.MINI_PROGRAM_APPID, "k3J9_xZ0-aQ7bN2mLw8TfA"
QUESTION = {
    "site": "Tea <House>",
    "host": "www.example.com",
    "browser": "Chrome",
    "system": "Windows",
    "place": "Hangzhou",
    "time": "14:03",
    "digits": "47",
    "process": "login",
    "expires_in": 280,
}
REFUSALS = [
    (403, "wrong_entry", "This code was sent to you. Scan the one on your own screen."),
    (404, "qr_over", "The code is over."),
    (401, "code_invalid", "The code was used already."),
]


class Site:
    """A stub of the site: what it is asked, and what it says to either address."""

    def __init__(self, stub: PushSite) -> None:
        self.stub, self.refusal, self.refused_at = stub, (200, "", ""), ""
        self.end = {"status": "answered"}
        stub.answer = self.answer

    def answer(self, arrival: Arrival) -> bytes:
        step = arrival.path.rstrip("/").rpartition("/")[2]
        self.stub.status = self.refusal[0] if step == self.refused_at else 200
        if step == self.refused_at:
            return json.dumps({"error": {"code": self.refusal[1], "message": self.refusal[2]}}).encode()
        return json.dumps(QUESTION if step == "scan" else self.end).encode()

    @property
    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        return [(arrival.path, json.loads(arrival.body)) for arrival in self.stub.arrivals]


@pytest.fixture
def site() -> Iterator[Site]:
    with push_site() as stub:
        yield Site(stub)


@pytest.fixture
def server(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> ProgramServer:
    server = ProgramServer(wechat_simulator, http)
    server.post("getwxacodeunlimit", {"scene": SCENE})
    return server


def act(server: ProgramServer, name: str, **values: str) -> str:
    return server.http.post(f"{server.url}/phone/act/{name}", data={"lang": "en"} | values).text


def screen(page: str) -> str:
    inside = page.split('data-screen="program"')[1].split('<div class="papers">')[0]
    return " ".join(re.sub(r"<[^>]*>", " ", inside).split())


def test_the_code_waits_until_it_is_answered(server: ProgramServer, site: Site) -> None:
    page = server.http.get(f"{server.url}/?lang=en").text
    assert f'data-scene="{SCENE}"' in page
    for words in ("From the album", "Long press in a chat", "By a forwarded link"):
        assert words in page
    assert "As a trial version" not in page
    image = re.findall(r'src="(/round-codes/[^"]+)"', page)
    assert server.http.get(f"{server.url}{image[0]}").headers["Content-Type"] == "image/jpeg"
    assert f'data-scene="{SCENE}"' in act(
        server, "scan_mini_program_code", scene=SCENE, way="album", site=site.stub.origin
    )
    assert f'data-scene="{SCENE}"' not in act(server, "reply_to_scene", reply="refuse")


def test_the_program_asks_and_shows(server: ProgramServer, site: Site) -> None:
    page = act(server, "scan_mini_program_code", scene=SCENE, way="camera", site=site.stub.origin)
    assert site.asked == [("/accounts/wechat/mini-program/scan/", {"scene": SCENE, "appid": MINI, "entry": 1047})]
    assert site.stub.last.headers["Referer"] == f"https://servicewechat.com/{MINI}/1/page-frame.html"
    assert "Cookie" not in site.stub.last.headers
    words = screen(page)
    assert "Opened with scene value 1047" in words
    assert (
        "Site Tea &lt;House&gt; Address www.example.com Browser Chrome System Windows Place Hangzhou Time 14:03"
        in words
    )
    assert "the other screen: 47" in words


def test_a_trial_version_says_so_in_its_referer(server: ProgramServer, site: Site, platform: Platform) -> None:
    server.post("getwxacodeunlimit", {"scene": "trial", "env_version": "trial"})
    page = act(server, "scan_mini_program_code", scene="trial", way="trial", site=site.stub.origin)
    assert site.stub.last.headers["Referer"] == f"https://servicewechat.com/{MINI}/0/page-frame.html"
    assert site.asked[-1][1]["entry"] == 1017
    assert "only its developers can open it" in page


def test_confirmed_with_a_fresh_code_of_whoever_holds_the_phone(
    server: ProgramServer, site: Site, platform: Platform
) -> None:
    act(server, "scan_mini_program_code", scene=SCENE, way="camera", site=site.stub.origin)
    page = act(server, "reply_to_scene", reply="confirm")
    path, sent = site.asked[-1]
    code = sent.pop("code")
    assert (path, sent) == (
        "/accounts/wechat/mini-program/confirm/",
        {"scene": SCENE, "appid": MINI, "entry": 1047, "answer": "confirm"},
    )
    assert platform.exchange_js_code(platform.find_app(MINI), code) == platform.person
    assert "Confirmed. Look at the other screen." in screen(page)
    assert "It is not me" not in screen(page)
    assert "The other screen asks for" not in screen(page)
    site.end["digits"] = "83"
    assert "The other screen asks for: 83" in screen(act(server, "reply_to_scene", reply="confirm"))


def test_refused_without_a_code(server: ProgramServer, site: Site) -> None:
    act(server, "scan_mini_program_code", scene=SCENE, way="camera", site=site.stub.origin)
    page = act(server, "reply_to_scene", reply="refuse")
    assert site.asked[-1][1] == {"scene": SCENE, "appid": MINI, "entry": 1047, "answer": "refuse"}
    assert "Refused: nobody was signed in." in screen(page)


@pytest.mark.parametrize("step", ["scan", "confirm"])
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal[1])
def test_a_refusal_is_in_the_sites_words(
    server: ProgramServer, site: Site, step: str, refusal: tuple[int, str, str]
) -> None:
    site.refusal, site.refused_at = refusal, step
    page = act(server, "scan_mini_program_code", scene=SCENE, way="long_press", site=site.stub.origin)
    if step == "confirm":
        page = act(server, "reply_to_scene", reply="confirm")
    assert f"The site refuses: {refusal[2]}" in screen(page)
    assert f'data-scene="{SCENE}"' in page, "it may still be scanned the right way"
    site.refused_at = ""
    act(server, "scan_mini_program_code", scene=SCENE, way="camera", site=site.stub.origin)
    assert "Confirmed." in screen(act(server, "reply_to_scene", reply="confirm"))


def test_a_page_in_place_of_json_is_shown_as_text(server: ProgramServer, site: Site) -> None:
    site.stub.status, site.stub.answer = 502, lambda _: b"<script>alert(1)</script>"
    page = act(server, "scan_mini_program_code", scene=SCENE, way="camera", site=site.stub.origin)
    assert "HTTP 502" in screen(page)
    assert "<script>alert" not in page


def test_a_host_that_is_not_listed(server: ProgramServer) -> None:
    page = act(server, "scan_mini_program_code", scene=SCENE, way="camera", site="https://shop.example.org")
    assert "WeChat sends nothing there" in screen(page)


def test_where_the_site_is_unknown_the_program_asks_for_it(server: ProgramServer, site: Site) -> None:
    page = act(server, "scan_mini_program_code", scene=SCENE, way="camera")
    assert "Ask the site what it is about" in screen(page)
    assert "www.example.com" in screen(act(server, "ask_about_scene", site=site.stub.origin))


def test_what_makes_no_sense_is_explained(server: ProgramServer, platform: Platform) -> None:
    assert "no program is open" in act(server, "ask_about_scene", site="http://127.0.0.1:9")
    platform.open_program(MINI)
    assert "opened from the list" in act(server, "ask_about_scene", site="http://127.0.0.1:9")
    platform.scan_round_code()
    assert "has not asked" in act(server, "reply_to_scene", reply="confirm")
    assert "choose from confirm, refuse" in act(server, "reply_to_scene", reply="maybe")


def test_a_link_that_does_not_open_is_said_on_the_page(server: ProgramServer) -> None:
    act(server, "open_address", address="https://www.example.com/nothing", way="")
    assert "WeChat opened nothing." in server.http.get(f"{server.url}/?lang=en").text


def test_beside_a_site_that_is_shown_to_somebody(server: ProgramServer, platform: Platform, site: Site) -> None:
    platform.site = site.stub.origin
    page = server.http.get(f"{server.url}/present/?lang=en").text
    assert 'action="/phone/act/scan_mini_program_code"' in page
    assert f'name="site" value="{site.stub.origin}"' in page
    act(server, "scan_mini_program_code", scene=SCENE, site=site.stub.origin)
    page = server.http.get(f"{server.url}/present/?lang=en").text
    assert "Tea &lt;House&gt;" in page
    assert "Open a link or a QR code" not in page


def test_in_a_browser_from_the_code_to_the_answer(server: ProgramServer, site: Site, page: Page) -> None:
    server.platform.site = site.stub.origin
    page.goto(f"{server.url}/?lang=en")
    card = page.locator(".round-card")
    phone = page.locator(".phone-screen")
    site.refusal, site.refused_at = REFUSALS[0], "scan"
    card.get_by_role("button", name="From the album").click()
    expect(phone.get_by_text("This code was sent to you.")).to_be_visible()
    site.refused_at = ""
    card.get_by_role("button", name="Scan", exact=True).click()
    expect(phone.get_by_text("47", exact=True)).to_be_visible()
    phone.get_by_role("button", name="Confirm").click()
    expect(phone.get_by_text("Confirmed.")).to_be_visible()
    expect(card).to_have_count(0)
    assert [body["entry"] for _, body in site.asked] == [1049, 1047, 1047]
