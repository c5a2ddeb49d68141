"""How is what WeChat said about a person erased, and what becomes of the person's user?

The Django user is never deleted. Whoever has another way to sign in keeps it; whoever has none is deactivated.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from allauth import app_settings as allauth_settings
from allauth.account import app_settings as account_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa import app_settings as mfa_settings
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy

from django_wechat.models import SubType, TypedProfile, WeChatIdentity, WeChatProvider
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import avatars, names, uids
from django_wechat.people.users import can_be_deactivated, deactivate, has_rank
from django_wechat.protocol.oauth import Profile
from django_wechat.signals import wechat_data_erased
from django_wechat.stores import code_exchanges, qr_sessions

logger = logging.getLogger("django_wechat.erasure")

LEFT = gettext_lazy(
    "Left as it is, because no sign-up with WeChat filled it in, though it looks like the nickname: %(fields)s. "
    "Change it by hand if it has to go."
)
"""What is said of a plan that `leaves` something."""


class Reason(StrEnum):
    """Why something was erased; what listeners of `wechat_data_erased` are told."""

    REQUEST = "request"
    UNFOLLOW = "unfollow"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Plan:
    """What `erase` would do to one account: how many WeChat identities go, and whether its user is deactivated.

    `leaves` are the user's fields that look like the nickname and stay, since no sign-up with WeChat filled them in.
    """

    account: SocialAccount
    identities: int
    deactivates: bool
    leaves: tuple[str, ...] = ()


def plan(accounts: Iterable[SocialAccount]) -> list[Plan]:
    """Return what would happen if all of `accounts` were erased; nothing is changed."""
    going = list(accounts)
    return [
        Plan(
            account,
            account.wechat_identities.count(),
            _is_to_be_deactivated(account.user, going),
            tuple(names.left_standing(account)),
        )
        for account in going
    ]


def erase(account: SocialAccount, reason: Reason = Reason.REQUEST) -> bool:
    """Erase all that WeChat said about the person of `account`; return False if it was erased before.

    All or nothing: an exception of a listener of `wechat_data_erased` undoes it and is the caller's.
    """
    with all_or_nothing():
        if not _lock(SocialAccount.objects.filter(pk=account.pk), "user"):
            return False
        account = SocialAccount.objects.select_related("user").get(pk=account.pk)
        user = account.user
        for identity in account.wechat_identities.all():
            _forget_sign_ins(identity)
        names.take_back(account)
        if _is_to_be_deactivated(user, [account]):
            _deactivate(user, reason)
        account.delete()
        wechat_data_erased.send(SocialAccount, user=user, reason=reason)
        return True


def erase_identity(identity: WeChatIdentity, reason: Reason) -> bool:
    """Erase what one app knew of a person; with the person's last identity all goes, as in `erase`.

    Return False if it was erased before. Exceptions as in `erase`.
    """
    with all_or_nothing():
        if not _lock(WeChatIdentity.objects.filter(pk=identity.pk), "account"):
            return False
        identity = WeChatIdentity.objects.select_related("account__user").get(pk=identity.pk)
        account = identity.account
        others = account.wechat_identities.exclude(pk=identity.pk).order_by("pk")
        if not others.exists():
            return erase(account, reason)
        _forget_sign_ins(identity)
        _forget_profile(identity, others)
        _forget_typed(identity)
        _forget_unionid(identity, others)
        _rename(identity, others)
        names.hand_on(identity, others[0])
        identity.delete()
        account.save(update_fields=["uid", "extra_data"])
        wechat_data_erased.send(SocialAccount, user=account.user, reason=reason)
        return True


def _deactivate(user: AbstractBaseUser, reason: Reason) -> None:
    """Nobody of the staff is locked out by what a push says: an admin decides that."""
    if reason is not Reason.REQUEST and has_rank(user):
        logger.error("User %s of the staff left WeChat (%s) and has no way in; set a password.", user.pk, reason)
        return
    deactivate(user)


def has_other_way_in(user: AbstractBaseUser, accounts: Iterable[SocialAccount]) -> bool:
    """Return whether `user` could still sign in without `accounts`, as far as allauth can tell."""
    others = SocialAccount.objects.filter(user=user).exclude(pk__in=[account.pk for account in accounts])
    if others.exists():
        return True
    if allauth_settings.SOCIALACCOUNT_ONLY:
        return False
    return user.has_usable_password() or _can_be_sent_a_code(user) or _has_passkey(user)


def _is_to_be_deactivated(user: AbstractBaseUser, accounts: Iterable[SocialAccount]) -> bool:
    return can_be_deactivated(user) and user.is_active and not has_other_way_in(user, accounts)


def _can_be_sent_a_code(user: AbstractBaseUser) -> bool:
    if not account_settings.LOGIN_BY_CODE_ENABLED:
        return False
    by_phone = account_settings.LoginMethod.PHONE in account_settings.LOGIN_METHODS
    has_phone = by_phone and get_adapter().get_phone(user) is not None
    return has_phone or EmailAddress.objects.filter(user_id=user.pk).exists()


def _has_passkey(user: AbstractBaseUser) -> bool:
    if not (allauth_settings.MFA_ENABLED and mfa_settings.PASSKEY_LOGIN_ENABLED):
        return False
    authenticators = apps.get_model("mfa", "Authenticator")._default_manager
    return bool(authenticators.filter(user_id=user.pk, type="webauthn").exists())


def _lock(rows: QuerySet[Any], column: str) -> bool:
    """Make others wait for the end of our transaction; return whether the row is still there.

    Written to before anything is read, because SQLite cannot turn a reader's transaction into a writer's.
    """
    return rows.update(**{column: F(column)}) == 1


def _forget_sign_ins(identity: WeChatIdentity) -> None:
    """What is under way, or kept for a second delivery of its callback, must not bring the person back."""
    code_exchanges.forget(identity.appid, identity.openid)
    qr_sessions.forget(identity.appid, identity.openid, identity.unionid)


def _forget_profile(identity: WeChatIdentity, others: QuerySet[WeChatIdentity]) -> None:
    """Nickname and avatar may have been read through any app that ever read them; in doubt they go."""
    account = identity.account
    if identity.profile_fetched_at is None and not _is_shown(identity):
        return
    names.take_back(account)
    avatars.forget(account)
    others.update(profile_fetched_at=None)
    account.extra_data |= {"nickname": "", "avatar_url": "", "profile_fetched_at": ""}


def _forget_typed(identity: WeChatIdentity) -> None:
    """What somebody typed in a mini program was told to that program; in doubt to this one."""
    if not WeChatProvider.objects.filter(sub_type=SubType.MINI_PROGRAM, client_id=identity.appid).exists():
        return
    for typed in TypedProfile.objects.filter(account=identity.account):
        names.take_back(identity.account)
        typed.delete()


def _forget_unionid(identity: WeChatIdentity, others: QuerySet[WeChatIdentity]) -> None:
    """A unionid that another app told as well stays."""
    unionid, account = identity.unionid, identity.account
    if not unionid or others.filter(unionid=unionid).exists():
        return
    account.wechat_unionids.filter(unionid=unionid).delete()
    account.wechat_duplicates.filter(unionid=unionid).delete()
    if account.extra_data.get("unionid") == unionid:
        account.extra_data["unionid"] = ""


def _rename(identity: WeChatIdentity, others: QuerySet[WeChatIdentity]) -> None:
    """Call the account by an identity that stays, where it was called by what goes."""
    account, keeper = identity.account, others[0]
    if _is_shown(identity):
        account.extra_data |= {"appid": keeper.appid, "openid": keeper.openid}
    unionid_stays = account.wechat_unionids.filter(unionid=identity.unionid).exists()
    gone = [uids.uid_without_unionid(identity), *([] if unionid_stays else [identity.unionid])]
    # A uid that would be taken for another one has "#" and a hash behind it (`uids.uid_for`).
    if account.uid.partition("#")[0] in gone:
        account.uid = uids.uid_for(Profile(keeper.appid, keeper.openid))


def _is_shown(identity: WeChatIdentity) -> bool:
    """Whether the account's own data speak of this identity: the last sign-in was through it."""
    data = identity.account.extra_data
    return (data.get("appid"), data.get("openid")) == (identity.appid, identity.openid)
