"""Does an admin see at once who somebody is, by nickname and picture, and find people by it?"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from django_wechat.models import WeChatDuplicate, WeChatIdentity
from tests.factories import AccountFactory, IdentityFactory

pytestmark = pytest.mark.django_db

IDENTITIES = "/admin/django_wechat/wechatidentity/"
DUPLICATES = "/admin/django_wechat/wechatduplicate/"
PICTURE = "https://thirdwx.qlogo.cn/a"


def somebody(number: int, nickname: str) -> WeChatIdentity:
    data = {"nickname": nickname, "avatar_url": f"{PICTURE}{number}/132"}
    account = AccountFactory(user__username=f"user{number}", extra_data=data)
    identity: WeChatIdentity = IdentityFactory(account=account)
    return identity


@pytest.fixture
def duplicate() -> WeChatDuplicate:
    one, other = somebody(1, "张三"), somebody(2, "<b>李四</b>")
    created: WeChatDuplicate = WeChatDuplicate.objects.create(identity=one, account=other.account, unionid="u" * 28)
    return created


def found(client: Client, url: str, q: str) -> int:
    return len(client.get(url, {"q": q}).context["cl"].result_list)


@pytest.mark.parametrize("url", [IDENTITIES, DUPLICATES])
def test_a_list_shows_nickname_and_picture(admin_client: Client, duplicate: WeChatDuplicate, url: str) -> None:
    page = admin_client.get(url).content.decode()
    assert "张三" in page
    assert f'src="{PICTURE}1/46"' in page
    assert "&lt;b&gt;李四" in page
    assert "<b>李四" not in page
    assert "people.css" in page


def test_the_nickname_comes_first_among_identities(admin_client: Client) -> None:
    somebody(1, "张三")
    page = admin_client.get(IDENTITIES).content.decode()
    assert page.index("张三") < page.index("user1")


def test_somebody_of_whom_nothing_is_known(admin_client: Client) -> None:
    IdentityFactory()
    page = admin_client.get(IDENTITIES).content.decode()
    assert '<span class="wechat-face"></span> -' in page


@pytest.mark.parametrize(("q", "number"), [("张", 1), ("李四", 1), ("王五", 0), ("user2", 1)])
@pytest.mark.parametrize("url", [IDENTITIES, DUPLICATES])
def test_people_are_found_by_nickname(
    admin_client: Client, duplicate: WeChatDuplicate, url: str, q: str, number: int
) -> None:
    assert found(admin_client, url, q) == number


def test_the_merge_page_says_who(admin_client: Client, duplicate: WeChatDuplicate) -> None:
    chosen = {"action": "merge_selected", "_selected_action": duplicate.pk}
    page = admin_client.post(DUPLICATES, chosen).content.decode()
    assert page.count('class="wechat-face"') == 2
    assert page.index("张三") < page.index("user1")


@pytest.mark.parametrize("storage", [None, "default"])
def test_more_people_cost_no_more_queries(admin_client: Client, settings: Any, storage: str | None) -> None:
    settings.WECHAT = settings.WECHAT | {"AVATAR_STORAGE": storage}
    costs = []
    for number in range(1, 5):
        somebody(number, f"张{number}")
        with CaptureQueriesContext(connection) as asked:
            admin_client.get(IDENTITIES)
        costs.append(len(asked))
    assert len(set(costs[1:])) == 1
