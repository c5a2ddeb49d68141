"""Which WeChat identities do the site's people have?"""

from allauth.socialaccount.models import SocialAccount
from django.db import models
from django.utils.translation import gettext_lazy as _

from django_wechat.fields import IdentifierField


class WeChatIdentity(models.Model):
    """One (appid, openid) that signed in, and the account of the person behind it."""

    appid = IdentifierField(max_length=32)
    openid = IdentifierField(max_length=128)
    unionid = IdentifierField(max_length=128, blank=True, db_index=True)
    account = models.ForeignKey(
        SocialAccount, on_delete=models.CASCADE, related_name="wechat_identities", verbose_name=_("account")
    )
    profile_fetched_at = models.DateTimeField(_("profile read at"), null=True, blank=True)
    follows = models.BooleanField(_("follows the official account"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("WeChat identity")
        verbose_name_plural = _("WeChat identities")
        constraints = [models.UniqueConstraint(fields=["appid", "openid"], name="wechat_identity_appid_openid")]

    def __str__(self) -> str:
        return f"{self.appid}:…{self.openid[-4:]}"
