"""How does the phone get into a mini program from a code or a link, and what does the program hear of the way?"""

import base64
from typing import Any
from urllib.parse import quote

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.hosts.wxa import ProgramServer
from tests.simulator.push_site import push_site

MINI, UNRELEASED = seeds.MINI_PROGRAM_APPID, seeds.UNRELEASED_MINI_PROGRAM_APPID
PAGE, SCENE = "pages/wechat-login/index", "k3J9_xZ0-aQ7bN2mLw8TfA"


@pytest.fixture
def server(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> ProgramServer:
    return ProgramServer(wechat_simulator, http)


def code(server: ProgramServer, appid: str = MINI, **order: object) -> bytes:
    return server.post("getwxacodeunlimit", {"scene": SCENE, "page": PAGE} | order, appid).content


def command(server: ProgramServer, name: str, **values: object) -> dict[str, Any]:
    return dict(server.http.post(f"{server.url}/control/{name}", json=values).json())


@pytest.mark.parametrize(
    ("way", "scene"), [("", 1047), ("camera", 1047), ("long_press", 1048), ("album", 1049), ("forwarded", 1167)]
)
def test_a_round_code_says_how_it_was_opened(server: ProgramServer, way: str, scene: int) -> None:
    code(server)
    opened = command(server, "scan_mini_program_code", scene=SCENE, way=way)
    assert opened == {"appid": MINI, "path": PAGE, "query": {"scene": SCENE}, "scene": scene}


def test_the_scene_is_percent_encoded_once(server: ProgramServer, platform: Platform) -> None:
    code(server, scene="a=1&b=/:'()!*~")
    launch = platform.scan_round_code()
    assert launch.query == {"scene": "a%3D1%26b%3D%2F%3A'()!*~"}
    assert launch.site_scene == "a=1&b=/:'()!*~"


def test_the_phone_knows_the_picture_as_the_site_got_it(server: ProgramServer, platform: Platform) -> None:
    picture, other = code(server), code(server, scene="another")
    encoded = base64.b64encode(picture).decode()
    for given in (encoded, f"data:image/jpeg;base64,{encoded}"):
        assert command(server, "scan_mini_program_code", picture=given)["query"] == {"scene": SCENE}
    assert platform.scan_round_code(picture=other).query == {"scene": "another"}
    with push_site() as site:
        site.answer = lambda _: picture
        assert command(server, "scan_mini_program_code", url=site.url)["query"] == {"scene": SCENE}
        site.status = 404
        assert "HTTP 404" in command(server, "scan_mini_program_code", url=site.url)["error"]
    assert "none that WeChat made" in command(server, "scan_mini_program_code", picture=encoded[:-8])["error"]
    assert "base64" in command(server, "scan_mini_program_code", picture="!")["error"]


def test_without_a_name_it_is_the_newest(server: ProgramServer, platform: Platform) -> None:
    assert "no program shows a round code" in command(server, "scan_mini_program_code")["error"]
    code(server)
    code(server, scene="newer")
    assert platform.scan_round_code().query == {"scene": "newer"}
    code(server)
    assert platform.scan_round_code().query == {"scene": SCENE}, "the same code, asked for again"
    assert "'made-up'" in command(server, "scan_mini_program_code", scene="made-up")["error"]


@pytest.mark.parametrize("version", ["trial", "develop"])
def test_a_trial_version_has_an_entry_of_its_own(server: ProgramServer, platform: Platform, version: str) -> None:
    code(server, UNRELEASED, check_path=False, env_version=version)
    assert platform.scan_round_code(way="trial").scene == 1017
    assert platform.scan_round_code(way="camera").scene == 1047
    code(server)
    with pytest.raises(ValueError, match="no way 'trial'"):
        platform.scan_round_code(way="trial")


def test_what_is_not_released_does_not_open(server: ProgramServer, platform: Platform) -> None:
    code(server, UNRELEASED, check_path=False)
    assert "is not released" in command(server, "scan_mini_program_code")["error"]
    assert platform.entry_failure.endswith("its trial and development versions")
    platform.release(UNRELEASED)
    assert command(server, "scan_mini_program_code")["path"] == PAGE
    assert platform.entry_failure == ""
    code(server, page="pages/new/index", check_path=False)
    assert "no page 'pages/new/index'" in command(server, "scan_mini_program_code")["error"]
    platform.set_pages(MINI, "pages/index/index\npages/new/index")
    assert command(server, "scan_mini_program_code")["path"] == "pages/new/index"


# --- ordinary QR codes ---


@pytest.mark.parametrize(("way", "scene"), [("", 1011), ("camera", 1011), ("long_press", 1012), ("album", 1013)])
def test_an_ordinary_qr_code_with_a_rule(server: ProgramServer, platform: Platform, way: str, scene: int) -> None:
    platform.set_qr_rules(MINI, f"https://www.example.com/wx/m/ {PAGE}")
    address = f"https://www.example.com/wx/m/{SCENE}?a=b"
    opened = command(server, "open_address", address=address, way=way)
    stamp = str(int(platform.now()))[:-1]
    assert opened["query"].pop("scancode_time").startswith(stamp)
    assert opened == {"appid": MINI, "path": PAGE, "query": {"q": quote(address, safe="")}, "scene": scene}
    shown = platform.shown_program
    assert shown
    assert shown.launch
    assert shown.launch.site_scene == SCENE


@pytest.mark.parametrize(
    ("rule", "address", "fits"),
    [
        ("https://a.example/m/", "https://a.example/m/x", True),
        ("https://a.example/m/", "https://a.example/m", False),
        ("https://a.example/m/", "http://a.example/m/x", False),
        ("https://a.example/m/", "https://b.example/m/x", False),
        ("https://a.example/m", "https://a.example/m?x=1", True),
        ("https://a.example/m", "https://a.example/m/x", False),
        ("https://a.example/m?x=", "https://a.example/m?x=1&y=2", True),
        ("https://a.example/m?x=", "https://a.example/m?y=1", False),
    ],
)
def test_which_addresses_a_rule_is_about(platform: Platform, rule: str, address: str, fits: bool) -> None:
    platform.set_qr_rules(MINI, f"{rule} {PAGE}")
    if fits:
        assert platform.scan_address(address).path == PAGE
    else:
        with pytest.raises(ValueError, match="no rule"):
            platform.scan_address(address)


def test_rules_that_the_console_does_not_take(platform: Platform) -> None:
    with pytest.raises(ValueError, match="85075"):
        platform.set_qr_rules(seeds.UNBOUND_MINI_PROGRAM_APPID, f"https://a.example/m/ {PAGE}")
    with pytest.raises(ValueError, match="85073"):
        platform.set_qr_rules(MINI, f"https://a.example/m/ {PAGE}\n" * 101)
    for wrong in ("https://a.example/m/", f"a.example {PAGE}", "https://a.example/ pages/nowhere/index"):
        with pytest.raises(ValueError, match="an address and a page"):
            platform.set_qr_rules(MINI, wrong)


# --- links ---


def link(server: ProgramServer, name: str) -> str:
    goal = {"path": PAGE, "query": f"scene={SCENE}"}
    answer = server.post(name, {"jump_wxa": goal} if name == "generatescheme" else goal).json()
    return str(answer.get("url_link") or answer.get("openlink"))


@pytest.mark.parametrize(
    ("name", "way", "scene"),
    [("generate_urllink", "", 1194), ("generate_urllink", "forwarded", 1167), ("generatescheme", "", 1065)],
)
def test_links_say_how_they_were_opened(server: ProgramServer, name: str, way: str, scene: int) -> None:
    opened = command(server, "open_address", address=link(server, name), way=way)
    assert opened == {"appid": MINI, "path": PAGE, "query": {"scene": SCENE}, "scene": scene}


def test_a_scheme_does_nothing_inside_wechat(server: ProgramServer) -> None:
    refused = command(server, "open_address", address=link(server, "generatescheme"), way="forwarded")
    assert "no way 'forwarded' into it; choose from browser" in refused["error"]


def test_a_plain_scheme_opens_what_the_console_allows(server: ProgramServer, platform: Platform) -> None:
    address = f"weixin://dl/business/?appid={MINI}&path={PAGE}&query=scene%3D{SCENE}"
    assert "85405" in command(server, "open_address", address=address)["error"]
    platform.set_plain_schemes(MINI, PAGE)
    opened = command(server, "open_address", address=address)
    assert opened == {"appid": MINI, "path": PAGE, "query": {"scene": SCENE}, "scene": 1286}
    assert "40212" in command(server, "open_address", address=f"{address}x%20%26")["error"]
    assert "no mini program" in command(server, "open_address", address="weixin://dl/business/?appid=wx1")["error"]


def test_a_link_has_to_be_known(server: ProgramServer) -> None:
    for address in (f"{server.url}/wxaurl/made-up", "weixin://dl/business/?t=made-up"):
        assert "unknown link 'made-up'" in command(server, "open_address", address=address)["error"]


def test_the_state_has_the_codes_and_how_the_program_was_opened(server: ProgramServer, platform: Platform) -> None:
    code(server)
    command(server, "scan_mini_program_code", way="album")
    state = server.http.get(f"{server.url}/control/").json()
    assert state["shown_program"]["launch"] == {"path": PAGE, "query": {"scene": SCENE}, "scene": 1049}
    assert [(one["scene"], one["appid"], one["ways"][0]) for one in state["round_codes"]] == [(SCENE, MINI, "camera")]


def test_somebody_elses_phone_is_left_alone(server: ProgramServer, platform: Platform) -> None:
    code(server)
    assert command(server, "scan_mini_program_code", person="jose")["scene"] == 1047
    assert platform.shown_program is None
    platform.choose_person("jose")
    assert platform.shown_program
