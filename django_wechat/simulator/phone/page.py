"""What does a person at the demo see and do? The phone page: a pretend phone beside the QR codes and the switches."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import FileResponse, HttpResponseBase, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from django_wechat.simulator.commands import table as commands
from django_wechat.simulator.http import FOLDER, base_url, mount_path, render, simulator_page, site_url
from django_wechat.simulator.phone.accounts import account_context, last_pushes
from django_wechat.simulator.phone.connecting import connect_context
from django_wechat.simulator.phone.programs import programs_context
from django_wechat.simulator.phone.switches import switches_context
from django_wechat.simulator.phone.waiting import waiting
from django_wechat.simulator.platform import get_platform
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world.browsers import WECHAT_USER_AGENT
from django_wechat.simulator.world.people import Person, avatar_svg

ASSETS = {
    "ages.js": "text/javascript",
    "at-once.js": "text/javascript",
    "console.css": "text/css",
    "copy.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "programs.css": "text/css",
    "qrconnect.js": "text/javascript",
    "sheet.js": "text/javascript",
    "web-view.js": "text/javascript",
    "wechat.css": "text/css",
}
HOLD_SECONDS = 20.0


@simulator_page
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """Show the phone, the QR codes that wait, and the switches."""
    platform, lang, base = get_platform(), language(request), base_url(request)
    context = _screen(request) | {
        "base": base,
        "pushes": last_pushes(platform),
        "user_agent": WECHAT_USER_AGENT,
        **switches_context(platform, lang),
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
        **programs_context(platform, site_url(request), present=present),
    }


@simulator_page
@require_POST
def act(request: HttpRequest, name: str) -> HttpResponseBase:
    """Do the command of a button and show the phone page again."""
    values = {key: value for key, value in request.POST.items() if key != "lang"}
    try:
        commands.run(get_platform(), name, values)
    except ValueError as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
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
