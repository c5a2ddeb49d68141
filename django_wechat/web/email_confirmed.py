"""How does somebody who came by WeChat go on, once an e-mail address is confirmed? Signed in, or by the WeChat tab.

allauth signs in where the site lets it (docs: people.md). Elsewhere it leads to the login page; whoever has no password
would stand before the form for one.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from django_wechat.people import uids

_CONFIRMED = "wechat_email_confirmed"


@receiver(email_confirmed, dispatch_uid="django_wechat.email_confirmed")
def remember(request: HttpRequest, email_address: EmailAddress, **_kwargs: Any) -> None:
    """Note in the browser's session that the person, who has no password, signs in by WeChat next."""
    user = email_address.user
    if request.user.is_authenticated or user.has_usable_password():
        return
    if SocialAccount.objects.filter(user=user, provider=uids.PROVIDER_ID).exists():
        request.session[_CONFIRMED] = True


@receiver(user_logged_in, dispatch_uid="django_wechat.email_confirmed.over")
def forget(request: HttpRequest | None, **_kwargs: Any) -> None:
    """Somebody is signed in: that was it. Where a token signs in there may be no session."""
    kept: Any = getattr(request, "session", {})
    if _CONFIRMED in kept:
        del kept[_CONFIRMED]


def signs_in_by_wechat_next(request: HttpRequest) -> bool:
    """Return whether this browser has just confirmed the e-mail address of somebody who comes by WeChat."""
    return _CONFIRMED in getattr(request, "session", {})
