"""Can an admin set up a provider, and do the secrets stay inside?"""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from django_wechat.models import WeChatProvider
from django_wechat.setup.forms import WeChatProviderForm
from tests.encryption import LOST_KEY
from tests.factories import AccountFactory, BothProviderFactory, IdentityFactory, UserFactory, WebProviderFactory

pytestmark = pytest.mark.django_db
URL = "/admin/django_wechat/wechatprovider/"
APPID, APPID_2 = "wx00000000000000a1", "wx00000000000000a2"
SECRETS = {
    "client_secret": "5ecret-one",
    "client_secret_2": "5ecret-two",
    "access_token": "tokentoken",
    "encoding_aes_key": "k" * 43,
}
NO_FILES = {"verification_files-TOTAL_FORMS": "0", "verification_files-INITIAL_FORMS": "0"}
MINIMAL = {
    **NO_FILES,
    "name": "web",
    "display_name": "微信",
    "sub_type": "web",
    "follow_up_action": "open",
    "mini_program_version": "release",
    "order": "0",
    "enabled": "on",
}


@pytest.fixture
def admin(admin_client: Client) -> Client:
    return admin_client


def form_for(instance: WeChatProvider | None = None, **data: Any) -> WeChatProviderForm:
    return WeChatProviderForm({**MINIMAL, **data}, instance=instance)


def test_a_provider_is_added(admin: Client) -> None:
    data = {**MINIMAL, **SECRETS, "client_id": APPID, "client_id_2": APPID_2, "enable_qr_code": "on"}
    response = admin.post(f"{URL}add/", data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    row = WeChatProvider.objects.get()
    assert row.client_secret == "5ecret-one"
    assert row.official_account_qr_complete


def test_the_page_never_shows_a_secret(admin: Client) -> None:
    row = BothProviderFactory(**SECRETS)
    for url in (URL, f"{URL}{row.pk}/change/"):
        page = admin.get(url).content.decode()
        assert not any(secret in page for secret in SECRETS.values())
        assert "gAAAA" not in page
    assert page.count("Set.") == 3  # too short to show how they end
    assert page.count("Set, ends in …kkkk.") == 1


def test_a_refused_form_does_not_give_the_secret_back(admin: Client) -> None:
    page = admin.post(f"{URL}add/", {**MINIMAL, "client_id": "wrong", "client_secret": "5ecret-one"})
    assert page.status_code == 200
    assert "5ecret-one" not in page.content.decode()


def test_secrets_are_kept_replaced_and_cleared(admin: Client) -> None:
    row = BothProviderFactory(**SECRETS, client_id=APPID, client_id_2=APPID_2)
    url = f"{URL}{row.pk}/change/"
    data = {**MINIMAL, "client_id": APPID, "client_id_2": APPID_2, "client_secret_2": "replaced"}
    assert admin.post(url, {**data, "encoding_aes_key-clear": "on"}).status_code == 302
    row = WeChatProvider.objects.get()
    assert (row.client_secret, row.client_secret_2) == ("5ecret-one", "replaced")
    assert (row.access_token, row.encoding_aes_key) == ("tokentoken", "")


def test_a_row_whose_key_is_lost_can_be_opened_and_mended(admin: Client, settings: Any) -> None:
    row = WebProviderFactory(client_id=APPID)
    settings.WECHAT = {"ENCRYPTION_KEYS": [LOST_KEY]}
    url = f"{URL}{row.pk}/change/"
    assert admin.get(url).status_code == 200
    assert admin.post(url, {**MINIMAL, "client_id": APPID, "client_secret": "again"}).status_code == 302
    assert WeChatProvider.objects.get().client_secret == "again"


def test_a_row_whose_key_is_lost_can_be_changed_otherwise(admin: Client, settings: Any) -> None:
    row = BothProviderFactory(client_id=APPID, client_id_2=APPID_2)
    settings.WECHAT = {"ENCRYPTION_KEYS": [LOST_KEY]}
    data = {**MINIMAL, "client_id": APPID, "client_id_2": APPID_2}
    assert admin.post(f"{URL}{row.pk}/change/", data).status_code == 302
    assert admin.post(f"{URL}{row.pk}/change/", {**data, "client_secret": "again"}).status_code == 302


def test_the_key_that_is_replaced_is_kept_for_a_while(admin: Client) -> None:
    row = BothProviderFactory(**SECRETS, client_id=APPID, client_id_2=APPID_2)
    url, data = f"{URL}{row.pk}/change/", {**MINIMAL, "client_id": APPID, "client_id_2": APPID_2}
    for typed, previous in [("n" * 43, "k" * 43), ("n" * 43, "k" * 43), ("m" * 43, "n" * 43)]:
        admin.post(url, {**data, "encoding_aes_key": typed})
        stored = WeChatProvider.objects.get()
        assert (stored.encoding_aes_key, stored.previous_encoding_aes_key) == (typed, previous)
    admin.post(url, {**data, "encoding_aes_key-clear": "on"})
    stored = WeChatProvider.objects.get()
    assert (stored.encoding_aes_key, stored.previous_encoding_aes_key) == ("", "")


def test_blanks_do_not_clear_a_secret(admin: Client) -> None:
    row = WebProviderFactory(client_id=APPID)
    admin.post(f"{URL}{row.pk}/change/", {**MINIMAL, "client_id": APPID, "client_secret": "   "})
    assert WeChatProvider.objects.get().client_secret == row.client_secret


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"client_id": "wx123", "client_secret": "s"}, "client_id"),
        ({"client_id": APPID.upper(), "client_secret": "s"}, "client_id"),
        ({"client_id_2": "gh_97417a04a28d", "client_secret_2": "s"}, "client_id_2"),
        ({"client_id": APPID}, "client_secret"),
        ({"client_secret": "s"}, "client_id"),
        ({"client_id_2": APPID}, "client_secret_2"),
        ({"client_id": APPID, "client_secret": "s", "client_id_2": APPID, "client_secret_2": "s"}, "client_id_2"),
        ({"sub_type": "mobile"}, "client_id"),
        ({"enable_qr_code": "on"}, "enable_qr_code"),
        ({"enable_qr_code": "on"}, "follow_up_action"),
        ({"access_token": "no spaces please"}, "access_token"),
        ({"access_token": "ab"}, "access_token"),
        ({"encoding_aes_key": "short"}, "encoding_aes_key"),
        ({"encoding_aes_key": "k" * 44}, "encoding_aes_key"),
        ({"name": "no spaces"}, "name"),
        ({}, "client_id"),
        ({"hosts": "https://www.example.com/"}, "hosts"),
        ({"hosts": "*.example.com"}, "hosts"),
        ({"sub_type": "mobile", "enable_qr_code": "on"}, "enable_qr_code"),
    ],
)
def test_what_wechat_would_refuse_is_said_in_words(data: dict[str, str], field: str) -> None:
    form = form_for(**data)
    assert field in form.errors
    assert all(str(message) for message in form.errors[field])


@pytest.mark.parametrize(
    "data",
    [
        {"enabled": ""},
        {"client_id": APPID, "client_secret": "s", "hosts": "www.example.com\nexample.com, 127.0.0.1 [::1]"},
        {"sub_type": "mobile", "client_id": APPID, "client_secret": "s"},
        {"sub_type": "mobile", "client_id_2": APPID, "client_secret_2": "s"},
    ],
)
def test_what_is_right_is_accepted(data: dict[str, str]) -> None:
    assert form_for(**data).errors == {}


def test_a_name_is_used_once() -> None:
    WebProviderFactory(name="web")
    assert "name" in form_for().errors


def test_identities_are_shown_and_not_changed(admin: Client) -> None:
    identity = IdentityFactory(
        account=AccountFactory(user=UserFactory(username="zhangsan")),
        unionid="u1",
        openid="ohS-VwAJ9GEXlplngwybJ3Z-ZHrI",
    )
    url = "/admin/django_wechat/wechatidentity/"
    page = admin.get(url, {"q": "zhangsan"}).content.decode()
    assert "zhangsan" in page
    assert identity.openid not in page
    assert admin.get(f"{url}add/").status_code == 403
    assert admin.post(f"{url}{identity.pk}/change/", {}).status_code == 403


def test_a_member_of_staff_without_permission_sees_nothing(client: Client) -> None:
    row = WebProviderFactory()
    client.force_login(get_user_model().objects.create_user("staff", is_staff=True))
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}{row.pk}/change/").status_code == 403


def test_a_member_of_staff_who_may_only_look_sees_no_secret(client: Client) -> None:
    row = BothProviderFactory(**SECRETS)
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_wechatprovider"))
    client.force_login(staff)
    page = client.get(f"{URL}{row.pk}/change/").content.decode()
    assert row.client_id in page
    assert not any(secret in page for secret in SECRETS.values())
    assert "gAAAA" not in page
    assert client.post(f"{URL}{row.pk}/change/", {**MINIMAL, "client_secret": "mine"}).status_code == 403


@pytest.mark.parametrize("confirm", ["on", ""])
def test_a_scan_alone_is_warned_of(admin: Client, confirm: str) -> None:
    filled = {"client_id_2": APPID_2, "client_secret_2": "s", "access_token": "tokentoken"}
    data = {**MINIMAL, **filled, "enable_qr_code": "on", "follow_up_action": "media"}
    page = admin.post(f"{URL}add/", {**data, "confirm_on_phone": confirm}, follow=True)
    assert ("by the scan alone" in page.content.decode()) is (confirm == "")
