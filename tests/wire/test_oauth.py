"""Are the authorize links as WeChat wants them, and is its answer read rightly?"""

import json
import re
import socket
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from django_wechat.exceptions import (
    PermissionGone,
    SecretInvalid,
    SnapshotUser,
    WeChatGarbled,
)
from django_wechat.protocol.oauth import (
    FRAME_STYLE,
    STATE,
    AppCredentials,
    Grant,
    clean_nickname,
    fetch_grant,
    fetch_profile,
    grant_from,
    https_avatar_url,
    in_wechat_url,
    qrconnect_frame_url,
    qrconnect_url,
)
from django_wechat.protocol.transport import Transport
from tests.wire.servers import always, answer, read_request, serving

OPEN = "https://open.weixin.qq.com"
REDIRECT = "https://www.example.com/accounts/wechat/login/callback/"
EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
APP = AppCredentials("wx0000000000000001", "s" * 32)
GRANT = Grant(APP.appid, "openid", "", "snsapi_login", "token")


def test_the_full_page_link() -> None:
    url = qrconnect_url(OPEN, appid="wx1", redirect_uri=REDIRECT, state="abc")
    assert url == (
        "https://open.weixin.qq.com/connect/qrconnect?appid=wx1"
        "&redirect_uri=https%3A%2F%2Fwww.example.com%2Faccounts%2Fwechat%2Flogin%2Fcallback%2F"
        "&response_type=code&scope=snsapi_login&state=abc#wechat_redirect"
    )


def test_the_frame_link_is_wxlogins() -> None:
    query = dict(parse_qsl(urlsplit(qrconnect_frame_url(OPEN, appid="a", redirect_uri=REDIRECT, state="s")).query))
    assert query == {
        "appid": "a",
        "scope": "snsapi_login",
        "redirect_uri": REDIRECT,
        "state": "s",
        "login_type": "jssdk",
        "self_redirect": "false",
        "href": FRAME_STYLE,
        "fast_login": "0",
    }


def test_the_frames_style_uses_documented_hooks_and_survives_wechats_cleaning() -> None:
    """WeChat's page takes quotes, <, >, backticks and `script:` out of its own address, and loads again (1.4)."""
    kind, _, encoded = FRAME_STYLE.partition(",")
    rules = b64decode(encoded, validate=True).decode()
    assert kind == "data:text/css;base64"
    assert set(re.findall(r"([.\w ]+){", rules)) == {".impowerBox .title", ".impowerBox .qrcode"}
    assert not re.search(r"[\"'<>`]|script:", FRAME_STYLE)


def test_the_link_inside_wechat_has_the_documented_order() -> None:
    parts = urlsplit(in_wechat_url(OPEN, appid="wx1", redirect_uri=REDIRECT, state="abc"))
    names = [name for name, _value in parse_qsl(parts.query)]
    assert names == ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert parts.fragment == "wechat_redirect"
    assert "scope=snsapi_userinfo" in parts.query


def test_the_address_is_encoded_exactly_once() -> None:
    url = in_wechat_url(OPEN, appid="a", redirect_uri="https://例.com/?next=/a b&x=张%20", state="s")
    assert "redirect_uri=https%3A%2F%2F%E4%BE%8B.com%2F%3Fnext%3D%2Fa%20b%26x%3D%E5%BC%A0%2520&" in url


@pytest.mark.parametrize("url_for", [qrconnect_url, qrconnect_frame_url])
def test_the_language_is_passed_on(url_for: Callable[..., str]) -> None:
    assert "&lang=en" in url_for(OPEN, appid="a", redirect_uri=REDIRECT, state="s", lang="en")


@pytest.mark.parametrize(
    ("state", "fits"),
    [("aZ09", True), ("a" * 128, True), ("a" * 129, False), ("a-b", False), ("", False), ("é", False), ("a\n", False)],
)
def test_what_a_state_may_be(state: str, *, fits: bool) -> None:
    assert bool(STATE.fullmatch(state)) is fits


@pytest.mark.parametrize("sample", EXAMPLES["GET /sns/oauth2/access_token"]["ok"], ids=lambda sample: sample["kind"])
def test_recorded_token_answers(sample: dict[str, dict[str, str]]) -> None:
    body = sample["body"]
    if body.get("is_snapshotuser"):
        with pytest.raises(SnapshotUser):
            grant_from("wx1", body)
        return
    grant = grant_from("wx1", body)
    assert (grant.openid, grant.unionid) == (body["openid"], body.get("unionid", ""))
    assert body["access_token"] not in repr(grant)


@pytest.mark.parametrize("flag", [1, "1", True, "true", 2])
def test_a_snapshot_user_is_refused_however_it_is_spelled(flag: object) -> None:
    with pytest.raises(SnapshotUser):
        grant_from("wx1", {"openid": "o", "access_token": "t", "is_snapshotuser": flag})


@pytest.mark.parametrize("flag", [0, "0", "", None, False])
def test_an_ordinary_user_is_one_however_it_is_spelled(flag: object) -> None:
    assert grant_from("wx1", {"openid": "o", "access_token": "t", "is_snapshotuser": flag}).openid == "o"


@pytest.mark.parametrize("value", ["o" * 129, "a\x00b", "a b", "é", "\ud83c"])
def test_an_impossible_identifier_is_garbled(value: str) -> None:
    for answer_ in ({"openid": value}, {"openid": "o", "unionid": value}):
        with pytest.raises(WeChatGarbled):
            grant_from("wx1", {"access_token": "t", **answer_})


@pytest.mark.parametrize("answer_", [{}, {"openid": "o"}, {"access_token": "t"}, {"openid": 5, "access_token": "t"}])
def test_an_answer_without_an_identity_is_garbled(answer_: dict[str, object]) -> None:
    with pytest.raises(WeChatGarbled):
        grant_from("wx1", answer_)


def test_the_exchange_asks_as_documented() -> None:
    heads = []

    def handle(connection: socket.socket) -> None:
        heads.append(read_request(connection))
        connection.sendall(answer(b'{"openid":"o","access_token":"t"}'))

    with serving(handle) as url:
        assert fetch_grant(Transport(url, 1, 1), APP, "code").openid == "o"
    line = heads[0].split(b"\r\n")[0].decode()
    assert line == (
        f"GET /sns/oauth2/access_token?appid={APP.appid}&secret={APP.secret}&code=code"
        "&grant_type=authorization_code HTTP/1.1"
    )


def test_40001_on_the_exchange_is_a_wrong_secret() -> None:
    body = b'{"errcode":40001,"errmsg":"invalid credential"}'
    with serving(always(answer(body))) as url, pytest.raises(SecretInvalid) as caught:
        fetch_grant(Transport(url, 1, 1), APP, "code")
    assert caught.value.errcode == 40001


@pytest.mark.parametrize("errcode", [40001, 40014, 42001, 42007, 50001])
def test_whose_permission_is_gone_is_asked_again(errcode: int) -> None:
    body = json.dumps({"errcode": errcode, "errmsg": ""}).encode()
    with serving(always(answer(body))) as url, pytest.raises(PermissionGone) as caught:
        fetch_profile(Transport(url, 1, 1), GRANT, lang="zh_CN")
    assert caught.value.errcode == errcode


@pytest.mark.parametrize("sample", EXAMPLES["GET /sns/userinfo"]["ok"], ids=lambda sample: sample["kind"])
def test_recorded_profiles(sample: dict[str, dict[str, str]]) -> None:
    body = sample["body"]
    with serving(always(answer(json.dumps(body).encode()))) as url:
        profile = fetch_profile(Transport(url, 1, 1), GRANT, lang="zh_CN")
    assert (profile.appid, profile.openid) == (APP.appid, "openid")
    assert profile.unionid == body["unionid"]
    assert profile.nickname == body["nickname"]
    assert profile.avatar_url.startswith("https://")
    assert datetime.fromisoformat(profile.fetched_at) <= datetime.now(UTC)


@pytest.mark.parametrize(
    "raw",
    [
        EXAMPLES["GET /sns/userinfo"]["raw_body_with_escaped_slashes"],
        EXAMPLES["GET /sns/userinfo"]["raw_body_control_char"],
    ],
)
def test_raw_bodies_of_the_reference(raw: str) -> None:
    with serving(always(answer(raw.encode()))) as url:
        profile = fetch_profile(Transport(url, 1, 1), GRANT, lang="zh_CN")
    assert profile.nickname in ("NICK", "ab")


@pytest.mark.parametrize(
    ("nickname", "shown"),
    [
        ("张三", "张三"),
        ("李小花🌸", "李小花🌸"),
        ("👨‍👩‍👧 family", "👨‍👩‍👧 family"),
        ("José", "José"),
        ("小\b明\x1f", "小明"),
        ("a\r\nb\tc", "a b c"),
        ("  spaces  ", "spaces"),
        ("\u202eevil", "evil"),
        ("broken\ufffd", "broken"),
        ("\ud83c", ""),
        ("\ue13c", "\ue13c"),
        ("", ""),
        ("\u3000全角\u3000", "全角"),
        ("\u200b\u2060\u200e", ""),
        ("\u3164", ""),
        ("\u200b张", "\u200b张"),
    ],
)
def test_nicknames(nickname: str, shown: str) -> None:
    assert clean_nickname(nickname) == shown


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://wx.qlogo.cn/mmopen/x/132", "https://wx.qlogo.cn/mmopen/x/132"),
        ("https://thirdwx.qlogo.cn/mmopen/x/132", "https://thirdwx.qlogo.cn/mmopen/x/132"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("//evil.example", ""),
        ("http://a\nb", ""),
    ],
)
def test_avatars_are_https(url: str, kept: str) -> None:
    assert https_avatar_url(url) == kept


def test_credentials_do_not_print_their_secret() -> None:
    assert APP.secret not in repr(APP)
