"""Which person is this? From a WeChat profile to the account that allauth signs in.

A person is known by (appid, openid) first, then by the unionid, and is new otherwise. The same rules hold in every
order of events: a unionid that comes later, one that changes, one that turns out to be somebody else's.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError

from django_wechat.models import TypedProfile, WeChatAvatar, WeChatDuplicate, WeChatIdentity, WeChatUnionid, moments
from django_wechat.models.rows import one
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import names, returning, uids
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.protocol.oauth import Profile


class IdentityTaken(IntegrityError):
    """Another sign-in of the same person came in between; trying again finds the account it made."""


def find(appid: str, openid: str) -> WeChatIdentity | None:
    """Return the identity of a known (appid, openid), with its account."""
    return one(WeChatIdentity.objects.select_related("account").filter(appid=appid, openid=openid))


def owner_of(unionid: str) -> SocialAccount | None:
    """Return the account that a unionid belongs to, now or before it changed; None for "" and for a new one.

    Where the owner left, it is the account that had the unionid next.
    """
    if not unionid:
        return None
    left = WeChatIdentity.objects.select_related("account").filter(unionid=unionid).order_by("pk")
    known = _owned(unionid) or left.first()
    return known.account if known else None


def account_of(profile: Profile) -> SocialAccount | None:
    """Return the account of the person in `profile`, as it stands; None for somebody who is new."""
    identity = find(profile.appid, profile.openid)
    return identity.account if identity else owner_of(profile.unionid)


def inherit(unionids: set[str]) -> None:
    """Give each of `unionids` whose owner left to the account that had it next, as that one's next sign-in would."""
    for identity in WeChatIdentity.objects.select_related("account").filter(unionid__in=unionids).order_by("pk"):
        _connect(identity, identity.unionid)


def is_known(account: SocialAccount) -> bool:
    """Return whether the person of an account that is not saved yet has one already, from another device."""
    data = account.extra_data
    return bool(find(data.get("appid", ""), data.get("openid", "")) or owner_of(data.get("unionid", "")))


def settle(profile: Profile) -> Profile:
    """Return `profile` with the uid of the account it signs in; take in a unionid that is news of a known person.

    Nobody becomes somebody else: a known (appid, openid) keeps its user whatever the unionid says. Raises
    `IdentityTaken` if the account was given to another user at this moment.
    """
    return settle_and_hold(profile)[0]


def settle_and_hold(profile: Profile) -> tuple[Profile, WeChatIdentity | None]:
    """Settle `profile`, and return with it the identity of a person who comes back with no news.

    That identity, its account and its user are as they stand in the database, and the account stays so until the
    caller's transaction ends: none of them has to be read again in it. None for everybody else.
    """
    with all_or_nothing():
        may_be_known = profile.account_uid or not profile.fetched_at
        identity = returning.find_and_hold(profile.appid, profile.openid) if may_be_known else None
        if identity and not _brings_news(profile, identity):
            return replace(profile, account_uid=identity.account.uid), identity
        return _settle(profile), None


def record(account: SocialAccount, *, created: bool = False) -> None:
    """Write down the (appid, openid) that `account` was just signed in with.

    An identity that belongs to another account stays where it is: nobody's identity changes hands in a sign-in. Raises
    `IdentityTaken` if `account` was `created` for an identity that has one by now.
    """
    data = account.extra_data
    if account.provider != PROVIDER_ID or not (data.get("appid") and data.get("openid")):
        return
    key, unionid = {"appid": data["appid"], "openid": data["openid"]}, data.get("unionid", "")
    values = {"account": account, "unionid": unionid, "profile_fetched_at": fetched_at(data)}
    values["filled"] = names.filled_at_sign_up(account)
    identity, is_new = returning.held_identity(account, **key), created
    if created:
        identity = _insert(**key, **values)
    elif identity is None:
        identity, is_new = WeChatIdentity.objects.get_or_create(**key, defaults=values)
    if identity.account_id != account.pk:
        return
    if is_new and unionid:
        _connect(identity, unionid)
    _note_profile(identity, data)


def join(account: SocialAccount, into: SocialAccount) -> None:
    """Make one of two WeChat accounts of the same person and user: `into` has everything, `account` is deleted.

    Needs a transaction around it. Duplicates that this settles are deleted, the others go along.
    """
    account.wechat_identities.update(account=into)
    account.wechat_unionids.update(account=into)
    noted = set(into.wechat_duplicates.values_list("identity_id", flat=True))
    account.wechat_duplicates.exclude(identity_id__in=noted).update(account=into)
    into.wechat_duplicates.filter(identity__account=into).delete()
    if account.extra_data.get("nickname") and not into.extra_data.get("nickname"):
        into.extra_data = account.extra_data
        # Not save(): this may run inside the account's own post_save.
        SocialAccount.objects.filter(pk=into.pk).update(extra_data=into.extra_data)
    if not WeChatAvatar.objects.filter(account=into).exists():
        WeChatAvatar.objects.filter(account=account).update(account=into)
    if not TypedProfile.objects.filter(account=into).exists():
        TypedProfile.objects.filter(account=account).update(account=into)
    account.delete()


def _insert(**values: Any) -> WeChatIdentity:
    """Return the identity of a new account; somebody new was looked for a moment ago, and is not asked for again."""
    try:
        with all_or_nothing():
            return WeChatIdentity.objects.create(**values)
    except IntegrityError:
        known = find(values["appid"], values["openid"])
        if known is None:
            raise
        if known.account_id != values["account"].pk:
            raise IdentityTaken("This WeChat identity has another account.") from None
        # A listener of the site's saved the new account once more before we heard of it.
        known.account = values["account"]
        return known


def _settle(profile: Profile) -> Profile:
    identity = find(profile.appid, profile.openid)
    account = identity.account if identity else owner_of(profile.unionid)
    if account is None:
        return replace(profile, account_uid="")
    _hold(account)
    if identity is None:
        return replace(profile, account_uid=account.uid)
    if _brings_news(profile, identity):
        _take_unionid(identity, profile.unionid)
    return replace(profile, account_uid=identity.account.uid)


def _brings_news(profile: Profile, identity: WeChatIdentity) -> bool:
    """Whether WeChat tells a unionid that the identity does not have, or that nobody owns."""
    return bool(profile.unionid) and (profile.unionid != identity.unionid or not _is_owned(identity))


def _hold(account: SocialAccount) -> None:
    """Keep others from giving `account` to another user until this transaction ends.

    allauth writes the whole row in a sign-in, and would give the person back to a user who was just merged away.
    """
    held = SocialAccount.objects.select_for_update().filter(pk=account.pk, user=account.user_id)
    if not held.exists():
        raise IdentityTaken("This WeChat account was given to another user.")


def _take_unionid(identity: WeChatIdentity, unionid: str) -> None:
    identity.unionid = unionid
    identity.save(update_fields=["unionid"])
    _connect(identity, unionid)


def _is_owned(identity: WeChatIdentity) -> bool:
    """Whether the unionid has an owner: it has none when the one who had it left, and two users were one person."""
    unionid = identity.unionid
    return identity.account.uid == unionid or WeChatUnionid.objects.filter(unionid=unionid).exists()


def _owned(unionid: str) -> WeChatUnionid | None:
    """With the account in one statement: before a second one, somebody may have merged it away."""
    return one(WeChatUnionid.objects.select_related("account").filter(unionid=unionid))


def _connect(identity: WeChatIdentity, unionid: str) -> None:
    """Give `unionid` to the account of `identity`, unless another account has it already."""
    if owned := _owned(unionid):
        _unite(identity, owned.account, unionid)
        return
    others = list(WeChatIdentity.objects.select_related("account").filter(unionid=unionid).exclude(pk=identity.pk))
    for other in others:
        if other.account_id == identity.account_id:
            other.account = identity.account  # the one that is being saved, whose uid may change below
    holders = sorted([*others, identity], key=lambda holder: holder.pk)
    owner = _own(holders[0].account, unionid)
    for holder in holders:
        _unite(holder, owner, unionid)


def _unite(identity: WeChatIdentity, owner: SocialAccount, unionid: str) -> None:
    """Bring an identity together with the owner of its unionid, or note that two users are one person."""
    if owner == identity.account:
        return
    if owner.user_id == identity.account.user_id:
        _move(identity, owner)
    else:
        WeChatDuplicate.objects.get_or_create(identity=identity, account=owner, defaults={"unionid": unionid})


def _own(account: SocialAccount, unionid: str) -> SocialAccount:
    """Make `account` the owner of `unionid`, or the one that has it for its uid; return the owner.

    The first unionid of an account becomes its uid; a later one does not change it.
    """
    owner = account if account.uid == unionid else uids.account_with(unionid) or account
    if owner.uid != unionid and not owner.wechat_unionids.exists():
        # Not save(): this may run inside the account's own post_save.
        owner.uid = uids.free(unionid)
        SocialAccount.objects.filter(pk=owner.pk).update(uid=owner.uid)
    WeChatUnionid.objects.create(unionid=unionid, account=owner)
    return owner


def _move(identity: WeChatIdentity, account: SocialAccount) -> None:
    """Move `identity` to another account of the same user; the one that is left empty goes."""
    left = identity.account
    identity.account = account
    identity.save(update_fields=["account"])
    if not left.wechat_identities.exists():
        join(left, account)


def _note_profile(identity: WeChatIdentity, data: dict[str, Any]) -> None:
    """Write only what changed: a returning sign-in usually changes nothing."""
    moment = fetched_at(data)
    if moment and moment != identity.profile_fetched_at:
        identity.profile_fetched_at = moment
        identity.save(update_fields=["profile_fetched_at"])


def fetched_at(data: dict[str, Any]) -> datetime | None:
    """Return when the profile in an account's `extra_data` was read from WeChat; None if it never was."""
    return moments.from_text(data.get("profile_fetched_at") or "")
