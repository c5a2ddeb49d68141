"""What does a browser get at a site whose clients speak tokens of its own? The same tokens, beside its session.

In the answer to a script that finished a QR code; where WeChat moved the window, a code in the fragment of the address
that the sign-in ends at, which `exchange` changes into them.
"""

import json
from typing import Any

from allauth import app_settings as allauth_settings
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest, HttpResponse

from django_wechat.flows.visitor import Visitor
from django_wechat.models import WeChatIdentity
from django_wechat.stores import token_codes
from django_wechat.web import browser_keys
from django_wechat.web.programs import problems, tokens
from django_wechat.web.programs.problems import Refused

FOUND, OK = 302, 200
_CALLBACK = "callback"
"""In allauth's state: the way back leads to a page of the site that wants tokens."""


def way_back(visitor: Visitor) -> tuple[str, dict[str, bool]]:
    """Return where the sign-in ends, and what allauth keeps for one that ends there whatever comes of it.

    As in allauth's headless API that is `callback_url`; a browser with pages of the site's own names `next`.
    """
    if allauth_settings.HEADLESS_ONLY or (allauth_settings.HEADLESS_ENABLED and visitor.callback_url):
        return visitor.callback_url or visitor.next_url or "/", {"headless": True}
    if visitor.callback_url and tokens.are_own():
        return visitor.callback_url, {_CALLBACK: True}
    return visitor.next_url, {}


def with_tokens(
    request: HttpRequest, response: HttpResponse, state: dict[str, Any], person: tuple[str, str]
) -> HttpResponse:
    """Add the tokens to the JSON that says where to go on; a problem in its place where there are none for them.

    `person`: the (appid, openid) that this sign-in is of.
    """
    if response.status_code != OK or not tokens.are_own() or not _is_signed_in(request, state, person):
        return response
    try:
        flavour = tokens.own()
        told = flavour.tokens_for(request, request.user) if flavour else None
    except Refused as refused:
        return problems.answer(refused)
    if told is not None:
        response.content = json.dumps({**json.loads(response.content), "tokens": told})
    return response


def with_code(
    request: HttpRequest, response: HttpResponse, state: dict[str, Any], person: tuple[str, str], browser_key: str
) -> HttpResponse:
    """Let a redirect to a page that wants tokens end in a code for them; `person` as above."""
    wanted = tokens.are_own() and (state.get("headless") or state.get(_CALLBACK))
    if not wanted or response.status_code != FOUND or not _is_signed_in(request, state, person):
        return response
    key = browser_key or browser_keys.new()
    response.headers["Location"] = _in_fragment(response.headers["Location"], token_codes.make(request.user, key))
    browser_keys.write(request, response, key)
    return response


def _is_signed_in(request: HttpRequest, state: dict[str, Any], person: tuple[str, str]) -> bool:
    """Whether this sign-in is why somebody is signed in: a browser may be another person's by now, or still."""
    if state.get("process") != AuthProcess.LOGIN or not request.user.is_authenticated:
        return False
    appid, openid = person
    return WeChatIdentity.objects.filter(appid=appid, openid=openid, account__user=request.user).exists()


def _in_fragment(address: str, code: str) -> str:
    """A page whose own address is in the fragment finds it as it was, with the code in a query of its own."""
    before, has_one, fragment = address.partition("#")
    joint = ("&" if "?" in fragment else "?") if has_one and fragment else ""
    return f"{before}#{fragment}{joint}wechat_code={code}"
