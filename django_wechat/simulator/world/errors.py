"""How does WeChat say no? Error codes with the texts and the five suffix styles seen in the wild."""

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
    BARE_RID = "bare_rid"


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
    40033: Errmsg("invalid charset. please check your request, if include \\uxxxx will create fail!"),
    40052: Errmsg("invalid action name", ErrmsgStyle.PLAIN),
    40053: Errmsg("invalid action info", ErrmsgStyle.PLAIN),
    40035: Errmsg("", ErrmsgStyle.PLAIN),
    40066: Errmsg("invalid url", ErrmsgStyle.PLAIN),
    40097: Errmsg("invalid args"),
    40125: Errmsg("invalid appsecret"),
    40129: Errmsg("invalid scene"),
    40163: Errmsg("code been used", ErrmsgStyle.REQ_ID),
    40164: Errmsg("invalid ip, not in whitelist", ErrmsgStyle.BARE_RID),
    40165: Errmsg("", ErrmsgStyle.PLAIN),
    40169: Errmsg("invalid length for scene, or the data is not json string"),
    40188: Errmsg("invalid scope"),
    40212: Errmsg("", ErrmsgStyle.PLAIN),
    40226: Errmsg("code blocked", ErrmsgStyle.PLAIN),
    40243: Errmsg("appsecret is frozen", ErrmsgStyle.PLAIN),
    41001: Errmsg("access_token missing", ErrmsgStyle.HINT),
    41002: Errmsg("appid missing", ErrmsgStyle.HINT),
    41003: Errmsg("refresh_token missing"),
    41004: Errmsg("appsecret missing"),
    41008: Errmsg("missing code", ErrmsgStyle.REQ_ID),
    41009: Errmsg("openid missing"),
    41030: Errmsg("invalid page"),
    42001: Errmsg("access_token expired", ErrmsgStyle.HINT),
    42002: Errmsg("refresh_token expired"),
    42003: Errmsg("oauth_code expired"),
    42007: Errmsg("", ErrmsgStyle.PLAIN),
    43001: Errmsg("require GET method", ErrmsgStyle.HINT),
    43002: Errmsg("require POST method", ErrmsgStyle.BARE_RID),
    43004: Errmsg("require subscribe"),
    43019: Errmsg("", ErrmsgStyle.PLAIN),
    44002: Errmsg("empty post data", ErrmsgStyle.BARE_RID),
    44990: Errmsg("", ErrmsgStyle.PLAIN),
    44993: Errmsg("", ErrmsgStyle.PLAIN),
    45009: Errmsg("reach max api daily quota limit", ErrmsgStyle.BARE_RID),
    45011: Errmsg("api minute-quota reach limit, must slower, retry next minute"),
    46004: Errmsg("", ErrmsgStyle.PLAIN),
    47001: Errmsg("data format error", ErrmsgStyle.BARE_RID),
    48001: Errmsg("api unauthorized"),
    48004: Errmsg("api forbidden for irregularities"),
    50001: Errmsg("user unauthorized"),
    50002: Errmsg("user limited"),
    50003: Errmsg("user unexpected, maybe not in white list"),
    50004: Errmsg("user not allow to use accesstoken, maybe for punishment"),
    50005: Errmsg("", ErrmsgStyle.PLAIN),
    50007: Errmsg("", ErrmsgStyle.PLAIN),
    **dict.fromkeys((85079, 85088, 85096, 85401, 85402, 85406, 85407, 85408), Errmsg("", ErrmsgStyle.PLAIN)),
}


class Refusal(Exception):
    """WeChat's server API answers with this errcode instead of doing what was asked."""

    def __init__(self, errcode: int, address: str = "") -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.address = address

    def body(self, style: ErrmsgStyle) -> dict[str, object]:
        """Return the JSON of the answer."""
        text, recorded_style = ERRMSGS[self.errcode]
        used = recorded_style if style is ErrmsgStyle.MIXED else style
        if self.errcode == 40164 and self.address:
            text = _unlisted(self.address, used)
        return {"errcode": self.errcode, "errmsg": text + _suffix(used)}


def _unlisted(address: str, style: ErrmsgStyle) -> str:
    """Say which address is not on the whitelist: twice, except in the shape of 2017, whose suffix was a hint."""
    shown = address if style is ErrmsgStyle.HINT else f"{address} ipv6 ::ffff:{address}"
    return f"invalid ip {shown}, not in whitelist"


def _suffix(style: ErrmsgStyle) -> str:
    if style is ErrmsgStyle.REQ_ID:
        return f", hints: [ req_id: {secrets.token_urlsafe(9)} ]"
    if style is ErrmsgStyle.HINT:
        return f" hint: [{secrets.token_hex(7)}]"
    if style in {ErrmsgStyle.RID, ErrmsgStyle.BARE_RID}:
        comma = "," if style is ErrmsgStyle.RID else ""
        return f"{comma} rid: {int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return ""
