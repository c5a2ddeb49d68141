"""Two users turn out to be one person: what would be merged, why, and how is it done?

A `WeChatDuplicate` is the evidence. The kept user gets every WeChat account of the other one, who is deactivated and
never deleted. Accounts of other providers and the site's own data stay where they are: see `signals.accounts_merging`.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F
from django.utils.translation import gettext, pgettext

from django_wechat.models import WeChatDuplicate, WeChatIdentity, moments
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import identities, names, uids
from django_wechat.people.users import can_be_deactivated, deactivate, is_superuser
from django_wechat.protocol.oauth import clean_nickname
from django_wechat.signals import accounts_merging

logger = logging.getLogger("django_wechat.merging")


class MergeRefused(Exception):
    """Two users cannot be merged; nothing was changed. The message is for the admin and says what to do."""


class CannotDeactivate(MergeRefused):
    """The site's user model has no column `is_active`, so the merged user could go on signing in."""


class NotOneOfTheTwo(MergeRefused):
    """The user to keep is neither of the two, maybe because of a merge in between."""


class ChangedMeanwhile(MergeRefused):
    """Somebody else merged one of the two users at this moment."""


@dataclass(frozen=True)
class MergePlan:
    """What merging a duplicate does: `moves` are the WeChat identities that go from `merged` to `kept`."""

    duplicate: WeChatDuplicate
    kept: AbstractBaseUser
    merged: AbstractBaseUser
    moves: tuple[WeChatIdentity, ...]


def by_age(duplicate: WeChatDuplicate) -> list[AbstractBaseUser]:
    """Return the two users, the older one first: by `date_joined` if the user model has it, else by primary key."""
    users = sorted((duplicate.identity.account.user, duplicate.account.user), key=lambda user: user.pk)
    if all(isinstance(getattr(user, "date_joined", None), datetime) for user in users):
        users.sort(key=lambda user: user.date_joined)
    return users


def is_one_user(duplicate: WeChatDuplicate) -> bool:
    """Return whether both sides belong to one user by now, so that nobody has to be merged."""
    return bool(duplicate.identity.account.user_id == duplicate.account.user_id)


def plan_for(duplicate: WeChatDuplicate, *, keep: AbstractBaseUser | None = None) -> MergePlan:
    """Return what merging `duplicate` would do, keeping the older user unless `keep` says otherwise.

    Changes nothing. Raises `MergeRefused` where the merge would.
    """
    _check_can_deactivate()
    older, newer = by_age(duplicate)
    kept = keep or older
    if kept not in (older, newer):
        raise NotOneOfTheTwo(
            gettext("%(user)s is not one of the two users of this duplicate. Look at it again, and choose one of them.")
            % {"user": name_of(kept)}
        )
    merged = newer if kept == older else older
    return MergePlan(duplicate, kept, merged, tuple(_identities_of(merged)))


def merge(duplicate: WeChatDuplicate, *, keep: AbstractBaseUser) -> MergePlan | None:
    """Make the two users of `duplicate` one and return what was done; None if they were one by now.

    All or nothing, also when a receiver of `accounts_merging` raises. Raises `MergeRefused`.
    """
    with all_or_nothing():
        held = _hold(duplicate.pk)
        if held is None:
            return None
        if is_one_user(held):
            _resolve(held.account.user)
            return None
        plan = plan_for(held, keep=keep)
        _apply(plan)
    logger.info("User %s was merged into user %s", plan.merged.pk, plan.kept.pk)
    return plan


def name_of(user: AbstractBaseUser) -> str:
    """Return the user's name and primary key as one printable line."""
    return f"{clean_nickname(str(user.get_username() or ''))} (#{user.pk})"


def noticed(duplicate: WeChatDuplicate) -> str:
    """Return when and how the duplicate was noticed."""
    if not duplicate.unionid:
        words = gettext("Noticed %(date)s: by WeChat’s table of changed openids, %(identity)s is the other user’s.")
        return words % {"date": _date(duplicate.found_at), "identity": duplicate.identity}
    return gettext("Noticed %(date)s: WeChat gave %(identity)s the unionid …%(tail)s, which is the other user’s.") % {
        "date": _date(duplicate.found_at),
        "identity": duplicate.identity,
        "tail": duplicate.unionid[-4:],
    }


def evidence_of(user: AbstractBaseUser) -> list[str]:
    """Return what helps to tell who `user` is, in lines: no full openid or unionid, nothing unprintable."""
    accounts = SocialAccount.objects.filter(provider=uids.PROVIDER_ID, user=user).order_by("pk")
    nicknames = filter(None, map(names.nickname_of, accounts))
    lines = [gettext("WeChat name: %(name)s") % {"name": nickname} for nickname in nicknames]
    return [_standing(user), *lines, *(_seen(identity) for identity in _identities_of(user))]


def _standing(user: AbstractBaseUser) -> str:
    joined = getattr(user, "date_joined", None)
    facts = [gettext("joined %(date)s") % {"date": _date(joined)}] if joined else []
    if user.last_login:
        facts.append(gettext("last signed in %(date)s") % {"date": _date(user.last_login)})
    else:
        facts.append(gettext("never signed in"))
    facts += [gettext("staff")] if getattr(user, "is_staff", False) else []
    facts += [gettext("superuser")] if is_superuser(user) else []
    facts += [] if user.is_active else [gettext("deactivated")]
    return pgettext("punctuation", ", ").join(facts)


def _seen(identity: WeChatIdentity) -> str:
    words = {"identity": identity, "date": _date(identity.first_seen_at), "tail": identity.unionid[-4:]}
    if identity.unionid:
        return gettext("%(identity)s, first seen %(date)s, unionid …%(tail)s") % words
    return gettext("%(identity)s, first seen %(date)s, no unionid") % words


def _date(moment: datetime) -> str:
    return moments.shown(moment, "DATE_FORMAT")


def _identities_of(user: AbstractBaseUser) -> list[WeChatIdentity]:
    known = WeChatIdentity.objects.filter(account__user=user.pk, account__provider=uids.PROVIDER_ID)
    return list(known.order_by("first_seen_at", "pk"))


def _check_can_deactivate() -> None:
    if not can_be_deactivated(get_user_model()):
        raise CannotDeactivate(
            gettext(
                "The user model %(model)s has no field is_active, so a merged user could not be deactivated. "
                "Add a BooleanField is_active with default True, then merge again."
            )
            % {"model": get_user_model()._meta.label}
        )


def _read(pk: int) -> WeChatDuplicate | None:
    known = WeChatDuplicate.objects.select_related("identity__account__user", "account__user")
    return known.filter(pk=pk).first()


def _hold(pk: int) -> WeChatDuplicate | None:
    """Return the duplicate once nobody else can change its users and their WeChat accounts; None if it is gone.

    Accounts before users, as in a sign-in: the other order could deadlock with one.
    """
    # Changes nothing. SQLite has no row locks: with a write first it lets one writer in after the other.
    WeChatDuplicate.objects.filter(pk=0).update(unionid="")
    before = _read(pk)
    if before is None:
        return None
    users = {user.pk for user in by_age(before)}
    accounts = SocialAccount.objects.filter(provider=uids.PROVIDER_ID, user__in=users)
    list(accounts.order_by("pk").select_for_update())
    # Not the default manager: the site's may hide deactivated users.
    list(get_user_model()._base_manager.filter(pk__in=users).order_by("pk").select_for_update())
    now = _read(pk)
    if now and not {user.pk for user in by_age(now)} <= users:
        raise ChangedMeanwhile(
            gettext("One of the two users was merged by somebody else at this moment. Look at the duplicate again.")
        )
    return now


def _apply(plan: MergePlan) -> None:
    moved = SocialAccount.objects.filter(provider=uids.PROVIDER_ID, user=plan.merged.pk)
    moved.update(user=plan.kept.pk)
    _resolve(plan.kept)
    deactivate(plan.merged)
    accounts_merging.send(sender=type(plan.kept), kept=plan.kept, merged=plan.merged)


def _resolve(user: AbstractBaseUser) -> None:
    """Make one account of each two that a duplicate names and that `user` has: the one with the unionid stays."""
    own = WeChatDuplicate.objects.filter(identity__account__user=user.pk, account__user=user.pk)
    two_accounts = own.exclude(identity__account=F("account")).select_related("identity__account", "account")
    while duplicate := two_accounts.order_by("pk").first():
        identities.join(duplicate.identity.account, duplicate.account)
    own.delete()
