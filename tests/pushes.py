"""What WeChat's server sends: events as XML, and the query that signs them."""

import secrets
import time

from django_wechat.protocol import crypto

TOKEN, KEY = "tokentoken", "k" * 42 + "A"
OPENID, GH = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "gh_97417a04a28d"


def fields(event: str, key: str = "", **more: str) -> dict[str, str]:
    names = {"ToUserName": GH, "FromUserName": OPENID, "CreateTime": "1714112445", "MsgType": "event"}
    return {**names, "Event": event, "EventKey": key, **more}


def xml(values: dict[str, str]) -> bytes:
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items())
    return f"<xml>{inside}</xml>".encode()


def query(token: str = TOKEN, *, at: float | None = None, nonce: str = "") -> dict[str, str]:
    timestamp, nonce = str(int(time.time() if at is None else at)), nonce or secrets.token_hex(5)
    return {"timestamp": timestamp, "nonce": nonce, "signature": crypto.sign(token, timestamp, nonce)}
