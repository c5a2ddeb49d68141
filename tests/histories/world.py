"""One site and the people who come to it: each step goes the way of the views, without HTTP and without WeChat."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from allauth.core import context
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone
from django.utils.crypto import get_random_string

from django_wechat.exceptions import WeChatError, WeChatTimeout
from django_wechat.flows import leave
from django_wechat.models import PushReceipt, WeChatDuplicate, WeChatIdentity, WeChatProvider, WeChatUnionid
from django_wechat.people import identities, profiles, weixin_import
from django_wechat.people.weixin_rows import Source, allauth_rows
from django_wechat.protocol.oauth import Grant, Profile
from django_wechat.protocol.push import PushEvent
from django_wechat.signals import push_received
from django_wechat.web.sign_in import complete_sign_in
from django_wechat.web.visitors import provider_for

APPID = {
    "web": "wxweb",
    "phone": "wxaccount",
    "follow": "wxaccount",
    "shop": "wxshop",
    "mini": "wxmini",
    "app": "wxapp",
}
"""Which app each way to sign in belongs to; "shop" is another website app, "follow" the account of "phone"."""

PROGRAMS = ("mini", "app")
"""The ways that are no browser's."""


def openid_of(person: str, way: str) -> str:
    """Return the openid that WeChat gives a person in the app of a way to sign in."""
    return f"{person}-{APPID[way]}"


def come(
    way: str, person: str, unionid: str, *, mute: bool = False, connect_to: AbstractBaseUser | None = None
) -> AbstractBaseUser | None:
    """Let a person sign in, or connect WeChat to a user; return who the browser's user is then, None for nobody.

    `mute`: WeChat does not answer when it is asked about the person.
    """
    request = _request(connect_to)
    state: dict[str, Any] = {"process": "connect" if connect_to else "login", "next": "/"}
    if way in PROGRAMS:
        state["headless"] = True  # at our doors, and at allauth's own address for tokens
    with context.request_context(request):
        try:
            profile = _profile(way, person, unionid, mute=mute)
        except WeChatError:
            return None
        complete_sign_in(request, provider_for(request), profile, state, first=_write, attempt=None)
    assert not profile.unionid or WeChatUnionid.objects.filter(unionid=profile.unionid).exists()
    if way == "follow":
        profiles.note_follower(profile)
    return request.user if isinstance(request.user, AbstractBaseUser) else None


def _write() -> None:
    """What the views do first in the transaction: write, so that others wait."""
    PushReceipt.objects.create(key_hash=get_random_string(64), body_hash="")


def _profile(way: str, person: str, unionid: str, *, mute: bool) -> Profile:
    appid, openid = APPID[way], openid_of(person, way)
    if way == "mini":
        # The code itself brings the unionid, and nothing more is asked.
        return Profile(appid, openid, _answer(unionid, mute=mute))

    def fetch() -> Profile:
        return Profile(appid, openid, _answer(unionid, mute=mute), person, "", timezone.now().isoformat())

    if way == "follow":
        return profiles.follower_profile(appid, openid, lambda: _answer(unionid, mute=mute))
    return profiles.profile_of(Grant(appid, openid, unionid, "", ""), fetch)


def _answer(unionid: str, *, mute: bool) -> str:
    if mute:
        raise WeChatTimeout("no answer")
    return unionid


def _request(user: AbstractBaseUser | None) -> HttpRequest:
    request: Any = RequestFactory().get("/")
    request.session, request.allauth = SessionStore(), SimpleNamespace()
    request.user = user or AnonymousUser()
    request._messages = CookieStorage(request)
    return request  # type: ignore[no-any-return]


def owner_of(way: str, person: str) -> AbstractBaseUser | None:
    """Return whose WeChat this is by now."""
    identity = identities.find(APPID[way], openid_of(person, way))
    return identity.account.user if identity else None


def push(person: str, event: str, way: str = "follow") -> None:
    """Let WeChat tell what a person did in the app of a way to sign in, as the webhook passes it on."""
    row = WeChatProvider(client_id=APPID[way], client_id_2=APPID["follow"])
    told = PushEvent(openid_of(person, "follow"), "gh_1", "1", "event", event)
    if event.startswith("user_authorization"):
        told = replace(told, named_appid=APPID[way], named_openid=openid_of(person, way))
    leave.on_push(row, told)
    push_received.send(sender=WeChatProvider, provider=row, event=told)


def import_old_accounts() -> None:
    """Take over the accounts that allauth's provider "weixin" made for the website app."""
    source = Source("weixin", APPID["web"], allauth_rows(), in_place=True)
    weixin_import.take_over([source], lambda _source, _report: None)


def let_time_pass() -> None:
    """Make all that WeChat said so old that it is asked again."""
    WeChatIdentity.objects.update(profile_fetched_at=None, unionid_asked_at=None)
    for account in SocialAccount.objects.filter(provider="wechat"):
        account.extra_data.pop("profile_fetched_at", None)
        SocialAccount.objects.filter(pk=account.pk).update(extra_data=account.extra_data)


def assert_sound(*, dismissed: bool = False) -> None:
    """Check what holds after every event, whatever happened before; less if the admin `dismissed` a duplicate."""
    assert_everybody_can_get_in()
    if not dismissed:
        assert_every_unionid_is_one_user()
    for account in SocialAccount.objects.filter(provider="wechat", wechat_identities=None):
        assert account.extra_data == {}, "an account that nobody signs in with"


def assert_everybody_can_get_in() -> None:
    """No user is left behind without a WeChat account and without a password."""
    for user in get_user_model().objects.filter(is_active=True):
        has_wechat = SocialAccount.objects.filter(user=user).exists()
        assert user.has_usable_password() or has_wechat, f"user {user.pk} cannot sign in"


def assert_every_unionid_is_one_user() -> None:
    """Whoever has a unionid is the user who owns it, or is noted as a duplicate of that user.

    If the owner left, nobody owns the unionid until one of the others signs in.
    """
    noted = set(WeChatDuplicate.objects.values_list("identity_id", "account__user_id"))
    owners = dict(WeChatUnionid.objects.values_list("unionid", "account__user_id"))
    for identity in WeChatIdentity.objects.exclude(unionid="").select_related("account"):
        owner = owners.get(identity.unionid)
        united = owner in (None, identity.account.user_id)
        assert united or (identity.pk, owner) in noted, f"{identity} is unnoticed"
    for identity_id, other in noted:
        assert WeChatIdentity.objects.get(pk=identity_id).account.user_id != other, "a duplicate of oneself"
