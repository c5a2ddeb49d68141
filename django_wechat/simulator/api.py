"""What does api.weixin.qq.com answer? The `/sns/*` endpoints, errors as HTTP 200, faults as switched on."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from .errors import Refusal
from .faults import Endpoint, Fault, FaultKind
from .grants import TOKEN_LIFETIME, Grant, shows_unionid_with_token
from .http import base_url, parameters, wechat
from .people import Person
from .platform import Platform, get_platform
from .registry import App

Answer = dict[str, object]
Handler = Callable[[Platform, Mapping[str, str], str], Answer]

GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"

_ESCAPED_CONTROL = re.compile(r"\\(?:\\|u00[01][0-9a-f]|[bfnrt])")


def _endpoint(name: Endpoint, handler: Handler, *methods: str) -> Callable[..., HttpResponseBase]:
    """Wrap a handler in what all endpoints share: methods, faults, the shape of the answer."""

    @wechat
    def view(request: HttpRequest) -> HttpResponseBase:
        platform = get_platform()
        faults = platform.take_faults(name)
        if broken := _break(request, faults):
            return broken
        try:
            if request.method not in methods:
                raise Refusal(43001)
            for errcode in filter(None, (fault.errcode for fault in faults)):
                raise Refusal(errcode)
            answer = handler(platform, parameters(request), base_url(request))
            if _has(faults, FaultKind.BUSY_BUT_CONSUMED):
                raise Refusal(-1)
        except Refusal as refusal:
            answer = refusal.body(platform.behaviour.errmsg_style)
        body = _garble(_encode(answer), answer, faults)
        return HttpResponse(body, content_type=platform.behaviour.api_content_type)

    return view


def _access_token(platform: Platform, params: Mapping[str, str], base: str) -> Answer:  # noqa: ARG001
    app = _find_app(platform, params)
    secret, code = _required(params, "secret", 41004), _required(params, "code", 41008)
    if params.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    if secret != app.secret:
        raise Refusal(40125)
    grant = platform.exchange(app, code)
    answer = _tokens(grant)
    if grant.unionid and shows_unionid_with_token(grant):
        answer["unionid"] = grant.unionid
    if grant.is_snapshot:
        answer["is_snapshotuser"] = 1
    return answer


def _refresh_token(platform: Platform, params: Mapping[str, str], base: str) -> Answer:  # noqa: ARG001
    app = _find_app(platform, params)
    if params.get("grant_type") != "refresh_token":
        raise Refusal(40002)
    return _tokens(platform.refresh(app, _required(params, "refresh_token", 41003)))


def _auth(platform: Platform, params: Mapping[str, str], base: str) -> Answer:  # noqa: ARG001
    platform.find_grant(_required(params, "access_token", 41001), _required(params, "openid", 41009))
    return {"errcode": 0, "errmsg": "ok"}


def _userinfo(platform: Platform, params: Mapping[str, str], base: str) -> Answer:
    token, openid = _required(params, "access_token", 41001), _required(params, "openid", 41009)
    grant = platform.find_grant(token, openid)
    if not grant.reads_profile:
        raise Refusal(48001)
    if grant.is_snapshot and platform.behaviour.snapshot_userinfo_refused:
        raise Refusal(48001)
    answer = {"openid": grant.openid, **_profile(grant.person, base)}
    return answer | ({"unionid": grant.unionid} if grant.unionid else {})


def _find_app(platform: Platform, params: Mapping[str, str]) -> App:
    app = platform.apps.get(_required(params, "appid", 41002))
    if app is None:
        raise Refusal(40013)
    return app


def _required(params: Mapping[str, str], name: str, errcode: int) -> str:
    if value := params.get(name):
        return value
    raise Refusal(errcode)


def _tokens(grant: Grant) -> Answer:
    return {
        "access_token": grant.user_access_token,
        "expires_in": TOKEN_LIFETIME,
        "refresh_token": grant.refresh_token,
        "openid": grant.openid,
        "scope": grant.scope,
    }


def _profile(person: Person, base: str) -> Answer:
    """Since 2021 sex and region are empty, but their keys remain."""
    return {
        "nickname": person.nickname,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": f"{base}/{avatar_path(person)}" if person.has_avatar else "",
        "privilege": [],
    }


def avatar_path(person: Person) -> str:
    """Return the path of a photograph, with the size as last segment as on thirdwx.qlogo.cn."""
    return f"avatars/mmopen/vi_32/{person.avatar_token}/132"


def _encode(answer: Answer) -> bytes:
    """Write JSON as WeChat does: UTF-8, slashes escaped, control characters of nicknames left raw."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    return _ESCAPED_CONTROL.sub(_raw_control, text).encode()


def _raw_control(escape: re.Match[str]) -> str:
    return escape[0] if escape[0] == "\\\\" else str(json.loads(f'"{escape[0]}"'))


def _has(faults: list[Fault], kind: FaultKind) -> bool:
    return any(fault.kind == kind for fault in faults)


def _garble(body: bytes, answer: Answer, faults: list[Fault]) -> bytes:
    """Damage the nickname: with a raw control character, or cut inside a multi-byte character."""
    if "nickname" not in answer:
        return body
    if _has(faults, FaultKind.CONTROL_CHARACTER):
        body = body.replace(b'"nickname":"', b'"nickname":"\x08', 1)
    if _has(faults, FaultKind.BROKEN_UTF8):
        body = body.replace(b'","sex"', b'\xe5\xbc","sex"', 1)
    return body


def _break(request: HttpRequest, faults: list[Fault]) -> HttpResponseBase | None:
    """Play the faults that replace the whole answer, after those that only delay it."""
    time.sleep(sum(fault.seconds for fault in faults if fault.kind == FaultKind.SLOW))
    if _has(faults, FaultKind.RESET):
        return _reset_connection(request)
    if _has(faults, FaultKind.HTTP_500):
        return HttpResponse(GATEWAY_PAGE, status=500)
    return HttpResponse(GATEWAY_PAGE) if _has(faults, FaultKind.HTML) else None


def _reset_connection(request: HttpRequest) -> HttpResponseBase:
    """Drop the connection: before the answer in our own server, after its first byte in other servers."""
    abort = request.META.get("wechat_simulator.abort")

    def body() -> Iterator[bytes]:
        if abort:
            abort()
        else:
            yield b"{"
        raise ConnectionResetError

    return StreamingHttpResponse(body(), content_type="text/plain")


# social-core POSTs a form to the two token endpoints and is in use, so POST works there.
access_token = _endpoint(Endpoint.ACCESS_TOKEN, _access_token, "GET", "POST")
refresh_token = _endpoint(Endpoint.REFRESH_TOKEN, _refresh_token, "GET", "POST")
auth = _endpoint(Endpoint.AUTH, _auth, "GET")
userinfo = _endpoint(Endpoint.USERINFO, _userinfo, "GET")
