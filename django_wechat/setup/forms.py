"""How does an admin enter a provider? Secrets go in and never come out again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from django_wechat.models import PROGRAMS, FollowUpAction, SubType, WeChatProvider, is_filled
from django_wechat.models.entries import SECRETS
from django_wechat.models.fields import SecretUnreadable
from django_wechat.models.hosts import is_host, normal_host, typed_names
from django_wechat.setup.secret_inputs import NameField, PastedField, SecretField, SecretInput, look_at
from django_wechat.setup.shapes import KINDS, Misfit, came_along, misfit

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[WeChatProvider]
else:
    ModelForm = forms.ModelForm

OF_AN_ACCOUNT = ("client_id_2", "client_secret_2", "access_token", "encoding_aes_key")
"""What belongs to an official account beside a website app."""

_NO_KEYPAIR = {
    SubType.WEB: _(
        "Nothing to sign in with yet: fill in AppID and AppSecret of the website app (网站应用) here, or those of an "
        "official account as Client ID 2, or switch Enabled off."
    ),
    SubType.MOBILE: _(
        "Nothing to sign in with yet: fill in AppID and AppSecret of the official account (公众号), or switch "
        "Enabled off."
    ),
    SubType.MINI_PROGRAM: _(
        "Nothing to sign in with yet: fill in AppID and AppSecret of the mini program (小程序), or switch Enabled off."
    ),
    SubType.APP: _(
        "Nothing to sign in with yet: fill in AppID and AppSecret of the mobile app (移动应用), or switch Enabled off."
    ),
}


class WeChatProviderForm(ModelForm):
    """The admin's form for one provider."""

    class Meta:
        model = WeChatProvider
        fields = "__all__"
        field_classes = {"name": NameField, **dict.fromkeys(KINDS, PastedField), **dict.fromkeys(SECRETS, SecretField)}
        widgets = {
            "client_secret": SecretInput(),
            "client_secret_2": SecretInput(),
            "access_token": SecretInput(generates="token"),
            "encoding_aes_key": SecretInput(generates="aes_key"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doubts: dict[str, Misfit] = {}
        self.left_out: dict[str, Misfit] = {}
        for name in SECRETS:
            if name not in self.fields:
                continue
            self.initial.pop(name, None)
            self.fields[name].widget.stored = look_at(self.instance, name)

    def clean(self) -> dict[str, Any]:
        """Say in words what WeChat would refuse later in codes."""
        cleaned = super().clean() or {}
        self._check_shapes(cleaned)
        self._check_pairs(cleaned)
        self._check_qr_code(cleaned)
        self._check_program(cleaned)
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
        """Refuse what is surely something else, and note what only looks odd or had to be cleaned."""
        for name, kind in KINDS.items():
            typed = str(self.data.get(self.add_prefix(name)) or "")
            if typed and (extra := came_along(kind, typed.strip())):
                self.left_out[name] = extra
            found = misfit(kind, cleaned[name]) if cleaned.get(name) else None
            if found and found.is_sure:
                self.add_error(name, str(found))
            elif found:
                self.doubts[name] = found

    def _check_pairs(self, cleaned: dict[str, Any]) -> None:
        for id_name, secret_name in (("client_id", "client_secret"), ("client_id_2", "client_secret_2")):
            if cleaned.get(id_name) and not self._has(secret_name, cleaned):
                self.add_error(secret_name, _("This secret is missing: an AppID works only together with it."))
            if self._has(secret_name, cleaned) and not cleaned.get(id_name) and id_name not in self.errors:
                self.add_error(id_name, _("This AppID is missing: a secret works only together with it."))
        ids = [name for name in ("client_id", "client_id_2") if cleaned.get(name) or name in self.errors]
        if cleaned.get("enabled") and not ids:
            self.add_error("client_id", _NO_KEYPAIR[SubType(cleaned.get("sub_type") or SubType.WEB)])
        if cleaned.get("client_id") and cleaned.get("client_id") == cleaned.get("client_id_2"):
            self.add_error("client_id_2", _("This is the same AppID as Client ID; each account has its own."))
        if cleaned.get("client_secret") and cleaned.get("client_secret") == cleaned.get("client_secret_2"):
            self.add_error(
                "client_secret_2", _("This is the same AppSecret as Client Secret; each account has its own.")
            )

    def _check_qr_code(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("enable_qr_code"):
            return
        if cleaned.get("sub_type") == SubType.MINI_PROGRAM:
            self._check_program_code(cleaned)
            return
        if cleaned.get("sub_type") != SubType.WEB:
            self.add_error("enable_qr_code", _("The QR code is for PCs: it needs SubType Web or Mini program."))
        if self._lacks(("client_id_2", "client_secret_2", "access_token"), cleaned):
            message = _("Enable QR code needs Client ID 2, Client Secret 2 and Access Token.")
            self.add_error("enable_qr_code", ValidationError(message, code="incomplete"))
        if cleaned.get("follow_up_action") == FollowUpAction.OPEN and not cleaned.get("client_id"):
            self.add_error("follow_up_action", _("To go on with the Open Platform QR code, Client ID is needed."))

    def _check_program_code(self, cleaned: dict[str, Any]) -> None:
        """A code without a page would open the program's first page, which does not ask (reference section 13.1)."""
        if self._lacks(("client_id", "client_secret"), cleaned):
            message = _("Enable QR code needs AppID and AppSecret of the mini program.")
            self.add_error("enable_qr_code", ValidationError(message, code="incomplete"))
        if "mini_program_page" in cleaned and not cleaned["mini_program_page"]:
            self.add_error("mini_program_page", _("The code needs a page of the mini program to open."))

    def _check_program(self, cleaned: dict[str, Any]) -> None:
        """A mini program or an app is a row of its own: it has one keypair, which no other row has."""
        if cleaned.get("sub_type") not in PROGRAMS:
            return
        for name in OF_AN_ACCOUNT:
            if self._has(name, cleaned):
                self.add_error(name, _("This is an official account’s, and needs a provider of its own."))
        if cleaned.get("client_id") and (other := self.other_with(cleaned["client_id"])):
            words = _("The provider “%(name)s” has this AppID already; each program has its own.")
            self.add_error("client_id", ValidationError(words, params={"name": other}))

    def clean_mini_program_page(self) -> str:
        """Take a page as app.json has it: to any other WeChat answers 41030 (reference section 13.1)."""
        page: str = self.cleaned_data["mini_program_page"]
        if page.startswith("/"):
            raise ValidationError(_("Without the slash at the beginning: as it stands in the program’s app.json."))
        if "?" in page or "#" in page:
            raise ValidationError(_("Without “?” and what follows it: the code brings its own value along."))
        return page

    def clean_hosts(self) -> str:
        """Take bare host names only: anything else would match no request, and WeChat would vanish without a word."""
        hosts: str = self.cleaned_data["hosts"]
        for name in typed_names(hosts):
            if not is_host(normal_host(name)):
                raise ValidationError(
                    _("“%(name)s” is not a bare host name such as www.example.com."), params={"name": name}
                )
        return hosts

    def _lacks(self, names: Iterable[str], cleaned: dict[str, Any]) -> bool:
        """Whether one of the columns will be empty, and nothing was said about it yet."""
        return not all(self._has(name, cleaned) or name in self.errors for name in names)

    def other_with(self, appid: str) -> str:
        """Return the name of another provider that has this AppID; "" if there is none."""
        others = WeChatProvider.objects.filter(Q(client_id=appid) | Q(client_id_2=appid)).exclude(pk=self.instance.pk)
        return str(others.values_list("name", flat=True).first() or "")

    def _has(self, name: str, cleaned: dict[str, Any]) -> bool:
        """Whether a column will have a value after saving: typed now, or stored and not cleared."""
        value = cleaned.get(name)
        if name in SECRETS and value is None:
            return is_filled(self.instance, name)
        return bool(value)
