"""How does WeChat say no? Error codes of `/sns/*` with the texts and the four suffix styles seen in the wild."""

import secrets
import time
from enum import StrEnum
from typing import NamedTuple


class ErrmsgStyle(StrEnum):
    """What follows the text of an errmsg; `MIXED` takes, for each errcode, the style it was recorded with."""

    MIXED = "mixed"
    PLAIN = "plain"
    REQ_ID = "req_id"
    HINT = "hint"
    RID = "rid"


class Errmsg(NamedTuple):
    """The text of one errcode, and the suffix style of its recordings."""

    text: str
    style: ErrmsgStyle = ErrmsgStyle.RID


ERRMSGS = {
    -1: Errmsg("system error", ErrmsgStyle.REQ_ID),
    40001: Errmsg("invalid credential, access_token is invalid or not latest"),
    40002: Errmsg("invalid grant_type", ErrmsgStyle.PLAIN),
    40003: Errmsg("invalid openid"),
    40013: Errmsg("invalid appid", ErrmsgStyle.PLAIN),
    40014: Errmsg("invalid access_token"),
    40029: Errmsg("invalid code"),
    40030: Errmsg("invalid refresh_token", ErrmsgStyle.PLAIN),
    40125: Errmsg("invalid appsecret"),
    40163: Errmsg("code been used", ErrmsgStyle.REQ_ID),
    40188: Errmsg("invalid scope"),
    41001: Errmsg("access_token missing", ErrmsgStyle.HINT),
    41002: Errmsg("appid missing", ErrmsgStyle.HINT),
    41003: Errmsg("refresh_token missing"),
    41004: Errmsg("appsecret missing"),
    41008: Errmsg("missing code", ErrmsgStyle.REQ_ID),
    41009: Errmsg("openid missing"),
    42001: Errmsg("access_token expired", ErrmsgStyle.HINT),
    42002: Errmsg("refresh_token expired"),
    42003: Errmsg("oauth_code expired"),
    43001: Errmsg("require GET method", ErrmsgStyle.HINT),
    45011: Errmsg("api minute-quota reach limit, must slower, retry next minute"),
    48001: Errmsg("api unauthorized"),
    50001: Errmsg("user unauthorized"),
    50002: Errmsg("user limited"),
}


class Refusal(Exception):
    """WeChat's server API answers with this errcode instead of doing what was asked."""

    def __init__(self, errcode: int) -> None:
        super().__init__(errcode)
        self.errcode = errcode

    def body(self, style: ErrmsgStyle) -> dict[str, object]:
        """Return the JSON of the answer."""
        text, recorded_style = ERRMSGS[self.errcode]
        used = recorded_style if style is ErrmsgStyle.MIXED else style
        return {"errcode": self.errcode, "errmsg": text + _suffix(used)}


def _suffix(style: ErrmsgStyle) -> str:
    if style is ErrmsgStyle.REQ_ID:
        return f", hints: [ req_id: {secrets.token_urlsafe(9)} ]"
    if style is ErrmsgStyle.HINT:
        return f" hint: [{secrets.token_hex(7)}]"
    if style is ErrmsgStyle.RID:
        return f", rid: {int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return ""
