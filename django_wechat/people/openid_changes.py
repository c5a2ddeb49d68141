"""What becomes of people whose openids WeChat changed, as when an official account was moved? Old becomes new.

Nobody becomes somebody else: where the new openid has a user of its own by now, both stay, and the pair is noted as a
duplicate for the admin to look at.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import Enum, auto

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError

from django_wechat.models import WeChatDuplicate, WeChatIdentity
from django_wechat.models.transactions import all_or_nothing, take_all_back
from django_wechat.people import identities, names, uids
from django_wechat.protocol.oauth import Profile

PAIRS_AT_ONCE = 500
"""How many pairs one transaction changes."""

Pair = tuple[str, str]
"""An old and a new openid."""


class Change(Enum):
    """What became of one pair."""

    CHANGED = auto()
    JOINED = auto()
    ALREADY = auto()
    UNKNOWN = auto()
    CONFLICT = auto()


@dataclass
class Report:
    """What became of some pairs: how many of each kind, and the duplicates in which two users stand."""

    counts: Counter[Change] = field(default_factory=Counter)
    conflicts: list[WeChatDuplicate] = field(default_factory=list)


def change(
    pairs: Sequence[Pair], old_appid: str, new_appid: str, tell: Callable[[Report], None], *, dry_run: bool = False
) -> None:
    """Change all `pairs`, and `tell` after every transaction what became of its pairs.

    Stopped and run again, it ends as if it had never been stopped. A `dry_run` does everything in one transaction and
    takes it back. Raises `IntegrityError` only if sign-ins change the same people again and again.
    """
    with all_or_nothing() if dry_run else nullcontext():
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            tell(_change_some(pairs[start : start + PAIRS_AT_ONCE], old_appid, new_appid))
        if dry_run:
            take_all_back()


def _change_some(pairs: Sequence[Pair], old_appid: str, new_appid: str) -> Report:
    """Change some pairs; once more from the start if a sign-in of one of these people came in between."""
    try:
        with all_or_nothing():
            return _changed(pairs, old_appid, new_appid)
    except IntegrityError:
        with all_or_nothing():
            return _changed(pairs, old_appid, new_appid)


def _changed(pairs: Sequence[Pair], old_appid: str, new_appid: str) -> Report:
    report = Report()
    # Changes nothing. SQLite has no row locks: with a write first it lets one writer in after the other.
    WeChatDuplicate.objects.filter(pk=0).update(unionid="")
    old = _held(old_appid, [pair[0] for pair in pairs])
    new = _held(new_appid, [pair[1] for pair in pairs])
    for old_openid, new_openid in pairs:
        before, after = old.get(old_openid), new.get(new_openid)
        if before is None or (old_appid, old_openid) == (new_appid, new_openid):
            report.counts[Change.ALREADY if after else Change.UNKNOWN] += 1
        elif after is None:
            _rename(before, new_appid, new_openid)
            report.counts[Change.CHANGED] += 1
        elif before.account.user_id == after.account.user_id:
            _join(before, after)
            report.counts[Change.JOINED] += 1
        else:
            report.conflicts.append(_noted(before, after))
            report.counts[Change.CONFLICT] += 1
    return report


def _held(appid: str, openids: list[str]) -> dict[str, WeChatIdentity]:
    """Return the identities with these openids, their accounts held: nobody signs in to them in between."""
    known = WeChatIdentity.objects.filter(appid=appid, openid__in=openids)
    accounts = SocialAccount.objects.filter(pk__in=known.values("account"))
    held = {account.pk: account for account in accounts.order_by("pk").select_for_update()}
    found = {}
    for identity in known:
        if identity.account_id not in held:
            raise IdentityMoved("A WeChat identity was given to another account at this moment.")
        identity.account = held[identity.account_id]
        found[identity.openid] = identity
    return found


class IdentityMoved(IntegrityError):
    """An identity changed accounts while its account was waited for; trying again finds it there."""


def _rename(identity: WeChatIdentity, appid: str, openid: str) -> None:
    """Give an identity its new name, and the account whatever it has of the old one."""
    account, old = identity.account, (identity.appid, identity.openid)
    was_named_so = account.uid.partition("#")[0] == uids.uid_without_unionid(identity)
    identity.appid, identity.openid = appid, openid
    identity.save(update_fields=["appid", "openid"])
    if was_named_so:
        account.uid = uids.uid_for(Profile(appid, openid))
    if (account.extra_data.get("appid"), account.extra_data.get("openid")) == old:
        account.extra_data |= {"appid": appid, "openid": openid}
    # Not save(): listeners would take it for a sign-in.
    SocialAccount.objects.filter(pk=account.pk).update(uid=account.uid, extra_data=account.extra_data)


def _join(before: WeChatIdentity, after: WeChatIdentity) -> None:
    """The same user came back under the new openid before the table was read: the old one is nobody's any more."""
    # Read again: an earlier pair may have joined their accounts.
    before.refresh_from_db()
    after.refresh_from_db()
    if before.account_id != after.account_id:
        identities.join(before.account, after.account)
    names.hand_on(before, after)
    before.delete()


def _noted(before: WeChatIdentity, after: WeChatIdentity) -> WeChatDuplicate:
    """Note two users as one person. No unionid is the evidence, but the table."""
    return WeChatDuplicate.objects.get_or_create(identity=before, account=after.account)[0]
