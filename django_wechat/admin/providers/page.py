"""Where does the admin set up WeChat sign-in? One page that leads from the AppIDs to what is pasted at WeChat."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from django_wechat.admin.looking import DeclaredLookupsMixin
from django_wechat.admin.providers.check_page import ProviderCheckMixin
from django_wechat.admin.providers.context import page_context
from django_wechat.admin.providers.files import VerificationFileInline
from django_wechat.admin.providers.listing import ProviderListMixin
from django_wechat.admin.providers.notes import form_notes, notes
from django_wechat.admin.providers.saving import SaveAndCheckMixin
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.models.entries import SECRETS, entry_named
from django_wechat.setup.forms import WeChatProviderForm
from django_wechat.setup.starts import STARTS, initial_for
from django_wechat.stores import push_health

if TYPE_CHECKING:
    ProviderModelForm = ModelForm[WeChatProvider]
else:
    ProviderModelForm = ModelForm

IN_SETTINGS = _('This provider is set up in the settings (WECHAT["PROVIDERS"]): it can be changed only there.')


@admin.register(WeChatProvider)
class WeChatProviderAdmin(DeclaredLookupsMixin, SaveAndCheckMixin, ProviderCheckMixin, ProviderListMixin):
    """One page per provider, in the order in which an admin meets the questions."""

    form = WeChatProviderForm
    inlines = [VerificationFileInline]
    change_form_template = "django_wechat/admin/provider_change_form.html"
    fieldsets = [
        (None, {"fields": [("name", "display_name", "sub_type", "enabled")], "classes": ["wechat-basics"]}),
        (
            _("Website app (网站应用): on PCs"),
            {
                "fields": ["client_id", "client_secret"],
                "description": _("Visitors on a PC scan WeChat’s QR code."),
                "classes": ["wechat-first"],
            },
        ),
        (
            _("Official account (公众号): inside WeChat"),
            {
                "fields": ["client_id_2", "client_secret_2"],
                "description": _("Visitors who open the site inside WeChat sign in with one tap."),
                "classes": ["wechat-second"],
            },
        ),
        (
            _("Sign in by following: the account’s code on PCs"),
            {
                "fields": [
                    "enable_qr_code",
                    "follow_up_action",
                    "confirm_on_phone",
                    "mini_program_page",
                    "mini_program_version",
                    "strict_entry",
                    "access_token",
                    "encoding_aes_key",
                ],
                "description": _("Visitors on a PC scan your account’s QR code, follow it, and confirm on the phone."),
                "classes": ["wechat-following"],
            },
        ),
        (_("More"), {"fields": ["order", "hosts"], "classes": ["collapse", "wechat-more"]}),
    ]

    class Media:
        css = {"all": ["django_wechat/admin/admin.css"]}
        js = [Script("django_wechat/admin/provider.js", type="module")]

    def save_model(self, request: HttpRequest, obj: WeChatProvider, form: ProviderModelForm, change: bool) -> None:
        """Say what deserves a word though the form is right."""
        super().save_model(request, obj, form, change)
        if change and {"access_token", "client_id_2"} & set(form.changed_data):
            push_health.forget(obj)
        for note in [*form_notes(form), *notes(obj)]:
            self.message_user(request, note, messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: WeChatProvider) -> None:
        """Say who is left without a way in."""
        super().delete_model(request, obj)
        self.say_who_is_left(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WeChatProvider]) -> None:
        """Say who is left without a way in."""
        super().delete_queryset(request, queryset)
        self.say_who_is_left(request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin as the admin answered “What do you have?”."""
        start = STARTS.get(request.GET.get("have", ""))
        return {**(initial_for(start) if start else {}), **super().get_changeform_initial_data(request)}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the cards, what to paste at WeChat beside each, and above them what the last check found."""
        provider: WeChatProvider | None = kwargs.get("obj")
        may_change = self.has_change_permission(request, provider)
        context |= page_context(request, provider, context, may_change=may_change)
        context |= {
            # Without the provider: one of the settings is changed by nobody here, and checked all the same.
            "may_check": self.has_change_permission(request),
            "in_settings": IN_SETTINGS if provider and provider.in_settings else "",
            # Save and check comes back to the page, and few sites have another provider to add.
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: WeChatProvider | None = None) -> Any:
        """Leave the secrets out for those who may only look: the admin would print their values."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = [(title, options | {"fields": _without_secrets(options["fields"])}) for title, options in fieldsets]
        return [(title, options) for title, options in shown if options["fields"]]

    def has_change_permission(self, request: HttpRequest, obj: WeChatProvider | None = None) -> bool:
        """Nobody changes here what the settings say."""
        return super().has_change_permission(request, obj) and not (obj and obj.in_settings)

    def has_delete_permission(self, request: HttpRequest, obj: WeChatProvider | None = None) -> bool:
        """A provider that the settings list would come back."""
        return super().has_delete_permission(request, obj) and not (obj and _is_listed(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Delete a provider's QR sessions along with it, though nobody may delete those by hand."""
        deleted, counts, not_permitted, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, not_permitted - {QRSession._meta.verbose_name}, protected


def _is_listed(provider: WeChatProvider) -> bool:
    return provider.in_settings and bool(entry_named(provider.name))


def _without_secrets(fields: Iterable[Any]) -> list[Any]:
    return [field for field in fields if field not in SECRETS]
