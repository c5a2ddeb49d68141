"""Does a program on the phone ask its site as WeChat lets it? The list of hosts, the Referer, no cookies, no answer."""

import json
from collections.abc import Iterator

import pytest

from django_wechat.simulator import seeds
from django_wechat.simulator.acts.open_programs import APP_DOOR, MINI_PROGRAM_DOOR, PHONE_DOOR, OpenProgram, Sheet
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push.program_requests import NO_ADDRESS, NO_ANSWER, NOT_LISTED, credentials
from tests.simulator.push_site import PushSite, push_site

MINI, APP = seeds.MINI_PROGRAM_APPID, seeds.MOBILE_APP_APPID


@pytest.fixture
def site() -> Iterator[PushSite]:
    with push_site() as site:
        site.answer = lambda _: b'{"meta": {"session_token": "abc"}}'
        yield site


@pytest.fixture
def program(platform: Platform) -> OpenProgram:
    """A mini program that has called wx.login."""
    shown = platform.open_program(MINI)
    platform.program_calls_login()
    return shown


def test_what_arrives(platform: Platform, site: PushSite, program: OpenProgram) -> None:
    answer = platform.send_to_site(f"{site.origin}/")
    assert program.login
    assert (site.last.method, site.last.path) == ("POST", MINI_PROGRAM_DOOR)
    assert json.loads(site.last.body) == {"code": program.login.code, "appid": MINI}
    headers = site.last.headers
    assert headers["Content-Type"] == "application/json"
    assert headers["Referer"] == f"https://servicewechat.com/{MINI}/1/page-frame.html"
    assert "MicroMessenger" in headers["User-Agent"]
    assert "Cookie" not in headers
    assert (answer.status, answer.body, answer.failure) == (200, '{"meta": {"session_token": "abc"}}', "")


def test_the_referer_tells_the_version(platform: Platform, site: PushSite) -> None:
    """Reference 12.1: 0 is one that only developers open, devtools the developer tool."""
    appid = seeds.UNRELEASED_MINI_PROGRAM_APPID
    platform.open_program(appid)
    platform.program_calls_login()
    platform.send_to_site(site.origin)
    assert site.last.headers["Referer"] == f"https://servicewechat.com/{appid}/0/page-frame.html"
    platform.switch(developer_tool=True)
    platform.send_to_site(site.origin)
    assert site.last.headers["Referer"] == f"https://servicewechat.com/{appid}/devtools/page-frame.html"


def test_an_app_asks_as_it_likes(platform: Platform, site: PushSite) -> None:
    platform.open_program(APP)
    platform.program_asks(Sheet.SIGN_IN)
    code = platform.answer_sheet(allow=True, person="jose").login
    platform.send_to_site(site.origin)
    assert code
    assert site.last.path == APP_DOOR
    assert json.loads(site.last.body) == {"code": code.code, "appid": APP}
    assert "Referer" not in site.last.headers
    assert platform.exchange(platform.find_app(APP), code.code).person.key == "jose"


def test_a_host_that_is_not_listed_is_not_asked(platform: Platform, site: PushSite, program: OpenProgram) -> None:
    platform.set_request_hosts(MINI, "https://www.example.com/\nshop.example.com")
    answer = platform.send_to_site(site.origin)
    assert (answer.failure, answer.explanation, answer.status) == (NOT_LISTED, "127.0.0.1", None)
    assert site.arrivals == []
    platform.switch(developer_tool=True)
    assert platform.send_to_site(site.origin).status == 200
    platform.switch(developer_tool=False)
    platform.set_request_hosts(MINI, "127.0.0.1")
    assert platform.send_to_site(site.origin).status == 200, "a listed host on this machine needs no certificate"


@pytest.mark.parametrize("url", ["http://www.example.com", "https://example.com", "https://www.example.com.evil.test"])
def test_a_listed_host_is_asked_over_https_and_written_exactly_so(
    platform: Platform, program: OpenProgram, url: str
) -> None:
    assert platform.send_to_site(url).failure == NOT_LISTED


@pytest.mark.parametrize("url", ["", "www.example.com", "ftp://127.0.0.1", "http://[", "http://127.0.0.1:99999"])
def test_what_is_no_address(platform: Platform, program: OpenProgram, url: str) -> None:
    assert platform.send_to_site(url).failure == NO_ADDRESS


def test_no_answer_is_said_so(platform: Platform, program: OpenProgram) -> None:
    answer = platform.send_to_site("http://127.0.0.1:9")
    assert (answer.failure, answer.explanation) == (NO_ANSWER, "ConnectionError")
    assert not program.is_sending


def test_what_is_far_away_is_not_asked(platform: Platform, program: OpenProgram) -> None:
    platform.switch(developer_tool=True)
    answer = platform.send_to_site("http://192.0.2.7")
    assert answer.failure == NO_ANSWER
    assert "not on this machine" in answer.explanation


def test_where_a_site_sends_a_program_elsewhere_it_sees_that(
    platform: Platform, site: PushSite, program: OpenProgram
) -> None:
    site.status = 302
    assert platform.send_to_site(site.origin).status == 302
    assert len(site.arrivals) == 1


def test_the_phone_code_goes_along_or_alone(platform: Platform, site: PushSite, program: OpenProgram) -> None:
    with pytest.raises(ValueError, match="no such code"):
        platform.send_to_site(site.origin, phone=True)
    platform.program_asks(Sheet.PHONE_NUMBER)
    held = platform.answer_sheet(allow=True).phone
    assert held
    platform.send_to_site(site.origin, phone=True)
    assert json.loads(site.last.body)["phone_code"] == held.code
    platform.send_to_site(site.origin, alone=True)
    assert site.last.path == PHONE_DOOR
    assert json.loads(site.last.body) == {"phone_code": held.code, "appid": MINI}
    assert site.last.headers["X-Session-Token"] == "abc", "the token of the sign-in before"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ('{"meta": {"session_token": "s"}}', {"X-Session-Token": "s"}),
        ('{"meta": {"session_token": "s", "access_token": "a"}}', {"Authorization": "Bearer a"}),
        ('{"access": "a", "refresh": "r"}', {"Authorization": "Bearer a"}),
        ('{"token": "t"}', {"Authorization": "Token t"}),
        ('{"error": {"code": "code_invalid"}}', {}),
        ('{"meta": 7}', {}),
        ("[]", {}),
        ("<html>", {}),
        ("[" * 20_000, {}),
    ],
)
def test_by_which_header_the_program_is_known_afterwards(body: str, header: dict[str, str]) -> None:
    assert credentials(body) == header
