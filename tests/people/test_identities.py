"""Is a person found by what is known of them, and are identities written down?"""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils import timezone

from django_wechat.exceptions import WeChatTimeout
from django_wechat.models import WeChatIdentity
from django_wechat.people import identities, profiles, uids
from django_wechat.protocol.oauth import Grant, Profile
from tests.factories import AccountFactory, IdentityFactory

pytestmark = pytest.mark.django_db
GRANT = Grant("wx1", "o1", "u1", "snsapi_login", "token")
FETCHED = Profile("wx1", "o1", "u1", "张三", "https://a/132", "2026-01-01T00:00:00+00:00")


def fetch() -> Profile:
    return FETCHED


def fail() -> Profile:
    raise WeChatTimeout("no answer")


def known(*, age: timedelta, unionid: str = "u1") -> WeChatIdentity:
    account = AccountFactory(uid="u1", extra_data={"nickname": "old name", "avatar_url": "https://old/132"})
    identity: WeChatIdentity = IdentityFactory(
        account=account, appid="wx1", openid="o1", unionid=unionid, profile_fetched_at=timezone.now() - age
    )
    return identity


def test_a_new_person_is_asked_for() -> None:
    assert profiles.profile_of(GRANT, fetch) == FETCHED


def test_a_new_person_needs_a_profile() -> None:
    with pytest.raises(WeChatTimeout):
        profiles.profile_of(GRANT, fail)


def test_a_fresh_profile_is_not_asked_for_again() -> None:
    known(age=timedelta(hours=23))
    profile = profiles.profile_of(GRANT, fail)
    assert (profile.nickname, profile.avatar_url) == ("old name", "https://old/132")


def test_a_stale_profile_is() -> None:
    known(age=timedelta(hours=25))
    assert profiles.profile_of(GRANT, fetch).nickname == "张三"


def test_a_known_person_gets_in_without_one() -> None:
    identity = known(age=timedelta(hours=25))
    profile = profiles.profile_of(GRANT, fail)
    assert profile.nickname == "old name"
    assert identity.profile_fetched_at is not None
    assert profile.fetched_at == identity.profile_fetched_at.isoformat()


def test_an_identity_whose_profile_was_never_read_is_asked_for() -> None:
    IdentityFactory(appid="wx1", openid="o1")
    assert profiles.profile_of(GRANT, fetch).nickname == "张三"
    assert profiles.profile_of(GRANT, fail).fetched_at == ""


def test_the_unionid_of_today_counts() -> None:
    known(age=timedelta(0), unionid="")
    assert profiles.profile_of(GRANT, fail).unionid == "u1"


def test_a_unionid_once_known_is_kept_when_wechat_leaves_it_out() -> None:
    known(age=timedelta(0))
    assert profiles.profile_of(Grant("wx1", "o1", "", "", "t"), fail).unionid == "u1"


@pytest.mark.parametrize(
    ("profile", "uid"),
    [(Profile("wx1", "o1", "u1"), "u1"), (Profile("wx1", "o1"), "wx1:o1"), (Profile("wx2", "o1"), "wx2:o1")],
)
def test_the_uid_of_a_new_person(profile: Profile, uid: str) -> None:
    assert uids.uid_for(profile) == uid


def test_the_uid_of_a_known_person_stays_until_there_is_a_unionid() -> None:
    identity = IdentityFactory(account=AccountFactory(uid="wx1:o1"), appid="wx1", openid="o1")
    assert uids.uid_for(identities.settle(Profile("wx1", "o1"))) == "wx1:o1"
    assert uids.uid_for(identities.settle(FETCHED)) == "u1"
    identity.account.refresh_from_db()
    assert identity.account.uid == "u1"


def account_of(profile: Profile, uid: str) -> SocialAccount:
    account: SocialAccount = AccountFactory(uid=uid, extra_data=profiles.extra_data_for(profile))
    return account


def test_every_identity_is_written_down_with_its_account() -> None:
    account = account_of(FETCHED, "u1")
    account.extra_data = profiles.extra_data_for(Profile("wx2", "o2", "u1"))
    account.save()
    assert set(account.wechat_identities.values_list("appid", "openid", "unionid")) == {
        ("wx1", "o1", "u1"),
        ("wx2", "o2", "u1"),
    }


def test_nothing_is_written_when_nothing_changed(django_assert_num_queries: object) -> None:
    account = account_of(FETCHED, "u1")
    with django_assert_num_queries(1):  # type: ignore[operator]
        identities.record(account)


def test_an_identity_of_somebody_else_does_not_change_hands() -> None:
    first = account_of(FETCHED, "u1")
    with pytest.raises(identities.IdentityTaken), transaction.atomic():
        account_of(FETCHED, "other")
    other = AccountFactory(uid="other")
    other.extra_data = first.extra_data
    other.save()
    assert WeChatIdentity.objects.get().account == first


def test_accounts_of_other_providers_are_left_alone() -> None:
    AccountFactory(provider="weixin", uid="o1", extra_data={"appid": "wx1", "openid": "o1"})
    AccountFactory(extra_data={"nickname": "made by hand"})
    assert WeChatIdentity.objects.count() == 0


def test_an_identity_goes_with_its_account() -> None:
    account_of(FETCHED, "u1").delete()
    assert WeChatIdentity.objects.count() == 0


def test_an_identity_is_called_by_its_appid_and_the_end_of_its_openid() -> None:
    assert str(IdentityFactory(appid="wx1", openid="ohS-VwAJ9GEXlplngwybJ3Z-ZHrI")) == "wx1:…ZHrI"


def test_two_people_whose_unionids_differ_by_case_are_two() -> None:
    """MySQL compares allauth's uid without case; the other databases do not."""
    account_of(Profile("wx1", "o1", "oUnionABC"), "oUnionABC")
    uid = uids.uid_for(Profile("wx1", "o2", "oUnionabc"))
    other = account_of(Profile("wx1", "o2", "oUnionabc"), uid)
    assert SocialAccount.objects.get(uid=uid) == other
    assert SocialAccount.objects.count() == 2
    assert uids.uid_for(Profile("wx2", "o3", "oUnionABC")) == "oUnionABC"
    assert uids.uid_for(Profile("wx2", "o3", "oUnionabc")) == uid


def test_an_account_that_keeps_another_identity_stays_when_one_moves_to_the_unionids() -> None:
    left = AccountFactory(uid="wx1:o1")
    moving = IdentityFactory(account=left, appid="wx1", openid="o1")
    IdentityFactory(account=left, appid="wx2", openid="o2")
    owner = AccountFactory(user=left.user, uid="u1")
    owner.extra_data = profiles.extra_data_for(Profile("wx3", "o3", "u1"))
    owner.save()
    assert identities.settle(FETCHED).account_uid == "u1"
    moving.refresh_from_db()
    assert moving.account == owner
    assert [one.openid for one in left.wechat_identities.all()] == ["o2"]


def test_a_new_account_that_a_listener_saved_once_more_is_nobody_elses() -> None:
    account = AccountFactory(uid="u1", extra_data={"appid": "wx1", "openid": "o1", "unionid": "u1"})
    identities.record(account, created=True)
    assert WeChatIdentity.objects.get().account == account


def test_what_else_the_database_refuses_is_named_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_values: object) -> None:
        raise IntegrityError("NOT NULL constraint failed")

    monkeypatch.setattr(WeChatIdentity.objects, "create", refuse)
    with pytest.raises(IntegrityError, match="NOT NULL") as caught, transaction.atomic():
        AccountFactory(uid="u1", extra_data={"appid": "wx1", "openid": "o1"})
    assert caught.type is IntegrityError
