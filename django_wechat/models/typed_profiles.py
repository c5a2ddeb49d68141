"""What did a person type in a mini program? Name and picture are not WeChat's word (reference section 12.5)."""

from allauth.socialaccount.models import SocialAccount
from django.db import models
from django.utils.translation import gettext_lazy as _

from django_wechat.models.avatars import FOLDER, avatar_storage

LONGEST_NAME = 64


class TypedProfile(models.Model):
    """What one person wants to be called, and to look like, here; blank is what nobody typed. No sign-in changes it."""

    account = models.OneToOneField(
        SocialAccount, on_delete=models.CASCADE, related_name="wechat_typed", verbose_name=_("account")
    )
    nickname = models.CharField(_("nickname"), max_length=LONGEST_NAME, blank=True)
    avatar = models.FileField(_("image"), storage=avatar_storage, upload_to=FOLDER, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("typed profile")
        verbose_name_plural = _("typed profiles")

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"
