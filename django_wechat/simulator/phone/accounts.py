"""What does the phone page show of official accounts? Chats, cards, and a page for real phones."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from django_wechat.simulator.http import mount_path, render, wechat
from django_wechat.simulator.platform import Platform, get_platform
from django_wechat.simulator.push.sending import Push
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world.registry import App


def account_context(platform: Platform, *, present: bool = False) -> dict[str, object]:
    """Return what the phone's screen needs: the list of accounts, and the one that is open."""
    accounts = [app for app in platform.apps.values() if app.is_account]
    if present:
        accounts = [app for app in accounts if app.makes_qr_codes and app.open_platform]
    context: dict[str, object] = {"accounts": [(app, platform.is_follower(app.appid)) for app in accounts]}
    if not (appid := platform.shown_account):
        return context
    return context | {
        "account": platform.find_account(appid),
        "follows": platform.is_follower(appid),
        "chat": platform.chat(appid),
        "card": platform.card(appid),
    }


def last_pushes(platform: Platform) -> list[tuple[App, Push]]:
    """Return the newest push of each account that has had one."""
    accounts = [app for app in platform.apps.values() if app.is_account]
    return [(app, push) for app in accounts if (push := platform.last_push(app.appid))]


@wechat
def account_qr(request: HttpRequest, token: str) -> HttpResponse:
    """Be the phone that has scanned: ask who holds it, then show the account on the phone page."""
    platform, lang = get_platform(), language(request)
    try:
        qr = platform.find_account_qr(token)
        if request.method == "POST":
            platform.choose_person(request.POST.get("person", ""))
            platform.scan_account_qr(token, wait=False)
            return HttpResponseRedirect(f"{mount_path()}/?{urlencode({'lang': lang})}", status=303)
    except ValueError:
        raise Http404 from None
    context = {"t": texts(lang), "lang": lang, "mount": mount_path(), "qr": qr}
    return render("account_qr.html", context | {"people": platform.people.values(), "chosen": platform.person})
