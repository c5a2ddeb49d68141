"""Which files does WeChat want to see at the root of the site before it accepts a domain? (reference section 2.2)"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_wechat.models.providers import WeChatProvider


class VerificationFile(models.Model):
    """One MP_verify file of WeChat's console, served at the root of the site by `root_urls`."""

    provider = models.ForeignKey(
        WeChatProvider,
        on_delete=models.CASCADE,
        related_name="verification_files",
        verbose_name=_("WeChat provider"),
    )
    name = models.CharField(_("file name"), max_length=80, unique=True)
    content = models.CharField(_("content"), max_length=200)

    class Meta:
        verbose_name = _("verification file")
        verbose_name_plural = _("verification files")

    def __str__(self) -> str:
        return self.name
