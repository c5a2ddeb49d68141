"""How does allauth's headless API learn of our purpose? Where it lists the ways to confirm, and where it redirects.

It has no hook for either. Three names of public modules are used; `tests/web/reauthenticating/test_headless.py` fails
with words when one of them changes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.headless.base import response
from allauth.headless.socialaccount import views
from allauth.headless.socialaccount.forms import RedirectToProviderForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_wechat.flows.journey import REAUTHENTICATE
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.web.reauthenticating import methods
from django_wechat.web.visitors import choice_of, is_headless_app

_OURS = "_wechat_adds_its_flow"


class RedirectForm(RedirectToProviderForm):
    """allauth's form, which takes `reauthenticate` as well, for WeChat."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        process: Any = self.fields["process"]
        process.choices = [*process.choices, (REAUTHENTICATE, REAUTHENTICATE)]

    def clean(self) -> dict[str, Any]:
        """Refuse the purpose for every other provider: none of them knows it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        provider = cleaned.get("provider")
        if cleaned.get("process") == REAUTHENTICATE and provider is not None and provider.id != PROVIDER_ID:
            raise ValidationError({"process": _("Only WeChat can confirm that it is you.")})
        return cleaned


def install() -> None:
    """Put the form and the way where allauth's views find them, once however often Django sets up its apps."""
    views.RedirectToProviderForm = RedirectForm
    answer = response.BaseAuthenticationResponse
    if not hasattr(answer._get_flows, _OURS):
        answer._get_flows = _with_ours(answer._get_flows)


def _with_ours(get_flows: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[dict[str, Any]]]:
    @wraps(get_flows)
    def flows(self: Any, request: HttpRequest, user: Any) -> list[dict[str, Any]]:
        found = get_flows(self, request, user)
        return [*found, methods.flow()] if _offers_ours(request, user) else found

    setattr(flows, _OURS, True)
    return flows


def _offers_ours(request: HttpRequest, user: Any) -> bool:
    """Whether the site's account adapter believes us, and this person may take our way in this frontend.

    The adapter's list of methods is not asked: it holds addresses of pages, which a headless site does not have. Nor
    has such a frontend our page that explains, or an app the browser that WeChat would sign in.
    """
    if not user or is_headless_app(request) or not getattr(get_adapter(), "believes_wechat", False):
        return False
    journey = choice_of(request).journey
    return methods.can_confirm(request, user) and journey is not None and not journey.is_help
