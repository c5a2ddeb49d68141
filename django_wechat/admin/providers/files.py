"""How does an admin hand over the file that WeChat's console asks for? Uploaded, or name and content pasted."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_wechat.models import VerificationFile, WeChatProvider
from django_wechat.setup import verification

if TYPE_CHECKING:
    FileForm = forms.ModelForm[VerificationFile]
    FileInline = admin.StackedInline[VerificationFile, WeChatProvider]
else:
    FileForm = forms.ModelForm
    FileInline = admin.StackedInline

NOT_ITS_NAME = _("WeChat calls the file MP_verify_, 16 letters or digits, then .txt. Keep that name.")
NOT_ITS_CONTENT = _("WeChat’s file holds one short line of text. Upload the file as you downloaded it.")
STORED_ALREADY = _("This file is stored already, here or at another provider. It serves the whole site.")
NOTHING = _("Upload the file, or enter its name and its content.")


class VerificationFileForm(FileForm):
    """One file. An upload fills in name and content, and counts for more than what was typed."""

    upload = forms.FileField(
        label=_("File"), required=False, help_text=_("MP_verify_….txt, as you downloaded it from WeChat’s console.")
    )
    name = forms.CharField(
        label=_("File name"),
        required=False,
        max_length=80,
        widget=AdminTextInputWidget,
        error_messages={"unique": STORED_ALREADY},
        help_text=_("Or without a file: its name, MP_verify_….txt, and its content."),
    )
    content = forms.CharField(
        label=_("Content"), required=False, max_length=verification.MAX_LENGTH, widget=AdminTextInputWidget
    )

    class Meta:
        model = VerificationFile
        fields = ("upload", "name", "content")

    def clean(self) -> dict[str, Any]:
        """Take over the upload, and refuse what WeChat does not hand out."""
        cleaned = super().clean() or {}
        upload = cleaned.get("upload")
        if upload:
            cleaned["name"], cleaned["content"] = upload.name, _text(upload)
        if not self.errors:
            self._check(cleaned, "upload" if upload else "")
        return cleaned

    def _check(self, cleaned: dict[str, Any], uploaded: str) -> None:
        if not cleaned.get("name") or (not cleaned.get("content") and not uploaded):
            raise ValidationError(NOTHING)
        if not verification.is_name(cleaned["name"]):
            self.add_error(uploaded or "name", NOT_ITS_NAME)
        if not verification.is_content(cleaned["content"]):
            self.add_error(uploaded or "content", NOT_ITS_CONTENT)


def _text(upload: Any) -> str:
    """Return the beginning of a file as text; "" for one that is no text or too long to be WeChat's."""
    data: bytes = upload.read(verification.MAX_LENGTH + 1)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""


class VerificationFileInline(FileInline):
    """The files of one provider, on its page."""

    model = VerificationFile
    form = VerificationFileForm
    fields = ("upload", "name", "content")
    classes = ("collapse",)
    # Without JavaScript there is no button for another one.
    extra = 1
    verbose_name = _("verification file MP_verify_….txt")
    verbose_name_plural = _("Verification files MP_verify_….txt")
