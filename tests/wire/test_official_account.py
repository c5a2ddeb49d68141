"""Is an official account asked as documented, and are odd answers taken calmly?"""

import json
import socket
from typing import Any

import pytest

from django_wechat.exceptions import WeChatGarbled
from django_wechat.protocol.official_account import fetch_api_token, fetch_follower, fetch_qr_content
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport
from tests.wire.servers import always, answer, read_request, serving

ACCOUNT = OfficialAccount("wx00000000000000a1", "s" * 32, "token")


def talk(body: dict[str, Any]) -> Any:
    return serving(always(answer(json.dumps(body).encode())))


def test_the_stable_token_is_asked_for_by_json_and_never_forced() -> None:
    seen = []

    def handle(connection: socket.socket) -> None:
        head = read_request(connection)
        body = head.split(b"\r\n\r\n")[1] or connection.recv(65536)
        seen.append((head, body))
        connection.sendall(answer(b'{"access_token":"t","expires_in":7200}'))

    with serving(handle) as url:
        assert fetch_api_token(Transport(url, 1, 1), ACCOUNT).value == "t"
    head, body = seen[0]
    assert head.startswith(b"POST /cgi-bin/stable_token HTTP/1.1")
    assert b"application/json" in head
    assert json.loads(body) == {
        "grant_type": "client_credential",
        "appid": ACCOUNT.appid,
        "secret": ACCOUNT.secret,
        "force_refresh": False,
    }


@pytest.mark.parametrize(("expires_in", "seconds"), [(345, 345), ("7200", 7200), (None, 0), ("soon", 0), ([], 0)])
def test_the_remaining_life_of_a_token(expires_in: object, seconds: int) -> None:
    with talk({"access_token": "t", "expires_in": expires_in}) as url:
        token = fetch_api_token(Transport(url, 1, 1), ACCOUNT)
    assert token.expires_in == seconds
    assert "'t'" not in repr(token)


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 5}])
def test_no_token_is_garbled(body: dict[str, Any]) -> None:
    with talk(body) as url, pytest.raises(WeChatGarbled):
        fetch_api_token(Transport(url, 1, 1), ACCOUNT)


def test_no_qr_content_is_garbled() -> None:
    with talk({"ticket": "t"}) as url, pytest.raises(WeChatGarbled):
        fetch_qr_content(Transport(url, 1, 1), "t", scene="s", seconds=60)


@pytest.mark.parametrize(
    ("body", "unionid", "follows"),
    [
        ({"subscribe": 1, "unionid": "u"}, "u", True),
        ({"subscribe": "1"}, "", True),
        ({"subscribe": 0}, "", False),
        ({"subscribe": 1, "unionid": None}, "", True),
    ],
)
def test_followers(body: dict[str, Any], unionid: str, *, follows: bool) -> None:
    with talk({"openid": "o", **body}) as url:
        follower = fetch_follower(Transport(url, 1, 1), "t", "o")
    assert (follower.unionid, follower.follows) == (unionid, follows)
