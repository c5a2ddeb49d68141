"""What can any template show of WeChat sign-in? The WeChat tab, its stylesheet and script, a QR picture."""

import re
from typing import Any
from urllib.parse import urlencode

import segno
from allauth.socialaccount.models import SocialAccount
from allauth.utils import build_absolute_uri, get_request_param
from django import template
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from django_wechat.flows import table
from django_wechat.flows.journey import purpose_elsewhere
from django_wechat.flows.table import FULL_PAGE
from django_wechat.models.hosts import normal_origin
from django_wechat.people import avatars
from django_wechat.problems import NO_REFRESH_HELPS
from django_wechat.provider import choice_for, signs_in_by_wechat_next

register = template.Library()

LEADING_H1 = re.compile(r"\s*<h1\b.*?</h1>", re.DOTALL | re.IGNORECASE)


@register.simple_tag(takes_context=True)
def wechat_choice(context: Context, provider: str | None = None) -> Any:
    """Return how this browser can sign in with WeChat: `.journey` is None when it cannot."""
    request: HttpRequest = context["request"]
    return choice_for(request, provider or request.GET.get("provider"))


@register.inclusion_tag("django_wechat/login_tab.html", takes_context=True)
def wechat_login_tab(
    context: Context,
    process: str = "login",
    next: str | None = None,  # noqa: A002 - the word of allauth's own tags
    provider: str | None = None,
    choice: Any = None,
    assets: bool = True,
    other_ways: str = "",
) -> dict[str, Any]:
    """Show the WeChat panel that suits this browser, or nothing when WeChat cannot serve it.

    `next` and `provider` default to those of the page's own address. `assets=False` on a page that links them already.
    `other_ways` leads to another way to sign in where WeChat does not work; without it to allauth's login page.
    """
    request: HttpRequest = context["request"]
    provider = provider or request.GET.get("provider")
    choice = choice or wechat_choice(context, provider)
    after = get_request_param(request, REDIRECT_FIELD_NAME) if next is None else next
    fields = {"process": process, REDIRECT_FIELD_NAME: after, "provider": provider}
    fields = {name: value for name, value in fields.items() if value}
    start = reverse("wechat_login")
    elsewhere = urlencode(fields | {"process": purpose_elsewhere(process)})
    return {
        "request": request,
        "nonce": _nonce(context),
        "assets": assets,
        "choice": choice,
        "journey": str(choice.journey or ""),
        "provider": choice.provider,
        "process": process,
        **_kinds(choice),
        "confirmed": process == "login" and signs_in_by_wechat_next(request),
        "fields": fields,
        "other_ways_codes": " ".join(NO_REFRESH_HELPS),
        "other_ways_url": other_ways or _other_ways_url(request, fields),
        "login_url": f"{start}?{urlencode(fields)}",
        "full_page_url": f"{start}?{urlencode({**fields, FULL_PAGE: '1'})}",
        "page_url": normal_origin(build_absolute_uri(request, "/")) + f"{start}?{elsewhere}",
    }


@register.inclusion_tag("django_wechat/parts/assets.html", takes_context=True)
def wechat_panel_assets(context: Context, script: bool = True) -> dict[str, Any]:
    """Link the stylesheet and the script, with the page's CSP nonce where it has one."""
    return {"nonce": _nonce(context), "script": script}


@register.inclusion_tag("django_wechat/parts/stylesheet.html", takes_context=True)
def wechat_stylesheet(context: Context, name: str) -> dict[str, Any]:
    """Link one more of our stylesheets, with the page's CSP nonce where it has one."""
    return {"nonce": _nonce(context), "path": f"django_wechat/{name}"}


@register.simple_tag
def wechat_avatar_url(account: SocialAccount | None, size: int = 132) -> str:
    """Return the address of a person's avatar as `avatars.avatar_url` does; "" for no account."""
    return avatars.avatar_url(account, size) if account else ""


@register.simple_tag
def wechat_qr_svg(text: str) -> SafeString:
    """Draw `text` as a QR code that needs no image request and no inline style; nothing if it is too long for one."""
    try:
        drawing = segno.make(text, error="m", micro=False).svg_inline(border=0, omitsize=True)
    except segno.DataOverflowError:
        return SafeString("")
    return mark_safe(drawing)  # noqa: S308 - segno writes a path, never the text


@register.filter
def wechat_name(provider: Any) -> str:
    """Return the provider's display name; an empty or untouched one is WeChat's name in the visitor's language."""
    name = str(getattr(provider, "display_name", "") or "").strip()
    return gettext("WeChat") if name in ("", "WeChat") else name


@register.filter
def wechat_heading(content: str) -> SafeString:
    """Return the heading that `content` opens with, to stand above the tabs; empty if it opens otherwise."""
    match = LEADING_H1.match(content)
    return mark_safe(match.group() if match else "")  # noqa: S308 - a part of a rendered block


@register.filter
def wechat_below_heading(content: str) -> SafeString:
    """Return `content` without the heading that it opens with."""
    return mark_safe(LEADING_H1.sub("", content, count=1) if LEADING_H1.match(content) else content)  # noqa: S308


def _kinds(choice: Any) -> dict[str, Any]:
    """Return the codes that the panel can show, the first one first, and those of them that wait for a phone."""
    kinds = choice.kinds or ((choice.journey.kind,) if choice.journey else ())
    on_phone = [kind for kind in kinds if not table.has_full_page(kind)]
    return {"kinds": kinds, "kinds_on_phone": " ".join(on_phone), "waits_for_phone": bool(on_phone)}


def _other_ways_url(request: HttpRequest, fields: dict[str, Any]) -> str:
    """Return the login page, to go on as wished; "" on that page itself, and for whoever is signed in."""
    if fields.get("process") != "login":
        return ""
    try:
        page = reverse("account_login")
    except NoReverseMatch:  # a headless-only site
        return ""
    after = {name: fields[name] for name in (REDIRECT_FIELD_NAME,) if name in fields}
    return "" if request.path == page else f"{page}?{urlencode(after)}".removesuffix("?")


def _nonce(context: Context) -> str:
    """Return the nonce of Django's or django-csp's policy. Both are lazy, and false until read."""
    request = context.get("request")
    named = (context.get("nonce"), context.get("csp_nonce"), getattr(request, "csp_nonce", None))
    return next((str(nonce) for nonce in named if nonce is not None), "")
