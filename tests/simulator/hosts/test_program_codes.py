"""Does `wxa/getwxacodeunlimit` answer as WeChat's does? A picture of a round code, or JSON that says what is wrong."""

import io
import json
from typing import Any

import pytest
import requests
from PIL import Image

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.ways_in import round_codes
from tests.simulator.hosts.wxa import ProgramServer

SCENE = "k3J9_xZ0-aQ7bN2mLw8TfA"
UNRELEASED = seeds.UNRELEASED_MINI_PROGRAM_APPID
PAGE = "pages/wechat-login/index"


@pytest.fixture
def server(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> ProgramServer:
    return ProgramServer(wechat_simulator, http)


def code(server: ProgramServer, appid: str = seeds.MINI_PROGRAM_APPID, **order: object) -> requests.Response:
    return server.post("getwxacodeunlimit", {"scene": SCENE} | order, appid)


def errcode(server: ProgramServer, appid: str = seeds.MINI_PROGRAM_APPID, **order: object) -> int:
    answer = code(server, appid, **order)
    assert answer.headers["Content-Type"].startswith("application/json")
    return int(answer.json()["errcode"])


def test_a_picture_in_bytes_is_no_json(server: ProgramServer) -> None:
    answer = code(server, page=PAGE)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content[:3] == b"\xff\xd8\xff"
    picture = Image.open(io.BytesIO(answer.content))
    picture.load()
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (430, 430), "L")
    assert b"errcode" not in answer.content


def test_it_looks_round_and_has_no_corners_of_a_qr_code(server: ProgramServer) -> None:
    picture = Image.open(io.BytesIO(code(server).content))
    corners = [(4, 4), (425, 4), (4, 425), (425, 425)]
    assert {picture.getpixel(corner) for corner in corners} == {255}
    assert picture.getpixel((215, 215)) < 200
    darkest, lightest = picture.getextrema()
    assert (darkest, lightest) == (32, 255)


@pytest.mark.parametrize("width", [280, 431, 1280])
def test_widths(server: ProgramServer, width: int) -> None:
    assert Image.open(io.BytesIO(code(server, width=width).content)).size == (width, width)


def test_a_transparent_one_is_a_png(server: ProgramServer) -> None:
    answer = code(server, is_hyaline=True)
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    picture.load()
    assert (picture.format, picture.size, picture.mode) == ("PNG", (430, 430), "LA")
    assert picture.getpixel((4, 4)) == (255, 0)


@pytest.mark.parametrize("scene", ["a", "!#$&'()*+,/:;=?@-._~", "x" * 32])
def test_scenes_that_are_good(server: ProgramServer, scene: str) -> None:
    assert code(server, scene=scene).headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("order", "refused_with"),
    [
        ({"scene": ""}, 40169),
        ({"scene": "x" * 33}, 40169),
        ({"scene": None}, 40169),
        ({"scene": 1234567}, 40169),
        ({"scene": "100%"}, 40129),
        ({"scene": "茶馆"}, 40129),
        ({"scene": "a b"}, 40129),
        ({"scene": "scancode_time=1"}, 85096),
        ({"page": f"/{PAGE}"}, 41030),
        ({"page": f"{PAGE}?a=1"}, 41030),
        ({"page": "pages/nowhere/index"}, 41030),
        ({"page": f"/{PAGE}", "check_path": False}, 41030),
        ({"env_version": "beta"}, 40097),
        ({"env_version": ["release"]}, 40097),
        ({"width": 279}, 40097),
        ({"width": 1281}, 40097),
        ({"width": "430"}, 40097),
    ],
)
def test_refusals(server: ProgramServer, order: dict[str, object], refused_with: int) -> None:
    assert errcode(server, **order) == refused_with


def test_a_form_is_no_json(server: ProgramServer) -> None:
    answer = server.send("getwxacodeunlimit", data={"scene": SCENE})
    assert answer.json()["errcode"] == 40169
    assert server.send("getwxacodeunlimit", json=[SCENE]).json()["errcode"] == 40169
    assert server.send("getwxacodeunlimit").json()["errcode"] == 44002


def test_until_the_first_release_every_page_is_invalid_unless_nobody_looks(server: ProgramServer) -> None:
    assert errcode(server, UNRELEASED) == 41030
    assert errcode(server, UNRELEASED, page=PAGE) == 41030
    assert errcode(server, UNRELEASED, page=PAGE, env_version="trial") == 41030
    unchecked = code(server, UNRELEASED, page="pages/new/index", check_path=False, env_version="trial")
    assert unchecked.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("order", [{}, {"page": PAGE}, {"check_path": False, "page": "pages/new/index"}])
def test_individuals_have_them_too(server: ProgramServer, order: dict[str, object]) -> None:
    answer = code(server, seeds.UNBOUND_MINI_PROGRAM_APPID, **order)
    assert answer.headers["Content-Type"] == "image/jpeg"


def test_the_token_of_an_official_account_opens_nothing(server: ProgramServer) -> None:
    assert errcode(server, seeds.OFFICIAL_ACCOUNT_APPID) == 48001


def test_tokens(server: ProgramServer, platform: Platform) -> None:
    url = f"{server.base}/wxa/getwxacodeunlimit"
    assert server.http.post(url, json={"scene": SCENE}).json()["errcode"] == 41001
    assert server.http.post(f"{url}?access_token=made-up", json={"scene": SCENE}).json()["errcode"] == 40014
    token = server.token()
    platform.revoke_api_tokens(seeds.MINI_PROGRAM_APPID)
    assert server.http.post(f"{url}?access_token={token}", json={"scene": SCENE}).json()["errcode"] == 40001
    assert server.http.get(f"{url}?access_token={token}").json()["errcode"] == 43002


def test_so_many_a_minute(server: ProgramServer, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_codes, "PER_MINUTE", 3)
    platform.reset()
    assert [code(server, scene=f"s{n}").headers["Content-Type"] for n in range(3)] == ["image/jpeg"] * 3
    assert errcode(server) == 45009
    assert code(server, seeds.UNBOUND_MINI_PROGRAM_APPID).headers["Content-Type"] == "image/jpeg", "each for itself"
    platform.advance(61)
    assert code(server).headers["Content-Type"] == "image/jpeg"


def test_the_limit_is_wechats() -> None:
    assert round_codes.PER_MINUTE == 5000


@pytest.mark.parametrize("kind", ["-1", "40001", "40097", "40129", "40169", "41030", "45009", "48001", "85096"])
def test_errcodes_by_switch(server: ProgramServer, platform: Platform, kind: str) -> None:
    platform.set_fault(kind, "getwxacodeunlimit", once=True)
    assert errcode(server) == int(kind)
    assert code(server).headers["Content-Type"] == "image/jpeg", "for one call alone"


def test_other_pictures_for_other_codes_and_the_same_for_the_same(server: ProgramServer) -> None:
    first, again, other = code(server), code(server), code(server, scene="another")
    assert first.content == again.content
    assert first.content != other.content


def opened(server: ProgramServer, **values: object) -> Any:
    return server.http.post(f"{server.url}/control/scan_mini_program_code", data=json.dumps(values)).json()


def test_a_code_never_expires(server: ProgramServer, platform: Platform) -> None:
    code(server)
    platform.advance(400 * 86400)
    assert opened(server, scene=SCENE)["query"] == {"scene": SCENE}
