"""Save and check: is it asked anew, is saving never held up, and is what was made up shown once, to whoever made it?"""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import signing
from django.test import Client

from django_wechat.admin.providers import once
from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.encryption import LOST_KEY
from tests.factories import BothProviderFactory, WebProviderFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/django_wechat/wechatprovider/"
NOBODY = dict.fromkeys(("API_BASE_URL", "OPEN_BASE_URL", "MP_BASE_URL"), "http://127.0.0.1:9")
TOKEN, KEY = "MadeUpTokenMadeUpToken", f"{'k' * 42}A"
DATA = {
    "name": "shop",
    "display_name": "WeChat",
    "sub_type": "web",
    "follow_up_action": "open",
    "mini_program_page": "pages/wechat-login/index",
    "mini_program_version": "release",
    "strict_entry": "on",
    "order": "0",
    "enabled": "on",
    "confirm_on_phone": "on",
    "client_id": seeds.WEBSITE_APP_APPID,
    "client_id_2": seeds.OFFICIAL_ACCOUNT_APPID,
    "verification_files-TOTAL_FORMS": "0",
    "verification_files-INITIAL_FORMS": "0",
}
MADE_UP = {"access_token": TOKEN, "encoding_aes_key": KEY}


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(name="shop")
    return created


def url(row: WeChatProvider) -> str:
    return f"{LIST}{row.pk}/change/"


def read(client: Client, row: WeChatProvider) -> str:
    return unescape(client.get(url(row)).content.decode())


def save(client: Client, row: WeChatProvider, button: str = "_check", **data: str) -> Any:
    return client.post(url(row), {**DATA, button: "1", **data})


def colleague(*codenames: str) -> Client:
    user = get_user_model().objects.create_user("colleague", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


# ── Checked anew ────────────────────────────────────────────────────────────────────────────────────────────


def test_without_script_the_page_that_follows_says_what_was_found(
    admin_client: Client,
    wechat_simulator: SimulatorServer,
    django_capture_on_commit_callbacks: Any,
) -> None:
    wechat_simulator.platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID).ip_whitelist = "203.0.113.9"
    data = DATA | {"client_secret": seeds.WEBSITE_APP_SECRET, "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET}
    with django_capture_on_commit_callbacks(execute=True):
        response = admin_client.post(f"{LIST}add/", {**data, "_check": "1"})
    row = WeChatProvider.objects.get()
    assert response.headers["Location"] == url(row)
    text = read(admin_client, row)
    line = text.split('data-code="ip_not_allowed"')[1].split("</li>")[0]
    assert 'value="127.0.0.1"' in line
    assert f'href="{wechat_simulator.url}/console/"' in line
    assert "data-wechat-stale" not in text
    assert text.index('data-code="ip_not_allowed"') < text.index("are in order") < text.index("belong together")


def test_a_finding_leads_to_the_field(
    admin_client: Client,
    row: WeChatProvider,
    wechat_simulator: SimulatorServer,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        save(admin_client, row, client_secret="0" * 32)
    line = read(admin_client, row).split('data-code="secret_1_wrong"')[1].split("</li>")[0]
    assert f'href="{url(row)}#id_client_secret" data-wechat-to="id_client_secret">AppSecret (Client Secret)</a>' in line


def test_with_script_saving_asks_nobody_and_the_page_asks_by_itself(
    admin_client: Client,
    row: WeChatProvider,
    wechat_simulator: SimulatorServer,
    django_capture_on_commit_callbacks: Any,
) -> None:
    admin_client.post(f"{LIST}{row.pk}/check/")
    asked = len(wechat_simulator.platform.requests)
    assert "data-wechat-stale" not in read(admin_client, row)
    with django_capture_on_commit_callbacks(execute=True):
        assert save(admin_client, row, _wechat_later="1").headers["Location"] == url(row)
    assert len(wechat_simulator.platform.requests) == asked
    text = read(admin_client, row)
    assert "data-wechat-stale" in text
    assert "Changed since the last check" in text
    assert "data-code" not in text


def test_saving_alone_asks_nobody_and_says_that_the_last_check_is_old(
    admin_client: Client,
    row: WeChatProvider,
    wechat_simulator: SimulatorServer,
    django_capture_on_commit_callbacks: Any,
) -> None:
    admin_client.post(f"{LIST}{row.pk}/check/")
    asked = len(wechat_simulator.platform.requests)
    with django_capture_on_commit_callbacks(execute=True):
        assert save(admin_client, row, button="_save").headers["Location"] == LIST
        assert ProviderHealth.objects.get().checked_at, "nothing was changed"
        save(admin_client, row, button="_save", display_name="微信")
    assert len(wechat_simulator.platform.requests) == asked
    assert ProviderHealth.objects.get().checked_at is None
    assert "Changed since the last check" in admin_client.get(LIST).content.decode()


def test_a_wechat_that_does_not_answer_keeps_nothing_from_being_saved(
    admin_client: Client, row: WeChatProvider, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.WECHAT = NOBODY
    with django_capture_on_commit_callbacks(execute=True):
        assert save(admin_client, row, display_name="微信").status_code == 302
    assert WeChatProvider.objects.get().display_name == "微信"
    assert 'data-code="wechat_unreachable"' in read(admin_client, row)


def test_check_now_comes_back_to_the_page_that_asked(admin_client: Client, row: WeChatProvider, settings: Any) -> None:
    settings.WECHAT = NOBODY
    answer = admin_client.post(f"{LIST}{row.pk}/check/", {"_wechat_back": "1"})
    assert answer.headers["Location"] == url(row)


# ── Shown once ──────────────────────────────────────────────────────────────────────────────────────────────


def shows(text: str) -> bool:
    assert (TOKEN in text) is (KEY in text)
    return TOKEN in text


def test_what_was_made_up_can_be_copied_once(admin_client: Client, row: WeChatProvider) -> None:
    save(admin_client, row, **MADE_UP)
    kept = admin_client.session
    assert not any(secret in str(dict(kept)) for secret in MADE_UP.values())
    answer = admin_client.get(url(row))
    assert "no-store" in answer.headers["Cache-Control"]
    text = unescape(answer.content.decode())
    assert f'value="{TOKEN}" aria-label="Token"' in text
    assert f'value="{KEY}" aria-label="EncodingAESKey"' in text
    assert text.count(TOKEN) == 1, "not in the form"
    assert once.FIELD in text
    assert not any("once" in key for key in admin_client.session.keys())  # noqa: SIM118
    assert not shows(read(admin_client, row))


def test_it_is_shown_also_after_save_alone(admin_client: Client, row: WeChatProvider) -> None:
    save(admin_client, row, button="_save", **MADE_UP)
    assert shows(read(admin_client, row))


def test_a_secret_of_wechats_is_never_shown(admin_client: Client, row: WeChatProvider) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    save(admin_client, row, client_secret=secret)
    assert secret not in read(admin_client, row)


def test_nobody_else_sees_it(admin_client: Client, row: WeChatProvider) -> None:
    save(admin_client, row, **MADE_UP)
    assert not shows(read(colleague("change_wechatprovider", "view_wechatprovider"), row))
    assert shows(read(admin_client, row))


def test_who_may_no_longer_change_it_does_not_see_it(admin_client: Client, row: WeChatProvider) -> None:
    client = colleague("change_wechatprovider", "view_wechatprovider", "view_verificationfile")
    save(client, row, **MADE_UP)
    user = get_user_model().objects.get(username="colleague")
    user.user_permissions.set(Permission.objects.filter(codename="view_wechatprovider"))
    assert not shows(read(client, row))


def test_another_providers_page_does_not_use_it_up(admin_client: Client, row: WeChatProvider) -> None:
    save(admin_client, row, **MADE_UP)
    assert not shows(read(admin_client, WebProviderFactory()))
    assert shows(read(admin_client, row))


def test_a_value_that_was_changed_meanwhile_is_not_shown(admin_client: Client, row: WeChatProvider) -> None:
    save(admin_client, row, **MADE_UP)
    row.refresh_from_db()
    row.access_token = "SomebodyElsesToken"
    row.save()
    text = read(admin_client, row)
    assert "SomebodyElsesToken" not in text
    assert KEY in text


def test_a_value_whose_key_is_lost_meanwhile_is_not_shown(
    admin_client: Client, row: WeChatProvider, settings: Any
) -> None:
    save(admin_client, row, **MADE_UP)
    settings.WECHAT = {"ENCRYPTION_KEYS": [LOST_KEY]}
    assert admin_client.get(url(row)).status_code == 200


def test_saving_the_rest_of_the_form_does_not_lose_it(admin_client: Client, row: WeChatProvider) -> None:
    save(admin_client, row, **MADE_UP)
    ticket = {once.FIELD: admin_client.get(url(row)).context["once"]}
    refused = unescape(save(admin_client, row, client_id="wrong", **ticket).content.decode())
    assert shows(refused)
    save(admin_client, row, display_name="微信", **ticket)
    assert shows(read(admin_client, row))
    admin_client.post(f"{LIST}{row.pk}/check/", {"_wechat_back": "1", **ticket})
    assert shows(read(admin_client, row))


def test_a_ticket_is_no_key(admin_client: Client, row: WeChatProvider) -> None:
    save(admin_client, row, **MADE_UP)
    ticket = admin_client.get(url(row)).context["once"]
    other = colleague("change_wechatprovider", "view_wechatprovider", "view_verificationfile")
    forged = signing.dumps(["1", row.pk, {"client_secret": ""}], salt="another")
    for client, given in ((other, ticket), (admin_client, forged), (admin_client, "nonsense")):
        save(client, row, **{once.FIELD: given})
        assert not shows(read(client, row))
