"""Where does the admin set up WeChat sign-in?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_wechat.forms import SECRETS, WeChatProviderForm
from django_wechat.models import WeChatIdentity, WeChatProvider

if TYPE_CHECKING:
    ProviderAdmin = admin.ModelAdmin[WeChatProvider]
    IdentityAdmin = admin.ModelAdmin[WeChatIdentity]
    ProviderModelForm = ModelForm[WeChatProvider]
else:
    ProviderModelForm = ModelForm
    ProviderAdmin = IdentityAdmin = admin.ModelAdmin

SCAN_ALONE = _(
    "Confirm on phone is off: whoever shows a visitor the QR code of their own browser is signed in as that visitor, "
    "by the scan alone. Switch it on unless you have a reason."
)


@admin.register(WeChatProvider)
class WeChatProviderAdmin(ProviderAdmin):
    """One page per provider, in the order in which an admin meets the questions."""

    form = WeChatProviderForm
    list_display = ["name", "display_name", "sub_type", "client_id", "client_id_2", "enabled", "order"]
    list_filter = ["sub_type", "enabled"]
    list_editable = ["enabled", "order"]
    search_fields = ["name", "display_name", "client_id", "client_id_2"]
    fieldsets = [
        (None, {"fields": ["name", "display_name", "sub_type", "enabled"]}),
        (_("First keypair"), {"fields": ["client_id", "client_secret"]}),
        (_("Second keypair: official account"), {"fields": ["client_id_2", "client_secret_2"]}),
        (
            _("Official account's QR code"),
            {"fields": ["enable_qr_code", "access_token", "encoding_aes_key", "follow_up_action", "confirm_on_phone"]},
        ),
        (_("More"), {"fields": ["order", "hosts"], "classes": ["collapse"]}),
    ]

    def save_model(self, request: HttpRequest, obj: WeChatProvider, form: ProviderModelForm, change: bool) -> None:
        """Warn of the one setting that makes phishing easy."""
        super().save_model(request, obj, form, change)
        if obj.signs_in_by_scan_alone:
            self.message_user(request, SCAN_ALONE, messages.WARNING)

    def get_fieldsets(self, request: HttpRequest, obj: WeChatProvider | None = None) -> Any:
        """Leave the secrets out for those who may only look: the admin would print their values."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(title, options | {"fields": _without_secrets(options["fields"])}) for title, options in fieldsets]


@admin.register(WeChatIdentity)
class WeChatIdentityAdmin(IdentityAdmin):
    """Who signed in with which appid; read-only, because WeChat says who is who."""

    list_display = ["user", "appid", "has_unionid", "first_seen_at"]
    list_filter = ["appid"]
    search_fields = ["openid", "unionid"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search by what the site's users are called, whatever its user model."""
        user = get_user_model()
        names = {user.USERNAME_FIELD, user.get_email_field_name()} & {field.name for field in user._meta.get_fields()}
        return [*super().get_search_fields(request), *(f"account__user__{name}" for name in sorted(names))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeChatIdentity]:
        """Read the users along with the list."""
        return super().get_queryset(request).select_related("account__user")

    @admin.display(description=_("user"))
    def user(self, identity: WeChatIdentity) -> str:
        """Return the name of the person's user."""
        return str(identity.account.user)

    @admin.display(description=_("unionid known"), boolean=True)
    def has_unionid(self, identity: WeChatIdentity) -> bool:
        """Return whether WeChat gave a unionid."""
        return bool(identity.unionid)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody adds identities by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: WeChatIdentity | None = None) -> bool:  # noqa: ARG002
        """Nobody changes identities by hand."""
        return False


def _without_secrets(fields: Iterable[Any]) -> list[Any]:
    return [field for field in fields if field not in SECRETS]
