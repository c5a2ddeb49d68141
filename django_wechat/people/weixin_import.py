"""How do people who signed in with WeChat through another package become ours, without anybody changing hands?"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialToken
from django.db import IntegrityError

from django_wechat.models import WeChatDuplicate, WeChatIdentity, WeChatUnionid
from django_wechat.models.transactions import all_or_nothing, peoples_database, take_all_back
from django_wechat.people import identities, names, profiles, uids
from django_wechat.people.weixin_rows import Source, profile_of
from django_wechat.protocol.oauth import Profile

ROWS_AT_ONCE = 500
"""How many rows one transaction takes over."""


class Outcome(Enum):
    """What became of one row."""

    TAKEN_OVER = auto()
    ALREADY_THERE = auto()
    JOINED = auto()
    DUPLICATE = auto()
    CONFLICT = auto()
    UNREADABLE = auto()


@dataclass
class Report:
    """What became of some rows: how many of each outcome, and the primary keys of those that were left alone."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    left_alone: list[tuple[Any, Outcome]] = field(default_factory=list)


def take_over(sources: Iterable[Source], tell: Callable[[Source, Report], None], *, dry_run: bool = False) -> None:
    """Take over all rows of `sources`, the oldest first, and `tell` after every transaction what became of its rows.

    Stopped and run again, it ends as if it had never been stopped. A `dry_run` does everything in one transaction and
    takes it back. Raises `IntegrityError` only if sign-ins change the same people again and again.
    """
    with all_or_nothing() if dry_run else nullcontext():
        for source in sources:
            _take_all(source, tell)
        if dry_run:
            take_all_back()


def _take_all(source: Source, tell: Callable[[Source, Report], None]) -> None:
    after: Any = None
    while (batch := _take_some(source, after)).people:
        after = batch.people[-1][0].pk
        tell(source, batch.report)


def _take_some(source: Source, after: Any) -> "_Batch":
    """Take over the next rows; once more from the start if a sign-in of one of these people came in between."""
    try:
        with all_or_nothing():
            return _Batch(source, after)
    except IntegrityError:
        with all_or_nothing():
            return _Batch(source, after)


class _Batch:
    """Some rows: who they are, what is known of them already, and what is to be written.

    The rules are those of `identities`, on many rows at once: decided in memory, since a query for each would be slow.
    """

    def __init__(self, source: Source, after: Any) -> None:
        rows = source.rows.order_by("pk") if after is None else source.rows.filter(pk__gt=after).order_by("pk")
        self.source, self.report = source, Report()
        self.people = [(row, profile_of(row, source)) for row in rows[:ROWS_AT_ONCE]]
        self.changed: list[SocialAccount] = []
        self.gone: list[Any] = []
        self.new_accounts: list[SocialAccount] = []
        self.new_identities: list[WeChatIdentity] = []
        self.new_unionids: list[WeChatUnionid] = []
        self.duplicates: list[WeChatDuplicate] = []
        self.news: list[Profile] = []
        self._look_up([profile for _row, profile in self.people if profile])
        new = [(row, profile) for row, profile in self.people if profile and profile.openid not in self.identities]
        self.filled = names.filled_elsewhere(
            {row.user_id: profile.nickname for row, profile in new if profile.nickname}
        )
        for row, profile in self.people:
            self._note(row, self._take(row, profile) if profile else Outcome.UNREADABLE)
        self._write()

    def _look_up(self, people: list[Profile]) -> None:
        openids = [profile.openid for profile in people]
        unionids = {profile.unionid for profile in people} - {""}
        possible = unionids | {uids.uid_without_unionid(profile) for profile in people}
        known = WeChatIdentity.objects.select_related("account").only("openid", "unionid", "account__user")
        self.identities = {
            identity.openid: identity for identity in known.filter(appid=self.source.appid, openid__in=openids)
        }
        self.owners = _owners(unionids)
        if missing := unionids - self.owners.keys():
            identities.inherit(missing)
            self.owners.update(_owners(missing))
        accounts = SocialAccount.objects.filter(provider=uids.PROVIDER_ID, uid__in=possible).only("uid", "user")
        self.accounts = {_as_compared(account.uid): account for account in accounts}

    def _note(self, row: Any, outcome: Outcome) -> None:
        self.report.counts[outcome] += 1
        if outcome in (Outcome.CONFLICT, Outcome.UNREADABLE):
            self.report.left_alone.append((row.pk, outcome))

    def _take(self, row: Any, profile: Profile) -> Outcome:
        if identity := self.identities.get(profile.openid):
            return self._take_known(row, profile, identity)
        owner = self._owner(profile.unionid)
        theirs = owner if owner and owner.user_id == row.user_id else None
        uid = uids.uid_without_unionid(profile) if owner or not profile.unionid else profile.unionid
        account = theirs or self._account_with(uid)
        if account and account.user_id != row.user_id:
            return Outcome.CONFLICT
        joined = account is not None
        if account:
            self._drop(row)
        else:
            account = self._account_from(row, profile, uid)
        identity = self._identify(account, profile)
        if owner and not theirs:
            self.duplicates.append(WeChatDuplicate(identity=identity, account=owner, unionid=profile.unionid))
            return Outcome.DUPLICATE
        if profile.unionid and not owner:
            self._give(profile.unionid, account)
        return Outcome.JOINED if joined else Outcome.TAKEN_OVER

    def _take_known(self, row: Any, profile: Profile, identity: WeChatIdentity) -> Outcome:
        if identity.account.user_id != row.user_id:
            return Outcome.CONFLICT
        self._drop(row)
        if profile.unionid and not identity.unionid:
            self.news.append(profile)
        return Outcome.ALREADY_THERE

    def _owner(self, unionid: str) -> SocialAccount | None:
        """Return the account that has `unionid`, also one that nobody signed in with yet."""
        if unionid and unionid not in self.owners and (account := self._account_with(unionid)):
            self._give(unionid, account)
        return self.owners.get(unionid)

    def _account_with(self, uid: str) -> SocialAccount | None:
        account = self.accounts.get(_as_compared(uid))
        return account if account and account.uid == uid else None

    def _account_from(self, row: Any, profile: Profile, uid: str) -> SocialAccount:
        """Return the account of somebody new: allauth's row, changed, or a new one."""
        account, collected = (row, self.changed) if self.source.in_place else (SocialAccount(), self.new_accounts)
        found = self.accounts.get(_as_compared(uid))
        account.provider, account.user_id = uids.PROVIDER_ID, row.user_id
        account.uid = uids.kept_apart(uid, found.uid if found else None)
        account.extra_data = profiles.extra_data_for(profile)
        collected.append(account)
        self.accounts[_as_compared(account.uid)] = account
        return account

    def _identify(self, account: SocialAccount, profile: Profile) -> WeChatIdentity:
        known = {"appid": profile.appid, "openid": profile.openid, "unionid": profile.unionid}
        identity = WeChatIdentity(account=account, filled=self.filled.get(account.user_id, {}), **known)
        self.new_identities.append(identity)
        self.identities[profile.openid] = identity
        return identity

    def _give(self, unionid: str, account: SocialAccount) -> None:
        self.owners[unionid] = account
        self.new_unionids.append(WeChatUnionid(unionid=unionid, account=account))

    def _drop(self, row: Any) -> None:
        if self.source.in_place:
            self.gone.append(row.pk)

    def _write(self) -> None:
        SocialToken.objects.filter(account__in=self.changed).delete()
        SocialAccount.objects.filter(pk__in=self.gone).delete()
        _update(self.changed)
        _create_with_keys(self.new_accounts)
        WeChatIdentity.objects.bulk_create(self.new_identities)
        WeChatUnionid.objects.bulk_create(self.new_unionids)
        _create_duplicates(self.duplicates)
        for profile in self.news:
            identities.settle(profile)


def _owners(unionids: set[str]) -> dict[str, SocialAccount]:
    owned = WeChatUnionid.objects.select_related("account").only("unionid", "account__user")
    return {row.unionid: row.account for row in owned.filter(unionid__in=unionids)}


def _update(accounts: list[SocialAccount]) -> None:
    """Save what was changed, by one statement that is put together once: `bulk_update` takes ten times as long."""
    database = peoples_database()
    meta, quote = SocialAccount._meta, database.ops.quote_name
    fields = [meta.get_field(name) for name in ("provider", "uid", "extra_data")]
    values = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    rows = [
        [*(field.get_db_prep_save(getattr(account, field.attname), database) for field in fields), account.pk]
        for account in accounts
    ]
    update = f"UPDATE {quote(meta.db_table)} SET {values} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
    with database.cursor() as cursor:
        cursor.executemany(update, rows)


def _create_with_keys(accounts: list[SocialAccount]) -> None:
    """Insert `accounts`; MySQL does not tell the keys of rows inserted together, so they are looked up."""
    SocialAccount.objects.bulk_create(accounts)
    made = SocialAccount.objects.filter(provider=uids.PROVIDER_ID, uid__in=[account.uid for account in accounts])
    keys = dict(made.values_list("uid", "pk"))
    for account in accounts:
        account.pk = keys[account.uid]


def _create_duplicates(duplicates: list[WeChatDuplicate]) -> None:
    """Insert `duplicates`; their identities are new, and on MySQL without a key like the accounts."""
    made = WeChatIdentity.objects.filter(
        appid__in={duplicate.identity.appid for duplicate in duplicates},
        openid__in=[duplicate.identity.openid for duplicate in duplicates],
    )
    keys = {(appid, openid): pk for appid, openid, pk in made.values_list("appid", "openid", "pk")}
    for duplicate in duplicates:
        duplicate.identity.pk = keys[duplicate.identity.appid, duplicate.identity.openid]
    WeChatDuplicate.objects.bulk_create(duplicates)


def _as_compared(uid: str) -> str:
    """Return `uid` as the database compares it: MySQL without case (trap 37)."""
    return uid.lower() if peoples_database().vendor == "mysql" else uid
