"""Does one person stay one user whatever happens? Random histories, and what has to hold after every event.

`HISTORIES=2000 pytest tests/people/test_people_machine.py` tries many more, each time others.
"""

import os
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from django_wechat.models import WeChatDuplicate, WeChatIdentity, WeChatProvider, WeChatUnionid
from django_wechat.people import erasure, identities, merging
from tests.factories import AccountFactory, BothProviderFactory, UserFactory
from tests.histories.world import (
    APPID,
    assert_sound,
    come,
    import_old_accounts,
    let_time_pass,
    openid_of,
    owner_of,
    push,
)

HISTORIES = int(os.environ.get("HISTORIES", "0"))
WAYS = st.sampled_from(sorted(APPID))
PEOPLE = st.sampled_from(["A", "a", "B"])
UNIONIDS = st.sampled_from(["", "u{}", "u{}", "v{}", "uB"])
"""What WeChat tells: nothing, the unionid, the one after a re-binding, or what belongs to B."""
NUMBERS = st.integers(0, 99)


def users_by_identity() -> dict[tuple[str, str], int]:
    rows = WeChatIdentity.objects.values_list("appid", "openid", "account__user_id")
    return {(appid, openid): user for appid, openid, user in rows}


def accounts() -> QuerySet[SocialAccount]:
    rows: QuerySet[SocialAccount] = SocialAccount.objects.filter(provider="wechat")
    return rows


def identities_of(account: SocialAccount) -> set[tuple[str, str]]:
    return set(account.wechat_identities.values_list("appid", "openid"))


class People(RuleBasedStateMachine):
    """Events on one site. `known` says whose each (appid, openid) was after the event before."""

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        WeChatProvider.objects.all().delete()
        BothProviderFactory()
        self.known: dict[tuple[str, str], int] = {}
        self.dismissed = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @rule(way=WAYS, person=PEOPLE, unionid=UNIONIDS, mute=st.booleans())
    def sign_in(self, way: str, person: str, unionid: str, *, mute: bool) -> None:
        """Somebody known is who they were; somebody new is let in unless WeChat is silent.

        A mini program's code is all that WeChat is asked about: while it is silent nobody comes in there.
        """
        user = come(way, person, unionid.format(person), mute=mute)
        owner = owner_of(way, person)
        if mute and way == "mini":
            assert user is None
            return
        assert user == (owner if owner and owner.is_active else None)
        assert user or mute or self.is_deactivated(owner, unionid.format(person))

    @rule(person=PEOPLE, first=WAYS, second=WAYS)
    def bind_late(self, person: str, first: str, second: str) -> None:
        """Two apps are bound together after somebody used both; single sign-ins rarely make a duplicate to merge."""
        for way, unionid in ((first, ""), (second, "u{}"), (first, "u{}")):
            self.later()
            self.sign_in(way, person, unionid, mute=False)

    @precondition(lambda self: get_user_model().objects.filter(is_active=True).exists())
    @rule(way=WAYS, person=PEOPLE, unionid=UNIONIDS, number=NUMBERS)
    def connect(self, way: str, person: str, unionid: str, number: int) -> None:
        """Somebody else's WeChat stays theirs."""
        user = self.pick(get_user_model().objects.filter(is_active=True), number)
        before = owner_of(way, person)
        come(way, person, unionid.format(person), connect_to=user)
        if before:
            assert owner_of(way, person) == before

    @rule()
    def later(self) -> None:
        """What WeChat said gets old."""
        let_time_pass()

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS)
    def disconnect(self, number: int) -> None:
        """Somebody with a password disconnects an account; nobody else is touched."""
        account = self.pick(accounts(), number)
        account.user.set_password("password")
        account.user.save()
        gone = identities_of(account)
        account.delete()
        self.forget(gone)

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS)
    def leave(self, number: int) -> None:
        """A user is deleted; nobody else is touched."""
        user = self.pick(get_user_model().objects.all(), number)
        gone = {key for key, owner in self.known.items() if owner == user.pk}
        user.delete()
        self.forget(gone)

    @precondition(lambda self: WeChatDuplicate.objects.exists())
    @rule(number=NUMBERS)
    def dismiss(self, number: int) -> None:
        """The admin says that two users are two people."""
        self.pick(WeChatDuplicate.objects.all(), number).delete()
        self.dismissed = True

    @precondition(lambda self: WeChatDuplicate.objects.exists())
    @rule(number=NUMBERS, newer=st.booleans())
    def merge(self, number: int, *, newer: bool) -> None:
        """The admin says that two users are one: all of the one's WeChat is the other's, and nothing else moves."""
        duplicate = self.pick(WeChatDuplicate.objects.all(), number)
        kept = merging.by_age(duplicate)[newer]
        plan = merging.merge(duplicate, keep=kept)
        assert plan
        self.known = {key: kept.pk if user == plan.merged.pk else user for key, user in self.known.items()}
        assert not get_user_model().objects.get(pk=plan.merged.pk).is_active

    @rule(person=PEOPLE, unionid=UNIONIDS, number=NUMBERS, member=st.booleans())
    def take_over(self, person: str, unionid: str, number: int, *, member: bool) -> None:
        """Somebody used allauth's provider "weixin", as a user of their own or as one that is there; it is imported."""
        old = SocialAccount.objects.filter(provider="weixin", uid=openid_of(person, "web")).first()
        if old and old.uid != openid_of(person, "web"):
            return  # MariaDB has no room for two accounts of "weixin" whose uids differ by case only.
        if old is None:
            active = get_user_model().objects.filter(is_active=True)
            user = self.pick(active, number) if member and active.exists() else UserFactory(password=None)
            told = {"unionid": unionid.format(person)} if unionid else {}
            old = AccountFactory(provider="weixin", uid=openid_of(person, "web"), user=user, extra_data=told)
        before = owner_of("web", person)
        import_old_accounts()
        assert owner_of("web", person) == (before or old.user)

    @rule(person=PEOPLE, erases=st.booleans())
    def unfollow(self, person: str, *, erases: bool) -> None:
        """A follower leaves the official account: by the setting nothing changes, or this identity is erased."""
        with override_settings(WECHAT={"ON_UNFOLLOW": "erase" if erases else "keep"}):
            push(person, "unsubscribe")
        if erases:
            self.forget({(APPID["follow"], openid_of(person, "follow"))})

    @rule(person=PEOPLE)
    def refollow(self, person: str) -> None:
        """Following alone is no sign-in, and makes nobody known."""
        push(person, "subscribe")
        assert users_by_identity() == self.known

    @rule(way=WAYS, person=PEOPLE, gives_up=st.booleans())
    def withdraw(self, way: str, person: str, *, gives_up: bool) -> None:
        """Somebody takes the grant of one app back, or gives up WeChat altogether."""
        identity = identities.find(APPID[way], openid_of(person, way))
        gone = identities_of(identity.account) if identity and gives_up else {(APPID[way], openid_of(person, way))}
        push(person, "user_authorization_cancellation" if gives_up else "user_authorization_revoke", way)
        self.forget(gone)

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS)
    def erase(self, number: int) -> None:
        """The site is asked to delete what it knows of somebody."""
        account = self.pick(accounts(), number)
        gone = identities_of(account)
        assert erasure.erase(account)
        self.forget(gone)

    @invariant()
    def nobody_changed_hands(self) -> None:
        """Whoever was known is the same user now, and only who left is forgotten."""
        now = users_by_identity()
        assert {key: now.get(key) for key in self.known} == self.known
        self.known = now

    @invariant()
    def all_is_sound(self) -> None:
        """What holds for every site, and for one where nobody was dismissed."""
        assert_sound(dismissed=self.dismissed)

    def forget(self, keys: set[tuple[str, str]]) -> None:
        assert not keys & users_by_identity().keys()
        self.known = {key: user for key, user in self.known.items() if key not in keys}

    def is_deactivated(self, owner: Any, unionid: str) -> bool:
        """Whether the person is found, by identity or unionid, and is a user who may not sign in."""
        known = WeChatUnionid.objects.select_related("account__user").filter(unionid=unionid).first()
        found = owner or (known.account.user if known else None)
        return found is not None and not found.is_active

    def pick(self, rows: QuerySet[Any], number: int) -> Any:
        return rows.order_by("pk")[number % rows.count()]


PROFILE = settings(
    deadline=None,
    derandomize=not HISTORIES,
    database=None,
    max_examples=HISTORIES or 10,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db(transaction=True)
def test_random_histories() -> None:
    run_state_machine_as_test(People, settings=PROFILE)
