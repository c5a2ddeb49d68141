"""May this person confirm by WeChat, on this page or in this headless answer? What allauth's adapter asks us."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from django_wechat.flows.journey import REAUTHENTICATE
from django_wechat.flows.visitor import Visitor
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.web.reauthenticating import connected_here, fresh
from django_wechat.web.visitors import choice_of

FLOW = "provider_reauthenticate"
"""The id of the way, for allauth's lists and for headless frontends."""


def can_confirm(request: HttpRequest | None, user: Any) -> bool:
    """Return whether `user` has a WeChat that may confirm, and WeChat can serve this browser on this site."""
    if request is None or not user.is_authenticated or not fresh.is_offered():
        return False
    return connected_here.from_before(request, user).exists() and choice_of(request).journey is not None


def refuses(request: HttpRequest, visitor: Visitor) -> bool:
    """Return whether a confirmation is asked for that this person cannot give: nobody shall scan for nothing."""
    if visitor.purpose != REAUTHENTICATE or not visitor.is_signed_in:
        return False
    return not can_confirm(request, visitor.user)


def method() -> dict[str, str]:
    """Return the way as allauth lists it; its address has no query, for allauth puts one of its own behind it."""
    return {"id": FLOW, "description": _("Use WeChat"), "url": reverse("wechat_reauthenticate")}


def flow() -> dict[str, Any]:
    """Return the way as allauth's headless answers list it."""
    return {"id": FLOW, "providers": [PROVIDER_ID]}
