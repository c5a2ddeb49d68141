"""Does the admin's page clean what is pasted, name what is wrong, and say who is left without a way in?"""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from django_wechat.models import SigninMethod, WeChatProvider
from django_wechat.simulator import seeds
from tests.factories import FollowProviderFactory, WebProviderFactory, person_with_wechat_alone

pytestmark = pytest.mark.django_db

URL = "/admin/django_wechat/wechatprovider/"
MINIMAL = {
    "display_name": "WeChat",
    "sub_type": "web",
    "follow_up_action": "open",
    "mini_program_version": "release",
    "confirm_on_phone": "on",
    "enabled": "on",
    "order": "0",
    "verification_files-TOTAL_FORMS": "0",
    "verification_files-INITIAL_FORMS": "0",
}
RIGHT = {"name": "web", "client_id": seeds.WEBSITE_APP_APPID, "client_secret": seeds.WEBSITE_APP_SECRET}


def post(client: Client, path: str = "add/", **data: str) -> str:
    return unescape(client.post(f"{URL}{path}", {**MINIMAL, **data}, follow=True).content.decode())


@pytest.mark.parametrize(
    ("before", "after"), [("\ufeff", "\n"), ("\u3000", "\u200b"), ("\u201c", "\u201d"), ("'", "'\r\n")]
)
def test_what_came_along_is_left_out(admin_client: Client, before: str, after: str) -> None:
    post(admin_client, **{name: f"{before}{value}{after}" for name, value in RIGHT.items()})
    row = WeChatProvider.objects.get()
    assert (row.name, row.client_id, row.client_secret) == tuple(RIGHT.values())


def test_what_nobody_sees_is_told(admin_client: Client) -> None:
    text = post(admin_client, **{**RIGHT, "client_secret": f"{seeds.WEBSITE_APP_SECRET}\u200b"})
    assert "AppSecret (Client Secret): There is an invisible character at the end. It was left out." in text
    assert seeds.WEBSITE_APP_SECRET not in text
    assert "left out" not in post(admin_client, **{**RIGHT, "name": "blank", "client_id": f" {RIGHT['client_id']}\n"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"client_secret": seeds.WEBSITE_APP_SECRET[:-1]}, "Its length is 31"),
        ({"client_secret": seeds.WEBSITE_APP_APPID}, "This is the AppID"),
        ({"client_secret": seeds.WEBSITE_APP_SECRET * 2}, "pasted twice"),
        ({"client_id": seeds.WEBSITE_APP_SECRET * 2}, "An AppID is"),
        ({"encoding_aes_key": f"{seeds.OFFICIAL_ACCOUNT_AES_KEY}="}, "“=” at the end"),
        (
            {"client_id_2": seeds.OFFICIAL_ACCOUNT_APPID, "client_secret_2": seeds.WEBSITE_APP_SECRET},
            "the same AppSecret",
        ),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(admin_client: Client, data: dict[str, str], words: str) -> None:
    text = post(admin_client, **{**RIGHT, **data})
    assert words in text
    assert not WeChatProvider.objects.exists()
    told = text.split("errorlist")[1].split("</ul>")[0]
    assert not any(value in told for value in data.values())


def test_an_odd_secret_is_taken_and_doubted(admin_client: Client) -> None:
    assert "AppSecret (Client Secret): An AppSecret is 32" in post(
        admin_client, **{**RIGHT, "client_secret": "an-odd-one"}
    )
    assert WeChatProvider.objects.get().client_secret == "an-odd-one"


def test_what_cannot_be_seen_replaces_no_secret(admin_client: Client) -> None:
    row = WebProviderFactory()
    post(admin_client, f"{row.pk}/change/", **{**RIGHT, "name": row.name, "client_secret": "\u200b\ufeff"})
    assert WeChatProvider.objects.get().client_secret == seeds.WEBSITE_APP_SECRET


@pytest.mark.parametrize("hosts", ["例子.中国", "\uff57\uff57\uff57.例子.中国.\n", "WWW.例子。中国:443"])
def test_a_name_in_chinese_is_taken_and_shown_as_browsers_send_it(admin_client: Client, hosts: str) -> None:
    post(admin_client, **RIGHT, hosts=hosts)
    row = WeChatProvider.objects.get()
    text = unescape(admin_client.get(f"{URL}{row.pk}/change/").content.decode())
    assert "xn--fsqu00a.xn--fiqs8s" in text.split("授权回调域")[1].split("</dd>")[0]
    assert "This is" in text
    assert "例子.中国, as browsers write it" in text


@pytest.mark.parametrize("hosts", ["https://例子.中国/", "*.例子.中国", "例子 .中国/x"])
def test_what_is_no_host_is_refused(admin_client: Client, hosts: str) -> None:
    assert "is not a bare host name" in post(admin_client, **RIGHT, hosts=hosts)


# --- who is left ---

LEFT = "1 person has no other way to sign in than WeChat"


def off(client: Client, row: Any) -> str:
    data = {**MINIMAL, **RIGHT, "name": row.name}
    del data["enabled"]
    return unescape(client.post(f"{URL}{row.pk}/change/", data, follow=True).content.decode())


def listed(client: Client, action: str, row: Any) -> str:
    data = {"action": action, "_selected_action": row.pk, "post": "yes"}
    return unescape(client.post(URL, data, follow=True).content.decode())


WAYS = {
    "saved": off,
    "switched": lambda client, row: listed(client, "disable", row),
    "deleted": lambda client, row: unescape(
        client.post(f"{URL}{row.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    ),
    "several deleted": lambda client, row: listed(client, "delete_selected", row),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_last_provider_is_not_taken_away_without_a_word(admin_client: Client, way: str) -> None:
    person_with_wechat_alone()
    first, last = WebProviderFactory(name="first"), WebProviderFactory(name="last")
    assert LEFT not in WAYS[way](admin_client, first)
    assert LEFT in WAYS[way](admin_client, last)


@pytest.mark.parametrize("other", ["password", "email", "account", "passkey", "address"])
def test_whoever_has_another_way_is_not_left(admin_client: Client, other: str, settings: Any) -> None:
    settings.MFA_SUPPORTED_TYPES, settings.MFA_PASSKEY_LOGIN_ENABLED = ["webauthn"], True
    user = person_with_wechat_alone().user
    match other:
        case "password":
            user.set_password("password")
        case "email":
            user.email = "somebody@example.com"
        case "account":
            user.socialaccount_set.create(provider="github", uid="1")
        case "passkey":
            user.authenticator_set.create(type="webauthn", data={})
        case "address":
            user.emailaddress_set.create(email="somebody@example.com")
    user.save()
    assert "no other way" not in off(admin_client, WebProviderFactory())
    settings.SOCIALACCOUNT_ONLY = True
    assert ("no other way" in off(admin_client, WeChatProvider.objects.get())) is (other != "account")


def test_wechat_is_not_hidden_without_a_word(admin_client: Client) -> None:
    person_with_wechat_alone()
    WebProviderFactory()
    row = SigninMethod.objects.create(method="wechat", rule="tab")
    url = f"/admin/django_wechat/signinmethod/{row.pk}/change/"
    for rule, said in (("below", False), ("off", True)):
        data = {"rule": rule, "order": "1", "display_name": "WeChat"}
        text = unescape(admin_client.post(url, data, follow=True).content.decode())
        assert (LEFT in text) is said


def test_a_row_where_a_scan_alone_signs_in_is_told_at_the_others(admin_client: Client) -> None:
    FollowProviderFactory(name="careless", confirm_on_phone=False)
    assert "At “careless” a scan alone signs in" in post(admin_client, **RIGHT)
    WeChatProvider.objects.filter(name="careless").update(enabled=False)
    assert (
        "a scan alone" not in post(admin_client, **{**RIGHT, "name": "other"}).split("messagelist")[1].split("</ul>")[0]
    )
