"""What does a push look like on the wire? XML or JSON, plain, in compatible mode or encrypted, with a signed query."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from django_wechat.simulator.push import crypto
from django_wechat.simulator.world.registry import App, PushFormat, PushMode

#: Fields in the order of the wire; numbers go bare, texts as CDATA.
Message: TypeAlias = Mapping[str, str | int]


@dataclass(frozen=True)
class Envelope:
    """What is POSTed: the query beside the address, and the body."""

    query: dict[str, str]
    body: bytes


def seal(app: App, message: Message, *, timestamp: int | None = None) -> Envelope:
    """Sign a message, and encrypt it as the account's mode says. Without a timestamp it is signed now.

    `timestamp` is the wall clock, never `platform.now()`: `advance()` makes WeChat's codes older, and a site that
    refuses stale pushes looks at its own clock.
    """
    when, nonce = str(timestamp or int(time.time())), str(secrets.randbelow(10**9))
    query = signed_query(app, when, nonce)
    if openid := message.get("FromUserName"):
        query["openid"] = str(openid)
    if app.push_mode is PushMode.PLAIN:
        return Envelope(query, write(message, app.push_format))
    encrypted = crypto.encrypt(app.aes_key, write(message, app.push_format), app.appid)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = crypto.signature(app.server_token, when, nonce, encrypted)
    shown = message if app.push_mode is PushMode.COMPATIBLE else {"ToUserName": message.get("ToUserName", "")}
    return Envelope(query, write({**shown, "Encrypt": encrypted}, app.push_format))


def signed_query(app: App, timestamp: str, nonce: str) -> dict[str, str]:
    """Return the three parameters that every call to the site has."""
    signature = crypto.signature(app.server_token, timestamp, nonce)
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce}


def write(message: Message, push_format: PushFormat) -> bytes:
    """Write a message in the format that the account chose."""
    if push_format is PushFormat.JSON:
        return _bytes(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
    fields = "".join(f"<{name}>{_element(value)}</{name}>" for name, value in message.items())
    return _bytes(f"<xml>{fields}</xml>")


def _element(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _bytes(text: str) -> bytes:
    """What a person typed goes out as it is, even characters that neither XML nor UTF-8 can hold."""
    return text.encode("utf-8", "surrogatepass")
