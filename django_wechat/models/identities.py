"""Which WeChat identities do the site's people have, and which accounts look like the same person?"""

from allauth.socialaccount.models import SocialAccount
from django.db import models
from django.utils.translation import gettext_lazy as _

from django_wechat.models.fields import IdentifierField


class WeChatIdentity(models.Model):
    """One (appid, openid) that signed in, and the account of the person behind it.

    `unionid` is what WeChat said last; `unionid_asked_at` when it was last asked about a follower. `filled` is what a
    sign-up with it filled in, for each user (primary key) and field; `people/names.py` is its only writer.
    """

    appid = IdentifierField(_("AppID"), max_length=32)
    openid = IdentifierField(_("OpenID"), max_length=128)
    unionid = IdentifierField(_("UnionID"), max_length=128, blank=True, db_index=True)
    account = models.ForeignKey(
        SocialAccount, on_delete=models.CASCADE, related_name="wechat_identities", verbose_name=_("account")
    )
    profile_fetched_at = models.DateTimeField(_("profile read at"), null=True, blank=True)
    unionid_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    follows = models.BooleanField(_("follows the official account"), null=True, blank=True)
    filled = models.JSONField(default=dict, blank=True, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("WeChat identity")
        verbose_name_plural = _("WeChat identities")
        constraints = [models.UniqueConstraint(fields=["appid", "openid"], name="wechat_identity_appid_openid")]

    def __str__(self) -> str:
        return f"{self.appid}:…{self.openid[-4:]}"


class WeChatUnionid(models.Model):
    """One unionid, and the account it belongs to.

    An account has one; more after the apps were bound to another Open Platform account, which gives everybody a new
    unionid (trap 29): the old ones stay, so that an app that was not bound again still finds the person.
    """

    unionid = IdentifierField(_("UnionID"), max_length=128, unique=True)
    account = models.ForeignKey(
        SocialAccount, on_delete=models.CASCADE, related_name="wechat_unionids", verbose_name=_("account")
    )
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("unionid")
        verbose_name_plural = _("unionids")

    def __str__(self) -> str:
        return f"…{self.unionid[-4:]}"


class WeChatDuplicate(models.Model):
    """Two users who are one person: an identity of one was seen with the unionid of the other.

    `account` is the one that has the unionid. Without one, it has the openid that took the place of the identity's.
    Nothing was changed: who is kept is for the admin to say (`people/merging.py`).
    """

    identity = models.ForeignKey(
        WeChatIdentity, on_delete=models.CASCADE, related_name="duplicates", verbose_name=_("WeChat identity")
    )
    account = models.ForeignKey(
        SocialAccount, on_delete=models.CASCADE, related_name="wechat_duplicates", verbose_name=_("account")
    )
    unionid = IdentifierField(_("UnionID"), max_length=128, blank=True)
    found_at = models.DateTimeField(_("noticed"), auto_now_add=True)

    class Meta:
        verbose_name = _("duplicate")
        verbose_name_plural = _("duplicates")
        constraints = [models.UniqueConstraint(fields=["identity", "account"], name="wechat_duplicate_once")]

    def __str__(self) -> str:
        return f"{self.identity} = …{self.unionid[-4:]}" if self.unionid else f"{self.identity} = {self.account_id}"
