"""How does an admin enter a provider? Secrets go in and never come out again."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_wechat.fields import SecretUnreadable
from django_wechat.models import FollowUpAction, SubType, WeChatProvider, is_filled

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[WeChatProvider]
else:
    ModelForm = forms.ModelForm

SECRETS = ("client_secret", "client_secret_2", "access_token", "encoding_aes_key")

_APPID = re.compile(r"wx[0-9a-f]{16}")
_SERVER_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*|\[[0-9A-Fa-f:]+\]")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class SecretInput(forms.PasswordInput):
    """An empty box, whatever is stored; `is_set` says whether something is."""

    template_name = "django_wechat/admin/secret_input.html"

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password", "class": "vTextField"}, render_value=False)
        self.is_set = False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Tell the template whether a value is stored, and nothing about it."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"is_set": self.is_set, "clear_name": f"{name}-clear"}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the new secret, "" to clear the stored one, or None to keep it."""
        value = super().value_from_datadict(data, files, name)
        if value and value.strip():
            return value
        return "" if data.get(f"{name}-clear") else None


class SecretField(forms.CharField):
    """A secret that is replaced when something is typed, cleared on request, and otherwise kept."""

    widget = SecretInput

    def to_python(self, value: Any) -> Any:
        """Keep None apart from "": it means that nothing was typed."""
        return None if value is None else super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ARG002
        """Say that a secret changed when one was typed or cleared, without comparing it."""
        return data is not None


class WeChatProviderForm(ModelForm):
    """The admin's form for one provider."""

    class Meta:
        model = WeChatProvider
        fields = "__all__"
        field_classes = dict.fromkeys(SECRETS, SecretField)
        widgets = dict.fromkeys(SECRETS, SecretInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            if name not in self.fields:
                continue
            self.initial.pop(name, None)
            self.fields[name].widget.is_set = is_filled(self.instance, name)

    def clean(self) -> dict[str, Any]:
        """Say in words what WeChat would refuse later in codes."""
        cleaned = super().clean() or {}
        self._check_shapes(cleaned)
        self._check_pairs(cleaned)
        self._check_qr_code(cleaned)
        return cleaned

    def _post_clean(self) -> None:
        """Leave a secret that was not typed as it is stored."""
        for name in self._kept():
            self.cleaned_data.pop(name, None)
        super()._post_clean()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        """Validate no secret that is kept: that would need its key, which may be lost."""
        return {*super()._get_validation_exclusions(), *self._kept()}  # type: ignore[misc]

    def _kept(self) -> list[str]:
        return [name for name in SECRETS if self.cleaned_data.get(name) is None]

    def save(self, commit: bool = True) -> WeChatProvider:
        """Keep the EncodingAESKey that is being replaced: WeChat may use it for a while (reference section 5.7)."""
        before = WeChatProvider.objects.filter(pk=self.instance.pk).first()
        if before is not None and "encoding_aes_key" in self.changed_data:
            self._keep_previous_key(before)
        provider: WeChatProvider = super().save(commit)
        return provider

    def _keep_previous_key(self, before: WeChatProvider) -> None:
        typed = self.cleaned_data["encoding_aes_key"]
        try:
            same = before.encoding_aes_key == typed
        except SecretUnreadable:
            same = False
        if not same:
            self.instance.previous_encoding_aes_key = vars(before)["encoding_aes_key"] if typed else ""

    def _check_shapes(self, cleaned: dict[str, Any]) -> None:
        for name in ("client_id", "client_id_2"):
            if cleaned.get(name) and not _APPID.fullmatch(cleaned[name]):
                self.add_error(name, _("An AppID is “wx” and 16 digits or letters a to f, all in lower case."))
        if cleaned.get("access_token") and not _SERVER_TOKEN.fullmatch(cleaned["access_token"]):
            self.add_error("access_token", _("A Token is 3 to 32 letters and digits, as WeChat's console asks for."))
        if cleaned.get("encoding_aes_key") and not _AES_KEY.fullmatch(cleaned["encoding_aes_key"]):
            self.add_error("encoding_aes_key", _("An EncodingAESKey is exactly 43 letters and digits."))

    def _check_pairs(self, cleaned: dict[str, Any]) -> None:
        for id_name, secret_name in (("client_id", "client_secret"), ("client_id_2", "client_secret_2")):
            if cleaned.get(id_name) and not self._has(secret_name, cleaned):
                self.add_error(secret_name, _("This secret is missing: an AppID works only together with it."))
            if self._has(secret_name, cleaned) and not cleaned.get(id_name) and id_name not in self.errors:
                self.add_error(id_name, _("This AppID is missing: a secret works only together with it."))
        ids = [name for name in ("client_id", "client_id_2") if cleaned.get(name) or name in self.errors]
        if cleaned.get("enabled") and not ids:
            self.add_error("client_id", _("Fill in an AppID with its secret, or switch Enabled off."))
        if cleaned.get("client_id") and cleaned.get("client_id") == cleaned.get("client_id_2"):
            self.add_error("client_id_2", _("This is the same AppID as Client ID; each account has its own."))

    def _check_qr_code(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("enable_qr_code"):
            return
        if cleaned.get("sub_type") == SubType.MOBILE:
            self.add_error("enable_qr_code", _("The QR code is for PCs: it needs SubType Web."))
        needed = ("client_id_2", "client_secret_2", "access_token")
        if not all(self._has(name, cleaned) or name in self.errors for name in needed):
            message = _("Enable QR code needs Client ID 2, Client Secret 2 and Access Token.")
            self.add_error("enable_qr_code", ValidationError(message, code="incomplete"))
        if cleaned.get("follow_up_action") == FollowUpAction.OPEN and not cleaned.get("client_id"):
            self.add_error("follow_up_action", _("To go on with the Open Platform QR code, Client ID is needed."))

    def clean_hosts(self) -> str:
        """Take bare host names only: anything else would match no request, and WeChat would vanish without a word."""
        hosts: str = self.cleaned_data["hosts"]
        for name in re.split(r"[\s,]+", hosts):
            if name and not _HOST.fullmatch(name):
                raise ValidationError(
                    _("“%(name)s” is not a bare host name such as www.example.com."), params={"name": name}
                )
        return hosts

    def _has(self, name: str, cleaned: dict[str, Any]) -> bool:
        """Whether a column will have a value after saving: typed now, or stored and not cleared."""
        value = cleaned.get(name)
        if name in SECRETS and value is None:
            return is_filled(self.instance, name)
        return bool(value)
