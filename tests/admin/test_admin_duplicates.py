"""Does the admin see who is one person, and merge them only with the right to?"""

import re

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from django_wechat.models import WeChatDuplicate
from django_wechat.people import merging
from tests.factories import AccountFactory, IdentityFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/admin/django_wechat/wechatduplicate/"
MERGE, DISMISS = "merge_selected", "delete_selected"
OPENID, UNIONID = "ohS-VwAJ9GEXlplngwybJ3Z-ZHrI", "oUnionPU7kR4hpZbtEcAnxl3beef"
CHANGE = ("django_wechat.change_wechatduplicate", "auth.change_user")


def pair(one: str = "alice", other: str = "bob") -> WeChatDuplicate:
    """`other` was seen with the unionid of `one`, who joined before."""
    owner = AccountFactory(user=UserFactory(username=one), uid=f"{one}-{UNIONID}")
    identity = IdentityFactory(account__user=UserFactory(username=other), appid="wx1", openid=f"{other}-{OPENID}")
    duplicate: WeChatDuplicate = WeChatDuplicate.objects.create(identity=identity, account=owner, unionid=owner.uid)
    return duplicate


def user(name: str) -> User:
    return User.objects.get(username=name)


def staff(client: Client, *permissions: str) -> Client:
    """Sign in a member of staff who may do just this."""
    member = UserFactory(username="staff", is_staff=True)
    for permission in permissions:
        label, codename = permission.split(".")
        member.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    client.force_login(member)
    return client


def act(client: Client, action: str, *duplicates: WeChatDuplicate, **data: str) -> HttpResponse:
    selected = {"action": action, "_selected_action": [duplicate.pk for duplicate in duplicates]}
    response: HttpResponse = client.post(URL, {**selected, **data}, follow=True)  # type: ignore[assignment]
    return response


def merge(client: Client, *duplicates: WeChatDuplicate, **keep: str) -> str:
    """Answer the page: keep-1="alice" and so on."""
    chosen = {f"keep-{number[1:]}": str(user(name).pk) for number, name in keep.items()}
    return act(client, MERGE, *duplicates, merge="Merge", **chosen).content.decode()


def test_duplicates_are_listed_with_both_users(admin_client: Client) -> None:
    duplicate = pair("<b>alice", "bob")
    page = admin_client.get(URL).content.decode()
    for name in ("<b>alice", "bob"):
        assert f'<a href="/admin/auth/user/{user(name).pk}/change/">' in page
    assert "&lt;b&gt;alice" in page
    assert "<b>alice" not in page
    assert "…beef" in page
    detail = admin_client.get(f"{URL}{duplicate.pk}/change/").content.decode()
    assert "bob (#" in detail
    assert "…beef" in detail
    assert OPENID not in page + detail
    assert UNIONID not in page + detail


@pytest.mark.parametrize("word", ["alice", "bob@example.com"])
def test_they_are_found_by_either_user(admin_client: Client, word: str) -> None:
    pair()
    pair("carol", "dave")
    page = admin_client.get(URL, {"q": word}).content.decode()
    assert "alice (#" in page
    assert "carol (#" not in page


def test_nobody_adds_or_changes_them_by_hand(admin_client: Client) -> None:
    duplicate = pair()
    assert admin_client.get(f"{URL}add/").status_code == 403
    assert admin_client.post(f"{URL}{duplicate.pk}/change/", {}).status_code == 403


def test_the_page_asks_whom_to_keep_and_changes_nothing(admin_client: Client) -> None:
    duplicate = pair("<i>alice", "bob")
    SocialAccount.objects.filter(user=user("bob")).update(extra_data={"nickname": "<script>鲍勃"})
    page = act(admin_client, MERGE, duplicate).content.decode()
    radios = re.findall(r'<input type="radio" name="([^"]*)" value="(\d+)"[^>]*?( checked)?>', page)
    name = f"keep-{duplicate.pk}"
    assert radios == [(name, str(user("<i>alice").pk), " checked"), (name, str(user("bob").pk), "")]
    assert "WeChat name: &lt;script&gt;鲍勃" in page
    assert "&lt;i&gt;alice" in page
    assert "<i>alice" not in page
    assert "wx1:…ZHrI" in page
    assert OPENID not in page
    assert UNIONID not in page
    assert WeChatDuplicate.objects.exists()
    assert user("bob").is_active


@pytest.mark.parametrize(("kept", "merged"), [("alice", "bob"), ("bob", "alice")])
def test_the_answer_is_done(admin_client: Client, kept: str, merged: str) -> None:
    duplicate = pair()
    page = merge(admin_client, duplicate, **{f"n{duplicate.pk}": kept})
    assert "1 duplicate was merged." in page
    assert SocialAccount.objects.get().user == user(kept)
    assert not user(merged).is_active
    assert not WeChatDuplicate.objects.exists()
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {str(user(kept).pk), str(user(merged).pk)}


def test_several_at_once(admin_client: Client) -> None:
    first, second, third = pair(), pair("carol", "dave"), pair("erin", "frank")
    keep = {f"n{first.pk}": "alice", f"n{second.pk}": "dave"}
    page = merge(admin_client, first, second, third, **keep)
    assert "2 duplicates were merged." in page
    assert "was not merged. The user to keep was not chosen" in page
    assert set(User.objects.filter(is_active=False).values_list("username", flat=True)) == {"bob", "carol"}


def test_what_another_settled_on_the_way_is_no_trouble(admin_client: Client) -> None:
    first = pair()
    back = WeChatDuplicate.objects.create(
        identity=IdentityFactory(account=first.account, openid="back"), account=first.identity.account, unionid="u"
    )
    page = merge(admin_client, first, back, **{f"n{first.pk}": "alice", f"n{back.pk}": "alice"})
    assert "1 duplicate was merged." in page
    assert "not merged" not in page
    assert SocialAccount.objects.count() == 1


def test_two_accounts_of_one_user_are_settled(admin_client: Client) -> None:
    duplicate = pair()
    SocialAccount.objects.update(user=user("bob"))
    page = act(admin_client, MERGE, duplicate).content.decode()
    assert "Both are one user already" in page
    assert f'<input type="hidden" name="keep-{duplicate.pk}" value="{user("bob").pk}">' in page
    merge(admin_client, duplicate, **{f"n{duplicate.pk}": "bob"})
    assert not WeChatDuplicate.objects.exists()
    assert user("bob").is_active


def test_a_stranger_is_never_kept(admin_client: Client) -> None:
    duplicate = pair()
    UserFactory(username="mallory")
    assert "no longer one of the two" in merge(admin_client, duplicate, **{f"n{duplicate.pk}": "mallory"})
    assert user("bob").is_active
    assert WeChatDuplicate.objects.exists()


def test_why_it_cannot_be_merged_is_said(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise merging.CannotDeactivate("No such field.")

    duplicate = pair()
    with monkeypatch.context() as patch:
        patch.setattr(merging, "plan_for", refuse)
        assert "No such field." in act(admin_client, MERGE, duplicate).content.decode()
    monkeypatch.setattr(merging, "merge", refuse)
    assert "was not merged. No such field." in merge(admin_client, duplicate, **{f"n{duplicate.pk}": "bob"})


def test_another_persons_duplicate_is_dismissed(admin_client: Client) -> None:
    duplicate = pair()
    assert "Dismiss: not the same person" in admin_client.get(URL).content.decode()
    assert "Are you sure" in act(admin_client, DISMISS, duplicate).content.decode()
    act(admin_client, DISMISS, duplicate, post="yes")
    assert not WeChatDuplicate.objects.exists()
    assert user("alice").is_active
    assert user("bob").is_active


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        (["django_wechat.view_wechatduplicate"], False),
        (["django_wechat.view_wechatduplicate", "auth.change_user"], False),
        (["django_wechat.change_wechatduplicate"], False),
        (CHANGE, True),
    ],
)
def test_merging_needs_both_permissions(client: Client, permissions: list[str], may: bool) -> None:
    duplicate = pair()
    staff(client, *permissions)
    page = client.get(URL).content.decode()
    assert "alice (#" in page
    assert ("Merge into one user…" in page) is may
    assert ("/admin/auth/user/" in page) is ("auth.change_user" in permissions)
    assert "Dismiss" not in page
    merge(client, duplicate, **{f"n{duplicate.pk}": "alice"})
    assert user("bob").is_active is not may


def test_without_any_permission_nothing_is_seen(client: Client) -> None:
    assert staff(client).get(URL).status_code == 403


@pytest.mark.parametrize("superuser", ["alice", "bob"])
def test_only_a_superuser_merges_a_superuser(client: Client, superuser: str) -> None:
    duplicate = pair()
    User.objects.filter(username=superuser).update(is_superuser=True)
    staff(client, *CHANGE)
    page = act(client, MERGE, duplicate).content.decode()
    assert "Ask a superuser" in page
    assert 'type="radio"' not in page
    for kept in ("alice", "bob"):
        assert "Ask a superuser" in merge(client, duplicate, **{f"n{duplicate.pk}": kept})
    assert User.objects.filter(username__in=["alice", "bob"], is_active=True).count() == 2


def test_a_superuser_may(admin_client: Client) -> None:
    duplicate = pair()
    User.objects.filter(username="bob").update(is_superuser=True)
    merge(admin_client, duplicate, **{f"n{duplicate.pk}": "bob"})
    assert not user("alice").is_active


def test_a_site_whose_admin_has_no_users(admin_client: Client) -> None:
    pair()
    users = django_admin.site._registry.pop(User)
    try:
        page = admin_client.get(URL).content.decode()
    finally:
        django_admin.site._registry[User] = users
    assert "alice (#" in page
    assert "/admin/auth/user/1" not in page


def test_a_forged_request_merges_nothing() -> None:
    duplicate, client = pair(), Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(username="root", is_staff=True, is_superuser=True))
    data = {"action": MERGE, "_selected_action": duplicate.pk, "merge": "1"}
    assert client.post(URL, {**data, f"keep-{duplicate.pk}": user("alice").pk}).status_code == 403
    assert user("bob").is_active
