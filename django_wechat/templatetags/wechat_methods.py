"""What does the login page need to show the ways to sign in that the admin chose?"""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from allauth.socialaccount.adapter import get_adapter
from django import template
from django.http import HttpRequest
from django.template.context import Context

from django_wechat.flows.table import Choice
from django_wechat.models import Method, SigninMethod
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.provider import hide_from_lists, signs_in_by_wechat_next, waits_for_sign_in
from django_wechat.setup import signin_methods
from django_wechat.setup.signin_methods import Plan
from django_wechat.templatetags.wechat import wechat_choice, wechat_name

register = template.Library()


@register.simple_tag(takes_context=True)
def wechat_signin_plan(context: Context) -> Plan | None:
    """Return what the admin's sign-in methods make of this page, read once a request; None if there are none."""
    request: HttpRequest = context["request"]
    if not hasattr(request, "_wechat_signin_plan"):
        rows = list(SigninMethod.objects.all())
        # A page without rows pays one select and nothing else.
        wechat = bool(rows) and wechat_choice(context).journey is not None
        plan = signin_methods.plan(rows, signin_methods.available(wechat=wechat))
        request._wechat_signin_plan = plan  # type: ignore[attr-defined]
    return request._wechat_signin_plan  # type: ignore[attr-defined, no-any-return]


@register.simple_tag(takes_context=True)
def wechat_opened_tab(context: Context, choice: Choice, plan: Plan | None = None) -> str:
    """Return the tab that is open at first; without a `plan` it is one of "others" and "wechat".

    The password's after a refused form, the one that the address asks for, WeChat's where it is one tap away or the
    only way of whoever just confirmed an e-mail address, else the first. Another than WeChat's for whoever came by
    WeChat and signs in to connect it.
    """
    names = [row.method for row in plan.tabs] if plan else ["others", "wechat"]
    if waits_for_sign_in(context["request"]):
        names = sorted(names, key=lambda name: name == "wechat")
    form = context.get("form")
    near = "wechat" if _is_near(context["request"], choice) else ""
    wishes = ["password"] if form and form.errors else [context["request"].GET.get("tab"), near]
    return next((wish for wish in wishes if wish in names), names[0] if names else "")


def _is_near(request: HttpRequest, choice: Choice) -> bool:
    if choice.journey is None or waits_for_sign_in(request):
        return False
    return choice.journey.inside_wechat or signs_in_by_wechat_next(request)


@register.simple_tag
def wechat_other_tab(plan: Plan) -> str:
    """Return the address of the first tab that is not WeChat's; "" if there is none."""
    others = (f"#{row.method}" for row in plan.tabs if row.method != Method.WECHAT)
    return next(others, "")


@register.simple_tag
def wechat_method_name(row: SigninMethod, choice: Choice) -> str:
    """Return what a tab or button is called: the admin's words, else the method's name; WeChat as its provider says."""
    if row.method == Method.WECHAT and not row.display_name:
        return wechat_name(choice.provider)
    return str(row)


@register.filter
def wechat_shows(plan: Plan, method: str) -> bool:
    """Return whether a method is on the page."""
    return plan.shows(method)


@register.simple_tag
def wechat_code_form() -> RequestLoginCodeForm:
    """Return allauth's form that asks for a sign-in code."""
    return RequestLoginCodeForm()


@register.simple_tag(takes_context=True)
def wechat_is_shown(context: Context) -> str:
    """Say that this page shows WeChat itself: allauth's list of providers need not repeat it."""
    hide_from_lists(context["request"])
    return ""


@register.simple_tag(takes_context=True)
def wechat_other_providers(context: Context) -> list[Any]:
    """Return the other providers that a visitor may choose, as allauth would list them."""
    providers = get_adapter().list_providers(context["request"])
    return [one for one in providers if one.id != PROVIDER_ID and not _is_hidden(one)]


def _is_hidden(provider: Any) -> bool:
    return bool(provider.app and provider.app.settings.get("hidden"))
