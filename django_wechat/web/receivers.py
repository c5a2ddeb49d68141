"""What is written down when allauth saves a WeChat account, somebody signs out, or a follower comes or goes?"""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.account.signals import user_logged_in as signed_in_by_allauth
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.signals import pre_social_login, social_account_added
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import ValidationError
from django.core.signals import setting_changed
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from django_wechat.models import TypedProfile, WeChatAvatar, WeChatIdentity, WeChatProvider
from django_wechat.people import avatars, identities, names, uids
from django_wechat.problems import problem_for, words_of
from django_wechat.protocol.push import PushEvent
from django_wechat.setup import provider_settings
from django_wechat.signals import push_received
from django_wechat.stores import code_exchanges
from django_wechat.web import started
from django_wechat.web.connecting import kept
from django_wechat.web.phone import used_sessions
from django_wechat.web.programs import flows
from django_wechat.web.reauthenticating import connected_here
from django_wechat.web.sign_in import takes_no_strangers


@receiver(post_save, sender=SocialAccount, dispatch_uid="django_wechat.identities")
def record_identity(instance: SocialAccount, *, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """Keep the (appid, openid) of every sign-in, sign-up and connect, in allauth's own transaction."""
    if not raw and instance.provider == uids.PROVIDER_ID:
        identities.record(instance, created=created)
        names.repair(instance)
        avatars.copy_new(instance)


@receiver(pre_social_login, dispatch_uid="django_wechat.bind_only")
def refuse_strangers(sociallogin: SocialLogin, **_kwargs: Any) -> None:
    """Keep NEW_PEOPLE at doors that are not ours: allauth's address for tokens, and packages on its adapters.

    Ours have told before, in their own words. Both take a `ValidationError` for an answer.
    """
    purpose = str(sociallogin.state.get("process") or AuthProcess.LOGIN)
    if sociallogin.account.provider != uids.PROVIDER_ID or not takes_no_strangers(purpose):
        return
    if not sociallogin.is_existing:  # which may cost a query
        raise ValidationError(words_of(problem_for("unknown_person")), code="unknown_person")


@receiver(user_logged_out, dispatch_uid="django_wechat.sign_out")
def close(request: HttpRequest | None, **_kwargs: Any) -> None:
    """Sign out what was delivered or sent twice as well: the old cookies and addresses are nobody's way back in."""
    used_sessions.close(request)
    exchange_id = getattr(request, "session", {}).get(started.ENDED_KEY)
    if exchange_id is not None:
        code_exchanges.close(exchange_id)


@receiver(signed_in_by_allauth, dispatch_uid="django_wechat.have_account")
def ask_whether_to_connect(request: HttpRequest, user: Any, response: Any = None, **_kwargs: Any) -> None:
    """Somebody who came by WeChat said that they have an account, and is signed in to it now."""
    kept.lead_on(request, user, response)


@receiver(social_account_added, dispatch_uid="django_wechat.connected_here")
def note_connected(request: HttpRequest, sociallogin: SocialLogin, **_kwargs: Any) -> None:
    """A WeChat that was connected in a session confirms nothing in it."""
    if sociallogin.account.provider == uids.PROVIDER_ID:
        connected_here.note(request, sociallogin.account)


@receiver([password_changed, password_set, password_reset], dispatch_uid="django_wechat.new_key")
def note_new_key(request: HttpRequest | None, **_kwargs: Any) -> None:
    """A new password gives the session a new key, by which *It wasn't me* has to find it."""
    if request is not None and hasattr(request, "session"):
        used_sessions.note_new_key(request)


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="django_wechat.names")
def note_new_user(instance: Any, *, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """Tell a sign-up from connecting: only a sign-up fills in a name."""
    if created and not raw:
        names.note_new(instance)


@receiver(post_delete, sender=WeChatAvatar, dispatch_uid="django_wechat.avatars")
def delete_avatar_file(instance: WeChatAvatar, **_kwargs: Any) -> None:
    """Let the file go with its row, whoever deletes that: the account's cascade, the admin, `avatars.forget`."""
    avatars.delete_file(str(instance.image.name))


@receiver(post_delete, sender=TypedProfile, dispatch_uid="django_wechat.typed_profiles")
def delete_typed_file(instance: TypedProfile, **_kwargs: Any) -> None:
    """The same for a picture that the person uploaded."""
    if instance.avatar.name:
        avatars.delete_file(instance.avatar.name)


@receiver(push_received, dispatch_uid="django_wechat.follows")
def note_follower(provider: WeChatProvider, event: PushEvent, **_kwargs: Any) -> None:
    """Note whether somebody known still follows the official account."""
    if event.event in ("subscribe", "unsubscribe"):
        known = WeChatIdentity.objects.filter(appid=provider.client_id_2, openid=event.openid)
        known.update(follows=event.event == "subscribe")


@receiver(user_logged_in, dispatch_uid="django_wechat.used_sessions")
def note_session(request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Note the session of somebody whom allauth asked for more after a QR code."""
    used_sessions.note_marked(request)


@receiver(user_logged_in, dispatch_uid="django_wechat.flow_tokens")
def note_flow(request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Keep the name by which a program knows the session that allauth has just given another one."""
    flows.note_end(request)


@receiver(post_migrate, dispatch_uid="django_wechat.provider_settings.database")
@receiver(setting_changed, dispatch_uid="django_wechat.provider_settings.tests")
def look_again(**_kwargs: Any) -> None:
    """Another database, or in tests other settings: what was written may not be there."""
    provider_settings.forget()
