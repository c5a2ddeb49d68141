"""What was read in this very sign-in, and need not be read again?

Somebody who comes back with no news is found once, and the account is held until the transaction ends: nobody can give
it to another user, or delete it, before allauth has signed the person in.
"""

from typing import Any

from allauth.core import context
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import social_account_updated

from django_wechat.models import WeChatIdentity
from django_wechat.models.rows import one
from django_wechat.models.transactions import peoples_database

_HELD = "_wechat_held_identity"


def find_and_hold(appid: str, openid: str) -> WeChatIdentity | None:
    """Return the identity of a known (appid, openid), its account held; None if there is none, or it just changed.

    Needs a transaction around it. One statement; what waited for somebody else's change sees that change. MariaDB
    cannot lock one table of a join, and to lock all of them would invite deadlocks: there the answer is None.
    """
    features = peoples_database().features
    if features.has_select_for_update and not features.has_select_for_update_of:
        return None
    known = WeChatIdentity.objects.select_related("account__user").select_for_update(of=("account",))
    identity = one(known.filter(appid=appid, openid=openid))
    if identity:
        setattr(identity.account, _HELD, identity)
    return identity


def held_identity(account: SocialAccount, appid: str, openid: str) -> WeChatIdentity | None:
    """Return the identity that `account` was found by, if it is this one."""
    identity: WeChatIdentity | None = getattr(account, _HELD, None)
    return identity if identity and (identity.appid, identity.openid) == (appid, openid) else None


class HeldLogin(SocialLogin):
    """allauth's sign-in of somebody whose account is held: allauth does all it ever does, but reads nothing again."""

    def __init__(self, found: SocialLogin, identity: WeChatIdentity) -> None:
        """Take over what allauth `found` in the profile."""
        super().__init__(found.user, found.account, email_addresses=found.email_addresses, provider=found.provider)
        self._identity = identity

    @property
    def is_existing(self) -> bool:
        """Whether the person was looked up: then the user is there as well, until the transaction ends."""
        # Not by the primary key: one with a default, such as a UUID, is there before the user is saved.
        return self.user is not None and not self.user._state.adding

    def lookup(self) -> None:
        """Do what allauth does once it has found the account; tokens are none of ours."""
        self._did_authenticate_by_email: Any = None
        held: SocialAccount = self._identity.account
        held.extra_data = self.account.extra_data  # type: ignore[has-type]
        self.account, self.user = held, held.user
        held.save()
        social_account_updated.send(sender=SocialLogin, request=context.request, sociallogin=self)
