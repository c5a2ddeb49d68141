"""What if the site's user model wants more of a new person than WeChat tells? allauth's sign-up form asks for it.

Nobody is asked before the site's own code had its chance to fill the user in: the receivers here are connected when the
addresses of the site are read (`urls.py` imports this), after those of every app.
"""

import json
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.signals import pre_social_login
from django.conf import settings
from django.contrib import messages
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from django_wechat.models.columns import user_columns
from django_wechat.people import uids
from django_wechat.people.refusals import CannotBeSaved
from django_wechat.problems import problem_response
from django_wechat.setup import sign_up_fields
from django_wechat.setup.sign_up_fields import Asked
from django_wechat.web.sign_in import (
    MoreNeeded,
    has_form_first,
    is_under_way,
    left_unfilled,
    may_ask,
    note_unfilled,
)
from django_wechat.web.sign_up_form import PAGE, PENDING, is_sign_up_form, is_sign_up_page
from django_wechat.web.visitors import provider_for


@receiver(pre_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="django_wechat.unfilled.before")
def look_before(instance: Any, *, raw: bool = False, **_kwargs: Any) -> None:
    """Keep as NULL what may be; note what cannot be saved, and send a form back that did not fill it in."""
    request = context.request
    if raw or request is None or not instance._state.adding:
        return
    if is_under_way(request):
        user_columns.leave_empty(instance)
        note_unfilled(request, user_columns.unfilled(instance))
    elif is_sign_up_form(request) and (waiting := _waiting(request)):
        user_columns.leave_empty(instance)
        _send_back(request, waiting, _not_typed(request, user_columns.unfilled(instance)))


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="django_wechat.unfilled.after")
def look_after(*, created: bool, **_kwargs: Any) -> None:
    """The first person without an email address can be saved where the second cannot: ask the first as well."""
    request = context.request
    if created and request is not None and is_under_way(request) and may_ask(left_unfilled(request)):
        raise MoreNeeded("The sign-up form has to ask for more.")


@receiver(pre_social_login, dispatch_uid="django_wechat.unfilled.form")
def ask(request: HttpRequest, sociallogin: SocialLogin, **_kwargs: Any) -> None:
    """Lead somebody new to allauth's sign-up form, once it is known that they cannot be saved without it."""
    if not has_form_first(request) or sociallogin.is_existing:
        return
    if request.user.is_authenticated:
        get_account_adapter(request).logout(request)
    request.session[PENDING] = sociallogin.serialize()
    messages.info(request, _words(left_unfilled(request)), fail_silently=True)
    raise ImmediateHttpResponse(HttpResponseRedirect(_form_url()))


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    """Return the WeChat sign-in that this form ends. allauth takes it off the session before it saves anybody."""
    before = request.session.__class__(request.session.session_key)
    waiting: dict[str, Any] | None = before.get(PENDING)
    return waiting if waiting and waiting["account"]["provider"] == uids.PROVIDER_ID else None


def _not_typed(request: HttpRequest, columns: list[str]) -> list[str]:
    """Return those of `columns` that nobody will fill; what was typed, or a form of the site's asks, comes later."""
    typed = _typed(request)
    return [
        column
        for column in columns
        if sign_up_fields.asked([column]) is not Asked.UNKNOWN and not typed.get(sign_up_fields.name_in_form(column))
    ]


def _typed(request: HttpRequest) -> Any:
    return json.loads(request.body) if request.content_type == "application/json" else request.POST


def _send_back(request: HttpRequest, waiting: dict[str, Any], columns: list[str]) -> None:
    if not columns:
        return
    if not may_ask(columns):
        error = CannotBeSaved(f"WeChat cannot fill {', '.join(columns)} of the user model, and no form asks for it")
        raise ImmediateHttpResponse(
            problem_response(request, provider_for(request), "cannot_be_saved", error=error, state=waiting["state"])
        )
    request.session[PENDING] = waiting
    raise ImmediateHttpResponse(_form_again(request, columns))


def _form_again(request: HttpRequest, columns: list[str]) -> HttpResponse:
    words = _words(columns)
    if is_sign_up_page(request):
        messages.error(request, words, fail_silently=True)
        return HttpResponseRedirect(reverse(PAGE))
    errors = [
        {"message": words, "code": "required", "param": sign_up_fields.name_in_form(column)} for column in columns
    ]
    return JsonResponse({"status": 400, "errors": errors}, status=400)


def _words(columns: list[str]) -> str:
    words = _("This site needs something of everybody that WeChat does not tell. Please fill in: %(columns)s.")
    return words % {"columns": get_text_list(user_columns.labels(columns), _("and"))}


def _form_url() -> str:
    try:
        return reverse(PAGE)
    except NoReverseMatch:  # a headless-only site has no such page; its frontend is told by allauth
        return "/"
