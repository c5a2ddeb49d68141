"""Which avatars has the site copied? WeChat's own address dies when the person changes the picture (section 3.5)."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from django_wechat import conf

FOLDER = "wechat-avatars/"


def avatar_storage() -> Storage:
    """Return the storage that WECHAT["AVATAR_STORAGE"] names; the default one when nothing is copied.

    So it is for an alias that STORAGES does not have: models load before the check that says so (E007).
    """
    alias = conf.get("AVATAR_STORAGE")
    return storages[alias if isinstance(alias, str) and alias in settings.STORAGES else "default"]


class WeChatAvatar(models.Model):
    """The site's own copy of one person's avatar, and the address it came from."""

    account = models.OneToOneField(
        SocialAccount, on_delete=models.CASCADE, related_name="wechat_avatar", verbose_name=_("account")
    )
    source_url = models.TextField()
    image = models.FileField(_("image"), storage=avatar_storage, upload_to=FOLDER)
    copied_at = models.DateTimeField(_("copied"), auto_now=True)

    class Meta:
        verbose_name = _("WeChat avatar")
        verbose_name_plural = _("WeChat avatars")

    def __str__(self) -> str:
        return str(self.image.name)
