"""What is the uid of a person's account? The unionid; without one, the appid and the openid."""

import hashlib

from allauth.socialaccount.models import SocialAccount

from django_wechat.models import WeChatIdentity
from django_wechat.protocol.oauth import Profile

PROVIDER_ID = "wechat"
"""`SocialAccount.provider` of every account of ours."""


def uid_for(profile: Profile) -> str:
    """Return the `SocialAccount.uid` of the person: the one already in use, else the unionid, else appid:openid."""
    return profile.account_uid or free(profile.unionid or uid_without_unionid(profile))


def uid_without_unionid(known: Profile | WeChatIdentity) -> str:
    """Return the `SocialAccount.uid` of a person of whom no unionid is known."""
    return f"{known.appid}:{known.openid}"


def kept_apart(uid: str, found: str | None) -> str:
    """Return `uid`, changed if the database takes it for another one that it `found`.

    What differs by case only is two people; MySQL would find the other person's account (trap 37).
    """
    return uid if found in (None, uid) else f"{uid}#{hashlib.sha256(uid.encode()).hexdigest()[:16]}"


def free(uid: str) -> str:
    """Return `uid`, changed if the database has an account whose uid it would take for the same."""
    found = SocialAccount.objects.filter(provider=PROVIDER_ID, uid=uid).values_list("uid", flat=True)
    return kept_apart(uid, next(iter(found), None))


def account_with(uid: str) -> SocialAccount | None:
    """Return the account with exactly this uid; MySQL would also find one that differs by case (trap 37)."""
    accounts = SocialAccount.objects.select_related("user").filter(provider=PROVIDER_ID, uid=uid)
    return next((account for account in accounts if account.uid == uid), None)
