"""What is written down when allauth saves a WeChat account?"""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db.models.signals import post_save
from django.dispatch import receiver

from django_wechat import identities


@receiver(post_save, sender=SocialAccount, dispatch_uid="django_wechat.identities")
def record_identity(instance: SocialAccount, *, raw: bool = False, **_kwargs: Any) -> None:
    """Keep the (appid, openid) of every sign-in, sign-up and connect, in allauth's own transaction."""
    if not raw:
        identities.record(instance)
