"""What if a person has got an account elsewhere while a sign-up form waited for the answers? There is no second user.

allauth saves the user of its sign-up form first and the WeChat account after that, in no transaction. If the account
cannot be saved any more, the user would be left behind, and nobody could ever sign in to it.
"""

import logging
from typing import Any

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import identities, uids
from django_wechat.web.sign_in import is_under_way

logger = logging.getLogger("django_wechat.sign_in")

PAGE = "socialaccount_signup"
VIEWS = (PAGE, "provider_signup")
"""The names of allauth's views that end a sign-up by form: its page and its headless answer."""
PENDING = "socialaccount_sociallogin"
"""Where allauth keeps, in the session, the sign-in that waits for its sign-up form."""
_NEW_USER = "_wechat_new_user"


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="django_wechat.sign_up_form.user")
def note_new_user(instance: Any, *, created: bool, **_kwargs: Any) -> None:
    """Remember which user this very sign-up made: no other may be taken back."""
    if created and context.request is not None and is_sign_up_form(context.request):
        setattr(context.request, _NEW_USER, instance.pk)


@receiver(pre_save, sender=SocialAccount, dispatch_uid="django_wechat.sign_up_form.account")
def save_or_take_back(instance: SocialAccount, *, raw: bool = False, **_kwargs: Any) -> None:
    """Save a new account and its identity together; if that fails at a sign-up form, take the user back.

    Where somebody connects WeChat and was asked for a password meanwhile, allauth says that it has another account.
    """
    request = context.request
    if raw or instance.provider != uids.PROVIDER_ID or not instance._state.adding or request is None:
        return
    # Taken out, so that the save inside goes its usual way.
    new_user = vars(request).pop(_NEW_USER, None)
    if new_user is not None and new_user == instance.user_id:
        _save(instance, request)
    elif not is_under_way(request) and identities.is_known(instance):
        raise get_adapter().validation_error("connected_other")


def is_sign_up_form(request: HttpRequest) -> bool:
    """Return whether the request ends, or shows, a sign-up by form."""
    return _view_of(request) in VIEWS


def is_sign_up_page(request: HttpRequest) -> bool:
    """Return whether it does so on allauth's page."""
    return _view_of(request) == PAGE


def _save(account: SocialAccount, request: HttpRequest) -> None:
    try:
        with all_or_nothing():
            if identities.is_known(account):
                raise identities.IdentityTaken("This person has another account by now.")
            account.save()
    except DatabaseError as error:
        logger.warning("A sign-up by form was taken back: its WeChat account could not be saved (%s)", error)
        account.user.delete()
        raise ImmediateHttpResponse(_answer(request)) from error


def _answer(request: HttpRequest) -> HttpResponse:
    """Lead back to sign in; a headless frontend hears that there is no sign-up to go on with, as from allauth."""
    words = _(
        "Your sign-up could not be finished, most likely because you have signed up on another device meanwhile. "
        "Please sign in with WeChat once more."
    )
    if not is_sign_up_page(request):
        return JsonResponse({"status": 409, "errors": [{"code": "sign_in_again", "message": words}]}, status=409)
    messages.error(request, words, fail_silently=True)
    return HttpResponseRedirect(reverse("account_login"))


def _view_of(request: HttpRequest) -> str | None:
    match = getattr(request, "resolver_match", None)
    return match.url_name if match else None
