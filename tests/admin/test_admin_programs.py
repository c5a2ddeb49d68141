"""Can an admin set up a mini program and an app, and is told what is wrong with them?"""

from typing import Any

import pytest
from django.test import Client

from django_wechat.models import WeChatProvider
from django_wechat.models.sub_types import PROGRAM_PAGE
from django_wechat.setup import check as setup_check
from django_wechat.setup.forms import WeChatProviderForm
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AppFactory, FollowProviderFactory, MiniProgramFactory, WebProviderFactory

pytestmark = pytest.mark.django_db

URL = "/admin/django_wechat/wechatprovider/"
MINIMAL = {
    "name": "mini",
    "display_name": "WeChat",
    "order": "0",
    "enabled": "on",
    "follow_up_action": "open",
    "mini_program_page": PROGRAM_PAGE,
    "mini_program_version": "release",
    "strict_entry": "on",
}
FILLED = {"sub_type": "mini_program", "client_id": seeds.MINI_PROGRAM_APPID, "client_secret": seeds.MINI_PROGRAM_SECRET}


def form_for(**data: Any) -> WeChatProviderForm:
    return WeChatProviderForm({**MINIMAL, **FILLED, **data})


@pytest.mark.parametrize("sub_type", ["mini_program", "app"])
def test_a_row_is_saved(sub_type: str) -> None:
    form = form_for(sub_type=sub_type)
    assert form.is_valid(), form.errors
    row = form.save()
    row.refresh_from_db()
    assert row.sub_type == sub_type
    assert {sub_type} == {
        name for name, app in (("mini_program", row.mini_program), ("app", row.mobile_app)) if app is not None
    }
    assert row.open_platform is row.in_wechat_app is row.official_account is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("client_id_2", seeds.OFFICIAL_ACCOUNT_APPID),
        ("access_token", "teahouse2026"),
        ("encoding_aes_key", seeds.OFFICIAL_ACCOUNT_AES_KEY),
    ],
)
def test_what_is_an_official_accounts_is_refused(column: str, value: str) -> None:
    form = form_for(**{column: value})
    assert column in form.errors


def test_an_account_that_came_from_before_is_not_used() -> None:
    row = FollowProviderFactory()
    WeChatProvider.objects.update(sub_type="mini_program")
    row.refresh_from_db()
    assert row.in_wechat_app is row.official_account is None
    assert not row.has_in_wechat_app
    assert not row.official_account_qr_complete


def test_the_appid_of_another_row_is_refused() -> None:
    WebProviderFactory(name="shop", client_id=seeds.MINI_PROGRAM_APPID)
    form = form_for()
    assert "“shop”" in str(form.errors["client_id"])


@pytest.mark.parametrize(("sub_type", "word"), [("mini_program", "小程序"), ("app", "移动应用")])
def test_nothing_filled_in(sub_type: str, word: str) -> None:
    form = form_for(sub_type=sub_type, client_id="", client_secret="")
    assert word in str(form.errors["client_id"])


def test_the_page_shows_what_is_its_own(admin_client: Client) -> None:
    row = MiniProgramFactory()
    page = admin_client.get(f"{URL}{row.pk}/change/").content.decode()
    shown = [part for part in page.split('data-wechat-when="') if part.startswith("mini_program")]
    assert shown
    assert not any(part.partition(">")[0].endswith(" hidden") for part in shown)
    assert "request 合法域名" in page


# --- Check ---


@pytest.mark.parametrize("factory", [MiniProgramFactory, AppFactory])
def test_a_right_keypair_is_found_right(factory: Any, wechat_simulator: SimulatorServer) -> None:
    assert "keypair_1_ok" in codes(factory())


@pytest.mark.parametrize("factory", [MiniProgramFactory, AppFactory])
@pytest.mark.parametrize(
    ("changed", "code"),
    [({"client_secret": "0" * 32}, "secret_1_wrong"), ({"client_id": "wx0000000000000000"}, "appid_1_wrong")],
)
def test_a_wrong_one_is_named(
    factory: Any, changed: dict[str, str], code: str, wechat_simulator: SimulatorServer
) -> None:
    found = codes(factory(**changed))
    assert "keypair_1_ok" not in found
    assert any(one.startswith(code.partition("_")[0]) for one in found), found


def codes(row: WeChatProvider) -> set[str]:
    return {finding.code for finding in setup_check.check(row, seen=f"https://{seeds.CALLBACK_DOMAIN}/")}
