"""What does the phone page show of official accounts? Chats, cards, QR codes, and a page for real phones."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from django_wechat.simulator.http import mount_path, render, wechat
from django_wechat.simulator.platform import Platform, get_platform
from django_wechat.simulator.push.sending import Push
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world.account_qrs import AccountQR
from django_wechat.simulator.world.qr_logins import QRLogin
from django_wechat.simulator.world.registry import App

SHOWN_ACCOUNT_QRS = 6


def waiting(platform: Platform) -> list[QRLogin | AccountQR]:
    """Return the QR codes of websites and the newest of accounts, newest first.

    What this phone has scanned waits no longer; a permanent one, as on a poster, is always there.
    """
    mine = platform.person.key
    unscanned = [qr for qr in platform.account_qrs() if qr.expires_at is None or qr.scanned_by != mine]
    both: list[QRLogin | AccountQR] = [*platform.waiting_qrs(), *unscanned[:SHOWN_ACCOUNT_QRS]]
    return sorted(both, key=lambda qr: qr.opened_at, reverse=True)


def account_context(platform: Platform) -> dict[str, object]:
    """Return what the phone's screen needs: the list of accounts, and the one that is open."""
    accounts = [app for app in platform.apps.values() if app.is_account]
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
