"""Can an admin erase people's WeChat data, asked first, and nobody else's way in?"""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from django_wechat.models import WeChatIdentity
from tests.factories import AccountFactory, IdentityFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/admin/django_wechat/wechatidentity/"
ERASES = ("view_wechatidentity", "delete_wechatidentity", "change_user")


def identity_of(name: str, *, password: bool = True, **user: Any) -> WeChatIdentity:
    created = UserFactory(username=name, **user)
    if not password:
        created.set_unusable_password()
        created.save()
    identity: WeChatIdentity = IdentityFactory(account=AccountFactory(user=created))
    return identity


def staff(*permissions: str) -> Client:
    user = UserFactory(username="clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(enforce_csrf_checks=False)
    client.force_login(user)
    return client


def act(client: Client, *chosen: WeChatIdentity, **more: str) -> Any:
    data = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [identity.pk for identity in chosen], **more}
    return client.post(URL, data, follow=True)


def erase(client: Client, *chosen: WeChatIdentity) -> str:
    return str(act(client, *chosen, confirmed="yes").content.decode())


def test_the_page_asks_and_tells_the_consequences(admin_client: Client) -> None:
    stays, goes = identity_of("<b>zhangsan</b>"), identity_of("lisi", password=False)
    IdentityFactory(account=stays.account, appid="wx00000000000000a2")
    page = act(admin_client, stays, goes).content.decode()
    assert "&lt;b&gt;zhangsan&lt;/b&gt;" in page
    assert "<b>zhangsan" not in page
    assert "2 WeChat identities." in page
    assert page.count("The user is deactivated") == page.count("The user stays") == 1
    assert "csrfmiddlewaretoken" in page
    assert stays.openid not in page
    assert WeChatIdentity.objects.count() == 3


def test_too_many_at_once_are_refused(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link that chooses all of them names only those that the list counts."""
    monkeypatch.setattr("django_wechat.admin.identities.AT_ONCE", 1)
    chosen = [identity_of("zhangsan"), identity_of("lisi")]
    for more in ({}, {"select_across": "1"}, {"confirmed": "yes"}):
        assert "at most 1 identities" in act(admin_client, *chosen, **more).content.decode()
    assert WeChatIdentity.objects.count() == 2


def test_people_are_erased_as_a_whole(admin_client: Client) -> None:
    chosen, neighbour = identity_of("zhangsan", password=False), identity_of("lisi")
    IdentityFactory(account=chosen.account, appid="wx00000000000000a2")
    page = erase(admin_client, chosen)
    assert "The WeChat data of 1 person is erased." in page
    assert list(WeChatIdentity.objects.all()) == [neighbour]
    user = User.objects.get(username="zhangsan")
    assert not user.is_active
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (str(user.pk), "WeChat data erased.")


def test_several_people_are_erased_at_once(admin_client: Client) -> None:
    page = erase(admin_client, identity_of("zhangsan"), identity_of("lisi"))
    assert "The WeChat data of 2 people is erased." in page
    assert not SocialAccount.objects.exists()


def test_who_was_erased_meanwhile_is_not_logged(admin_client: Client, monkeypatch: Any) -> None:
    chosen = identity_of("zhangsan")
    monkeypatch.setattr("django_wechat.people.erasure.erase", lambda _account: False)
    erase(admin_client, chosen)
    assert not LogEntry.objects.exists()


def test_the_confirmation_needs_a_csrf_token(admin_user: User) -> None:
    chosen = identity_of("zhangsan")
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert act(client, chosen, confirmed="yes").status_code == 403
    assert WeChatIdentity.objects.exists()


@pytest.mark.parametrize("missing", ERASES[1:])
def test_it_needs_both_permissions(missing: str) -> None:
    chosen = identity_of("zhangsan")
    client = staff(*(permission for permission in ERASES if permission != missing))
    assert "delete_selected" not in client.get(URL).content.decode()
    erase(client, chosen)
    assert WeChatIdentity.objects.exists()


def test_staff_with_both_permissions_may_erase() -> None:
    chosen = identity_of("zhangsan", password=False)
    client = staff(*ERASES)
    assert "Erase WeChat data of these people…" in client.get(URL).content.decode()
    erase(client, chosen)
    assert not WeChatIdentity.objects.exists()


@pytest.mark.parametrize("rank", ["is_staff", "is_superuser"])
def test_staff_cannot_lock_out_staff(rank: str) -> None:
    boss, other = identity_of("boss", password=False, **{rank: True}), identity_of("zhangsan")
    client = staff(*ERASES)
    for page in (act(client, boss, other).content.decode(), erase(client, boss, other)):
        assert "no way left to sign in" in page
        assert "boss" in page
    assert WeChatIdentity.objects.count() == 2
    assert User.objects.get(username="boss").is_active


def test_staff_may_erase_staff_who_have_another_way_in() -> None:
    boss = identity_of("boss", is_superuser=True)
    erase(staff(*ERASES), boss)
    assert not WeChatIdentity.objects.exists()
    assert User.objects.get(username="boss").is_active


def test_a_superuser_may_lock_out_staff(admin_client: Client) -> None:
    erase(admin_client, identity_of("boss", password=False, is_staff=True))
    assert not User.objects.get(username="boss").is_active


def test_there_is_no_plain_deletion(admin_client: Client) -> None:
    identity = identity_of("zhangsan")
    assert "Delete selected" not in admin_client.get(URL).content.decode()
    assert "/delete/" not in admin_client.get(f"{URL}{identity.pk}/change/").content.decode()
    assert admin_client.post(f"{URL}{identity.pk}/delete/", {"post": "yes"}).status_code == 403
    assert WeChatIdentity.objects.exists()


def test_a_user_with_an_identity_can_still_be_deleted_in_the_admin(admin_client: Client) -> None:
    user = identity_of("zhangsan").account.user
    assert admin_client.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not WeChatIdentity.objects.exists()
