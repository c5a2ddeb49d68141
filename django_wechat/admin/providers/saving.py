"""What happens at Save and check? What was saved is out of date in the last check's eyes; and WeChat is asked anew.

With JavaScript the page that follows asks, so that saving never waits for WeChat. Without, it is asked after the
transaction and before the answer, each question no longer than the setting TIMEOUT.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import router, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from django_wechat.admin.providers import once
from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.setup import check as setup_check

if TYPE_CHECKING:
    ProviderAdmin = admin.ModelAdmin[WeChatProvider]
    ProviderModelForm = ModelForm[WeChatProvider]
else:
    ProviderAdmin = admin.ModelAdmin
    ProviderModelForm = ModelForm

CHECK = "_check"
"""The name of the button."""
LATER = "_wechat_later"
"""What the page's script adds: it asks by itself."""


class SaveAndCheckMixin(ProviderAdmin):
    """Adds what the button “Save and check” does."""

    def save_related(self, request: HttpRequest, form: ProviderModelForm, formsets: Any, change: bool) -> None:
        """Let nobody take the last check for one of what is saved now; remember which secrets were made up."""
        super().save_related(request, form, formsets, change)
        provider = form.instance
        if CHECK in request.POST or form.has_changed() or any(formset.has_changed() for formset in formsets):
            ProviderHealth.objects.filter(provider=provider).update(checked_at=None)
        typed = [column for column in once.COLUMNS if form.cleaned_data.get(column)]
        once.arm(request, provider, typed)
        if CHECK in request.POST and LATER not in request.POST:
            asked = partial(setup_check.check, provider, seen=request.build_absolute_uri("/"))
            transaction.on_commit(asked, using=router.db_for_write(WeChatProvider), robust=True)

    def response_add(self, request: HttpRequest, obj: WeChatProvider, post_url_continue: Any = None) -> HttpResponse:
        """Come back to the page."""
        _stay(request)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: WeChatProvider) -> HttpResponse:
        """Come back to the page."""
        _stay(request)
        return super().response_change(request, obj)


def _stay(request: HttpRequest) -> None:
    """As the admin's own page for users does it."""
    if CHECK in request.POST:
        sent: Any = request.POST.copy()
        sent["_continue"] = "1"
        request.POST = sent
