"""What do the pages around connecting need: the panel, why an account stays, the way of who has an account already?"""

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_wechat.flows.table import Choice
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.provider import waits_at_sign_up_form
from django_wechat.templatetags.wechat import wechat_choice

register = template.Library()
Words = str | Promise


@dataclass(frozen=True)
class Reason:
    """Why an account stays connected: what happened, what to do, and the page where that is done."""

    what: Words
    next_step: Words
    label: Words = ""
    page: str = ""

    @property
    def url(self) -> str:
        """The address of the page; "" where the site has none."""
        try:
            return reverse(self.page) if self.page else ""
        except NoReverseMatch:
            return ""


_ONLY_WAY_IN = _("It was not removed: it is your only way to sign in here.")
_REASONS = {
    "no_password": Reason(
        _ONLY_WAY_IN, _("Set a password first, then remove it."), _("Set a password"), "account_set_password"
    ),
    "no_verified_email": Reason(
        _ONLY_WAY_IN, _("Add an e-mail address and confirm it first."), _("E-mail addresses"), "account_email"
    ),
    "disconnect_last": Reason(_ONLY_WAY_IN, _("Connect another account first.")),
}
"""By the codes of allauth's adapter."""
_TAKEN = ("email_taken", "phone_taken")
"""By the codes of allauth's adapter: what a form was given is somebody's who has an account."""


@register.simple_tag
def wechat_why_it_stays(form: BaseForm | None) -> Reason | None:
    """Return why the account that was chosen is not removed, which allauth's own template keeps to itself; else None.

    A reason of the site's own adapter is told in its own words.
    """
    errors: Any = form.non_field_errors().as_data() if form is not None and form.is_bound else []
    if not errors:
        return None
    return _REASONS.get(errors[0].code) or Reason(_("It was not removed."), " ".join(errors[0].messages))


@register.inclusion_tag("django_wechat/have_account.html", takes_context=True)
def wechat_have_account(context: Context) -> dict[str, Any]:
    """Offer, at allauth's sign-up form, to sign in instead and connect the WeChat just scanned; nothing elsewhere.

    `taken`: the form was refused because somebody, perhaps the same person, has an account by what was typed.
    """
    request: HttpRequest = context["request"]
    return {
        "request": request,
        "profile": waits_at_sign_up_form(request),
        "taken": _is_taken(context.get("form")),
        "have_account_url": reverse("wechat_have_account"),
    }


def _is_taken(form: BaseForm | None) -> bool:
    errors: Any = form.errors.as_data() if form is not None and form.is_bound else {}
    return any(error.code in _TAKEN for of_field in errors.values() for error in of_field)


@register.simple_tag(takes_context=True)
def wechat_to_connect(context: Context) -> Choice | None:
    """Return how somebody who has no WeChat connected can do that here; None for who has, and where nothing can."""
    request: HttpRequest = context["request"]
    if not request.user.is_authenticated:
        return None
    if SocialAccount.objects.filter(user=request.user, provider=PROVIDER_ID).exists():
        return None
    choice: Choice = wechat_choice(context)
    return choice if choice.journey is not None else None
