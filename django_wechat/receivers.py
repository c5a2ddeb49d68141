"""What is written down when allauth saves a WeChat account, and when a follower comes or goes?"""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.signals import setting_changed
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver

from django_wechat import avatars, identities, profiles, provider_settings, uids
from django_wechat.models import WeChatAvatar, WeChatIdentity, WeChatProvider
from django_wechat.protocol.push import PushEvent
from django_wechat.signals import push_received


@receiver(post_save, sender=SocialAccount, dispatch_uid="django_wechat.identities")
def record_identity(instance: SocialAccount, *, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """Keep the (appid, openid) of every sign-in, sign-up and connect, in allauth's own transaction."""
    if not raw and instance.provider == uids.PROVIDER_ID:
        identities.record(instance, created=created)
        profiles.fill_in_name(instance)
        avatars.copy_new(instance)


@receiver(post_delete, sender=WeChatAvatar, dispatch_uid="django_wechat.avatars")
def delete_avatar_file(instance: WeChatAvatar, **_kwargs: Any) -> None:
    """Let the file go with its row, whoever deletes that: the account's cascade, the admin, `avatars.forget`."""
    avatars.delete_file(str(instance.image.name))


@receiver(push_received, dispatch_uid="django_wechat.follows")
def note_follower(provider: WeChatProvider, event: PushEvent, **_kwargs: Any) -> None:
    """Note whether somebody known still follows the official account."""
    if event.event in ("subscribe", "unsubscribe"):
        known = WeChatIdentity.objects.filter(appid=provider.client_id_2, openid=event.openid)
        known.update(follows=event.event == "subscribe")


@receiver(post_migrate, dispatch_uid="django_wechat.provider_settings.database")
@receiver(setting_changed, dispatch_uid="django_wechat.provider_settings.tests")
def look_again(**_kwargs: Any) -> None:
    """Another database, or in tests other settings: what was written may not be there."""
    provider_settings.forget()
