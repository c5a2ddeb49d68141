"""Is WeChat asked as documented who opened a mini program, and are odd answers taken calmly?"""

import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from django_wechat.exceptions import (
    AccountLimited,
    AppIdInvalid,
    CodeInvalid,
    CodeUsed,
    NotAuthorized,
    SecretInvalid,
    WeChatBusy,
    WeChatError,
    WeChatGarbled,
)
from django_wechat.protocol.mini_program import PhoneNumber, fetch_person, fetch_phone_number
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.protocol.transport import Transport
from tests.wire.servers import always, answer, read_request, serving

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
RECORDED = EXAMPLES["GET /sns/jscode2session"]["ok"]
APP = AppCredentials("wx0000000000000006", "s" * 32)
KEY = "D1ZWEygStjuLCnZ9IN2l4Q=="


def talk(body: object) -> Any:
    return serving(always(answer(json.dumps(body).encode())))


def person(body: object) -> Profile:
    with talk(body) as url:
        return fetch_person(Transport(url, 1, 1), APP, "code")


def phone(body: object) -> PhoneNumber:
    with talk(body) as url:
        return fetch_phone_number(Transport(url, 1, 1), "token", "code")


def test_the_question() -> None:
    seen = []

    def handle(connection: socket.socket) -> None:
        seen.append(read_request(connection).decode())
        connection.sendall(answer(b'{"openid":"o","session_key":"k"}'))

    with serving(handle) as url:
        fetch_person(Transport(url, 1, 1), APP, "a+/=b")
    method, target, _version = seen[0].splitlines()[0].split()
    assert (method, urlsplit(target).path) == ("GET", "/sns/jscode2session")
    assert parse_qsl(urlsplit(target).query) == [
        ("appid", APP.appid),
        ("secret", APP.secret),
        ("js_code", "a+/=b"),
        ("grant_type", "authorization_code"),
    ]


@pytest.mark.parametrize("recorded", [each["body"] for each in RECORDED])
def test_recorded_answers(recorded: dict[str, Any]) -> None:
    found = person(recorded)
    assert (found.appid, found.openid) == (APP.appid, recorded["openid"])
    assert found.unionid == recorded.get("unionid", "")
    assert (found.nickname, found.avatar_url, found.fetched_at) == ("", "", "")


def test_the_session_key_goes_nowhere() -> None:
    found = person({"openid": "o", "session_key": KEY})
    assert KEY not in repr(vars(found))


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (-1, WeChatBusy),
        (40029, CodeInvalid),
        (40163, CodeUsed),
        (40226, AccountLimited),
        (45011, WeChatBusy),
        (40013, AppIdInvalid),
        (40125, SecretInvalid),
        (40001, SecretInvalid),
    ],
)
def test_errcodes(errcode: int, kind: type[WeChatError]) -> None:
    with pytest.raises(WeChatError) as raised:
        person({"errcode": errcode, "errmsg": "no"})
    assert type(raised.value) is kind
    assert raised.value.errcode == errcode


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"session_key": KEY},
        {"openid": ""},
        {"openid": 5},
        {"openid": "o" * 129},
        {"openid": "o o"},
        {"openid": "o", "unionid": "é"},
        {"openid": "o", "unionid": ["u"]},
        ["o"],
    ],
)
def test_no_usable_identity_is_garbled(body: object) -> None:
    with pytest.raises(WeChatGarbled) as raised:
        person(body)
    assert KEY not in str(raised.value)


def test_a_success_with_errcode_0_is_one() -> None:
    assert person({"openid": "o", "errcode": 0, "errmsg": "ok"}).openid == "o"


# --- phone numbers ---

INFO = {"phoneNumber": "13123456789", "purePhoneNumber": "13123456789", "countryCode": "86"}


@pytest.mark.parametrize("country", ["86", 86])
def test_a_phone_number(country: object) -> None:
    found = phone({"errcode": 0, "errmsg": "ok", "phone_info": {**INFO, "countryCode": country}})
    assert found.international == "+8613123456789"
    assert "13123456789" not in repr(found)


@pytest.mark.parametrize(
    "info",
    [
        None,
        [],
        {},
        {**INFO, "countryCode": ""},
        {**INFO, "countryCode": True},
        {**INFO, "countryCode": "+86"},
        {**INFO, "purePhoneNumber": "131 2345"},
        {**INFO, "purePhoneNumber": "１３１２３４５６７８９"},
        {**INFO, "purePhoneNumber": "1" * 16},
    ],
)
def test_no_phone_number_is_garbled(info: object) -> None:
    with pytest.raises(WeChatGarbled) as raised:
        phone({"phone_info": info})
    assert "131" not in str(raised.value)


@pytest.mark.parametrize(
    ("errcode", "kind"), [(40029, CodeInvalid), (40013, CodeInvalid), (45011, WeChatBusy), (48001, NotAuthorized)]
)
def test_phone_errcodes(errcode: int, kind: type[WeChatError]) -> None:
    with pytest.raises(WeChatError) as raised:
        phone({"errcode": errcode, "errmsg": "no"})
    assert type(raised.value) is kind
    assert raised.value.errcode == errcode
