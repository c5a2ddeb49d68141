"""What does a person at the demo see and do? The phone page: a pretend phone beside the QR codes and the switches."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import FileResponse, HttpResponseBase, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from django_wechat.simulator.commands import table as commands
from django_wechat.simulator.http import FOLDER, base_url, mount_path, render, simulator_page
from django_wechat.simulator.phone.accounts import account_context, last_pushes
from django_wechat.simulator.phone.browser import WECHAT_USER_AGENT
from django_wechat.simulator.phone.connecting import connect_context
from django_wechat.simulator.phone.waiting import waiting
from django_wechat.simulator.platform import Platform, get_platform
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world.faults import Fault, FaultKind, endpoint_of
from django_wechat.simulator.world.people import Person, avatar_svg

ASSETS = {
    "ages.js": "text/javascript",
    "console.css": "text/css",
    "copy.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "qrconnect.js": "text/javascript",
    "sheet.js": "text/javascript",
    "web-view.js": "text/javascript",
    "wechat.css": "text/css",
}
HOLD_SECONDS = 20.0

FAULT_ROWS = (
    (FaultKind.SLOW, "", "Slow: 3 seconds", "很慢：3 秒"),
    ("-1", "", "-1 system error", "-1 系统繁忙"),
    (FaultKind.BUSY_BUT_CONSUMED, "", "-1, but the code is used up", "-1，但 code 已被消耗"),
    ("40029", "", "40029 invalid code", "40029 code 无效"),
    ("40163", "", "40163 code been used", "40163 code 已被使用"),
    ("45011", "", "45011 too many calls", "45011 调用太频繁"),
    (FaultKind.HTML, "", "An HTML page in place of JSON", "返回 HTML 而不是 JSON"),
    (FaultKind.HTTP_500, "", "HTTP 500", "HTTP 500"),
    (FaultKind.RESET, "", "Connection breaks off", "连接中断"),
    ("-1", "userinfo", "Profile only: -1 system error", "仅用户资料：-1 系统繁忙"),
    ("48001", "userinfo", "Profile only: 48001 unauthorized", "仅用户资料：48001 未授权"),
    (
        "40164",
        "cgi-bin/stable_token",
        "API token only: 40164 IP not on the whitelist",
        "仅接口令牌：40164 IP 不在白名单",
    ),
    ("40001", "cgi-bin/qrcode/create", "Account's QR only: 40001 token replaced", "仅公众号二维码：40001 令牌失效"),
    ("48001", "cgi-bin/qrcode/create", "Account's QR only: 48001 unauthorized", "仅公众号二维码：48001 未授权"),
    ("45009", "cgi-bin/qrcode/create", "Account's QR only: 45009 daily quota", "仅公众号二维码：45009 超过每日限额"),
    (FaultKind.CONTROL_CHARACTER, "", "Nickname with a control character", "昵称带控制字符"),
    (FaultKind.BROKEN_UTF8, "", "Nickname with broken UTF-8", "昵称 UTF-8 残缺"),
)
SWITCH_ROWS = (
    ("any_browser_is_wechat", "Treat every browser as WeChat (lenient)", "把所有浏览器都当作微信（宽松）"),
    ("silent_consent", "Do not ask inside WeChat, as for followers", "微信内不询问（如已关注的用户）"),
    ("snapshot", "Snapshot page: a virtual person inside WeChat", "快照页：微信内给出虚拟身份"),
    ("snapshot_userinfo_refused", "…whose profile is refused (48001)", "……并拒绝读取资料（48001）"),
)


@dataclass(frozen=True)
class Row:
    """One line of a switch panel."""

    name: str
    endpoint: str
    label: str
    setting: str


@simulator_page
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """Show the phone, the QR codes that wait, and the switches."""
    platform, lang, base = get_platform(), language(request), base_url(request)
    context = _screen(request) | {
        "base": base,
        "pushes": last_pushes(platform),
        "fault_rows": list(_fault_rows(platform.faults, lang)),
        "switch_rows": list(_switch_rows(platform, lang)),
        "user_agent": WECHAT_USER_AGENT,
        **connect_context(platform, base, mounted=bool(mount_path())),
    }
    return render("phone.html", context)


@simulator_page
@require_GET
def present(request: HttpRequest) -> HttpResponse:
    """Show the phone alone, for a frame beside a site that is shown to somebody: no word of a developer's."""
    return render("present.html", _screen(request, present=True))


def _screen(request: HttpRequest, *, present: bool = False) -> dict[str, object]:
    """Collect what is on the phone; to be presented are only people and accounts that have nothing odd about them."""
    platform, lang = get_platform(), language(request)
    people = [person for person in platform.people.values() if not (present and person.is_odd)]
    return {
        # Before all that it stands for: what changes while the page is made has to be news to it.
        "revision": platform.revision,
        "now": f"{platform.now():.3f}",
        "present": present,
        "t": texts(lang),
        "lang": lang,
        "mount": mount_path(),
        "platform": platform,
        "holders": people,
        "people": [(person, person.about[lang == "zh"]) for person in people],
        "able_to_expire": not present,
        "waiting": waiting(platform),
        "qr_login": next((qr_login for qr_login in platform.waiting_qrs() if qr_login.is_scanned), None),
        "ended": platform.ended,
        **account_context(platform, present=present),
    }


def _fault_rows(faults: list[Fault], lang: str) -> Iterable[Row]:
    active = {(fault.kind, fault.endpoint): "once" if fault.once else "always" for fault in faults}
    for kind, named, *labels in FAULT_ROWS:
        endpoint = endpoint_of(kind, named)
        yield Row(kind, endpoint, labels[lang == "zh"], active.get((kind, endpoint), "off"))


def _switch_rows(platform: Platform, lang: str) -> Iterable[Row]:
    for name, *labels in SWITCH_ROWS:
        yield Row(name, "", labels[lang == "zh"], "on" if getattr(platform.behaviour, name) else "off")


@simulator_page
@require_POST
def act(request: HttpRequest, name: str) -> HttpResponseBase:
    """Do the command of a button and show the phone page again."""
    values = {key: value for key, value in request.POST.items() if key != "lang"}
    try:
        commands.run(get_platform(), name, values)
    except ValueError as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain")
    query = urlencode({"lang": request.POST.get("lang", "")})
    return HttpResponseRedirect(f"{mount_path()}/?{query}", status=303)


@simulator_page
@require_GET
def changes(request: HttpRequest) -> JsonResponse:
    """Hold until something is new on the phone page."""
    if "present" in request.GET:
        get_platform().note_presentation(HOLD_SECONDS)
    since = request.GET.get("since", "")
    number = int(since) if since.isdecimal() else -1
    return JsonResponse({"revision": get_platform().wait_for_change(number, HOLD_SECONDS)})


@simulator_page
@require_GET
def avatar(request: HttpRequest, token: str, size: str) -> HttpResponseBase:  # noqa: ARG001
    """Send somebody's picture, or draw a stand-in; there is one size of each."""
    person = _find_avatar(token)
    if person.has_face:
        picture = FOLDER / "static" / "wechat_simulator" / "faces" / f"{person.key}.png"
        return FileResponse(picture.open("rb"), content_type="image/png")
    return HttpResponse(avatar_svg(person), content_type="image/svg+xml")


def _find_avatar(token: str) -> Person:
    for person in get_platform().people.values():
        for shown in (person, person.as_snapshot()):
            if shown.avatar_token == token:
                return shown
    raise Http404


@simulator_page
@require_GET
def asset(request: HttpRequest, name: str) -> FileResponse:  # noqa: ARG001
    """Serve our own style sheets and scripts, so that any way of mounting works without collectstatic."""
    if name not in ASSETS:
        raise Http404
    path = FOLDER / "static" / "wechat_simulator" / name
    return FileResponse(path.open("rb"), content_type=f"{ASSETS[name]}; charset=utf-8")
