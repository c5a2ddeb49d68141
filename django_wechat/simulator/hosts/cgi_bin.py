"""What do the `/cgi-bin/*` endpoints of official accounts answer? Tokens, QR codes, and who follows."""

import io
import json
import re
from collections.abc import Mapping

import segno
from django.http import Http404, HttpRequest, HttpResponse

from django_wechat.simulator.acts.account_api import Follower
from django_wechat.simulator.hosts.answers import Answer, Call, endpoint, find_app, required
from django_wechat.simulator.http import base_url, wechat
from django_wechat.simulator.platform import get_platform
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.faults import Endpoint
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App

CONTENT_TYPE = "application/json; encoding=utf-8"
_ESCAPED_CHARACTER = re.compile(rb"\\u[0-9a-fA-F]{4}")


def _token(call: Call) -> Answer:
    app = _authenticated(call, call.params)
    return _token_answer(*call.platform.issue_api_token(app))


def _stable_token(call: Call) -> Answer:
    order = read_json(call.body, 47001)
    app = _authenticated(call, {name: value for name, value in order.items() if isinstance(value, str)})
    return _token_answer(*call.platform.stable_api_token(app, force=order.get("force_refresh") is True))


def _token_answer(value: str, seconds: int) -> Answer:
    return {"access_token": value, "expires_in": seconds}


def _authenticated(call: Call, params: Mapping[str, str]) -> App:
    """Return the account, if it may have a token from where the call comes."""
    app = find_app(call.platform, params)
    secret = required(params, "secret", 41004)
    if params.get("grant_type") != "client_credential":
        raise Refusal(40002)
    # An AppID of another family is no account: what WeChat answers to it is this simulator's guess.
    if not app.has_api_tokens:
        raise Refusal(40013)
    if secret != app.secret:
        raise Refusal(40125)
    if app.secret_frozen:
        raise Refusal(40243)
    if not app.allows_address(call.address):
        raise Refusal(40164, call.address)
    return app


def _qrcode_create(call: Call) -> Answer:
    app = holder(call)
    if not app.makes_qr_codes:
        raise Refusal(48001)
    if _ESCAPED_CHARACTER.search(call.body):
        raise Refusal(40033)
    qr = call.platform.create_account_qr(app, read_json(call.body, 40052))
    lifetime = call.platform.seconds_left(qr)
    seconds = {} if lifetime is None else {"expire_seconds": lifetime}
    # WeChat's is http://weixin.qq.com/q/…, which only its own scanner understands; ours opens a page on any phone.
    return {"ticket": qr.ticket, **seconds, "url": f"{call.base}/q/{qr.token}"}


def _user_info(call: Call) -> Answer:
    app = holder(call)
    if not app.reads_followers:
        raise Refusal(48001)
    openid = call.required("openid", 41009)
    person, follower = call.platform.find_by_openid(app, openid)
    if follower is None:
        return {"subscribe": 0, "openid": openid}
    return {"subscribe": 1, "openid": openid, **_follower(app, person, follower)}


def _follower(app: App, person: Person, follower: Follower) -> Answer:
    """Since 2021-12-27 the keys of the profile are there, but empty."""
    profile: Answer = dict.fromkeys(("nickname", "city", "province", "country", "headimgurl"), "")
    scene = follower.qr.scene if follower.qr else ""
    is_number = bool(follower.qr and follower.qr.is_number)
    return {
        **profile,
        "sex": 0,
        "language": "zh_CN",
        "subscribe_time": follower.since,
        **({"unionid": person.unionid(app.open_platform)} if app.open_platform else {}),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if follower.qr else "ADD_SCENE_SEARCH",
        "qr_scene": int(scene) if is_number else 0,
        "qr_scene_str": "" if is_number else scene,
    }


def holder(call: Call) -> App:
    """Return the account that the API access token belongs to."""
    return call.platform.find_api_token(call.required("access_token", 41001))


def read_json(body: bytes, errcode: int) -> dict[str, object]:
    """Read a JSON object."""
    if not body:
        raise Refusal(44002)
    try:
        order = json.loads(body.decode())
    except ValueError:
        raise Refusal(errcode) from None
    if not isinstance(order, dict):
        raise Refusal(errcode)
    return order


@wechat
def show_qrcode(request: HttpRequest) -> HttpResponse:
    """Draw an account's QR code; the parameter is the ticket, which must be percent-encoded."""
    try:
        qr = get_platform().find_account_qr(request.GET.get("ticket") or "?")
    except ValueError:
        raise Http404 from None
    picture = io.BytesIO()
    segno.make(f"{base_url(request)}/q/{qr.token}", error="m", micro=False).save(picture, kind="png", scale=8)
    # WeChat's is a JPEG and may be kept for a week; browsers look at the bytes, not at this word.
    return HttpResponse(picture.getvalue(), content_type="image/jpg")


token = endpoint(Endpoint.API_TOKEN, _token, "GET", content_type=CONTENT_TYPE)
stable_token = endpoint(Endpoint.STABLE_TOKEN, _stable_token, "POST", content_type=CONTENT_TYPE)
qrcode_create = endpoint(Endpoint.QRCODE_CREATE, _qrcode_create, "POST", content_type=CONTENT_TYPE)
user_info = endpoint(Endpoint.USER_INFO, _user_info, "GET", content_type=CONTENT_TYPE)
