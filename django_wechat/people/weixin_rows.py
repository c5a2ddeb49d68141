"""Which rows of other packages are people of WeChat, and what do they say about each?"""

import re
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.db.models import QuerySet

from django_wechat.protocol.oauth import IDENTIFIER, Profile, clean_nickname, https_avatar_url

SOCIAL_AUTH = "social_django"

# Traces of the raw_unicode_escape hack of allauth and social-auth, or of bytes that were read as Latin-1 (section 3.6).
_DAMAGED = re.compile(r"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|[\x80-\x9f\ufffd]")


@dataclass(frozen=True)
class Source:
    """The rows of one provider of another package, who are people of the app `appid`; `name` is what to call it.

    `in_place`: the rows are allauth's and become ours; those of other packages stay as they are.
    """

    name: str
    appid: str
    rows: QuerySet[Any]
    in_place: bool = False


def allauth_rows() -> QuerySet[Any]:
    """Return the accounts of allauth's provider `weixin`, whose uid is an openid."""
    rows: QuerySet[Any] = SocialAccount.objects.filter(provider="weixin")
    return rows


def social_auth_rows(backend: str) -> QuerySet[Any] | None:
    """Return the associations of social-auth's `backend`; None if the package is not installed."""
    if not apps.is_installed(SOCIAL_AUTH):
        return None
    rows: QuerySet[Any] = apps.get_model(SOCIAL_AUTH, "UserSocialAuth")._default_manager.filter(provider=backend)
    return rows


def profile_of(row: Any, source: Source) -> Profile | None:
    """Return the person behind `row`, of whom WeChat is asked at the next sign-in; None if no openid can be read."""
    data = row.extra_data if isinstance(row.extra_data, dict) else {}
    id_key = getattr(row, "id_key", "") or "openid"
    unionid = _identifier(data.get("unionid")) or (_identifier(row.uid) if id_key == "unionid" else "")
    openid = _identifier(row.uid)
    if not source.in_place:
        # SOCIAL_AUTH_WEIXIN_ID_KEY can make another key than the openid the uid.
        stored = _identifier(data.get("openid"))
        openid = stored or (openid if id_key == "openid" and openid != unionid else "")
    if not openid:
        return None
    nickname = data.get("nickname") or data.get("username")
    avatar_url = data.get("headimgurl") or data.get("profile_image_url")
    return Profile(
        appid=source.appid,
        openid=openid,
        unionid=unionid,
        nickname=_undamaged(nickname) if isinstance(nickname, str) else "",
        avatar_url=https_avatar_url(avatar_url) if isinstance(avatar_url, str) else "",
    )


def _identifier(value: Any) -> str:
    return value if isinstance(value, str) and IDENTIFIER.fullmatch(value) else ""


def _undamaged(nickname: str) -> str:
    """Return the nickname if it is clean text; "" otherwise, so that the next sign-in reads it anew."""
    if _DAMAGED.search(nickname):
        return ""
    try:
        nickname.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return clean_nickname(nickname)
    return clean_nickname(nickname) if nickname.isascii() else ""
