"""Which person is this? From a WeChat profile to the account that allauth signs in.

A person is known by (appid, openid) first, then by the unionid, and is new otherwise. Once an account is found it keeps
its uid, so that a unionid that appears later finds the person it belongs to instead of making a second one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from allauth.account.utils import user_field
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_noop

from django_wechat import conf
from django_wechat.exceptions import WeChatError
from django_wechat.models import WeChatIdentity
from django_wechat.protocol.oauth import Grant, Profile

FOLLOWER_NAME = gettext_noop("WeChat user")
"""What a follower is called until the person signs in another way and WeChat tells the nickname."""

PROVIDER_ID = "wechat"
"""`SocialAccount.provider` of every account made here."""


def profile_of(grant: Grant, fetch: Callable[[], Profile]) -> Profile:
    """Return the profile of the person behind `grant`.

    `fetch` asks WeChat and is called only for a person who is new or whose profile is older than PROFILE_MAX_AGE. A
    known person gets in even when it fails; for a new one its `WeChatError` is the caller's.
    """
    identity = _find(grant.appid, grant.openid)
    if identity and _is_fresh(identity):
        return _known_profile(grant, identity)
    try:
        profile = fetch()
    except WeChatError:
        if identity is None:
            raise
        return _known_profile(grant, identity)
    return replace(profile, account_uid=identity.account.uid) if identity else profile


def follower_profile(appid: str, openid: str, fetch_unionid: Callable[[], str]) -> Profile:
    """Return the profile of a follower of the official account `appid`.

    WeChat gives followers no nickname and no avatar: what the account has from other sign-ins stays. `fetch_unionid` is
    not called for somebody whose unionid is known; somebody known gets in even when it fails.
    """
    identity = _find(appid, openid)
    if identity and identity.unionid:
        return _known_profile(Grant(appid, openid, "", "", ""), identity)
    try:
        unionid = fetch_unionid()
    except WeChatError:
        if identity is None:
            raise
        unionid = ""
    if identity:
        return _known_profile(Grant(appid, openid, unionid, "", ""), identity)
    account = SocialAccount.objects.filter(provider=PROVIDER_ID, uid=unionid).first() if unionid else None
    data = account.extra_data if account else {}
    return Profile(appid, openid, unionid, data.get("nickname", ""), data.get("avatar_url", ""))


def uid_for(profile: Profile) -> str:
    """Return the `SocialAccount.uid` of the person: the one already in use, else the unionid, else appid:openid."""
    return profile.account_uid or _new_uid(profile.unionid or f"{profile.appid}:{profile.openid}")


def _new_uid(uid: str) -> str:
    """Keep apart what differs by case only: MySQL would find the other person's account (trap 37)."""
    found = SocialAccount.objects.filter(provider=PROVIDER_ID, uid=uid).values_list("uid", flat=True).first()
    return uid if found in (None, uid) else f"{uid}#{hashlib.sha256(uid.encode()).hexdigest()[:16]}"


def note_follower(appid: str, openid: str) -> None:
    """Note that somebody who signed in by following does follow."""
    WeChatIdentity.objects.filter(appid=appid, openid=openid).exclude(follows=True).update(follows=True)


def name_for(profile: Profile) -> str:
    """Return what to call a new person: the nickname, or a friendly name for a follower, of whom WeChat tells none."""
    return profile.nickname if profile.nickname or profile.fetched_at else gettext(FOLLOWER_NAME)


def extra_data_for(profile: Profile) -> dict[str, Any]:
    """Return what the account keeps: no token, nothing that WeChat did not say about the person."""
    return {
        "appid": profile.appid,
        "openid": profile.openid,
        "unionid": profile.unionid,
        "nickname": profile.nickname,
        "avatar_url": profile.avatar_url,
        "profile_fetched_at": profile.fetched_at,
    }


def record(account: SocialAccount) -> None:
    """Write down the (appid, openid) that `account` was just signed in with.

    An identity that belongs to another account stays where it is: nobody's identity changes hands in a sign-in.
    """
    data = account.extra_data
    if account.provider != PROVIDER_ID or not (data.get("appid") and data.get("openid")):
        return
    identity, _created = WeChatIdentity.objects.get_or_create(
        appid=data["appid"], openid=data["openid"], defaults={"account": account}
    )
    if identity.account_id == account.pk:
        _update(identity, unionid=data.get("unionid", ""), fetched_at=data.get("profile_fetched_at", ""))
    if nickname := data.get("nickname"):
        _fill_in_name(account, nickname)


def _update(identity: WeChatIdentity, *, unionid: str, fetched_at: str) -> None:
    """Write only what changed: a returning sign-in usually changes nothing."""
    moment = parse_datetime(fetched_at) if fetched_at else None
    new_unionid = unionid or identity.unionid
    if (identity.unionid, identity.profile_fetched_at) != (new_unionid, moment):
        identity.unionid, identity.profile_fetched_at = new_unionid, moment
        identity.save(update_fields=["unionid", "profile_fetched_at"])


def _fill_in_name(account: SocialAccount, nickname: str) -> None:
    """Put the real name in place of the friendly one; a name of the person's own choice stays."""
    if user_field(account.user, "first_name") in _follower_names():
        user_field(account.user, "first_name", nickname, commit=True)


@cache
def _follower_names() -> frozenset[str]:
    names = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names.add(gettext(FOLLOWER_NAME))
    return frozenset(names)


def _find(appid: str, openid: str) -> WeChatIdentity | None:
    return WeChatIdentity.objects.select_related("account").filter(appid=appid, openid=openid).first()


def _is_fresh(identity: WeChatIdentity) -> bool:
    max_age = timedelta(seconds=conf.get("PROFILE_MAX_AGE"))
    fetched_at = identity.profile_fetched_at
    return fetched_at is not None and fetched_at > timezone.now() - max_age


def _known_profile(grant: Grant, identity: WeChatIdentity) -> Profile:
    data = identity.account.extra_data
    fetched_at = identity.profile_fetched_at
    return Profile(
        appid=grant.appid,
        openid=grant.openid,
        unionid=grant.unionid or identity.unionid,
        nickname=data.get("nickname", ""),
        avatar_url=data.get("avatar_url", ""),
        fetched_at=fetched_at.isoformat() if fetched_at else "",
        account_uid=identity.account.uid,
    )
