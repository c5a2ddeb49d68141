"""Is a push read whatever a person typed, and can nothing be forged out of it?"""

import contextlib
import json
import re
import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_wechat.exceptions import PushRejected
from django_wechat.protocol import crypto, push
from django_wechat.protocol.push import OfficialAccount, PushEvent

OPENID, GH = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "gh_97417a04a28d"
APPID, TOKEN, KEY = "wx00000000000000a1", "tokentoken", "k" * 42 + "A"
PLAIN = OfficialAccount(APPID, "s" * 32, TOKEN)
SAFE = OfficialAccount(APPID, "s" * 32, TOKEN, (KEY,))
NOW = 1_714_112_445.0
HEAD = {"ToUserName": GH, "FromUserName": OPENID, "CreateTime": "1714112445"}

UNCLEAN = ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1d", "\x1f", "\ufffe", "\uffff", "\ud800", "\udfff"]
MARKUP = [
    "]]>", "]]", "]", ">", "<", "&", "<![CDATA[", "]]></Content>", "<Content><![CDATA[", "</xml>", "<!--", "-->",
    "<MsgType><![CDATA[event]]></MsgType>", "<Event><![CDATA[SCAN]]></Event>", "<EventKey>scene1</EventKey>",
    "<Ticket>t</Ticket>", "<FromUserName>o-other</FromUserName>", "<MsgId>1</MsgId>", "<Encrypt>AAAA</Encrypt>",
    "&amp;", "&lt;", "&#0;", "&#x1d;", "&#60;", "&nbsp;", "&#99999999999;", "<!DOCTYPE x>", "<!ENTITY a 'b'>",
    '"', "\\", '","MsgType":"event","Event":"SCAN","EventKey":"scene1"', "{", "<?x", "?>",
    "\U000f0000", "\U000f0001", "\ufffd", "\r\n", "🌸",
]  # fmt: skip
typed = st.lists(st.sampled_from(UNCLEAN + MARKUP) | st.text(max_size=5)).map("".join)


def without_unclean(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def as_xml_reads(text: str) -> str:
    """Any XML parser makes one kind of line end of the three."""
    return without_unclean(re.sub("\r\n?", "\n", text))


def cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def xml(fields: Mapping[str, str], *, splits: bool = True) -> bytes:
    """Write as WeChat does; `splits`: it ends no CDATA section where a person typed the end of one."""
    write = cdata if splits else (lambda text: f"<![CDATA[{text}]]>")
    inside = "".join(f"<{name}>{write(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode("utf-8", "surrogatepass")


def text_message(text: str) -> dict[str, str]:
    return {**HEAD, "MsgType": "text", "Content": text, "MsgId": "64"}


def signed() -> dict[str, str]:
    timestamp = str(int(NOW))
    return {"timestamp": timestamp, "nonce": "n1", "signature": crypto.sign(TOKEN, timestamp, "n1")}


def sealed(body: bytes) -> tuple[dict[str, str], str]:
    """Return the query and the encrypted part."""
    encrypted, query = crypto.encrypt(body, KEY, APPID), signed()
    return query | {"msg_signature": crypto.sign(TOKEN, query["timestamp"], "n1", encrypted)}, encrypted


def read(body: bytes) -> PushEvent:
    return push.receive(signed(), body, PLAIN, now=NOW)


def assert_is_just_a_text(event: PushEvent) -> None:
    assert (event.openid, event.account, event.kind, event.message_id) == (OPENID, GH, "text", "64")
    assert (event.scene, event.event, event.key, event.named_openid) == ("", "", "", "")


@pytest.mark.parametrize("char", UNCLEAN, ids=ascii)
def test_what_cannot_be_is_left_out(char: str) -> None:
    event = read(xml(text_message(f"a{char}b")))
    assert event.fields["Content"] == "ab"
    assert_is_just_a_text(event)


@pytest.mark.parametrize("junk", [b"\xff", b"\xed\xa0\xbd", b"\xe4\xbd", b"\xc0\x80", b"\xf0\x9f", b"\x80" * 9])
def test_bytes_that_are_no_characters_are_left_out(junk: bytes) -> None:
    assert read(xml(text_message("aJUNKb")).replace(b"JUNK", junk)).fields["Content"] == "ab"


@pytest.mark.parametrize("char", ["\ufffd", "\x7f", "\x85", "\ufeff", "\ufdd0", "\U0001ffff", "\U000f0000", "\t", "\n"])
def test_what_can_be_stays(char: str) -> None:
    assert read(xml(text_message(f"a{char}b\x1d"))).fields["Content"] == f"a{char}b"


@pytest.mark.parametrize("parts", ["]]", "]"])
def test_leaving_a_character_out_closes_nothing(parts: str) -> None:
    """If it went before the parser came, the rest would be the end of the section."""
    rest = "]]>".removeprefix(parts)
    text = f"{parts}\x00{rest}</Content><Event>SCAN</Event><Content>"
    assert read(xml(text_message(text), splits=False)).fields["Content"] == text.replace("\x00", "")


@given(typed)
def test_nothing_is_forged_out_of_xml(text: str) -> None:
    event = read(xml(text_message(text)))
    assert_is_just_a_text(event)
    assert event.fields["Content"] == as_xml_reads(text)
    assert set(event.fields) == set(text_message(text))


@given(typed)
def test_nothing_is_forged_even_if_wechat_let_markup_through(text: str) -> None:
    with contextlib.suppress(PushRejected):
        assert_is_just_a_text(read(xml(text_message(text), splits=False)))


@given(typed)
def test_nothing_is_forged_out_of_json(text: str) -> None:
    body = json.dumps(text_message(text), ensure_ascii=False).encode("utf-8", "surrogatepass")
    event = read(body)
    assert_is_just_a_text(event)
    assert event.fields["Content"] == without_unclean(text)
    assert read(json.dumps(text_message("a\x00\ud800b")).encode()).fields["Content"] == "ab"


@given(typed)
def test_in_compatible_mode_the_unread_half_does_not_matter(text: str) -> None:
    query, encrypted = sealed(xml(text_message(text)))
    outer = xml({**text_message(text), "Encrypt": encrypted})
    assert push.receive(query, outer, SAFE, now=NOW).fields["Content"] == as_xml_reads(text)


@given(typed)
def test_in_compatible_mode_markup_of_the_unread_half_does_not_matter(text: str) -> None:
    query, encrypted = sealed(xml({**HEAD, "MsgType": "event", "Event": "SCAN", "EventKey": "scene1"}))
    outer = xml({**text_message(text.replace("<!", "")), "Encrypt": encrypted}, splits=False)
    assert push.receive(query, outer, SAFE, now=NOW).scene == "scene1"


def test_a_second_encrypted_part_is_not_believed() -> None:
    query, encrypted = sealed(xml(text_message("genuine")))
    _query, other = sealed(xml(text_message("other")))
    outer = xml({"ToUserName": GH, "Content": f"<Encrypt>{other}</Encrypt>", "Encrypt": encrypted}, splits=False)
    assert push.receive(query, outer, SAFE, now=NOW).fields["Content"] == "genuine"


@pytest.mark.parametrize("body", [b'{"Encrypt": 5}', b'{"Encrypt": ""}', b'{"Encrypt": "\xe5"}', b"{}", b"<xml/>"])
def test_without_an_encrypted_part_it_is_refused(body: bytes) -> None:
    with pytest.raises(PushRejected, match="not encrypted"):
        push.receive(sealed(b"")[0], body, SAFE, now=NOW)


BARE = "<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><MsgType>{kind}</MsgType>{more}</xml>"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Tom & Jerry", "Tom & Jerry"),
        ("https://x/?a=1&b=2", "https://x/?a=1&b=2"),
        ("a&nbsp;b", "a&nbsp;b"),
        ("a&#29;b&#xFFFE;&#0;", "ab"),
        ("a&#x4f60;&#9;b", "a你\tb"),
        ("a&#99999999999;b&#1114112;", "a&#99999999999;b"),
        ("1 < 2", "1 < 2"),
        ("<3 <<", "<3 <<"),
        ("a]]>b", "a]]>b"),
        ("&lt;b&gt;", "<b>"),
        ("<!-- & -->a", "a"),
    ],
)
def test_a_field_that_nobody_needs_may_be_no_xml(written: str, read_as: str) -> None:
    event = read(BARE.format(kind="location", more=f"<Label>{written}</Label><Scale>20</Scale>").encode())
    assert (event.openid, event.fields["Label"], event.fields["Scale"]) == ("o1", read_as, "20")


@pytest.mark.parametrize(
    "name", ["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Event", "Ticket", "EventKey"]
)
@pytest.mark.parametrize("event", ["SCAN", "subscribe"])
def test_what_nobody_types_has_to_be_clean(name: str, event: str) -> None:
    fields = {**HEAD, "MsgType": "event", "Event": event, "EventKey": "qrscene_s", "Ticket": "t", "MsgId": "1"}
    for body in (
        xml({**fields, name: fields[name] + "\x1d"}),
        json.dumps({**fields, name: fields[name] + "\x1d"}).encode(),
    ):
        with pytest.raises(PushRejected, match="do not exist"):
            read(body)


def test_the_key_of_a_menu_is_passed_on() -> None:
    assert read(xml({**HEAD, "MsgType": "event", "Event": "CLICK", "EventKey": "a\x1db"})).key == "ab"


def test_nested_fields_are_cleaned_too() -> None:
    more = {"ScanCodeInfo": {"ScanResult": "a\x1db", "List": ["\ud800", 1, None]}}
    body = json.dumps({**HEAD, "MsgType": "event", "Event": "scancode_push", **more}).encode()
    assert read(body).fields["ScanCodeInfo"] == {"ScanResult": "ab", "List": ["", 1, None]}


@pytest.mark.parametrize("name", ["FromUserName", "MsgType", "MsgId"])
def test_a_field_that_counts_and_comes_twice_is_refused(name: str) -> None:
    twice = xml({**text_message("x"), name: "1"}).replace(b"</xml>", f"<{name}>2</{name}></xml>".encode())
    with pytest.raises(PushRejected, match="twice"):
        read(twice)


@pytest.mark.parametrize("depth", [900, 5_000, 30_000])
def test_nested_json_is_no_trouble(depth: int) -> None:
    with contextlib.suppress(PushRejected):
        read(json.dumps(text_message("x"))[:-1].encode() + b',"a":' + b"[" * depth + b"]" * depth + b"}")


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE x><xml><Encrypt>AAAA</Encrypt></xml>",
        b"<xml><!ENTITY a 'b'><Encrypt>AAAA</Encrypt></xml>",
        b"<?xml version='1.0'?><!doctype x [<!ENTITY a 'b'>]><xml><Encrypt>AAAA</Encrypt></xml>",
    ],
)
def test_a_document_type_is_refused_beside_an_encrypted_part(body: bytes) -> None:
    with pytest.raises(PushRejected, match="document type"):
        push.receive(sealed(b"")[0], body, SAFE, now=NOW)


@pytest.mark.parametrize(
    "piece", [b"<![CDATA[", b"<!--", b"<?", b"&", b"&#1", b"<", b"]]>", b"<Encrypt>", b"<Encrypt>AAAA", b"\x00"]
)
def test_reading_costs_no_more_than_its_length(piece: bytes) -> None:
    """What grows with its square would take minutes, on any machine."""
    body = b"<xml>" + piece * (64 * 1024 // len(piece))
    started = time.process_time()
    for account in (PLAIN, SAFE):
        with pytest.raises(PushRejected):
            push.receive(sealed(b"")[0], body, account, now=NOW)
    assert time.process_time() - started < 5
