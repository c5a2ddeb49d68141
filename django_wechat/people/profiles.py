"""What does WeChat say about a person, when is it asked again, and what does the account keep of it?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from django_wechat import conf
from django_wechat.exceptions import WeChatError
from django_wechat.models import WeChatIdentity
from django_wechat.people import identities
from django_wechat.protocol.oauth import Grant, Profile


def profile_of(grant: Grant, fetch: Callable[[], Profile]) -> Profile:
    """Return the profile of the person behind `grant`.

    `fetch` asks WeChat and is called only for a person who is new or whose profile is older than PROFILE_MAX_AGE. A
    known person gets in even when it fails; for a new one its `WeChatError` is the caller's.
    """
    identity = identities.find(grant.appid, grant.openid)
    account = identity.account if identity else identities.owner_of(grant.unionid)
    if account and _is_fresh(_fetched_at(account, identity)):
        return _known_profile(grant, account, identity)
    try:
        return fetch()
    except WeChatError:
        if account is None:
            raise
        return _known_profile(grant, account, identity)


def follower_profile(appid: str, openid: str, fetch_unionid: Callable[[], str]) -> Profile:
    """Return the profile of a follower of the official account `appid`.

    WeChat gives followers no nickname and no avatar: what the account has from other sign-ins stays. `fetch_unionid` is
    not called for somebody whose unionid is known, nor for somebody about whom it was called within PROFILE_MAX_AGE;
    somebody known gets in even when it fails.
    """
    identity = identities.find(appid, openid)
    if identity and (identity.unionid or _is_fresh(identity.unionid_asked_at)):
        return _known_profile(Grant(appid, openid, "", "", ""), identity.account, identity)
    try:
        unionid, asked = fetch_unionid(), True
    except WeChatError:
        if identity is None:
            raise
        unionid, asked = "", False
    account = identity.account if identity else identities.owner_of(unionid)
    grant = Grant(appid, openid, unionid, "", "")
    profile = _known_profile(grant, account, identity) if account else Profile(appid, openid, unionid)
    return replace(profile, unionid_asked=asked)


def settle_and_hold(profile: Profile) -> tuple[Profile, WeChatIdentity | None]:
    """Settle `profile` as `identities` does, with nickname and avatar from elsewhere where WeChat tells neither here.

    Without them the account would lose what another sign-in learnt.
    """
    settled, identity = identities.settle_and_hold(profile)
    if profile.fetched_at or profile.account_uid or not settled.account_uid:
        return settled, identity
    known = identity or identities.find(profile.appid, profile.openid)
    account = known.account if known else identities.owner_of(profile.unionid)
    grant = Grant(profile.appid, profile.openid, profile.unionid, "", "")
    return (_known_profile(grant, account, known) if account else settled), identity


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


def note_follower(profile: Profile) -> None:
    """Note that somebody who signed in by following does follow, and that WeChat was asked for the unionid."""
    known = WeChatIdentity.objects.filter(appid=profile.appid, openid=profile.openid)
    if profile.unionid_asked:
        known.update(follows=True, unionid_asked_at=timezone.now())
    else:
        known.exclude(follows=True).update(follows=True)


def _fetched_at(account: SocialAccount, identity: WeChatIdentity | None) -> datetime | None:
    """When the profile was read: through this very app, else through another one of the same person."""
    if identity and identity.profile_fetched_at:
        return identity.profile_fetched_at
    return identities.fetched_at(account.extra_data)


def _is_fresh(moment: datetime | None) -> bool:
    max_age = timedelta(seconds=conf.get("PROFILE_MAX_AGE"))
    return moment is not None and moment > timezone.now() - max_age


def _known_profile(grant: Grant, account: SocialAccount, identity: WeChatIdentity | None) -> Profile:
    data, fetched_at = account.extra_data, _fetched_at(account, identity)
    return Profile(
        appid=grant.appid,
        openid=grant.openid,
        unionid=grant.unionid or (identity.unionid if identity else ""),
        nickname=data.get("nickname", ""),
        avatar_url=data.get("avatar_url", ""),
        fetched_at=fetched_at.isoformat() if fetched_at else "",
        account_uid=account.uid,
    )
