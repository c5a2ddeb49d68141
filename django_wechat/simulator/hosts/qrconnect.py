"""What does open.weixin.qq.com show on a PC? The QR page of website apps, its long poll, the phone's answer."""

import io
from collections.abc import Mapping

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_exempt

from django_wechat.simulator.commands import table as commands
from django_wechat.simulator.http import base_url, mount_path, own_pages_only, parameters, query_string, render, wechat
from django_wechat.simulator.platform import get_platform
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world import browsers
from django_wechat.simulator.world.qr_logins import QRLogin
from django_wechat.simulator.world.rules import PageRefusal, SignInLink, check_qrconnect

REFRESHED = "<xml><uuid><![CDATA[{uuid}]]></uuid></xml>"


@wechat
@xframe_options_exempt
def qrconnect(request: HttpRequest) -> HttpResponse:
    """Show a QR code, or with `f=xml` only a new uuid for the page that is open already."""
    platform = get_platform()
    try:
        link = check_qrconnect(platform.apps, query_string(request))
    except PageRefusal as refusal:
        return error_page(refusal)
    browser = browsers.named(request.headers.get("User-Agent", ""))
    qr_login = platform.open_qr(link.app.appid, link.redirect_uri, link.state, browser)
    if request.GET.get("f") == "xml":
        return HttpResponse(REFRESHED.format(uuid=qr_login.uuid), content_type="text/xml")
    is_framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
    around = {"is_framed": is_framed, "phone_beside": platform.is_presented}
    return render("qrconnect.html", _page(request.GET, link, qr_login) | around)


def _page(query: Mapping[str, str], link: SignInLink, qr_login: QRLogin) -> dict[str, object]:
    """Collect what the page and its script need."""
    return {
        "t": texts("en" if query.get("lang") == "en" else "zh"),
        "lang": "en" if query.get("lang") == "en" else "zh",
        "link": link,
        "qr_login": qr_login,
        "mount": mount_path(),
        # Not framed but with these parameters, WeChat draws the page in its dark look.
        "looks_embedded": any(query.get(name) for name in ("self_redirect", "style", "href")),
        "white_text": query.get("style") == "white",
        "self_redirect": query.get("self_redirect") or "default",
        "stylesheet": _stylesheet(query),
    }


def _stylesheet(query: Mapping[str, str]) -> str:
    """Return the stylesheet that the link brings along; the compact style (`stylelite`) takes none."""
    href = query.get("href", "")
    return href if href.startswith(("https://", "data:text/css;base64,")) and query.get("stylelite") != "1" else ""


def error_page(refusal: PageRefusal) -> HttpResponse:
    """Show WeChat's error page, HTTP 200, with the simulator's explanation below it."""
    return render("error.html", {"refusal": refusal, "mount": mount_path()})


@wechat
def qr_image(request: HttpRequest, uuid: str) -> HttpResponse:
    """Draw the address of the phone's consent page."""
    picture = io.BytesIO()
    address = f"{base_url(request)}/open/connect/confirm?uuid={uuid}"
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=8, border=2)
    return HttpResponse(picture.getvalue(), content_type="image/png")


@wechat
def long_poll(request: HttpRequest) -> HttpResponse:
    """Hold until the phone does something; answer JavaScript, or JSON with `f=json`."""
    code, wx_code = get_platform().poll(request.GET.get("uuid", ""), request.GET.get("last", ""))
    if request.GET.get("f") == "json":
        return JsonResponse({"wx_errcode": int(code), "wx_code": wx_code})
    script = f"window.wx_errcode={int(code)};window.wx_code='{wx_code}';"
    return HttpResponse(script, content_type="text/javascript")


@own_pages_only
@wechat
@xframe_options_exempt
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Be the phone that has scanned: GET marks the QR code as scanned and asks, POST answers."""
    values, platform = parameters(request), get_platform()
    decision = values.get("act", "") if request.method == "POST" else "scan"
    try:
        commands.run(platform, "decide" if request.method == "POST" else "scan", values)
        qr_login = platform.find_qr(values.get("uuid", "?"))
    except ValueError as error:
        return error_page(PageRefusal("二维码已失效", str(error)))
    lang = language(request)
    context = {"t": texts(lang), "lang": lang, "qr_login": qr_login, "people": platform.people.values()}
    chosen = qr_login.person or platform.person
    return render("confirm.html", context | {"chosen": chosen, "mount": mount_path(), "done": decision})
