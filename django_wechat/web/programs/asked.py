"""What did a program or an app send? Read once, and refused in words: nothing it says about who it is counts."""

import json
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.providers.base import AuthProcess
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_wechat.flows.journey import CONNECT

LONGEST_BODY = 16 * 1024
"""Bytes."""
LONGEST_CODE = 512
"""Characters; WeChat promises no length, and none longer than 64 was seen."""
PURPOSES = (str(AuthProcess.LOGIN), CONNECT)

CLAIMS = ("openid", "unionid", "access_token", "id_token", "session_key", "phone", "phone_number", "user", "uid")
"""What only WeChat or the site's own token can say."""

_NO_PHONE_JSON = _("Send a JSON object such as {“phone_code”: “…”} as application/json.")
_NO_PHONE_CODE = _("“phone_code” is missing, or no code: send what the phone-number button gave a moment ago.")
_NO_JSON = _("Send a JSON object such as {“code”: “…”} as application/json, with what WeChat gave this program.")
NO_CODE = _("“code” is missing: send what wx.login, or the app’s SendAuth, gave a moment ago.")
_NO_OWN_CODE = _("“code” is missing: send the wechat_code of the address, or a flow_token as X-Session-Token.")
_CLAIM = _("Leave “%(name)s” out: who somebody is, WeChat tells this site for “code”, and nobody else does.")
_NO_TEXT = _("“%(name)s” has to be text.")
_PURPOSE = _("“process” is “login” or “connect”.")


class BadRequest(Exception):
    """The request makes no sense; `words` tell its developer what would."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True)
class Asked:
    """What was sent: WeChat's `code`, of which app ("" where it was left out), and for what."""

    code: str
    appid: str
    purpose: str
    fingerprint: str
    """The same for the same body, and for no other."""
    phone_code: str = ""
    """What the phone-number button gave; "" where it was not sent."""

    @property
    def connects(self) -> bool:
        """Whether WeChat is to be connected to who is signed in."""
        return self.purpose == CONNECT


def read(request: HttpRequest) -> Asked:
    """Return what `request` asks for; raise `BadRequest`."""
    body = read_object(request)
    code, appid, purpose = text_in(body, "code"), text_in(body, "appid"), text_in(body, "process") or PURPOSES[0]
    if not is_code(code):
        raise BadRequest(NO_CODE)
    if purpose not in PURPOSES:
        raise BadRequest(_PURPOSE)
    phone_code = text_in(body, "phone_code")
    if phone_code and not is_code(phone_code):
        raise BadRequest(_NO_PHONE_CODE)
    return Asked(code, appid, purpose, json.dumps(body, sort_keys=True), phone_code)


@dataclass(frozen=True)
class AskedPhone:
    """A code of the phone-number button, sent by itself; `appid` and `fingerprint` as of `Asked`."""

    code: str
    appid: str
    fingerprint: str


def read_phone(request: HttpRequest) -> AskedPhone:
    """Return what `request` asks for, which is about a phone number alone; raise `BadRequest`."""
    body = read_object(request, otherwise=_NO_PHONE_JSON)
    code, appid = text_in(body, "phone_code"), text_in(body, "appid")
    if not is_code(code):
        raise BadRequest(_NO_PHONE_CODE)
    return AskedPhone(code, appid, json.dumps(body, sort_keys=True))


def read_code(request: HttpRequest) -> str:
    """Return the code of ours that `request` brings; raise `BadRequest`."""
    code = text_in(_json(request, _NO_JSON), "code")
    if not code:
        raise BadRequest(_NO_OWN_CODE)
    return code


def asks_to_connect(request: HttpRequest) -> bool:
    """Return whether `request` is about the account whose token it brings."""
    try:
        return _json(request, _NO_JSON).get("process") == CONNECT
    except BadRequest:
        return False


def read_object(request: HttpRequest, *, otherwise: str | Promise = "") -> dict[str, Any]:
    """Return the JSON object that was sent; raise `BadRequest`, too, where it says who somebody is.

    `otherwise` are the words where nothing of the kind was sent.
    """
    body = _json(request, otherwise or _NO_JSON)
    for name in CLAIMS:
        if name in body:
            raise BadRequest(_CLAIM % {"name": name})
    return body


def is_code(text: str) -> bool:
    """Return whether WeChat could have made `text`; nothing else is sent on to it."""
    return 0 < len(text) <= LONGEST_CODE and text.isprintable()


def _json(request: HttpRequest, otherwise: str | Promise) -> dict[str, Any]:
    """The object in the body. Only as JSON: what a form of another site's page can send is called otherwise."""
    if request.content_type != "application/json":
        raise BadRequest(otherwise)
    try:
        sent = request.body
        body = json.loads(sent.decode()) if len(sent) <= LONGEST_BODY else None
    except (ValueError, RecursionError, RequestDataTooBig, UnreadablePostError, RawPostDataException):
        body = None
    if not isinstance(body, dict):
        raise BadRequest(otherwise)
    return body


def text_in(body: dict[str, Any], name: str) -> str:
    """Return the text under `name`, "" where it was left out; raise `BadRequest`."""
    value = body.get(name, "")
    if not isinstance(value, str) or not value.isprintable():
        raise BadRequest(_NO_TEXT % {"name": name})
    return value.strip()
