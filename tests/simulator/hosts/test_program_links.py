"""Do URL Links and Schemes answer as WeChat's do, and lead a browser outside WeChat into a mini program?"""

import re
import time
from html import unescape

import pytest
import requests
from playwright.sync_api import Browser, expect

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.ways_in import links
from django_wechat.simulator.world.browsers import WECHAT_USER_AGENT
from tests.simulator.hosts.wxa import ProgramServer

MINI = seeds.MINI_PROGRAM_APPID
PAGE, QUERY = "pages/wechat-login/index", "scene=k3J9_xZ0-aQ7bN2mLw8TfA"
IPHONE = WECHAT_USER_AGENT.partition("Mobile/")[0] + "Version/18.3 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Mobile Safari/537.36"
BOTH = pytest.mark.parametrize("name", ["generate_urllink", "generatescheme"])


@pytest.fixture
def server(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> ProgramServer:
    return ProgramServer(wechat_simulator, http)


def ask(
    server: ProgramServer, name: str, goal: dict[str, object], appid: str = MINI, **end: object
) -> dict[str, object]:
    order = {"jump_wxa": goal, **end} if name == "generatescheme" else {**goal, **end}
    return dict(server.post(name, order, appid).json())


def address(server: ProgramServer, name: str = "generate_urllink", **end: object) -> str:
    answer = ask(server, name, {"path": PAGE, "query": QUERY}, **end)
    return str(answer.get("url_link") or answer["openlink"])


def test_a_url_link_opens_on_this_machine(server: ProgramServer) -> None:
    answer = ask(server, "generate_urllink", {"path": PAGE, "query": QUERY})
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert re.fullmatch(rf"{server.url}/wxaurl/[A-Za-z0-9]{{11}}", str(answer["url_link"]))


def test_a_scheme_is_wechats_own(server: ProgramServer) -> None:
    answer = ask(server, "generatescheme", {"path": PAGE, "query": QUERY})
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert re.fullmatch(r"weixin://dl/business/\?t=[A-Za-z0-9]{11}", str(answer["openlink"]))


@BOTH
@pytest.mark.parametrize(
    ("goal", "errcode"),
    [
        ({"path": "pages/nowhere/index"}, 40165),
        ({"path": f"{PAGE}?a=1"}, 40165),
        ({"path": 7}, 40165),
        ({"query": "nothing"}, 40212),
        ({"query": "a=1&&b=2"}, 40212),
        ({"query": "a=" + "x" * 1023}, 40212),
        ({"query": {"scene": "x"}}, 40212),
        ({"env_version": "beta"}, 85402),
        ({"path": "", "query": "a=" + "x" * 1022}, 0),
        ({"path": f"/{PAGE}", "query": "a=1&b="}, 0),
        ({"env_version": "trial"}, 0),
    ],
)
def test_what_is_opened(server: ProgramServer, name: str, goal: dict[str, object], errcode: int) -> None:
    assert ask(server, name, goal)["errcode"] == errcode


@BOTH
@pytest.mark.parametrize(
    ("seconds", "errcode"), [(30, 85401), (-60, 85401), (62, 0), (30 * 86400 - 2, 0), (30 * 86400 + 60, 85401)]
)
def test_from_one_minute_to_thirty_days(server: ProgramServer, name: str, seconds: int, errcode: int) -> None:
    answer = ask(server, name, {"path": PAGE}, expire_type=0, expire_time=int(time.time()) + seconds)
    assert answer["errcode"] == errcode


@BOTH
@pytest.mark.parametrize(("days", "errcode"), [(0, 85401), (1, 0), (30, 0), (31, 85401), ("1", 85401)])
def test_or_in_days(server: ProgramServer, name: str, days: object, errcode: int) -> None:
    assert ask(server, name, {"path": PAGE}, expire_type=1, expire_interval=days)["errcode"] == errcode


@BOTH
def test_who_has_none(server: ProgramServer, platform: Platform, name: str) -> None:
    assert ask(server, name, {}, seeds.UNBOUND_MINI_PROGRAM_APPID)["errcode"] == 40002
    assert ask(server, name, {}, seeds.UNRELEASED_MINI_PROGRAM_APPID)["errcode"] == 85079
    assert ask(server, name, {}, seeds.OFFICIAL_ACCOUNT_APPID)["errcode"] == 48001
    assert server.send(name, data={"path": PAGE}).json()["errcode"] == 47001
    assert server.post(name, {"jump_wxa": []}).json()["errcode"] == (47001 if name == "generatescheme" else 0)
    platform.find_app(MINI).banned = True
    assert ask(server, name, {})["errcode"] == 40013


@BOTH
def test_so_many_a_second_and_a_day(
    server: ProgramServer, platform: Platform, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "PER_SECOND", 2)
    platform.reset()
    stopped = time.time()
    monkeypatch.setattr(time, "time", lambda: stopped)
    assert [ask(server, name, {})["errcode"] for _ in range(3)] == [0, 0, 44990]
    platform.advance(2)
    platform.set_links_left(MINI, 1)
    assert [ask(server, name, {})["errcode"] for _ in range(2)] == [0, 44993]


def test_the_limits_are_wechats(platform: Platform) -> None:
    assert (links.PER_SECOND, platform.find_app(MINI).links_left) == (100, 500_000)


@BOTH
@pytest.mark.parametrize(
    "kind", ["40002", "40165", "40212", "44990", "44993", "85079", "85088", "85401", "85406", "85407"]
)
def test_errcodes_by_switch(server: ProgramServer, platform: Platform, name: str, kind: str) -> None:
    platform.set_fault(kind, name, once=True)
    assert ask(server, name, {"path": PAGE})["errcode"] == int(kind)
    assert ask(server, name, {"path": PAGE})["errcode"] == 0


# --- opened ---


def browse(server: ProgramServer, url: str, agent: str, *, tap: bool = False) -> requests.Response:
    method = "POST" if tap else "GET"
    return server.http.request(method, url, headers={"User-Agent": agent, "Accept-Language": "en"})


def launch(platform: Platform) -> dict[str, object]:
    shown = platform.shown_program
    assert shown
    assert shown.launch
    return shown.launch.options


@pytest.mark.parametrize(("agent", "at_once"), [(IPHONE, True), (ANDROID, False), (WECHAT_USER_AGENT, False)])
def test_a_page_on_the_way(server: ProgramServer, platform: Platform, agent: str, at_once: bool) -> None:
    page = browse(server, address(server), agent).text
    assert ("at-once.js" in page, "data-at-once" in page) == (at_once, at_once)
    assert "茶馆小程序" in page
    assert platform.shown_program is None, "looking at the page opens nothing"


@pytest.mark.parametrize(("agent", "scene"), [(IPHONE, 1194), (ANDROID, 1194), (WECHAT_USER_AGENT, 1167)])
def test_after_the_tap_the_program_is_on_the_phone(
    server: ProgramServer, platform: Platform, agent: str, scene: int
) -> None:
    page = browse(server, address(server), agent, tap=True)
    assert "come back to this browser" in page.text
    assert launch(platform) == {"path": PAGE, "query": {"scene": QUERY.partition("=")[2]}, "scene": scene}


def test_somebody_elses_page_opens_no_program(server: ProgramServer, platform: Platform) -> None:
    answer = server.http.post(address(server), headers={"Origin": "https://evil.example"})
    assert (answer.status_code, platform.shown_program) == (403, None)


def test_a_link_ends_and_may_be_opened_often_until_then(server: ProgramServer, platform: Platform) -> None:
    url = address(server, expire_type=0, expire_time=int(time.time()) + 300)
    for _ in range(2):
        assert "come back" in browse(server, url, ANDROID, tap=True).text
    platform.advance(301)
    platform.close_program()
    assert "has expired" in browse(server, url, ANDROID).text
    assert "has expired" in browse(server, url, ANDROID, tap=True).text
    assert platform.shown_program is None
    platform.switch(links_outlive_their_end=True)
    assert "come back" in browse(server, url, ANDROID, tap=True).text


def test_an_unknown_link(server: ProgramServer) -> None:
    assert "unknown link" in browse(server, f"{server.url}/wxaurl/nothing", ANDROID).text


@pytest.mark.parametrize(("agent", "taps"), [(IPHONE, False), (ANDROID, True)])
def test_in_a_browser(server: ProgramServer, platform: Platform, browser: Browser, agent: str, taps: bool) -> None:
    page = browser.new_page(user_agent=agent, locale="en")
    page.goto(address(server))
    if taps:
        page.get_by_role("button", name="Open in WeChat").click()
    expect(page.get_by_text("Opened in WeChat")).to_be_visible()
    assert launch(platform)["scene"] == 1194
    page.context.close()


def test_tapped_in_a_chat(server: ProgramServer, platform: Platform) -> None:
    through = f"{server.url}/phone/browser"
    page = server.http.get(through, params={"url": address(server)})
    action = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    server.http.post(unescape(action[0]))
    assert launch(platform)["scene"] == 1167
