"""Is a genuine push understood and everything else refused? With the vectors of the reference."""

import contextlib
import json
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_wechat.exceptions import PushRejected
from django_wechat.protocol import crypto, push
from django_wechat.protocol.push import OfficialAccount, PushEvent

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
OPENID, GH = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "gh_97417a04a28d"
APPID, TOKEN = "wx00000000000000a1", "tokentoken"
KEY, OLD_KEY = "k" * 42 + "A", "o" * 42 + "A"
PLAIN = OfficialAccount(APPID, "s" * 32, TOKEN)
SAFE = OfficialAccount(APPID, "s" * 32, TOKEN, (KEY,))
NOW = 1_714_112_445.0


def xml(**fields: str) -> bytes:
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


def scan(event: str = "SCAN", key: str = "scene1", **more: str) -> bytes:
    names = {"ToUserName": GH, "FromUserName": OPENID, "CreateTime": "1714112445", "MsgType": "event"}
    return xml(**names, Event=event, EventKey=key, **more)


def signed(token: str = TOKEN, *, at: float = NOW, nonce: str = "n1") -> dict[str, str]:
    timestamp = str(int(at))
    return {"timestamp": timestamp, "nonce": nonce, "signature": crypto.sign(token, timestamp, nonce)}


def sealed(body: bytes, *, key: str = KEY, appid: str = APPID, at: float = NOW, token: str = TOKEN) -> Any:
    encrypted = crypto.encrypt(body, key, appid)
    query = signed(token, at=at) | {"encrypt_type": "aes"}
    query["msg_signature"] = crypto.sign(token, query["timestamp"], query["nonce"], encrypted)
    return query, xml(ToUserName=GH, Encrypt=encrypted)


@pytest.mark.parametrize("vector", VECTORS["plain_signature"], ids=lambda vector: vector["id"])
def test_signatures_of_the_reference(vector: dict[str, Any]) -> None:
    parts = (vector["token"], vector["timestamp"], vector["nonce"])
    assert crypto.is_signed(vector["signature"], *parts) is vector["valid"]


@pytest.mark.parametrize("vector", VECTORS["aes"], ids=lambda vector: vector["id"])
def test_encrypted_messages_of_the_reference(vector: dict[str, Any]) -> None:
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    if vector.get("msg_signature"):
        assert crypto.is_signed(vector["msg_signature"], *parts)
    plain = crypto.decrypt(vector["encrypt"], vector["encoding_aes_key"], vector["receive_id"])
    assert plain.decode() == vector["plaintext"]


def test_the_official_event_is_received() -> None:
    vector = next(one for one in VECTORS["aes"] if one["id"] == "official-safe-mode-json-event")
    account = OfficialAccount(vector["receive_id"], "", vector["token"], (vector["encoding_aes_key"],))
    query = {key: vector[key] for key in ("timestamp", "nonce", "msg_signature")}
    body = json.dumps({"ToUserName": GH, "Encrypt": vector["encrypt"]}).encode()
    event = push.receive(query, body, account, now=float(vector["timestamp"]))
    assert (event.openid, event.event, event.is_json) == (OPENID, "debug_demo", True)
    assert event.fields["debug_str"] == "hello world"


def test_the_console_gets_its_echostr_back() -> None:
    query = signed() | {"echostr": "4375120948345356249"}
    assert push.verify_url(query, TOKEN, now=NOW) == b"4375120948345356249"


@pytest.mark.parametrize("token", ["another", ""])
def test_the_console_with_another_token_is_refused(token: str) -> None:
    with pytest.raises(PushRejected):
        push.verify_url(signed() | {"echostr": "1"}, token, now=NOW)


@pytest.mark.parametrize("at", [NOW - 301, NOW + 301])
def test_a_stale_question_of_the_console_is_refused(at: float) -> None:
    with pytest.raises(PushRejected, match="clock"):
        push.verify_url(signed(at=at) | {"echostr": "1"}, TOKEN, now=NOW)


@pytest.mark.parametrize(
    ("body", "scene"),
    [
        (scan(), "scene1"),
        (scan("subscribe", "qrscene_scene1"), "scene1"),
        (scan("subscribe", "qrscene_qrscene_x"), "qrscene_x"),
        (scan("SCAN", "qrscene_x"), "qrscene_x"),
        (scan("subscribe", ""), ""),
        (scan("subscribe", "last_trade_no_1"), ""),
        (scan("unsubscribe", ""), ""),
        (scan("CLICK", "scene1"), ""),
        (scan("VIEW", "https://x"), ""),
        (scan("scan", "scene1"), ""),
        (xml(ToUserName=GH, FromUserName=OPENID, MsgType="text", Content="SCAN", MsgId="1"), ""),
    ],
)
def test_the_scene_is_read_from_scans_and_follows_only(body: bytes, scene: str) -> None:
    assert push.receive(signed(), body, PLAIN, now=NOW).scene == scene


def test_json_bodies_are_understood() -> None:
    fields = {"ToUserName": GH, "FromUserName": OPENID, "CreateTime": 5, "MsgType": "event", "Event": "SCAN"}
    event = push.receive(signed(), json.dumps({**fields, "EventKey": "s"}).encode(), PLAIN, now=NOW)
    assert (event.scene, event.created_at, event.is_json) == ("s", "5", True)


def test_safe_mode() -> None:
    query, body = sealed(scan())
    assert push.receive(query, body, SAFE, now=NOW).scene == "scene1"
    del query["signature"]
    assert push.receive(query, body, SAFE, now=NOW).scene == "scene1"


def test_compatible_mode_reads_the_encrypted_part() -> None:
    query, outer = sealed(scan(key="genuine"))
    forged = outer.replace(b"</xml>", scan(key="forged").removeprefix(b"<xml>"))
    assert push.receive(query, forged, SAFE, now=NOW).scene == "genuine"


def test_the_key_before_is_accepted_during_a_rotation() -> None:
    query, body = sealed(scan(), key=OLD_KEY)
    rotated = OfficialAccount(APPID, "", TOKEN, (KEY, OLD_KEY))
    assert push.receive(query, body, rotated, now=NOW).scene == "scene1"
    with pytest.raises(PushRejected):
        push.receive(query, body, SAFE, now=NOW)


def refused(query: dict[str, str], body: bytes, account: OfficialAccount = PLAIN) -> str:
    with pytest.raises(PushRejected) as caught:
        push.receive(query, body, account, now=NOW)
    return str(caught.value)


def test_a_plain_push_where_a_key_is_set_is_refused() -> None:
    assert "not encrypted" in refused(signed(), scan(), SAFE)


def test_an_encrypted_push_without_a_key_is_refused() -> None:
    query, body = sealed(scan())
    assert "no EncodingAESKey" in refused(query, body)


def test_an_encrypted_push_for_another_appid_is_refused() -> None:
    query, body = sealed(scan(), appid="wx00000000000000a2")
    assert "another appid" in refused(query, body, SAFE)


@pytest.mark.parametrize("change", ["signature", "nonce", "timestamp"])
def test_a_forged_query_is_refused(change: str) -> None:
    refused(signed() | {change: "1714112446"}, scan())


@pytest.mark.parametrize("query", [{}, {"signature": ""}, {"signature": "é"}, {"timestamp": "x", "nonce": "y"}])
def test_an_unsigned_query_is_refused(query: dict[str, str]) -> None:
    refused(query, scan())


def test_a_blank_token_accepts_nothing() -> None:
    refused(signed(""), scan(), OfficialAccount(APPID, "", ""))
    query, body = sealed(scan(), token="")
    refused(query, body, OfficialAccount(APPID, "", "", (KEY,)))


def test_a_wrong_msg_signature_is_refused() -> None:
    query, body = sealed(scan())
    assert "msg_signature" in refused(query | {"msg_signature": "0" * 40}, body, SAFE)


@pytest.mark.parametrize("at", [NOW - 301, NOW + 301])
def test_a_stale_push_is_refused(at: float) -> None:
    assert "clock" in refused(signed(at=at), scan())
    query, body = sealed(scan(), at=at)
    assert "clock" in refused(query, body, SAFE)


@pytest.mark.parametrize("timestamp", ["", "soon", "１７", "-5", "9" * 400, "01714112445", "1714112445\n"])
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    query = {"timestamp": timestamp, "nonce": "n", "signature": crypto.sign(TOKEN, timestamp, "n")}
    refused(query, scan())


BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><FromUserName>&b;</FromUserName></xml>'
XXE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><FromUserName>&a;</FromUserName></xml>'


@pytest.mark.parametrize(
    "body",
    [b"", b"<", b"<xml>", b"nonsense", BOMB, XXE, b"{", b"[]", b"{" * 5000, b'<?xml version="1.0" encoding="x"?><a/>',
     b"<xml/>", xml(FromUserName=OPENID), xml(MsgType="event"), b"\xff\xfe\x00", b'{"FromUserName": {}, "MsgType": 1}'],
)  # fmt: skip
def test_a_garbled_or_hostile_body_is_refused(body: bytes) -> None:
    refused(signed(), body)
    query, outer = sealed(body)
    refused(query, outer, SAFE)


@pytest.mark.parametrize("encrypted", ["", "!!!", "AAAA", "A" * 44, "é"])
def test_a_garbled_cipher_is_refused(encrypted: str) -> None:
    query = signed()
    query["msg_signature"] = crypto.sign(TOKEN, query["timestamp"], query["nonce"], encrypted)
    refused(query, xml(Encrypt=encrypted), SAFE)


@pytest.mark.parametrize("plain", [b"", b"x" * 19, b"x" * 16 + b"\xff\xff\xff\xff" + b"short"])
def test_a_cipher_with_wrong_lengths_is_refused(plain: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_decipher", lambda *_args: plain)
    with pytest.raises(PushRejected):
        crypto.decrypt("x", KEY, APPID)


@given(st.binary(max_size=300), st.text(alphabet="wx0123456789abcdef", max_size=18))
def test_encryption_goes_there_and_back(message: bytes, appid: str) -> None:
    assert crypto.decrypt(crypto.encrypt(message, KEY, appid), KEY, appid) == message


@given(st.binary(max_size=200))
def test_no_body_breaks_the_parser(body: bytes) -> None:
    with contextlib.suppress(PushRejected):
        push.receive(signed(), body, PLAIN, now=NOW)


EVENT = PushEvent(OPENID, GH, "1", "event", "SCAN", "s")


def test_a_reply_is_addressed_back_and_escaped() -> None:
    root = ElementTree.fromstring(push.text_reply(EVENT, "a ]]> b <b>\n张三🌸", now=NOW))
    fields = {child.tag: child.text for child in root}
    assert fields == {
        "ToUserName": OPENID,
        "FromUserName": GH,
        "CreateTime": "1714112445",
        "MsgType": "text",
        "Content": "a ]]> b <b>\n张三🌸",
    }


def test_a_long_reply_is_cut_between_characters() -> None:
    content = ElementTree.fromstring(push.text_reply(EVENT, "张" * 1000, now=NOW)).findtext("Content") or ""
    assert len(content.encode()) <= 2048
    assert set(content) == {"张"}


@pytest.mark.parametrize("is_json", [False, True])
def test_a_sealed_reply_can_be_opened_by_wechat(*, is_json: bool) -> None:
    event = PushEvent(OPENID, GH, "1", "event", "SCAN", "s", is_json=is_json)
    reply = push.text_reply(event, "hello", now=NOW)
    outer = push.seal(reply, SAFE, nonce="n1", now=NOW, is_json=is_json)
    read = json.loads(outer) if is_json else {child.tag: child.text for child in ElementTree.fromstring(outer)}
    assert crypto.is_signed(read["MsgSignature"], TOKEN, str(read["TimeStamp"]), read["Nonce"], read["Encrypt"])
    assert crypto.decrypt(read["Encrypt"], KEY, APPID) == reply


@pytest.mark.parametrize("reply", [b"", push.SUCCESS])
def test_success_is_never_encrypted(reply: bytes) -> None:
    assert push.seal(reply, SAFE, nonce="n", now=NOW, is_json=False) == reply


def test_without_a_key_nothing_is_sealed() -> None:
    assert push.seal(b"<xml/>", PLAIN, nonce="n", now=NOW, is_json=False) == b"<xml/>"


def test_repeats_have_one_identity_and_different_events_have_two() -> None:
    first = push.receive(signed(nonce="a"), scan(), PLAIN, now=NOW)
    again = push.receive(signed(nonce="b", at=NOW + 5), scan(), PLAIN, now=NOW)
    assert first.identity == again.identity
    assert first.identity != push.receive(signed(), scan(key="other"), PLAIN, now=NOW).identity
    text = xml(ToUserName=GH, FromUserName=OPENID, MsgType="text", MsgId="64")
    assert push.receive(signed(), text, PLAIN, now=NOW).identity == f"message:{GH}:64"


def test_nothing_secret_is_printed() -> None:
    assert not any(secret in repr(SAFE) for secret in (KEY, TOKEN, "s" * 32))


def test_it_is_quick() -> None:
    query, body = sealed(scan())
    started = time.perf_counter()
    for _ in range(50):
        push.receive(query, body, SAFE, now=NOW)
    assert (time.perf_counter() - started) / 50 < 0.005


@pytest.mark.parametrize("cipher", ["\\ud800", "密文", "\\u0000"])
def test_a_cipher_of_impossible_characters_is_refused(cipher: str) -> None:
    account = OfficialAccount("wx1", "secret", "token", ("k" * 42 + "A",))
    query = {"timestamp": "1714112445", "nonce": "n", "msg_signature": "x"}
    with pytest.raises(PushRejected):
        push.receive(query, f'{{"Encrypt": "{cipher}"}}'.encode(), account, now=1714112445)
