"""Is WeChat satisfied with what a site answered to a push? If not, the person sees that the account is out of order."""

import json
from enum import StrEnum
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from django_wechat.simulator.push import crypto
from django_wechat.simulator.world.registry import App, PushFormat, PushMode

OUT_OF_SERVICE = "该公众号提供的服务出现故障，请稍后再试"
MAX_TEXT_BYTES = 2048
OTHER_REPLIES = {"image", "voice", "video", "music", "news", "transfer_customer_service"}


class Verdict(StrEnum):
    """What WeChat makes of an answer."""

    PENDING = "pending"
    OK = "ok"
    REPLIED = "replied"
    OUT_OF_SERVICE = "out_of_service"
    NOT_CONFIGURED = "not_configured"


class BadAnswer(Exception):
    """The answer is neither `success`, nor empty, nor a reply; the text says to developers what is wrong."""


def read_answer(app: App, openid: str, status: int, body: bytes) -> str | None:
    """Return the text that the chat shows, None when there is nothing to show, or raise `BadAnswer`."""
    if status != 200:
        raise BadAnswer(f"HTTP {status}; it must be 200")
    if body in {b"", b"success"}:
        return None
    reply = _read(app, body)
    if "Encrypt" in reply:
        reply = _read(app, _decrypted(app, reply))
    elif app.push_mode is PushMode.SAFE:
        raise BadAnswer("in safe mode a reply must be encrypted")
    return _shown(app, openid, reply)


def _read(app: App, body: bytes) -> dict[str, str]:
    """Read the fields of XML or JSON."""
    try:
        if app.push_format is PushFormat.JSON:
            return {str(name): str(value) for name, value in json.loads(body).items()}
        root = fromstring(body)
    except (ValueError, AttributeError, ParseError, DefusedXmlException) as error:
        raise BadAnswer(f"it is neither `success` nor {app.push_format.upper()}: {error}") from error
    if root.tag != "xml":
        raise BadAnswer(f"the root element must be <xml>, not <{root.tag}>")
    return {child.tag: child.text or "" for child in root}


def _decrypted(app: App, reply: dict[str, str]) -> bytes:
    if app.push_mode is PushMode.PLAIN:
        raise BadAnswer("in plain mode a reply must not be encrypted")
    signed = (app.server_token, reply.get("TimeStamp", ""), reply.get("Nonce", ""), reply["Encrypt"])
    if not crypto.is_signed(reply.get("MsgSignature", ""), *signed):
        raise BadAnswer("MsgSignature is wrong")
    try:
        message, appid = crypto.decrypt(app.aes_key, reply["Encrypt"])
    except ValueError as error:
        raise BadAnswer(f"it cannot be decrypted: {error}") from error
    if appid != app.appid:
        raise BadAnswer(f"it was encrypted for another AppID: {appid!r}")
    return message


def _shown(app: App, openid: str, reply: dict[str, str]) -> str:
    """Check a reply and return the words in the chat."""
    for name, right in (("ToUserName", openid), ("FromUserName", app.original_id)):
        if reply.get(name) != right:
            raise BadAnswer(f"{name} is {reply.get(name)!r}; it must be {right!r}")
    if not reply.get("CreateTime", "").isdecimal():
        raise BadAnswer("CreateTime must be whole seconds")
    kind, content = reply.get("MsgType", ""), reply.get("Content", "")
    if kind in OTHER_REPLIES:
        return f"[{kind}]"
    if kind != "text":
        raise BadAnswer(f"unknown MsgType {kind!r}")
    if not content or len(content.encode()) > MAX_TEXT_BYTES:
        raise BadAnswer(f"Content must have 1 to {MAX_TEXT_BYTES} bytes")
    return content
