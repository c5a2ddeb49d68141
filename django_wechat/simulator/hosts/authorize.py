"""What does open.weixin.qq.com show inside WeChat? Official accounts' consent: silent, by a tap, or a snapshot."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from django_wechat.simulator.hosts.qrconnect import error_page
from django_wechat.simulator.http import mount_path, query_string, render, wechat
from django_wechat.simulator.platform import Platform, get_platform
from django_wechat.simulator.words.pages import language, texts
from django_wechat.simulator.world.rules import (
    NOT_IN_WECHAT,
    PageRefusal,
    SignInLink,
    check_authorize,
    is_wechat,
    read_query,
    with_code,
)


@wechat
def authorize(request: HttpRequest) -> HttpResponseBase:
    """Send the person back with a code, at once or after the consent sheet.

    A server never sees `#wechat_redirect`, so that it is missing cannot be noticed here. `connect_redirect=1`
    and `forcePopup=true` behind the state are accepted and change nothing: this page always asks when it may.
    """
    platform = get_platform()
    try:
        _check_browser(platform, request.headers.get("User-Agent", ""))
        link = check_authorize(platform.apps, query_string(request))
    except PageRefusal as refusal:
        return error_page(refusal)
    if request.method == "POST":
        return _answer(platform, request, link)
    is_snapshot = _becomes_snapshot(platform, request, link)
    if is_snapshot or link.scope == "snsapi_base" or platform.behaviour.silent_consent:
        return _redirect(platform, link, is_snapshot=is_snapshot)
    return _consent_sheet(platform, request, link)


def _check_browser(platform: Platform, user_agent: str) -> None:
    if not is_wechat(user_agent) and not platform.behaviour.any_browser_is_wechat:
        hint = "The User-Agent must say MicroMessenger, and not wxwork (WeCom). The phone page tells how."
        raise PageRefusal(NOT_IN_WECHAT, hint)


def _becomes_snapshot(platform: Platform, request: HttpRequest, link: SignInLink) -> bool:
    forced = read_query(query_string(request)).get("forceSnapShot") == "true"
    return link.scope == "snsapi_userinfo" and (forced or platform.behaviour.snapshot)


def _redirect(
    platform: Platform, link: SignInLink, *, person: str = "", is_snapshot: bool = False
) -> HttpResponseRedirect:
    code = platform.issue_code(link.app.appid, link.scope, person=person, is_snapshot=is_snapshot)
    return HttpResponseRedirect(with_code(link.redirect_uri, code, link.state))


def _consent_sheet(
    platform: Platform, request: HttpRequest, link: SignInLink, *, refused: bool = False
) -> HttpResponse:
    lang = language(request)
    context = {"t": texts(lang), "lang": lang, "link": link, "mount": mount_path(), "refused": refused}
    return render("authorize.html", context | {"people": platform.people.values(), "chosen": platform.person})


def _answer(platform: Platform, request: HttpRequest, link: SignInLink) -> HttpResponseBase:
    """Go on with a tap on the sheet; after a refusal there is no callback, the person just stays."""
    if request.POST.get("act") != "allow":
        return _consent_sheet(platform, request, link, refused=True)
    return _redirect(platform, link, person=request.POST.get("person", ""))
