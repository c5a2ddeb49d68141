"""Which WeChat was connected in this very session? It says nothing about who sits there, and confirms nothing in it.

allauth lets an open session connect a provider without asking, by default. Whoever found the session open could connect
a WeChat of their own, confirm with it, and take away the second factor of its owner.
"""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db.models import QuerySet
from django.http import HttpRequest

from django_wechat.people.uids import PROVIDER_ID

_KEY = "wechat_connected_here"


def note(request: HttpRequest, account: SocialAccount) -> None:
    """Remember, as long as the session lasts, that the account was connected in it."""
    request.session[_KEY] = [*request.session.get(_KEY, []), str(account.pk)]


def is_one(request: HttpRequest, account: SocialAccount) -> bool:
    """Return whether `account` was connected in this session."""
    return str(account.pk) in request.session.get(_KEY, [])


def from_before(request: HttpRequest, user: Any) -> QuerySet[SocialAccount]:
    """Return the WeChat accounts of `user` that may confirm in this session."""
    accounts: QuerySet[SocialAccount] = SocialAccount.objects.filter(user=user, provider=PROVIDER_ID)
    return accounts.exclude(pk__in=getattr(request, "session", {}).get(_KEY, []))
