"""Are two users who are one person made one, all or nothing, and is nothing of the site's touched?"""

import io
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import Client

from django_wechat.models import WeChatAvatar, WeChatDuplicate, WeChatIdentity, WeChatUnionid
from django_wechat.people import identities, merging, uids
from django_wechat.protocol.oauth import Profile
from django_wechat.signals import accounts_merging
from tests.factories import AccountFactory, IdentityFactory, UserFactory

pytestmark = pytest.mark.django_db
OPENID, UNIONID = "ohS-VwAJ9GEXlplngwybJ3Z-ZHrI", "oUnionPU7kR4hpZbtEcAnxl3beef"


def person(name: str, *, joined: int, **account: Any) -> WeChatIdentity:
    """Return the only identity of a user who joined in January 2025, in UTC, on the day `joined`."""
    user = UserFactory(username=name, date_joined=datetime(2025, 1, joined, tzinfo=UTC))
    found: WeChatIdentity = IdentityFactory(
        account=AccountFactory(user=user, uid=f"uid-{name}", **account), appid="wx1", openid=f"openid-of-{name}"
    )
    return found


def same(identity: WeChatIdentity, owner: WeChatIdentity, unionid: str = "") -> WeChatDuplicate:
    """Let `identity` be seen with the unionid of another person's account, as a sign-in would."""
    unionid = unionid or f"unionid-of-{owner.account.user.username}"
    WeChatUnionid.objects.get_or_create(unionid=unionid, defaults={"account": owner.account})
    identities.settle(Profile(identity.appid, identity.openid, unionid))
    return WeChatDuplicate.objects.get(identity=identity, account=owner.account)


@pytest.fixture
def duplicate() -> WeChatDuplicate:
    """bob's identity was seen with the unionid of the older alice."""
    alice = person("alice", joined=1, extra_data={"nickname": "爱丽丝"})
    return same(person("bob", joined=2), alice, UNIONID)


@contextmanager
def receiver(receive: Any) -> Iterator[None]:
    accounts_merging.connect(receive, weak=False)
    try:
        yield
    finally:
        accounts_merging.disconnect(receive)


def user(name: str) -> User:
    return User.objects.get(username=name)


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("merge_wechat_accounts", *arguments, stdout=output, stderr=output)
    return output.getvalue()


def test_the_older_user_is_kept_unless_said_otherwise(duplicate: WeChatDuplicate) -> None:
    assert merging.plan_for(duplicate).kept == user("alice")
    assert merging.plan_for(duplicate, keep=user("bob")).merged == user("alice")
    User.objects.filter(username="alice").update(date_joined=datetime(2026, 1, 1, tzinfo=UTC))
    duplicate = WeChatDuplicate.objects.get()
    assert merging.plan_for(duplicate).kept == user("bob")


def test_without_dates_the_lower_number_is_the_older(duplicate: WeChatDuplicate) -> None:
    for account in (duplicate.account, duplicate.identity.account):
        account.user.date_joined = None
    assert merging.plan_for(duplicate).kept == user("alice")


@pytest.mark.parametrize("kept", ["alice", "bob"])
def test_everything_of_wechat_goes_to_the_kept_user(duplicate: WeChatDuplicate, kept: str) -> None:
    second = IdentityFactory(account=duplicate.identity.account, appid="wx2", openid="second")
    WeChatUnionid.objects.create(unionid="old", account=duplicate.identity.account)
    done = merging.merge(duplicate, keep=user(kept))
    assert done is not None
    account = SocialAccount.objects.get()
    assert (account.user, account.uid) == (user(kept), duplicate.account.uid)
    assert set(WeChatIdentity.objects.values_list("account", flat=True)) == {account.pk}
    assert WeChatIdentity.objects.filter(pk=second.pk).exists()
    assert set(WeChatUnionid.objects.values_list("unionid", "account")) == {(UNIONID, account.pk), ("old", account.pk)}
    assert not WeChatDuplicate.objects.exists()
    assert {name: user(name).is_active for name in ("alice", "bob")} == {"alice": kept == "alice", "bob": kept == "bob"}


def test_other_accounts_and_the_sites_data_stay(duplicate: WeChatDuplicate) -> None:
    google = AccountFactory(provider="google", uid="g1", user=user("bob"))
    another = AccountFactory(uid="another person's WeChat", user=user("bob"))
    merging.merge(duplicate, keep=user("alice"))
    google.refresh_from_db()
    another.refresh_from_db()
    assert google.user == user("bob")
    assert another.user == user("alice")
    assert user("bob").email == "bob@example.com"


def test_the_name_and_avatar_are_not_lost() -> None:
    bob, alice = person("bob", joined=2, extra_data={"nickname": "鲍勃"}), person("alice", joined=1)
    WeChatAvatar.objects.create(account=bob.account, source_url="https://a/132")
    merging.merge(same(bob, alice), keep=alice.account.user)
    account = SocialAccount.objects.get()
    assert account.extra_data["nickname"] == "鲍勃"
    assert WeChatAvatar.objects.get().account == account


def test_the_kept_name_and_avatar_are_not_overwritten() -> None:
    bob = person("bob", joined=2, extra_data={"nickname": "鲍勃"})
    alice = person("alice", joined=1, extra_data={"nickname": "爱丽丝"})
    for identity in (bob, alice):
        WeChatAvatar.objects.create(account=identity.account, source_url=f"https://{identity.account.uid}/132")
    merging.merge(same(bob, alice), keep=bob.account.user)
    assert SocialAccount.objects.get().extra_data["nickname"] == "爱丽丝"
    assert WeChatAvatar.objects.get().source_url == "https://uid-alice/132"


def test_the_merged_users_sessions_end(duplicate: WeChatDuplicate, client: Client) -> None:
    User.objects.filter(username="bob").update(first_name="Bob")
    client.force_login(user("bob"))
    assert client.get("/").content == b"signed in as Bob"
    merging.merge(duplicate, keep=user("alice"))
    assert client.get("/").content == b"signed out"


def test_the_person_comes_back_as_the_kept_user(duplicate: WeChatDuplicate) -> None:
    merging.merge(duplicate, keep=user("alice"))
    for openid, unionid in [("openid-of-bob", UNIONID), ("openid-of-alice", ""), ("new", UNIONID)]:
        profile = identities.settle(Profile("wx1", openid, unionid))
        assert SocialAccount.objects.get(uid=uids.uid_for(profile)).user == user("alice")


def test_the_site_moves_its_data_in_the_same_transaction(duplicate: WeChatDuplicate) -> None:
    heard = []

    def receive(kept: User, merged: User, **kwargs: Any) -> None:
        heard.append((kept.username, merged.username, merged.is_active, kwargs["sender"]))
        User.objects.filter(pk=kept.pk).update(last_name="has bob's orders")
        assert connection.in_atomic_block

    with receiver(receive):
        merging.merge(duplicate, keep=user("alice"))
    assert heard == [("alice", "bob", False, User)]
    assert user("alice").last_name == "has bob's orders"


def test_a_receiver_that_fails_undoes_everything(duplicate: WeChatDuplicate) -> None:
    def receive(kept: User, **kwargs: Any) -> None:
        User.objects.filter(pk=kept.pk).update(last_name="half")
        raise ValueError("the site's own trouble")

    with receiver(receive), pytest.raises(ValueError, match="own trouble"):
        merging.merge(duplicate, keep=user("alice"))
    assert user("bob").is_active
    assert user("alice").last_name == ""
    assert set(SocialAccount.objects.values_list("user__username", flat=True)) == {"alice", "bob"}
    assert WeChatDuplicate.objects.get() == duplicate


def test_only_one_of_the_two_can_be_kept(duplicate: WeChatDuplicate) -> None:
    with pytest.raises(merging.NotOneOfTheTwo, match="carol"):
        merging.merge(duplicate, keep=UserFactory(username="carol"))
    assert user("bob").is_active


def test_a_user_model_that_knows_no_deactivation_is_refused(
    duplicate: WeChatDuplicate, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Model(AbstractBaseUser):
        class Meta:
            app_label = "tests_merging"

    monkeypatch.setattr(merging, "get_user_model", lambda: Model)
    with pytest.raises(merging.CannotDeactivate, match=r"tests_merging\.Model has no field is_active.*Add a"):
        merging.plan_for(duplicate)


def test_what_was_merged_before_is_left_alone(duplicate: WeChatDuplicate) -> None:
    assert merging.merge(duplicate, keep=user("alice")) is not None
    assert merging.merge(duplicate, keep=user("bob")) is None
    assert user("alice").is_active


def test_two_accounts_of_one_user_become_one(duplicate: WeChatDuplicate) -> None:
    SocialAccount.objects.update(user=user("bob"))
    assert merging.merge(duplicate, keep=user("bob")) is None
    assert SocialAccount.objects.get().uid == duplicate.account.uid
    assert not WeChatDuplicate.objects.exists()
    assert user("bob").is_active
    assert user("alice").is_active


def test_a_note_about_one_account_is_removed(duplicate: WeChatDuplicate) -> None:
    WeChatIdentity.objects.update(account=duplicate.account)
    assert merging.merge(duplicate, keep=user("alice")) is None
    assert not WeChatDuplicate.objects.exists()
    assert SocialAccount.objects.filter(pk=duplicate.account_id).exists()


@pytest.mark.parametrize("keep_older", [True, False])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_chains_are_merged_in_any_order(order: tuple[int, ...], keep_older: bool) -> None:
    """a = b, b = c, and c = a by a unionid of their own: a ring of three users."""
    a, b, c = (person(name, joined=day) for day, name in enumerate("abc", start=1))
    noted = [same(a, b), same(b, c), same(c, a)]
    for number in order:
        for now in WeChatDuplicate.objects.filter(pk=noted[number].pk):
            merging.merge(now, keep=merging.by_age(now)[0 if keep_older else 1])
    account = SocialAccount.objects.get()
    assert account.user.username == ("a" if keep_older else "c")
    assert [user.username for user in User.objects.filter(is_active=True)] == [account.user.username]
    assert WeChatIdentity.objects.filter(account=account).count() == 3
    assert WeChatUnionid.objects.filter(account=account).count() == 3
    assert not WeChatDuplicate.objects.exists()


def test_others_stay_noted_once() -> None:
    """c was seen with unionids of both a and b; when these are one, one note is left."""
    a, b, c = (person(name, joined=day) for day, name in enumerate("abc", start=1))
    first, second, third = same(c, a), same(c, b), same(a, b)
    merging.merge(third, keep=a.account.user)
    assert list(WeChatDuplicate.objects.all()) == [second]
    assert not WeChatDuplicate.objects.filter(pk=first.pk).exists()
    left = WeChatDuplicate.objects.get()
    assert {one.username for one in merging.by_age(left)} == {"a", "c"}


def test_the_evidence_tells_who_is_who_and_no_secret() -> None:
    boss = person("boss", joined=1, extra_data={"nickname": "老\x1b[31m板\u202e"})
    User.objects.filter(username="boss").update(
        is_staff=True, is_superuser=True, is_active=False, last_login=datetime(2025, 3, 4, tzinfo=UTC)
    )
    WeChatIdentity.objects.update(openid=OPENID, unionid=UNIONID, first_seen_at=datetime(2025, 2, 3, tzinfo=UTC))
    IdentityFactory(account=boss.account, appid="wx2", openid="other-openid")
    standing, name, seen, also_seen = merging.evidence_of(user("boss"))
    assert standing.startswith("joined ")
    assert standing.endswith(", staff, superuser, deactivated")
    assert "2025" in standing.split("last signed in ")[1]
    assert name == "WeChat name: 老[31m板"
    assert seen.startswith("wx1:…ZHrI, first seen Feb. ")
    assert seen.endswith("unionid …beef")
    assert "wx2:…enid" in also_seen
    assert also_seen.endswith("no unionid")


def test_a_user_without_dates_has_evidence_too() -> None:
    nobody = User(pk=0, username="nobody", date_joined=None)
    assert merging.evidence_of(nobody) == ["never signed in"]


def test_a_site_without_time_zones_has_dates_too() -> None:
    nobody = User(pk=0, username="nobody", date_joined=datetime(2025, 1, 1))
    assert merging.evidence_of(nobody) == ["joined Jan. 1, 2025, never signed in"]


def test_the_command_says_what_it_would_do(duplicate: WeChatDuplicate) -> None:
    printed = run()
    assert f"Duplicate {duplicate.pk}. Noticed " in printed
    assert f"Kept: alice (#{user('alice').pk})" in printed
    assert f"Merged and deactivated: bob (#{user('bob').pk})" in printed
    assert "WeChat name: 爱丽丝" in printed
    assert "Goes to the kept user: wx1:…-bob" in printed
    assert "1 duplicate would be merged. Nothing was changed; add --apply to do it." in printed
    assert UNIONID not in printed
    assert "openid-of-bob" not in printed
    assert user("bob").is_active
    assert WeChatDuplicate.objects.exists()


@pytest.mark.parametrize(("keep", "merged"), [("older", "bob"), ("newer", "alice"), ("bob", "alice"), ("PK", "bob")])
def test_the_command_merges(duplicate: WeChatDuplicate, keep: str, merged: str) -> None:
    keep = str(user("alice").pk) if keep == "PK" else keep
    assert run(str(duplicate.pk), "--keep", keep, "--apply").endswith("Merged 1 duplicate.\n")
    assert list(User.objects.filter(is_active=False).values_list("username", flat=True)) == [merged]


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("merge_wechat_accounts", "--help")
    assert "Nothing is changed without" in capsys.readouterr().out


def test_the_command_has_nothing_to_do() -> None:
    assert run() == "There are no duplicates: nobody is known to have two users.\n"


def test_the_command_knows_no_such_duplicate(duplicate: WeChatDuplicate) -> None:
    missing = duplicate.pk + 7
    with pytest.raises(CommandError, match=f"no duplicate {missing}"):
        run(str(duplicate.pk), str(missing), "--apply")
    assert user("bob").is_active


def test_the_command_merges_what_it_can_and_says_what_not(duplicate: WeChatDuplicate) -> None:
    same(person("carol", joined=3), person("dave", joined=4))
    output = io.StringIO()
    with pytest.raises(CommandError, match="1 duplicate was not merged"):
        call_command("merge_wechat_accounts", "--keep", "bob", "--apply", stdout=output, stderr=output)
    assert "--keep bob does not name one of its two users: carol" in output.getvalue()
    assert list(User.objects.filter(is_active=False).values_list("username", flat=True)) == ["alice"]
    assert "would be merged" in run("--keep", "bob")


def test_a_name_that_is_the_others_number_names_nobody(duplicate: WeChatDuplicate) -> None:
    User.objects.filter(username="bob").update(username=str(user("alice").pk))
    assert "does not name one" in run("--keep", str(user("alice").pk))


def test_the_command_goes_through_a_ring() -> None:
    a, b, c = (person(name, joined=day) for day, name in enumerate("abc", start=1))
    same(a, b), same(b, c), same(c, a)
    assert run("--apply").endswith("Merged 2 duplicates.\n")
    assert SocialAccount.objects.get().user.username == "a"


@pytest.mark.parametrize("arguments", [[], ["--apply"]])
def test_the_command_removes_notes_that_are_settled(duplicate: WeChatDuplicate, arguments: list[str]) -> None:
    SocialAccount.objects.update(user=user("bob"))
    assert "Both are one user already" in run(*arguments)
    assert WeChatDuplicate.objects.exists() is not bool(arguments)


def test_a_sign_in_notices_that_its_account_was_given_away(
    duplicate: WeChatDuplicate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """allauth writes the whole row: a sign-in that read it before a merge must not give it back."""
    read_before = identities.find("wx1", "openid-of-alice")
    merging.merge(duplicate, keep=user("bob"))
    monkeypatch.setattr(identities, "find", lambda *_: read_before)
    with pytest.raises(identities.IdentityTaken):
        identities.settle(Profile("wx1", "openid-of-alice", UNIONID))


def in_threads(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of `acts` at once, each with a connection of its own; return what each gave."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [running.result() for running in [pool.submit(run, act) for act in acts]]


@pytest.mark.django_db(transaction=True)
def test_two_admins_at_once_merge_once(duplicate: WeChatDuplicate) -> None:
    alice, bob, barrier = user("alice"), user("bob"), threading.Barrier(2)

    def keep(kept: User) -> Any:
        connection.ensure_connection()
        barrier.wait()
        return merging.merge(duplicate, keep=kept)

    done = in_threads(lambda: keep(alice), lambda: keep(bob))
    assert done.count(None) == 1
    assert SocialAccount.objects.get().user == User.objects.get(is_active=True)


@pytest.mark.django_db(transaction=True)
def test_a_chain_merged_from_both_ends_at_once() -> None:
    a, b, c = (person(name, joined=day) for day, name in enumerate("abc", start=1))
    first, second, barrier = same(a, b), same(b, c), threading.Barrier(2)

    def keep(duplicate: WeChatDuplicate, kept: User) -> bool:
        connection.ensure_connection()
        barrier.wait()
        try:
            return merging.merge(duplicate, keep=kept) is not None
        except merging.MergeRefused:
            return False

    done = in_threads(lambda: keep(first, user("a")), lambda: keep(second, user("c")))
    assert any(done)
    assert not SocialAccount.objects.filter(user__is_active=False).exists()
    assert User.objects.filter(is_active=True).count() == 3 - done.count(True)


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_under_way_does_not_undo_a_merge(duplicate: WeChatDuplicate) -> None:
    kept, has_read = user("bob"), threading.Event()

    def sign_in() -> None:
        with transaction.atomic():
            User.objects.filter(pk=0).update(last_name="")  # A sign-in begins with a write.
            identities.settle(Profile("wx1", "openid-of-alice", UNIONID))
            account = SocialAccount.objects.get(pk=duplicate.account_id)
            has_read.set()
            time.sleep(0.5)  # Long enough for a merge that does not wait.
            account.save()

    def merge() -> Any:
        has_read.wait()
        return merging.merge(duplicate, keep=kept)

    in_threads(sign_in, merge)
    assert SocialAccount.objects.get().user == kept


@pytest.mark.django_db(transaction=True)
def test_a_merge_that_overtakes_another_is_refused(duplicate: WeChatDuplicate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first look and the locks, bob's account went to carol."""
    looks = iter([merging._read(duplicate.pk), None])
    SocialAccount.objects.filter(user=user("bob")).update(user=UserFactory(username="carol"))
    now = merging._read(duplicate.pk)
    monkeypatch.setattr(merging, "_read", lambda _pk: next(looks) or now)
    with pytest.raises(merging.ChangedMeanwhile):
        merging.merge(duplicate, keep=user("alice"))
    assert user("alice").is_active
