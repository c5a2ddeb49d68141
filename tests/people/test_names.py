"""Is what a sign-up filled in, and only that, repaired and taken back; and what are people called on pages?"""

from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.account.utils import user_display
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_wechat.models import WeChatDuplicate, WeChatIdentity
from django_wechat.names import display_name
from django_wechat.people import erasure, merging
from django_wechat.people.erasure import Reason
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AccountFactory, BothProviderFactory, FollowProviderFactory, IdentityFactory, UserFactory
from tests.flows.test_flow_follow import follow_and_sign_in
from tests.visitor import Visitor, in_wechat

pytestmark = pytest.mark.django_db


def the_user() -> Any:
    return get_user_model().objects.get()


def the_account() -> SocialAccount:
    return SocialAccount.objects.get()


@pytest.fixture
def pc(wechat_simulator: SimulatorServer) -> Visitor:
    BothProviderFactory()
    return Visitor(wechat_simulator)


def erased() -> Any:
    erasure.erase(the_account())
    return the_user()


# --- what a sign-up filled in ---


def test_a_sign_up_notes_what_it_filled_in(pc: Visitor) -> None:
    pc.sign_in()
    assert WeChatIdentity.objects.get().filled == {str(the_user().pk): {"first_name": "张三"}}
    assert erased().first_name == ""


def test_an_earlier_nickname_is_taken_back_too(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = settings.WECHAT | {"PROFILE_MAX_AGE": 0}
    pc.sign_in()
    people = pc.simulator.platform.people
    people["zhangsan"] = replace(people["zhangsan"], nickname="张老三")
    Visitor(pc.simulator).sign_in()
    assert (the_account().extra_data["nickname"], the_user().first_name) == ("张老三", "张三")
    assert erased().first_name == ""


@pytest.mark.parametrize("own", ["老张", "张三丰"])
def test_what_the_person_changed_stays(pc: Visitor, own: str) -> None:
    pc.sign_in()
    get_user_model().objects.update(first_name=own)
    Visitor(pc.simulator).sign_in()
    assert the_user().first_name == own
    assert erased().first_name == own


def test_who_was_there_before_and_connects_keeps_the_name(pc: Visitor) -> None:
    user = UserFactory(first_name="张三", last_name="WeChat user")
    pc.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pc.sign_in("?process=connect")
    assert the_account().user == user
    assert WeChatIdentity.objects.get().filled == {}
    assert erased().first_name == "张三"


def test_a_sign_up_form_that_was_answered_otherwise(pc: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    pc.sign_in()
    pc.client.post("/accounts/3rdparty/signup/", {"username": "zhang"})
    assert the_user().first_name == "张三"
    assert WeChatIdentity.objects.get().filled == {str(the_user().pk): {"first_name": "张三"}}
    assert erased().first_name == ""


# --- the friendly name, until the real one is told ---


@pytest.fixture
def follower(wechat_simulator: SimulatorServer, live_server: Any) -> Visitor:
    app = wechat_simulator.platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    app.push_url = f"{live_server.url}/accounts/wechat/site/events/"
    FollowProviderFactory()
    visitor = Visitor(wechat_simulator)
    follow_and_sign_in(visitor)
    return visitor


@pytest.mark.django_db(transaction=True)
def test_the_friendly_name_becomes_the_nickname_which_erasure_knows(follower: Visitor) -> None:
    assert the_user().first_name == "WeChat user"
    Visitor(follower.simulator).sign_in()
    assert the_user().first_name == "张三"
    filled = [identity.filled for identity in WeChatIdentity.objects.order_by("pk")]
    assert filled == [{str(the_user().pk): {"first_name": "张三"}}, {}]
    assert erased().first_name == ""


@pytest.mark.django_db(transaction=True)
def test_the_friendly_name_of_somebodys_own_choice_stays(follower: Visitor) -> None:
    WeChatIdentity.objects.update(filled={})
    Visitor(follower.simulator).sign_in()
    assert the_user().first_name == "WeChat user"


@pytest.mark.django_db(transaction=True)
def test_the_friendly_name_that_nobody_replaced_is_erased(follower: Visitor) -> None:
    assert erased().first_name == ""


# --- where the note goes ---


def person(nickname: str = "张三", **user: Any) -> WeChatIdentity:
    """An identity whose sign-up filled in the first name."""
    created = UserFactory(**{"username": f"u{User.objects.count()}", "first_name": nickname, **user})
    account = AccountFactory(user=created, extra_data={"nickname": nickname})
    identity: WeChatIdentity = IdentityFactory(account=account, filled={str(created.pk): {"first_name": nickname}})
    return identity


def test_the_note_goes_to_an_identity_that_stays() -> None:
    first = person()
    second = IdentityFactory(account=first.account, appid=seeds.OFFICIAL_ACCOUNT_APPID)
    erasure.erase_identity(first, Reason.UNFOLLOW)
    second.refresh_from_db()
    assert second.filled == {str(the_user().pk): {"first_name": "张三"}}
    assert erased().first_name == ""


def test_a_user_who_was_merged_loses_the_nickname_too() -> None:
    kept, merged = person("张三"), person("Zhang")
    users = [kept.account.user, merged.account.user]
    duplicate = WeChatDuplicate.objects.create(identity=merged, account=kept.account, unionid="u" * 28)
    merging.merge(duplicate, keep=users[0])
    erasure.erase(the_account())
    for user in users:
        user.refresh_from_db()
    assert [user.first_name for user in users] == ["", ""]


def test_a_user_who_was_merged_and_deleted_is_no_problem() -> None:
    identity = person()
    identity.filled["4711"] = {"first_name": "x"}
    identity.save()
    assert erased().first_name == ""


def test_people_of_other_packages_are_noted_as_that_package_filled_them_in() -> None:
    for openid, name in (("oAAA1", "张三"), ("oAAA2", "老张")):
        account = AccountFactory(provider="weixin", uid=openid, extra_data={"nickname": "张三"})
        User.objects.filter(pk=account.user_id).update(first_name=name)
    call_command("import_weixin_accounts", appid="wx0123456789abcdef", interactive=False)
    assert [list(identity.filled.values()) for identity in WeChatIdentity.objects.order_by("pk")] == [
        [{"first_name": "张三"}],
        [],
    ]


# --- what erasure leaves ---


@pytest.mark.parametrize(
    ("user", "leaves"),
    [
        ({}, ()),
        ({"last_name": "张三"}, ("last name",)),
        ({"first_name": "张三丰", "username": "张三7"}, ("username", "first name")),
        ({"email": "mary@example.com"}, ()),
        ({"first_name": "WeChat user"}, ()),
    ],
)
def test_erasure_names_what_it_leaves(user: dict[str, str], leaves: tuple[str, ...]) -> None:
    identity = person(**user)
    WeChatIdentity.objects.update(filled={str(identity.account.user_id): {"first_name": "张三"}})
    (plan,) = erasure.plan([identity.account])
    assert plan.leaves == leaves


def test_a_username_made_of_the_nickname_is_named(capsys: Any) -> None:
    identity = person("Mary Ann", username="mary_ann4")
    call_command("erase_wechat_data", user=str(identity.account.user.pk))
    assert "looks like the nickname: username. Change it by hand" in capsys.readouterr().out


# --- what people are called ---


@pytest.mark.parametrize(
    ("names", "nickname", "shown"),
    [
        ({"first_name": "张三"}, "老张", "张三"),
        ({"first_name": "Mary", "last_name": "Ann"}, "", "Mary Ann"),
        ({}, "李小花🌸", "李小花🌸"),
        ({}, "a\x1db\u202e", "a b"),
        ({}, "", "user1"),
        ({"first_name": "  "}, "", "user1"),
    ],
)
def test_what_somebody_is_called(names: dict[str, str], nickname: str, shown: str, settings: Any) -> None:
    user = UserFactory(username="user1", **names)
    AccountFactory(user=user, provider="github", extra_data={"nickname": "octocat"})
    AccountFactory(user=user, extra_data={"nickname": nickname})
    assert display_name(user) == shown


def test_it_is_what_allauths_pages_and_its_api_show(pc: Visitor, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("allauth.account.internal.userkit._user_display_callable", None)
    settings.ACCOUNT_USER_DISPLAY = "django_wechat.names.display_name"
    pc.sign_in()
    User.objects.update(first_name="")
    assert user_display(the_user()) == "张三"
    answer = pc.client.get("/_allauth/browser/v1/auth/session").json()
    assert answer["data"]["user"]["display"] == "张三"
    monkeypatch.setattr("allauth.account.internal.userkit._user_display_callable", None)


def test_a_list_costs_no_query_for_each() -> None:
    for number in range(5):
        AccountFactory(user__username=f"user{number}", extra_data={"nickname": f"张{number}"})
        UserFactory(first_name="Named")
    EmailAddress.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        for user in User.objects.prefetch_related("socialaccount_set__wechat_typed"):
            display_name(user)
    assert len(asked) == 3
    user = User.objects.get(username="user3")
    with CaptureQueriesContext(connection) as asked:
        assert [display_name(user) for _ in range(3)] == ["张3"] * 3
    assert len(asked) == 2


def test_somebody_with_a_name_costs_no_query(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    in_wechat(wechat_simulator).sign_in()
    user = the_user()
    with CaptureQueriesContext(connection) as asked:
        assert display_name(user) == "张三"
    assert len(asked) == 0
