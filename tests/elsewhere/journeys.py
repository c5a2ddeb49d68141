"""Does everything work on a site unlike the others? Run by `tests/whole/test_elsewhere.py`."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.core.management import call_command
from django.db import OperationalError, connections
from django.test import Client
from django.urls import resolve
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import ProviderHealth, WeChatDuplicate, WeChatIdentity, WeChatProvider
from django_wechat.people import erasure, merging
from django_wechat.signals import accounts_merging
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import FollowProviderFactory
from tests.flows.test_flow_follow import follow_and_sign_in
from tests.visitor import Visitor, in_wechat
from tests.web.test_atomic_requests import ADDRESSES

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

ADMIN = "/admin/django_wechat/"
LISTS = ("wechatprovider", "wechatidentity", "wechatduplicate", "qrsession", "signinattempt", "signinmethod")


@pytest.fixture(autouse=True)
def row(wechat_simulator: SimulatorServer, live_server: LiveServer) -> WeChatProvider:
    app = wechat_simulator.platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    app.push_url = f"{live_server.url}/accounts/wechat/site/events/"
    created: WeChatProvider = FollowProviderFactory()
    return created


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(
        get_user_model().objects.create_superuser("admin@example.com"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.fixture
def duplicate(wechat_simulator: SimulatorServer) -> WeChatDuplicate:
    """Two people, neither of whom has an e-mail."""
    for person in ("zhangsan", "xiaohua"):
        in_wechat(wechat_simulator, person=person).sign_in()
    one, other = WeChatIdentity.objects.order_by("pk")
    return WeChatDuplicate.objects.create(identity=one, account=other.account, unionid="u" * 28)


def test_one_person_signs_in_every_way_and_comes_back(wechat_simulator: SimulatorServer, settings: Any) -> None:
    settings.WECHAT = settings.WECHAT | {"CONFIRM_SCANNER": False}
    phone, pc = in_wechat(wechat_simulator), Visitor(wechat_simulator)
    for _ in range(2):
        assert phone.sign_in().status_code == 302
        assert follow_and_sign_in(pc)["Location"] == "/accounts/profile/"
        assert pc.user == phone.user == get_user_model().objects.get()
    assert SocialAccount.objects.get().extra_data["nickname"] == "张三"


def test_the_website_app_knows_them_too(wechat_simulator: SimulatorServer, row: WeChatProvider) -> None:
    WeChatProvider.objects.update(enable_qr_code=False)
    pc, phone = Visitor(wechat_simulator), in_wechat(wechat_simulator)
    for visitor in (pc, phone, pc):
        visitor.sign_in()
    assert pc.user == phone.user == get_user_model().objects.get()


def test_a_sign_in_that_fails_leaves_nothing(wechat_simulator: SimulatorServer) -> None:
    def fail(**_kwargs: Any) -> None:
        raise OperationalError

    visitor = in_wechat(wechat_simulator)
    user_logged_in.connect(fail)
    try:
        assert visitor.sign_in().status_code == 401
    finally:
        user_logged_in.disconnect(fail)
    assert visitor.user is None
    assert not get_user_model().objects.exists()
    assert not SocialAccount.objects.exists()


def test_a_merge_that_a_listener_refuses_is_undone(duplicate: WeChatDuplicate) -> None:
    def refuse(**_kwargs: Any) -> None:
        raise PermissionError

    kept, merged = duplicate.account.user, duplicate.identity.account.user
    accounts_merging.connect(refuse)
    try:
        with pytest.raises(PermissionError):
            merging.merge(duplicate, keep=kept)
    finally:
        accounts_merging.disconnect(refuse)
    merged.refresh_from_db()
    assert merged.is_active
    assert merged.socialaccount_set.exists()
    merging.merge(duplicate, keep=kept)
    merged.refresh_from_db()
    assert not merged.is_active


def test_every_page_of_the_admin_opens(admin: Client, row: WeChatProvider, duplicate: WeChatDuplicate) -> None:
    check = f"{ADMIN}wechatprovider/{row.pk}/check/"
    assert admin.post(check, follow=True).status_code == 200
    assert ProviderHealth.objects.get().checked_at
    pages = [ADMIN + name + "/" for name in LISTS]
    pages += [
        f"{ADMIN}wechatidentity/{duplicate.identity_id}/change/",
        f"{ADMIN}wechatprovider/{row.pk}/change/",
        check,
    ]
    assert {page: admin.get(page).status_code for page in [*pages, check]} == dict.fromkeys([*pages, check], 200)
    chosen = {"_selected_action": duplicate.pk, "action": "merge_selected"}
    assert admin.post(f"{ADMIN}wechatduplicate/", chosen).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_transaction_of_any_database_spans_our_requests(address: str) -> None:
    assert resolve(address).func._non_atomic_requests == set(connections)  # type: ignore[attr-defined]


def test_the_commands_run(row: WeChatProvider, duplicate: WeChatDuplicate) -> None:
    call_command("merge_wechat_accounts")
    call_command("clear_qr_sessions")
    call_command("rotate_wechat_secrets")
    call_command("erase_wechat_data", user=str(duplicate.account.user_id))


def test_a_name_that_was_cut_is_erased_as_well(wechat_simulator: SimulatorServer) -> None:
    in_wechat(wechat_simulator, person="xiaohua").sign_in()
    account = SocialAccount.objects.get()
    assert account.user.first_name == account.extra_data["nickname"][:2] != account.extra_data["nickname"]
    erasure.erase(account)
    assert get_user_model().objects.get().first_name == ""
