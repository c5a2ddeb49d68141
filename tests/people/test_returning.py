"""Is somebody who comes back signed in from one look, and is what happens at that moment still seen?"""

import threading

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_updated
from django.db import connection, transaction

from django_wechat.models import WeChatIdentity
from django_wechat.people import identities, returning
from django_wechat.protocol.oauth import Profile
from tests.factories import AccountFactory, IdentityFactory, UserFactory
from tests.histories.world import come, openid_of, owner_of

pytestmark = pytest.mark.django_db

holds = pytest.mark.skipif(connection.vendor == "mysql", reason="MariaDB cannot lock one table of a join")
locks = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a row lock on one table of a join")


@holds
def test_somebody_known_is_held() -> None:
    identity = IdentityFactory(unionid="u1", account=AccountFactory(uid="u1"))
    known = Profile(identity.appid, identity.openid, "u1", account_uid="u1")
    settled, held = identities.settle_and_hold(known)
    assert settled == known
    assert held == identity
    assert returning.held_identity(held.account, identity.appid, identity.openid) is held
    assert returning.held_identity(held.account, identity.appid, "another") is None


def test_nobody_else_is() -> None:
    identity = IdentityFactory(account=AccountFactory(uid="u1"))
    new = Profile("wx1", "o1")
    strange = Profile("wx1", "o1", account_uid="u9")
    with_news = Profile(identity.appid, identity.openid, "u2", account_uid="u1")
    assert [identities.settle_and_hold(profile)[1] for profile in (new, strange, with_news)] == [None] * 3
    assert returning.held_identity(identity.account, identity.appid, identity.openid) is None


def test_a_database_that_cannot_lock_one_table_is_asked_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = IdentityFactory(account=AccountFactory(uid="u1"))
    monkeypatch.setattr(connection.features, "has_select_for_update", True)
    monkeypatch.setattr(connection.features, "has_select_for_update_of", False)
    assert returning.find_and_hold(identity.appid, identity.openid) is None


def test_the_site_hears_of_the_account_as_ever() -> None:
    come("web", "ann", "u1")
    told: list[SocialAccount] = []

    def hear(sociallogin: returning.HeldLogin, **_kwargs: object) -> None:
        told.append(sociallogin.account)

    social_account_updated.connect(hear)
    try:
        user = come("web", "ann", "u1")
    finally:
        social_account_updated.disconnect(hear)
    assert [account.user for account in told] == [user]
    assert told[0].extra_data["nickname"] == "ann"


@locks
@pytest.mark.django_db(transaction=True)
def test_who_is_merged_away_at_that_moment_is_found_where_they_are_now() -> None:
    """The look waits for the merge, sees that the row it waited for is gone, and looks again."""
    come("web", "ann", "u1")
    away, kept = WeChatIdentity.objects.get().account, AccountFactory(user=UserFactory(), uid="kept")
    merging, done = threading.Event(), threading.Event()

    def merge() -> None:
        with transaction.atomic():
            SocialAccount.objects.select_for_update().get(pk=away.pk)
            merging.set()
            done.wait(1)
            identities.join(away, kept)
        connection.close()

    elsewhere = threading.Thread(target=merge)
    elsewhere.start()
    assert merging.wait(5)
    assert come("web", "ann", "u1") == kept.user
    elsewhere.join()
    assert owner_of("web", "ann") == kept.user
    assert WeChatIdentity.objects.get(openid=openid_of("ann", "web")).account == kept
