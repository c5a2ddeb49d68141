"""Do the endpoints of mini programs answer as WeChat's do? Codes of `wx.login`, phone numbers, every refusal."""

import base64
import json
from typing import Any

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.errors import ERRMSGS
from django_wechat.simulator.world.mini_sessions import PER_MINUTE

APPID, SECRET = seeds.MINI_PROGRAM_APPID, seeds.MINI_PROGRAM_SECRET
UNBOUND = seeds.UNBOUND_MINI_PROGRAM_APPID, seeds.UNBOUND_MINI_PROGRAM_SECRET


class Program:
    """A mini program's server, as it calls WeChat."""

    def __init__(self, server: SimulatorServer, platform: Platform, http: requests.Session) -> None:
        self.base, self.platform, self.http = server.api_base_url, platform, http

    def session(self, **replaced: str | None) -> dict[str, Any]:
        query = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code"} | replaced
        return dict(self.http.get(f"{self.base}/sns/jscode2session", params=query).json())

    def signs_in(self, appid: str = APPID, secret: str = SECRET) -> dict[str, Any]:
        return self.session(appid=appid, secret=secret, js_code=self.platform.wx_login(appid))

    def api_token(self, appid: str = APPID, secret: str = SECRET) -> dict[str, Any]:
        order = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        return dict(self.http.post(f"{self.base}/cgi-bin/stable_token", json=order).json())

    def phone(self, code: object, token: str = "") -> dict[str, Any]:
        token = token or self.api_token()["access_token"]
        url = f"{self.base}/wxa/business/getuserphonenumber"
        return dict(self.http.post(url, params={"access_token": token}, data=json.dumps({"code": code})).json())


@pytest.fixture
def program(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> Program:
    return Program(wechat_simulator, platform, http)


def test_a_session(program: Program) -> None:
    answer = program.signs_in()
    who = program.platform.person
    assert set(answer) == {"session_key", "openid", "unionid"}
    assert answer["openid"] == who.openid(APPID)
    assert answer["unionid"] == who.unionid(seeds.OPEN_PLATFORM_ACCOUNT)
    assert len(base64.b64decode(answer["session_key"])) == 16


def test_the_unionid_is_that_of_the_other_apps_and_the_openid_is_not(program: Program) -> None:
    code = program.platform.issue_code(seeds.WEBSITE_APP_APPID)
    query = {
        "appid": seeds.WEBSITE_APP_APPID,
        "secret": seeds.WEBSITE_APP_SECRET,
        "code": code,
        "grant_type": "authorization_code",
    }
    website = program.http.get(f"{program.base}/sns/oauth2/access_token", params=query).json()
    program_ = program.signs_in()
    assert website["unionid"] == program_["unionid"]
    assert website["openid"] != program_["openid"]


def test_without_an_open_platform_account_there_is_no_unionid(program: Program) -> None:
    assert set(program.signs_in(*UNBOUND)) == {"session_key", "openid"}
    program.platform.bind(UNBOUND[0])
    assert "unionid" in program.signs_in(*UNBOUND)


def test_headers(program: Program) -> None:
    answer = program.http.get(f"{program.base}/sns/jscode2session")
    assert answer.headers["Content-Type"] == "text/plain"


def test_a_code_is_good_once_and_for_five_minutes(program: Program) -> None:
    code = program.platform.wx_login(APPID)
    assert "openid" in program.session(js_code=code)
    assert program.session(js_code=code)["errcode"] == 40163
    late = program.platform.wx_login(APPID)
    program.platform.advance(301)
    assert program.session(js_code=late)["errcode"] == 40029


@pytest.mark.parametrize(
    ("replaced", "errcode"),
    [
        ({"appid": None}, 41002),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": None}, 41004),
        ({"secret": "0" * 32}, 40125),
        ({"js_code": None}, 41008),
        ({"js_code": "made-up"}, 40029),
        ({"grant_type": "client_credential"}, 40002),
    ],
)
def test_refusals(program: Program, replaced: dict[str, str | None], errcode: int) -> None:
    asked: dict[str, str | None] = {"js_code": program.platform.wx_login(APPID)}
    assert program.session(**(asked | replaced))["errcode"] == errcode


@pytest.mark.parametrize("kind", ["unbound", "website", "phone"])
def test_codes_of_somewhere_else(program: Program, kind: str) -> None:
    codes = {
        "unbound": lambda: program.platform.wx_login(UNBOUND[0]),
        "website": lambda: program.platform.issue_code(seeds.WEBSITE_APP_APPID),
        "phone": lambda: program.platform.tap_phone_number(APPID),
    }
    assert program.session(js_code=codes[kind]())["errcode"] == 40029


def test_a_code_of_a_program_signs_in_nowhere_else(program: Program) -> None:
    query = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code"}
    code = program.platform.wx_login(APPID)
    answer = program.http.get(f"{program.base}/sns/oauth2/access_token", params={**query, "code": code})
    assert answer.json()["errcode"] == 40029


def test_one_person_may_not_sign_in_all_the_time(program: Program) -> None:
    for _ in range(PER_MINUTE):
        assert "openid" in program.signs_in()
    code = program.platform.wx_login(APPID)
    assert program.session(js_code=code)["errcode"] == 45011
    program.platform.advance(61)
    assert "openid" in program.session(js_code=code), "a code that was not exchanged is not used up"


@pytest.mark.parametrize("errcode", [-1, 40013, 40029, 40125, 40163, 40226, 45011])
def test_errcodes_by_switch(program: Program, errcode: int) -> None:
    program.platform.set_fault(str(errcode), "jscode2session", once=True)
    answer = program.signs_in()
    assert answer["errcode"] == errcode
    assert answer["errmsg"].startswith(ERRMSGS[errcode].text)
    assert "openid" in program.signs_in(), "for one call alone"


@pytest.mark.parametrize("errcode", [-1, 40001, 40013, 40029, 45011, 48001])
def test_errcodes_of_phone_numbers_by_switch(program: Program, errcode: int) -> None:
    code = program.platform.tap_phone_number(APPID)
    program.platform.set_fault(str(errcode), "getuserphonenumber", once=True)
    assert program.phone(code)["errcode"] == errcode
    assert program.phone(code)["errcode"] == 0


@pytest.mark.parametrize(("kind", "status"), [("html", 200), ("500", 500)])
def test_garbled_and_down(program: Program, kind: str, status: int) -> None:
    program.platform.set_fault(kind, "jscode2session")
    answer = program.http.get(f"{program.base}/sns/jscode2session")
    assert (answer.status_code, answer.text[:6]) == (status, "<html>")


def test_a_connection_that_breaks_off(program: Program) -> None:
    program.platform.set_fault("reset", "jscode2session", once=True)
    with pytest.raises(requests.ConnectionError):
        program.signs_in()
    assert "openid" in program.signs_in()


def test_busy_but_the_code_is_used_up(program: Program) -> None:
    code = program.platform.wx_login(APPID)
    program.platform.set_fault("-1-consumed", "jscode2session", once=True)
    assert program.session(js_code=code)["errcode"] == -1
    assert program.session(js_code=code)["errcode"] == 40163


# --- API tokens and phone numbers ---


def test_a_program_has_api_tokens_and_a_whitelist(program: Program) -> None:
    assert program.api_token()["expires_in"] == 7200
    program.platform.set_ip_whitelist(APPID, "203.0.113.7")
    assert program.api_token()["errcode"] == 40164


@pytest.mark.parametrize("appid", [seeds.WEBSITE_APP_APPID, seeds.MOBILE_APP_APPID])
def test_apps_of_the_open_platform_have_none(program: Program, appid: str) -> None:
    secret = program.platform.find_app(appid).secret
    assert program.api_token(appid, secret)["errcode"] == 40013


def test_a_phone_number(program: Program) -> None:
    answer = program.phone(program.platform.tap_phone_number(APPID))
    info = answer["phone_info"]
    assert answer["errcode"] == 0
    assert info["phoneNumber"] == info["purePhoneNumber"] == program.platform.person.phone_number
    assert info["countryCode"] == "86"
    assert info["watermark"]["appid"] == APPID


def test_phone_refusals(program: Program) -> None:
    code = program.platform.tap_phone_number(APPID)
    assert program.phone(program.platform.wx_login(APPID))["errcode"] == 40029, "the code of wx.login is another one"
    assert program.phone(7)["errcode"] == 40029
    assert program.phone(code, "made-up")["errcode"] == 40014
    assert program.phone(code)["errcode"] == 0
    assert program.phone(code)["errcode"] == 40029


def test_the_phone_code_of_another_program_is_refused_as_such(program: Program) -> None:
    other = program.platform.new_mini_program()
    assert program.phone(program.platform.tap_phone_number(other.appid))["errcode"] == 40013


def test_an_individuals_program_reads_no_phone_numbers(program: Program) -> None:
    with pytest.raises(ValueError, match="verified organisation"):
        program.platform.tap_phone_number(UNBOUND[0])
    token = program.api_token(*UNBOUND)["access_token"]
    assert program.phone("whatever", token)["errcode"] == 48001


@pytest.mark.parametrize("appid", [seeds.WEBSITE_APP_APPID, seeds.OFFICIAL_ACCOUNT_APPID])
def test_only_mini_programs_have_wx_login(program: Program, appid: str) -> None:
    with pytest.raises(ValueError, match="no mini program"):
        program.platform.wx_login(appid)


def test_by_name_from_another_process(program: Program, wechat_simulator: SimulatorServer) -> None:
    def post(command: str, /, **values: object) -> dict[str, Any]:
        return dict(program.http.post(f"{wechat_simulator.url}/control/{command}", json=values).json())

    made = post("new_mini_program", name="书店", of_individual=True)
    code = post("wx_login", appid=made["appid"], person="xiaohua")["code"]
    answer = program.session(appid=made["appid"], secret=made["secret"], js_code=code)
    assert answer["openid"] == program.platform.people["xiaohua"].openid(made["appid"])
    assert "verified organisation" in post("tap_phone_number", appid=made["appid"])["error"]
    number = post("tap_phone_number", appid=APPID, person="xiaohua")["code"]
    assert program.phone(number)["phone_info"]["phoneNumber"] == program.platform.people["xiaohua"].phone_number
