"""Does the QR page live as the real one does? Page, picture, refresh, long poll, the phone's answer."""

import io
import re
import threading
import time

import pytest
import requests
import segno
from django.test import Client

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.links import error_title, qrconnect_query, qrconnect_url


@pytest.fixture
def poll_url(wechat_simulator: SimulatorServer) -> str:
    return f"{wechat_simulator.url}/lp/connect/l/qrconnect"


@pytest.fixture
def uuid(platform: Platform) -> str:
    return platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/cb", "abc").uuid


def test_page_shows_the_app_and_its_code(
    wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session
) -> None:
    page = http.get(qrconnect_url(wechat_simulator))
    qr_login = platform.find_qr()
    assert page.status_code == 200
    assert "<title>微信登录</title>" in page.text
    assert "使用微信扫一扫登录" in page.text
    assert "「茶馆」" in page.text
    assert re.search(rf'js_qrcode_img" src="/open/connect/qrcode/{qr_login.uuid}"', page.text)
    assert re.fullmatch(r"[0-9A-Za-z]{16}", qr_login.uuid)
    assert qr_login.state == "abc123"


def test_page_speaks_english_when_asked(wechat_simulator: SimulatorServer, http: requests.Session) -> None:
    assert "<title>WeChat Login</title>" in http.get(qrconnect_url(wechat_simulator, lang="en")).text


def test_page_escapes_what_it_was_given(wechat_simulator: SimulatorServer, http: requests.Session) -> None:
    page = http.get(qrconnect_url(wechat_simulator, state="%22%3E%3Cscript%3E")).text
    assert "<script>" not in page


def test_error_page_is_html_with_status_200(wechat_simulator: SimulatorServer, http: requests.Session) -> None:
    page = http.get(qrconnect_url(wechat_simulator, appid="wx0"))
    assert (page.status_code, error_title(page.text)) == (200, "AppID 参数错误")


def test_page_shows_the_warning_of_an_address_that_was_not_encoded(
    wechat_simulator: SimulatorServer, http: requests.Session
) -> None:
    page = http.get(qrconnect_url(wechat_simulator, redirect_uri="http://127.0.0.1/cb")).text
    assert "was not percent-encoded" in page


def test_refresh_answers_xml_with_a_new_uuid(
    wechat_simulator: SimulatorServer, platform: Platform, uuid: str, http: requests.Session
) -> None:
    answer = http.get(qrconnect_url(wechat_simulator, f="xml") + "&1700000000000").text
    found = re.search(r"<uuid><!\[CDATA\[(\w{16})]]></uuid>", answer)
    assert found
    assert found[1] == platform.find_qr().uuid != uuid


def test_picture_holds_the_address_of_the_phone_page(
    wechat_simulator: SimulatorServer, uuid: str, http: requests.Session
) -> None:
    picture = http.get(f"{wechat_simulator.open_base_url}/connect/qrcode/{uuid}")
    expected = io.BytesIO()
    address = f"{wechat_simulator.open_base_url}/connect/confirm?uuid={uuid}"
    segno.make(address, error="m", micro=False).save(expected, kind="png", scale=8, border=2)
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content == expected.getvalue()


def test_poll_answers_as_recorded(platform: Platform, poll_url: str, uuid: str, http: requests.Session) -> None:
    def poll(**params: str) -> str:
        return http.get(poll_url, params={"uuid": uuid, **params}).text

    assert poll() == "window.wx_errcode=408;window.wx_code='';"
    platform.scan(uuid)
    assert poll() == "window.wx_errcode=404;window.wx_code='';"
    assert poll(last="404") == "window.wx_errcode=408;window.wx_code='';"
    platform.refuse(uuid)
    assert poll(last="404") == "window.wx_errcode=403;window.wx_code='';"
    platform.scan(uuid)
    assert poll(last="403") == "window.wx_errcode=404;window.wx_code='';"
    code = platform.allow(uuid)
    assert re.fullmatch(r"[0-9A-Za-z]{32}", code)
    assert poll(last="404") == f"window.wx_errcode=405;window.wx_code='{code}';"
    assert http.get(poll_url, params={"uuid": uuid, "f": "json"}).json() == {"wx_errcode": 405, "wx_code": code}


def test_poll_says_expired(platform: Platform, poll_url: str, uuid: str, http: requests.Session) -> None:
    platform.advance(300)
    assert "wx_errcode=402;" in http.get(poll_url, params={"uuid": uuid}).text
    assert "wx_errcode=402;" in http.get(poll_url, params={"uuid": "unknown"}).text


def test_a_held_poll_ends_when_the_code_runs_out(platform: Platform) -> None:
    platform.switch(qr_lifetime=0.1, hold_seconds=20)
    assert platform.poll(platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/").uuid) == (402, "")


@pytest.mark.parametrize(("act", "code"), [("scan", 404), ("allow", 405), ("refuse", 403), ("expire", 402)])
def test_a_held_poll_wakes_at_once(
    platform: Platform, poll_url: str, uuid: str, http: requests.Session, act: str, code: int
) -> None:
    platform.switch(hold_seconds=20)
    started = time.monotonic()
    threading.Timer(0.1, getattr(platform, act), [uuid]).start()
    assert f"wx_errcode={code};" in http.get(poll_url, params={"uuid": uuid}).text
    assert time.monotonic() - started < 2


def test_the_phone_scans_asks_and_answers(
    wechat_simulator: SimulatorServer, platform: Platform, uuid: str, http: requests.Session
) -> None:
    address = f"{wechat_simulator.open_base_url}/connect/confirm"
    sheet = http.get(address, params={"uuid": uuid}, headers={"Accept-Language": "zh-CN"}).text
    assert platform.find_qr(uuid).status == 404
    assert "允许" in sheet
    assert "李小花🌸" in sheet
    assert "已允许" in http.post(f"{address}?lang=zh", data={"uuid": uuid, "act": "allow", "person": "jose"}).text
    qr_login = platform.find_qr(uuid)
    assert qr_login.status == 405
    assert qr_login.person
    assert qr_login.person.nickname == "José"


@pytest.mark.parametrize(
    "data", [{"act": "allow", "uuid": "unknown"}, {"act": "dance"}, {"act": "allow", "person": "x"}]
)
def test_the_phone_explains_what_it_cannot_do(
    wechat_simulator: SimulatorServer, uuid: str, http: requests.Session, data: dict[str, str]
) -> None:
    answer = http.post(f"{wechat_simulator.open_base_url}/connect/confirm", data={"uuid": uuid} | data)
    assert error_title(answer.text) == "二维码已失效"


def test_a_code_that_was_allowed_is_not_asked_again(platform: Platform, uuid: str) -> None:
    platform.allow(uuid)
    with pytest.raises(ValueError, match="is allowed"):
        platform.scan(uuid)


def test_old_codes_are_forgotten(platform: Platform, uuid: str) -> None:
    platform.advance(2 * 86400)
    platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/")
    with pytest.raises(ValueError, match="unknown uuid"):
        platform.find_qr(uuid)


def test_embedded_page_may_be_framed(client: Client) -> None:
    page = client.get(f"/simulator/open/connect/qrconnect?{qrconnect_query(login_type='jssdk')}")
    assert page.status_code == 200
    assert "X-Frame-Options" not in page.headers


@pytest.mark.parametrize(
    ("href", "more", "taken"),
    [
        ("data:text/css;base64,YQ==", {}, True),
        ("https://example.com/a.css", {}, True),
        ("http://example.com/a.css", {}, False),
        ("data:text/css;base64,YQ==", {"stylelite": "1"}, False),
    ],
)
def test_a_link_brings_its_stylesheet(client: Client, href: str, more: dict[str, str], taken: bool) -> None:
    query = qrconnect_query(href=href, **more)
    page = client.get(f"/simulator/open/connect/qrconnect?{query}").content.decode()
    assert (f'<link rel="stylesheet" href="{href}">' in page) is taken
