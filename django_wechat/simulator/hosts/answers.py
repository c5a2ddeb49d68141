"""What do all endpoints of api.weixin.qq.com share? Errors as HTTP 200, WeChat's JSON, faults as switched on."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from django_wechat.simulator.http import base_url, own_pages_only, parameters, wechat
from django_wechat.simulator.platform import Platform, get_platform
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.faults import Endpoint, Fault, FaultKind
from django_wechat.simulator.world.registry import App

Answer = dict[str, object]

GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"

_ESCAPED_CONTROL = re.compile(r"\\(?:\\|u00[01][0-9a-f]|[bfnrt])")


@dataclass(frozen=True)
class Call:
    """What a handler may know of a request; `base` is the simulator's own address."""

    platform: Platform
    params: Mapping[str, str]
    base: str
    body: bytes
    address: str

    def required(self, name: str, errcode: int) -> str:
        """Return a parameter, or refuse when it is missing or empty."""
        return required(self.params, name, errcode)

    def find_app(self) -> App:
        """Return the app that the parameter `appid` names."""
        return find_app(self.platform, self.params)


@dataclass(frozen=True)
class Picture:
    """What is answered where it is no JSON."""

    content: bytes
    content_type: str


Handler = Callable[[Call], Answer | Picture]


def endpoint(
    name: Endpoint, handler: Handler, *methods: str, content_type: str = ""
) -> Callable[..., HttpResponseBase]:
    """Wrap a handler in what all endpoints share: methods, faults, the shape of the answer. Servers call, not pages."""

    @own_pages_only
    @wechat
    def view(request: HttpRequest) -> HttpResponseBase:
        platform = get_platform()
        faults = platform.take_faults(name)
        if broken := _break(request, faults):
            return broken
        try:
            if request.method not in methods:
                raise Refusal(43001 if "GET" in methods else 43002)
            for errcode in filter(None, (fault.errcode for fault in faults)):
                raise Refusal(errcode, _address(request))
            answer = handler(_call(platform, request))
            if _has(faults, FaultKind.BUSY_BUT_CONSUMED):
                raise Refusal(-1)
        except Refusal as refusal:
            answer = refusal.body(platform.behaviour.errmsg_style)
        date = {"Date": http_date(time.time() + platform.behaviour.clock_ahead)}
        if isinstance(answer, Picture):
            return HttpResponse(answer.content, content_type=answer.content_type, headers=date)
        body = _garble(_encode(answer), answer, faults)
        return HttpResponse(body, content_type=content_type or platform.behaviour.api_content_type, headers=date)

    return view


def _call(platform: Platform, request: HttpRequest) -> Call:
    return Call(platform, parameters(request), base_url(request), request.body, _address(request))


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def find_app(platform: Platform, params: Mapping[str, str]) -> App:
    """Return the app that `appid` names."""
    app = platform.apps.get(required(params, "appid", 41002))
    if app is None:
        raise Refusal(40013)
    return app


def required(params: Mapping[str, str], name: str, errcode: int) -> str:
    """Return a parameter, or refuse when it is missing or empty."""
    if value := params.get(name):
        return value
    raise Refusal(errcode)


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
