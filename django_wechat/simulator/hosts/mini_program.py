"""What do the endpoints of mini programs answer? `sns/jscode2session`, and phone numbers under `/wxa`."""

import base64
import secrets

from django_wechat.simulator.hosts.answers import Answer, Call, endpoint
from django_wechat.simulator.hosts.cgi_bin import CONTENT_TYPE, holder, read_json
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.faults import Endpoint


def _session(call: Call) -> Answer:
    app = call.find_app()
    # An AppID of another family has no such codes; the secret is looked at first, as everywhere.
    secret, code = call.required("secret", 41004), call.required("js_code", 41008)
    if call.params.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    if secret != app.secret:
        raise Refusal(40125)
    person = call.platform.exchange_js_code(app, code)
    unionid = {"unionid": person.unionid(app.open_platform)} if app.open_platform else {}
    return {"session_key": _session_key(), "openid": person.openid(app.appid), **unionid}


def _session_key() -> str:
    """A new one each time: WeChat may replace it at any `wx.login` (reference 12.3)."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def _phone_number(call: Call) -> Answer:
    app = holder(call)
    if not app.reads_phone_numbers:
        raise Refusal(48001)
    code = read_json(call.body, 47001).get("code")
    if not isinstance(code, str) or not code:
        raise Refusal(40029)
    number = call.platform.exchange_phone_code(app, code).phone_number
    return {"errcode": 0, "errmsg": "ok", "phone_info": _phone_info(number, app.appid, call.platform.now())}


def _phone_info(number: str, appid: str, now: float) -> Answer:
    return {
        "phoneNumber": number,
        "purePhoneNumber": number,
        "countryCode": "86",
        "watermark": {"timestamp": int(now), "appid": appid},
    }


mini_session = endpoint(Endpoint.MINI_SESSION, _session, "GET")
phone_number = endpoint(Endpoint.PHONE_NUMBER, _phone_number, "POST", content_type=CONTENT_TYPE)
