"""Do pushes leave as WeChat sends them, and is the site's answer judged as WeChat judges it?"""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

from django_wechat.simulator import seeds
from django_wechat.simulator.acts.official_accounts import ScanResult
from django_wechat.simulator.acts.server_configuration import BAD_KEY, BAD_TOKEN, BAD_URL
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push import crypto
from django_wechat.simulator.push.envelopes import seal, write
from django_wechat.simulator.push.verdicts import OUT_OF_SERVICE, Verdict
from django_wechat.simulator.world.chats import ChatMessage, Sender
from django_wechat.simulator.world.registry import App, PushFormat, PushMode
from tests.simulator.push_site import Arrival, PushSite, push_site
from tests.simulator.replies import reply_to

APPID = seeds.OFFICIAL_ACCOUNT_APPID
TOKEN, AES_KEY = seeds.OFFICIAL_ACCOUNT_TOKEN, seeds.OFFICIAL_ACCOUNT_AES_KEY
VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "wire" / "vectors.json").read_text(encoding="utf-8"))
ORDER = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "qrscene_x"}}}


@pytest.fixture
def site(platform: Platform) -> Iterator[PushSite]:
    with push_site() as site:
        platform.find_app(APPID).push_url = site.url
        platform.switch(push_timeout=1)
        yield site


@pytest.fixture
def account(platform: Platform) -> App:
    return platform.find_app(APPID)


def texts(chat: list[ChatMessage]) -> list[tuple[str, str]]:
    return [(message.sender, message.text) for message in chat]


# --- the vectors of other implementations ---


@pytest.mark.parametrize("vector", VECTORS["plain_signature"], ids=lambda vector: vector["id"])
def test_signature_vectors(vector: dict[str, Any]) -> None:
    signed = crypto.is_signed(vector["signature"], vector["token"], vector["timestamp"], vector["nonce"])
    assert signed is vector["valid"]


@pytest.mark.parametrize("vector", VECTORS["aes"], ids=lambda vector: vector["id"])
def test_aes_vectors(vector: dict[str, Any]) -> None:
    message = vector["plaintext"].encode()
    salt = vector["random16"].encode()
    assert crypto.encrypt(vector["encoding_aes_key"], message, vector["receive_id"], salt) == vector["encrypt"]
    assert crypto.decrypt(vector["encoding_aes_key"], vector["encrypt"]) == (message, vector["receive_id"])
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert crypto.signature(*parts) == vector["msg_signature"]


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 100])
def test_encryption_round_trip(length: int) -> None:
    assert crypto.decrypt(AES_KEY, crypto.encrypt(AES_KEY, b"x" * length, APPID)) == (b"x" * length, APPID)


def sealed_by_hand(plain: bytes) -> str:
    """Encrypt without the length and the AppID that belong there."""
    padding = 32 - len(plain) % 32
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding] * padding)) + encryptor.finalize()).decode()


@pytest.mark.parametrize("plain", [b"short", b"r" * 16 + b"\x00\x00\xff\xff" + b"message"])
def test_decryption_checks_the_lengths(plain: bytes) -> None:
    with pytest.raises(ValueError, match=r"short|length"):
        crypto.decrypt(AES_KEY, sealed_by_hand(plain))


# --- wechatpy, an independent witness ---


def opened_by_wechatpy(account: App, arrival: Arrival) -> Any:
    query = arrival.query
    check_signature(account.server_token, query["signature"], query["timestamp"], query["nonce"])
    if account.push_mode == "plain":
        return parse_message(arrival.body)
    witness = WeChatCrypto(account.server_token, account.aes_key, account.appid)
    signed = (query["msg_signature"], query["timestamp"], query["nonce"])
    return parse_message(witness.decrypt_message(arrival.body, *signed))


@pytest.mark.parametrize("mode", PushMode)
def test_wechatpy_reads_what_is_pushed(platform: Platform, account: App, site: PushSite, mode: PushMode) -> None:
    account.push_mode = mode
    qr = platform.create_account_qr(account, ORDER)
    platform.scan_account_qr(qr.ticket)
    platform.follow(APPID)
    followed = opened_by_wechatpy(account, site.last)
    assert (followed.event, followed.scene_id, followed.ticket) == ("subscribe_scan", "qrscene_x", qr.ticket)
    assert (followed.source, followed.target) == (platform.person.openid(APPID), account.original_id)
    assert site.last.query["openid"] == followed.source
    platform.scan_account_qr(qr.ticket)
    scanned = opened_by_wechatpy(account, site.last)
    assert (scanned.event, scanned.scene_id, scanned.ticket) == ("scan", "qrscene_x", qr.ticket)
    platform.send_text(APPID, "你好 🍵 ]]> &lt;")
    said = opened_by_wechatpy(account, site.last)
    assert (said.type, said.content) == ("text", "你好 🍵 ]]> &lt;")
    assert said.id > 0
    platform.menu_click(APPID, "HELP")
    assert opened_by_wechatpy(account, site.last).key == "HELP"
    platform.menu_click(APPID, "https://www.example.com/")
    assert opened_by_wechatpy(account, site.last).url == "https://www.example.com/"
    platform.send_location(APPID)
    assert opened_by_wechatpy(account, site.last).event == "location"
    platform.unfollow(APPID)
    assert opened_by_wechatpy(account, site.last).event == "unsubscribe"


def test_wechatpys_encrypted_reply_is_shown(platform: Platform, account: App, site: PushSite) -> None:
    def answer(arrival: Arrival) -> bytes:
        reply = create_reply("好的", opened_by_wechatpy(account, arrival)).render()
        witness = WeChatCrypto(account.server_token, account.aes_key, account.appid)
        return str(witness.encrypt_message(reply, arrival.query["nonce"], arrival.query["timestamp"])).encode()

    site.answer = answer
    push = platform.follow(APPID)
    assert (push.verdict, push.status, push.tries, push.explanation) == (Verdict.REPLIED, 200, 1, "")
    assert texts(platform.chat(APPID)) == [("account", "好的")]


# --- the wire ---


def test_bodies_of_the_modes(platform: Platform, account: App, site: PushSite) -> None:
    fields = {}
    for mode in PushMode:
        account.push_mode = mode
        if platform.is_follower(APPID):
            platform.unfollow(APPID)
        platform.follow(APPID)
        assert site.last.content_type == "text/xml"
        fields[mode] = {child.tag for child in fromstring(site.last.body)}
        extra = set() if mode is PushMode.PLAIN else {"encrypt_type", "msg_signature"}
        assert set(site.last.query) == {"of", "signature", "timestamp", "nonce", "openid"} | extra
    assert fields[PushMode.PLAIN] == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey"}
    assert fields[PushMode.COMPATIBLE] == fields[PushMode.PLAIN] | {"Encrypt"}
    assert fields[PushMode.SAFE] == {"ToUserName", "Encrypt"}


def test_plain_xml_is_written_as_wechat_writes_it(account: App) -> None:
    message = {"ToUserName": "gh_1", "CreateTime": 1714112445, "Content": "a]]>b\x08"}
    assert write(message, PushFormat.XML) == (
        b"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><CreateTime>1714112445</CreateTime>"
        b"<Content><![CDATA[a]]]]><![CDATA[>b\x08]]></Content></xml>"
    )


@pytest.mark.parametrize("push_format", PushFormat)
def test_what_a_person_typed_goes_out_as_it_is(push_format: PushFormat) -> None:
    typed = "a\x1d\ufffe\uffff\ud800b"
    sent = write({"Content": typed}, push_format)
    assert b"\xef\xbf\xbe\xef\xbf\xbf\xed\xa0\x80b" in sent


@pytest.mark.parametrize("mode", PushMode)
def test_json_pushes_and_replies(platform: Platform, account: App, site: PushSite, mode: PushMode) -> None:
    account.push_format, account.push_mode = PushFormat.JSON, mode

    def answer(arrival: Arrival) -> bytes:
        body = json.loads(arrival.body)
        if mode is not PushMode.PLAIN:
            body = json.loads(crypto.decrypt(AES_KEY, body["Encrypt"])[0])
        assert isinstance(body["CreateTime"], int)
        swapped = {"ToUserName": body["FromUserName"], "FromUserName": body["ToUserName"], "CreateTime": 1}
        reply = json.dumps(swapped | {"MsgType": "text", "Content": "好"}, ensure_ascii=False).encode()
        if mode is PushMode.PLAIN:
            return reply
        encrypted = crypto.encrypt(AES_KEY, reply, APPID)
        signed = crypto.signature(TOKEN, "1713424427", "7", encrypted)
        wire = {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": 1713424427, "Nonce": "7"}
        return json.dumps(wire).encode()

    site.answer = answer
    assert platform.follow(APPID).verdict is Verdict.REPLIED
    assert platform.chat(APPID)[-1].text == "好"


def test_events_of_one_person_are_a_second_apart(platform: Platform, account: App, site: PushSite) -> None:
    account.push_mode = PushMode.PLAIN
    platform.follow(APPID)
    for _ in range(3):
        platform.send_text(APPID, "again")
    times = [int(fromstring(arrival.body).findtext("CreateTime", "")) for arrival in site.arrivals]
    assert times == sorted(set(times))
    ids = [fromstring(arrival.body).findtext("MsgId") for arrival in site.arrivals[1:]]
    assert len(set(ids)) == 3


def test_advance_does_not_make_pushes_stale(platform: Platform, site: PushSite) -> None:
    platform.advance(86400)
    platform.follow(APPID)
    assert abs(int(site.last.query["timestamp"]) - time.time()) < 5


# --- scanning and following ---


def test_scan_of_a_stranger_shows_the_card_and_follow_brings_the_scene(
    platform: Platform, account: App, site: PushSite
) -> None:
    account.push_mode = PushMode.PLAIN
    qr = platform.create_account_qr(account, ORDER)
    outcome = platform.scan_account_qr(qr.ticket, "jose")
    assert (outcome.result, outcome.push, outcome.scene) == (ScanResult.CARD, None, "qrscene_x")
    assert platform.card(APPID, "jose") is qr
    assert site.arrivals == []
    push = platform.follow(APPID, "jose")
    assert (push.message["EventKey"], push.message["Ticket"]) == ("qrscene_qrscene_x", qr.ticket)
    platform.unfollow(APPID, "jose")
    again = platform.follow(APPID, "jose")
    assert (again.message["EventKey"], "Ticket" in again.message) == ("", False)


def test_scan_of_a_follower_pushes_at_once(platform: Platform, account: App, site: PushSite) -> None:
    platform.follow(APPID)
    qr = platform.create_account_qr(account, ORDER)
    outcome = platform.scan_account_qr()
    assert outcome.result is ScanResult.SCAN
    assert outcome.push
    assert outcome.push is platform.last_push(APPID)
    assert (outcome.push.message["Event"], outcome.push.message["EventKey"]) == ("SCAN", "qrscene_x")
    assert qr.scanned_by == "zhangsan"


def test_expired_codes_push_nothing(platform: Platform, account: App, site: PushSite) -> None:
    platform.follow(APPID)
    qr = platform.create_account_qr(account, ORDER)
    platform.advance(601)
    assert platform.scan_account_qr(qr.ticket).result is ScanResult.EXPIRED
    assert len(site.arrivals) == 1


def test_wrong_words_are_explained(platform: Platform, account: App) -> None:
    with pytest.raises(ValueError, match="no account shows a QR code"):
        platform.scan_account_qr()
    with pytest.raises(ValueError, match="does not follow"):
        platform.send_text(APPID, "hello")
    with pytest.raises(ValueError, match="is no official account"):
        platform.follow(seeds.WEBSITE_APP_APPID)
    platform.follow(APPID)
    with pytest.raises(ValueError, match="already"):
        platform.follow(APPID)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/"])
def test_without_an_address_and_a_key_nothing_is_sent(platform: Platform, account: App, url: str) -> None:
    account.push_url, account.aes_key = url, ""
    push = platform.follow(APPID)
    assert (push.verdict, push.status, push.tries) == (Verdict.NOT_CONFIGURED, None, 0)
    assert push.explanation.startswith("it needs a push_url")
    assert platform.chat(APPID) == []


# --- verdicts ---


@pytest.mark.parametrize("body", [b"success", b""])
def test_success_and_nothing_are_fine(platform: Platform, site: PushSite, body: bytes) -> None:
    site.answer = lambda arrival: body
    push = platform.follow(APPID)
    assert (push.verdict, push.body, push.status) == (Verdict.OK, body, 200)
    assert platform.chat(APPID) == []


def test_a_plain_reply_stands_in_the_chat_with_its_links(platform: Platform, account: App, site: PushSite) -> None:
    account.push_mode = PushMode.PLAIN
    words = '点 <a href="https://a.example/c?k=1&amp;x=2">这里</a>。\n或 http://b.example/x?y=1，谢谢'.replace(
        "&amp;", "&"
    )
    site.answer = lambda arrival: write(reply_to(arrival, words), PushFormat.XML)
    platform.follow(APPID)
    (message,) = platform.chat(APPID)
    assert (message.sender, message.text) == ("account", words)
    assert message.links == ["https://a.example/c?k=1&x=2", "http://b.example/x?y=1"]
    assert [part.words for part in message.parts] == ["点 ", "这里", "。\n或 ", "http://b.example/x?y=1", "，谢谢"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", [("plain", "")]),
        ("go: http://a.example", [("go: ", ""), ("http://a.example", "http://a.example")]),
        ("<a href='https://a.example/'>x</a>", [("x", "https://a.example/")]),
        ('<a href="javascript:alert(1)">x</a>', [('<a href="javascript:alert(1)">x</a>', "")]),
    ],
)
def test_only_web_addresses_become_links(text: str, parts: list[tuple[str, str]]) -> None:
    assert ChatMessage(Sender.ACCOUNT, text, 0).parts == parts


@pytest.mark.parametrize(
    ("replaced", "explanation"),
    [
        ({"ToUserName": "oSomebodyElse"}, "ToUserName is"),
        ({"FromUserName": "gh_000000000000"}, "FromUserName is"),
        ({"CreateTime": "now"}, "CreateTime must be"),
        ({"MsgType": "dance"}, "unknown MsgType"),
        ({"Content": ""}, "Content must have"),
        ({"Content": "茶" * 683}, "Content must have"),
    ],
)
def test_wrong_replies(
    platform: Platform, account: App, site: PushSite, replaced: dict[str, str], explanation: str
) -> None:
    account.push_mode = PushMode.PLAIN
    site.answer = lambda arrival: write(reply_to(arrival, "hello", **replaced), PushFormat.XML)
    push = platform.follow(APPID)
    assert push.verdict is Verdict.OUT_OF_SERVICE
    assert push.explanation.startswith(explanation)
    assert texts(platform.chat(APPID)) == [("wechat", OUT_OF_SERVICE)]


def test_replies_of_other_kinds_are_named(platform: Platform, account: App, site: PushSite) -> None:
    account.push_mode = PushMode.PLAIN
    site.answer = lambda arrival: write(reply_to(arrival, "", MsgType="image"), PushFormat.XML)
    platform.follow(APPID)
    assert platform.chat(APPID)[-1].text == "[image]"


@pytest.mark.parametrize(
    "body",
    [
        b"ok",
        b"success\n",
        b'{"errcode": 0}',
        b"<html><body>debug</body></html>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>',
        b"\xff\xfe",
    ],
)
def test_anything_else_is_out_of_service(platform: Platform, site: PushSite, body: bytes) -> None:
    site.answer = lambda arrival: body
    push = platform.follow(APPID)
    assert (push.verdict, push.tries) == (Verdict.OUT_OF_SERVICE, 1)
    assert push.explanation
    assert texts(platform.chat(APPID)) == [("wechat", OUT_OF_SERVICE)]


def test_other_statuses_are_out_of_service(platform: Platform, site: PushSite) -> None:
    site.status = 403
    push = platform.follow(APPID)
    assert (push.verdict, push.status, push.explanation) == (Verdict.OUT_OF_SERVICE, 403, "HTTP 403; it must be 200")


def sealed_reply(
    account: App, arrival: Arrival, *, appid: str = APPID, token: str = TOKEN, key: str = AES_KEY
) -> bytes:
    opened = Arrival("", {}, crypto.decrypt(AES_KEY, fromstring(arrival.body).findtext("Encrypt", ""))[0], "")
    encrypted = crypto.encrypt(key, write(reply_to(opened, "hello"), PushFormat.XML), appid)
    signed = crypto.signature(token, "1713424427", "7", encrypted)
    wire = {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": 1713424427, "Nonce": "7"}
    return write(wire, PushFormat.XML)


@pytest.mark.parametrize(
    ("wrong", "explanation"),
    [
        ({"appid": "wx0"}, "it was encrypted for another AppID"),
        ({"token": "other"}, "MsgSignature is wrong"),
        ({"key": "A" * 43}, "it cannot be decrypted"),
    ],
)
def test_encrypted_replies_are_checked(
    platform: Platform, account: App, site: PushSite, wrong: dict[str, str], explanation: str
) -> None:
    site.answer = lambda arrival: sealed_reply(account, arrival)
    assert platform.follow(APPID).verdict is Verdict.REPLIED
    site.answer = lambda arrival: sealed_reply(account, arrival, **wrong)
    push = platform.send_text(APPID, "hello")
    assert push.verdict is Verdict.OUT_OF_SERVICE
    assert push.explanation.startswith(explanation)


def test_replies_of_the_wrong_mode(platform: Platform, account: App, site: PushSite) -> None:
    safe = site.answer = lambda arrival: sealed_reply(account, arrival)
    platform.follow(APPID)
    stored = safe(site.last)
    site.answer = lambda arrival: b"<xml><ToUserName>o</ToUserName></xml>"
    assert platform.send_text(APPID, "x").explanation == "in safe mode a reply must be encrypted"
    account.push_mode = PushMode.PLAIN
    site.answer = lambda arrival: stored
    assert platform.send_text(APPID, "x").explanation == "in plain mode a reply must not be encrypted"


def test_unfollowers_are_told_nothing(platform: Platform, account: App, site: PushSite) -> None:
    platform.follow(APPID)
    site.answer = lambda arrival: b"nonsense"
    assert platform.unfollow(APPID).verdict is Verdict.OUT_OF_SERVICE
    assert platform.chat(APPID) == []


# --- tries ---


def test_no_answer_is_tried_three_times_with_the_same_message(platform: Platform, account: App, site: PushSite) -> None:
    account.push_mode = PushMode.PLAIN
    platform.follow(APPID)
    site.arrivals.clear()
    site.delay = 0.8
    platform.switch(push_timeout=0.4)
    push = platform.send_text(APPID, "anybody there?")
    assert (push.verdict, push.status, push.tries) == (Verdict.OUT_OF_SERVICE, None, 3)
    assert len({arrival.body for arrival in site.arrivals}) == 1
    assert len({arrival.query["nonce"] for arrival in site.arrivals}) == len(site.arrivals) == 3
    assert texts(platform.chat(APPID)) == [("person", "anybody there?"), ("wechat", OUT_OF_SERVICE)]


def test_an_answer_to_the_second_try_is_good(platform: Platform, account: App, site: PushSite) -> None:
    def slow_once(arrival: Arrival) -> bytes:
        time.sleep(1.5 if len(site.arrivals) == 1 else 0)
        return b"success"

    site.answer = slow_once
    platform.switch(push_timeout=1)
    push = platform.follow(APPID)
    assert (push.verdict, push.tries) == (Verdict.OK, 2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "not an address"])
def test_nobody_listens(platform: Platform, account: App, url: str) -> None:
    account.push_url = url
    push = platform.follow(APPID)
    assert (push.verdict, push.tries) == (Verdict.OUT_OF_SERVICE, 3)
    assert push.explanation.startswith("no answer: ")


def test_without_waiting_the_caller_goes_on(platform: Platform, account: App, site: PushSite) -> None:
    site.delay = 0.2
    push = platform.follow(APPID, wait=False)
    assert push.verdict == Verdict.PENDING
    deadline = time.monotonic() + 5
    while push.verdict == Verdict.PENDING and time.monotonic() < deadline:
        time.sleep(0.02)
    assert push.verdict == Verdict.OK


# --- forged pushes and the console ---


def test_raw_pushes_say_what_came_back(platform: Platform, account: App, site: PushSite) -> None:
    push = platform.follow(APPID)
    repeated = platform.push_raw(APPID, push.sent, push.query)
    assert (repeated.verdict, repeated.body) == (Verdict.OK, b"success")
    assert site.arrivals[0].body == site.arrivals[1].body
    site.status = 403
    envelope = seal(account, {"ToUserName": account.original_id}, timestamp=1)
    refused = platform.push_raw(APPID, envelope.body, envelope.query)
    assert (refused.verdict, refused.status) == (Verdict.OUT_OF_SERVICE, 403)
    assert site.last.query["timestamp"] == "1"


def test_the_console_verifies_the_address(platform: Platform, account: App, site: PushSite) -> None:
    verification = platform.verify_push_url(APPID)
    assert (verification.accepted, verification.words) == (True, "提交成功")
    query = site.last.query
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    assert int(query["echostr"]) > 2**53


@pytest.mark.parametrize("wrap", ['"{}"', "{}\n", "\ufeff{}", "success", ""])
def test_only_the_exact_echo_counts(platform: Platform, site: PushSite, wrap: str) -> None:
    site.answer = lambda arrival: wrap.format(arrival.query["echostr"]).encode()
    verification = platform.verify_push_url(APPID)
    assert (verification.accepted, verification.words) == (False, "token验证失败")


def test_a_console_that_gets_no_answer_says_so(platform: Platform, site: PushSite) -> None:
    site.delay = 0.4
    platform.switch(push_timeout=0.1)
    assert platform.verify_push_url(APPID).words == "请求URL超时"


def test_submitting_keeps_what_was_verified(platform: Platform, account: App, site: PushSite) -> None:
    platform.reset()
    changes = {"push_url": f" {site.url} ", "server_token": "abc", "push_mode": "plain", "person": "jose"}
    assert platform.submit_server_config(APPID, changes).accepted
    account = platform.find_app(APPID)
    assert (account.push_url, account.server_token, account.push_mode) == (site.url, "abc", PushMode.PLAIN)
    assert (account.push_format, account.aes_key) == (PushFormat.XML, AES_KEY)
    site.status = 500
    assert not platform.submit_server_config(APPID, {"server_token": "another"}).accepted
    assert account.server_token == "abc"
    assert platform.submissions[APPID].config.server_token == "another"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"push_url": "events/"}, BAD_URL),
        ({"push_url": "ftp://a.example/"}, BAD_URL),
        ({"server_token": "ab"}, BAD_TOKEN),
        ({"server_token": "a" * 33}, BAD_TOKEN),
        ({"server_token": "with-dash"}, BAD_TOKEN),
        ({"aes_key": "A" * 42}, BAD_KEY),
        ({"aes_key": "", "push_mode": "compatible"}, BAD_KEY),
        ({"aes_key": "A", "push_mode": "plain"}, BAD_KEY),
    ],
)
def test_the_form_has_rules(platform: Platform, site: PushSite, changes: dict[str, str], words: str) -> None:
    verification = platform.submit_server_config(APPID, {"push_url": site.url} | changes)
    assert (verification.accepted, verification.words) == (False, words)
    assert site.arrivals == []


def test_plain_mode_needs_no_key(platform: Platform, site: PushSite) -> None:
    assert platform.submit_server_config(APPID, {"aes_key": "", "push_mode": "plain"}).accepted
