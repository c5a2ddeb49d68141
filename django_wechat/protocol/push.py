"""What did WeChat push, is it genuine, and how is it answered? (reference section 5)"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django_wechat.exceptions import PushRejected
from django_wechat.protocol import crypto, push_body
from django_wechat.protocol.quiet import quietly

MAX_AGE = 300
"""Seconds that a push's timestamp may be away from our clock."""

SIGNED_WITH = ("signature", "timestamp", "nonce")
"""What every call of WeChat's server has in its query."""

MAX_REPLY_BYTES = 2048
SUCCESS = b"success"
_SCENE_PREFIX = "qrscene_"
_SECONDS = re.compile("[1-9][0-9]{0,14}")


@dataclass(frozen=True)
class OfficialAccount:
    """An official account: its keypair, the Token that signs pushes, and the keys that encrypt them (newest first).

    `website_appid` is the website app that may push to the same address with the same Token and keys (section 5.8).
    """

    appid: str
    secret: str = field(repr=False)
    server_token: str = field(repr=False)
    aes_keys: tuple[str, ...] = field(default=(), repr=False)
    website_appid: str = ""

    @property
    def receivers(self) -> tuple[str, ...]:
        """The appids that a push to this address may be encrypted for."""
        return (self.appid, self.website_appid) if self.website_appid else (self.appid,)


@dataclass(frozen=True)
class PushEvent:
    """One message or event. `openid` belongs to the official account; `fields` holds everything as WeChat named it.

    `named_openid`, of `named_appid`, is whom an event is about where it says so itself (section 5.8).
    """

    openid: str
    account: str
    created_at: str
    kind: str
    event: str = ""
    key: str = ""
    message_id: str = ""
    named_appid: str = ""
    named_openid: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_json: bool = False

    @property
    def scene(self) -> str:
        """What our QR code carried: bare in SCAN, behind a prefix in subscribe (trap 38); "" for everything else."""
        if self.kind != "event":
            return ""
        if self.event == "SCAN":
            return self.key
        if self.event == "subscribe" and self.key.startswith(_SCENE_PREFIX):
            return self.key.removeprefix(_SCENE_PREFIX)
        return ""

    @property
    def identity(self) -> str:
        """What is the same in each of WeChat's three tries, and in nothing else (section 5.5)."""
        if self.message_id:
            return f"message:{self.account}:{self.message_id}"
        named = f":{self.named_appid}:{self.named_openid}" if self.named_openid else ""
        return f"event:{self.account}:{self.openid}:{self.created_at}:{self.event}:{self.key}{named}"


def verify_url(query: Mapping[str, str], server_token: str, *, now: float) -> bytes:
    """Return the body that WeChat's console expects, or raise `PushRejected` (section 5.2)."""
    require_genuine_query(query, server_token, now=now)
    return query.get("echostr", "").encode()


def receive(query: Mapping[str, str], body: bytes, account: OfficialAccount, *, now: float) -> PushEvent:
    """Return the event in a genuine push; raise `PushRejected` for everything else.

    With an EncodingAESKey only the encrypted part counts, in safe and in compatible mode alike: the plain signature
    does not cover the body (section 5.3).
    """
    if account.aes_keys:
        _require_freshness(query, now)
    else:
        require_genuine_query(query, account.server_token, now=now)
    fields, is_json = _parse(_decrypted(query, body, account) if account.aes_keys else body)
    if not account.aes_keys and "Encrypt" in fields and "FromUserName" not in fields:
        raise PushRejected("it is encrypted, and no EncodingAESKey is filled in")
    return _event(fields, is_json=is_json)


def looks_signed(query: Mapping[str, str], *, now: float) -> bool:
    """Return whether a query has what WeChat signs with, and is fresh; whose signature it is is another question."""
    return all(query.get(name) for name in SIGNED_WITH) and is_fresh(query["timestamp"], now)


def require_genuine_query(query: Mapping[str, str], server_token: str, *, now: float) -> None:
    """Raise `PushRejected` unless a query is signed and fresh: all that plain mode can prove (section 5.3)."""
    _require_signature(query, server_token)
    _require_freshness(query, now)


def is_fresh(timestamp: str, now: float) -> bool:
    """Return whether `timestamp` is near our clock, and written as WeChat writes it: without a zero in front."""
    return bool(_SECONDS.fullmatch(timestamp)) and abs(now - int(timestamp)) <= MAX_AGE


def text_reply(event: PushEvent, text: str, *, now: float) -> bytes:
    """Return a passive text message to the sender of `event`, in the format it came in (section 5.6)."""
    content = _shorten(text)
    if event.is_json:
        answer = {"ToUserName": event.openid, "FromUserName": event.account, "CreateTime": int(now)}
        return json.dumps({**answer, "MsgType": "text", "Content": content}, ensure_ascii=False).encode()
    return (
        f"<xml><ToUserName>{_cdata(event.openid)}</ToUserName><FromUserName>{_cdata(event.account)}</FromUserName>"
        f"<CreateTime>{int(now)}</CreateTime><MsgType>{_cdata('text')}</MsgType>"
        f"<Content>{_cdata(content)}</Content></xml>"
    ).encode()


def seal(reply: bytes, account: OfficialAccount, *, nonce: str, now: float, is_json: bool) -> bytes:
    """Return `reply` encrypted if the account has a key; "success" and nothing are never encrypted (section 5.7)."""
    if not account.aes_keys or reply in (b"", SUCCESS):
        return reply
    timestamp = str(int(now))
    with quietly:
        encrypted = crypto.encrypt(reply, account.aes_keys[0], account.appid)
    signature = crypto.sign(account.server_token, timestamp, nonce, encrypted)
    if is_json:
        answer = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": int(timestamp), "Nonce": nonce}
        return json.dumps(answer).encode()
    return (
        f"<xml><Encrypt>{_cdata(encrypted)}</Encrypt><MsgSignature>{_cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{_cdata(nonce)}</Nonce></xml>"
    ).encode()


def _require_signature(query: Mapping[str, str], server_token: str) -> None:
    parts = [query.get("timestamp", ""), query.get("nonce", "")]
    if not server_token or not crypto.is_signed(query.get("signature", ""), server_token, *parts):
        raise PushRejected("the signature is wrong: is the Token the same in WeChat's console?")


def _require_freshness(query: Mapping[str, str], now: float) -> None:
    if not is_fresh(query.get("timestamp", ""), now):
        raise PushRejected("the timestamp is more than five minutes away from this server's clock")


def _decrypted(query: Mapping[str, str], outer: bytes, account: OfficialAccount) -> bytes:
    parts = list(push_body.encrypted_parts(push_body.text_of(outer)))
    if not parts:
        raise PushRejected("it is not encrypted, and an EncodingAESKey is filled in")
    signed = (query.get("timestamp", ""), query.get("nonce", ""))
    for encrypted in parts if account.server_token else []:
        if crypto.is_signed(query.get("msg_signature", ""), account.server_token, *signed, encrypted):
            return _decrypt_with_any(encrypted, account)
    raise PushRejected("the msg_signature is wrong")


def _decrypt_with_any(encrypted: str, account: OfficialAccount) -> bytes:
    """Messages under the key before may still arrive for a while after it was changed (section 5.7)."""
    rejected = PushRejected("no key")
    for number in range(len(account.aes_keys)):
        try:
            with quietly:
                return crypto.decrypt(encrypted, account.aes_keys[number], *account.receivers)
        except PushRejected as error:
            rejected = error
    raise rejected


def _parse(body: bytes) -> tuple[dict[str, Any], bool]:
    """Return the fields of an XML or JSON body, and whether it was JSON."""
    text = push_body.text_of(body)
    is_json = push_body.is_json(text)
    return push_body.read_json(text) if is_json else push_body.read_xml(text), is_json


def _event(fields: Mapping[str, Any], *, is_json: bool) -> PushEvent:
    def text(name: str) -> str:
        value = fields.get(name, "")
        return str(value) if isinstance(value, (str, int)) else ""

    def of_event(name: str) -> str:
        """Beside what a person typed, these would be somebody's invention."""
        return text(name) if fields.get("MsgType") == "event" else ""

    event = PushEvent(
        openid=text("FromUserName"),
        account=text("ToUserName"),
        created_at=text("CreateTime"),
        kind=text("MsgType"),
        event=of_event("Event"),
        key=of_event("EventKey"),
        message_id=text("MsgId"),
        named_appid=of_event("AppID"),
        named_openid=of_event("OpenID"),
        fields=fields,
        is_json=is_json,
    )
    if not event.openid or not event.kind:
        raise PushRejected("it names no sender or no kind")
    return event


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _shorten(text: str) -> str:
    """WeChat refuses more than 2048 bytes; characters are not cut in the middle."""
    return text.encode()[:MAX_REPLY_BYTES].decode("utf-8", "ignore")
