"""What does the template of a provider's page get, beside what the admin gives it?"""

from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from django_wechat.admin.providers import once
from django_wechat.admin.providers.cards import file_card, left_over, shown
from django_wechat.admin.providers.console import pasting
from django_wechat.admin.providers.files import VerificationFileInline
from django_wechat.admin.providers.findings import result_of
from django_wechat.models import WeChatProvider, health_of
from django_wechat.setup.starts import STARTS


@sensitive_variables()
def page_context(
    request: HttpRequest, provider: WeChatProvider | None, context: dict[str, Any], *, may_change: bool
) -> dict[str, Any]:
    """Return cards, values to paste and findings; a secret among them only if it was saved just now."""
    secrets = once.take(request, provider) if provider and may_change else {}
    paste = pasting(request, provider, secrets, tails=may_change)
    consoles = paste.panel.consoles
    start = STARTS.get(request.GET.get("have", "")) if provider is None else None
    form = context["adminform"].form
    cards = shown(context["adminform"], consoles, start.opens if start else ())
    return {
        "pasting": paste,
        "cards": cards,
        "left_over": left_over(consoles, cards),
        "sub_type": form["sub_type"].value() if "sub_type" in form.fields else form.instance.sub_type,
        "files": _files(context["inline_admin_formsets"]),
        "file_card": file_card(form, cards),
        "once_field": once.FIELD,
        "once": once.ticket(request, provider, secrets) if provider and secrets else "",
        "start": start,
        "starts": {} if provider or start else STARTS,
        "result": result_of(health_of(provider)) if provider else None,
    }


def _files(formsets: Any) -> Any:
    """Return the part of the page that takes WeChat's files; None if the site's own inlines have none."""
    return next((each for each in formsets if isinstance(each.opts, VerificationFileInline)), None)
