"""What is written down when allauth saves a WeChat account, and when a follower comes or goes?"""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db.models.signals import post_save
from django.dispatch import receiver

from django_wechat import identities
from django_wechat.models import WeChatIdentity, WeChatProvider
from django_wechat.protocol.push import PushEvent
from django_wechat.signals import push_received


@receiver(post_save, sender=SocialAccount, dispatch_uid="django_wechat.identities")
def record_identity(instance: SocialAccount, *, raw: bool = False, **_kwargs: Any) -> None:
    """Keep the (appid, openid) of every sign-in, sign-up and connect, in allauth's own transaction."""
    if not raw:
        identities.record(instance)


@receiver(push_received, dispatch_uid="django_wechat.follows")
def note_follower(provider: WeChatProvider, event: PushEvent, **_kwargs: Any) -> None:
    """Note whether somebody known still follows the official account."""
    if event.event in ("subscribe", "unsubscribe"):
        known = WeChatIdentity.objects.filter(appid=provider.client_id_2, openid=event.openid)
        known.update(follows=event.event == "subscribe")
