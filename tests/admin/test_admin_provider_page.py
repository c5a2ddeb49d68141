"""Does a provider's page lead the admin, and does the list tell how each one is doing?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from django_wechat.models import (
    Outcome,
    ProviderHealth,
    QRSession,
    SignInAttempt,
    Status,
    VerificationFile,
    WeChatProvider,
)
from django_wechat.setup import provider_settings
from django_wechat.setup.forms import WeChatProviderForm
from tests.encryption import LOST_KEY
from tests.factories import (
    AccountFactory,
    BothProviderFactory,
    IdentityFactory,
    MobileProviderFactory,
    UserFactory,
    WebProviderFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/django_wechat/wechatprovider/"
QR_LIST = "/admin/django_wechat/qrsession/"
SECRETS = {
    "client_secret": "0123456789abcdef0123456789ab4f2a",
    "client_secret_2": "fedcba98765432100123456789ab77c1",
    "access_token": "TokenTokenTokenToken5e5e",
    "encoding_aes_key": f"{'k' * 39}9z9A",
}
TAILS = ("…4f2a", "…77c1", "…5e5e", "…9z9A")
CHOSEN = {"follow_up_action": "open", "mini_program_version": "release"}
LOST = {"ENCRYPTION_KEYS": [LOST_KEY]}


def page(client: Client, row: WeChatProvider | None = None, **headers: str) -> str:
    url = f"{LIST}{row.pk}/change/" if row else f"{LIST}add/"
    return client.get(url, headers=headers).content.decode()


def staff(client: Client, *codenames: str) -> Client:
    user = get_user_model().objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def act(client: Client, action: str, *rows: WeChatProvider) -> str:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, data, follow=True).content.decode()


def form_errors(**data: Any) -> dict[str, Any]:
    base = {"name": "web", "display_name": "WeChat", "sub_type": "web", **CHOSEN, "order": "0"}
    return dict(WeChatProviderForm({**base, "enabled": "on", **data}).errors)


@pytest.fixture
def in_settings(settings: Any) -> Iterator[WeChatProvider]:
    entry = {"name": "fixed", "client_id": "wx00000000000000a1", "client_secret": SECRETS["client_secret"]}
    settings.WECHAT = {"PROVIDERS": [entry]}
    provider_settings.forget()
    provider_settings.sync_once()
    yield WeChatProvider.objects.get(name="fixed")
    provider_settings.forget()


# ── Secrets ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_secret_shows_how_it_ends_and_no_more(admin_client: Client) -> None:
    text = page(admin_client, BothProviderFactory(**SECRETS))
    for secret, tail in zip(SECRETS.values(), TAILS, strict=True):
        assert f"Set, ends in {tail}." in text
        assert secret not in text
        assert secret[-5:] not in text


def test_who_may_only_look_sees_no_end_of_a_secret(client: Client) -> None:
    row = BothProviderFactory(**SECRETS)
    text = page(staff(client, "view_wechatprovider"), row)
    assert "授权回调域 (callback domain)" in text
    assert not any(tail in text for tail in TAILS)
    assert "whoever set it up knows it" in text
    assert f'action="{LIST}{row.pk}/check/"' not in text
    assert 'name="_check"' not in text


def test_a_lost_key_is_said_beside_the_secret(admin_client: Client, settings: Any) -> None:
    row = BothProviderFactory(**SECRETS)
    settings.WECHAT = LOST
    text = page(admin_client, row)
    assert text.count("cannot be decrypted") == 4
    assert f"Token (Access Token) ({row.name})" in text
    assert not any(tail in text for tail in TAILS)


def test_a_key_that_cannot_be_read_is_replaced(admin_client: Client, settings: Any) -> None:
    row = BothProviderFactory(**SECRETS, client_id="wx00000000000000a1", client_id_2="wx00000000000000a2")
    settings.WECHAT = LOST
    data = {"name": row.name, "display_name": "WeChat", "sub_type": "web", **CHOSEN, "order": "0"}
    data |= {"client_id": row.client_id, "client_id_2": row.client_id_2, "encoding_aes_key": "n" * 43}
    data |= {"verification_files-TOTAL_FORMS": "0", "verification_files-INITIAL_FORMS": "0"}
    assert admin_client.post(f"{LIST}{row.pk}/change/", data).status_code == 302
    assert WeChatProvider.objects.get().encoding_aes_key == "n" * 43


def test_nothing_cuts_what_is_pasted(admin_client: Client) -> None:
    key = page(admin_client).split('name="encoding_aes_key"')[1].split(">")[0]
    assert "maxlength" not in key
    assert form_errors(encoding_aes_key=f" {'k' * 43} ").get("encoding_aes_key") is None


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"client_id": "gh_97417a04a28d"}, "client_id", "original ID"),
        ({"client_id": "0123456789abcdef0123456789abcdef"}, "client_id", "looks like an AppSecret"),
        ({"client_id": "wx1"}, "client_id", "16 digits"),
        ({}, "client_id", "website app"),
        ({"sub_type": "mobile"}, "client_id", "official account (公众号)"),
        ({"sub_type": ""}, "client_id", "website app"),
    ],
)
def test_a_wrong_value_is_named_for_what_it_is(data: dict[str, str], field: str, words: str) -> None:
    assert words in str(form_errors(**data)[field])


# ── What to paste ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_has_what_to_paste(admin_client: Client) -> None:
    row = BothProviderFactory(name="shop", **SECRETS, hosts="www.example.com")
    ProviderHealth.objects.create(
        provider=row,
        findings=[{"code": "ip_not_allowed", "verdict": "error", "values": {"ip": "203.0.113.9", "errcode": 40164}}],
    )
    text = page(admin_client, row)
    assert 'value="www.example.com"' in text
    assert 'value="http://www.example.com/accounts/wechat/shop/events/"' in text
    assert 'value="203.0.113.9"' in text
    assert 'value="安全模式 (safe mode)"' in text
    assert 'data-before-name="http://www.example.com/accounts/wechat/" data-after-name="/events/"' in text.replace(
        "\n ", ""
    )
    assert text.count("https://open.weixin.qq.com/</a>") == 2
    assert "WeChat will not take these values" in text


def test_the_page_speaks_chinese(admin_client: Client) -> None:
    assert "授权回调域 (" not in page(admin_client, BothProviderFactory(), Accept_Language="zh-hans")


def test_https_is_taken_from_the_site(admin_client: Client, settings: Any) -> None:
    settings.ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
    assert 'value="https://testserver/accounts/wechat/shop/events/"' in page(
        admin_client, BothProviderFactory(name="shop")
    )


def test_a_new_provider_has_the_panel_too(admin_client: Client) -> None:
    text = page(admin_client)
    assert 'value="testserver"' in text
    assert "Each card asks for what WeChat’s console gives you" in text


def test_a_pretend_wechat_has_its_own_console(admin_client: Client, settings: Any) -> None:
    base = "http://127.0.0.1:8000/simulator"
    settings.WECHAT = {"OPEN_BASE_URL": f"{base}/open", "MP_BASE_URL": f"{base}/mp"}
    text = page(admin_client, BothProviderFactory())
    assert text.count(f'href="{base}/console/"') == 7
    assert "The pretend WeChat takes these values" in text


def test_mobile_needs_no_website_app(admin_client: Client) -> None:
    text = page(admin_client, MobileProviderFactory())
    assert "授权回调域 (callback domain)" not in text
    assert "IP白名单" not in text.partition('data-wechat-card="following" hidden')[0]
    assert "网页授权域名" in text


# ── Words after saving ──────────────────────────────────────────────────────────────────────────────────────


def save(client: Client, **data: str) -> str:
    base = {"name": "new", "display_name": "WeChat", "sub_type": "web", **CHOSEN, "order": "0"}
    base |= {"verification_files-TOTAL_FORMS": "0", "verification_files-INITIAL_FORMS": "0", "enabled": "on"}
    return client.post(f"{LIST}add/", {**base, **data}, follow=True).content.decode()


def test_the_same_website_app_twice_is_told(admin_client: Client) -> None:
    first = WebProviderFactory(name="first", client_id="wx00000000000000a1")
    text = save(admin_client, client_id=first.client_id, client_secret=SECRETS["client_secret"])
    assert "“first” has the same website app" in text
    assert "same official account" not in text


def test_the_same_account_in_either_place_is_told(admin_client: Client) -> None:
    MobileProviderFactory(name="inside", client_id="wx00000000000000a2")
    text = save(admin_client, client_id_2="wx00000000000000a2", client_secret_2=SECRETS["client_secret_2"])
    assert "“inside” uses the same official account" in text
    assert "same website app" not in text


def test_two_keypairs_for_mobile_are_told(admin_client: Client) -> None:
    keypairs = {"client_id": "wx00000000000000a1", "client_secret": SECRETS["client_secret"]}
    keypairs |= {"client_id_2": "wx00000000000000a2", "client_secret_2": SECRETS["client_secret_2"]}
    assert "Client ID 2 is used" in save(admin_client, sub_type="mobile", **keypairs)


def test_a_provider_of_its_own_needs_no_word(admin_client: Client) -> None:
    WebProviderFactory(client_id="wx00000000000000a1")
    text = save(admin_client, client_id="wx00000000000000a3", client_secret=SECRETS["client_secret"])
    assert WeChatProvider.objects.filter(name="new").exists()
    assert 'class="warning"' not in text


# ── The list ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_says_how_each_is_doing(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    rows = [BothProviderFactory(name="one"), MobileProviderFactory(name="two"), WebProviderFactory(client_secret="")]
    moment = timezone.now().replace(year=2021, month=5, day=6)
    for outcome, year in [(Outcome.SIGNED_IN, 2021), (Outcome.SIGNED_IN, 2020), (Outcome.FAILED, 2022)]:
        SignInAttempt.objects.create(created_at=moment.replace(year=year), provider_name="one", outcome=outcome)
    ProviderHealth.objects.create(provider=rows[0], last_push_at=moment.replace(year=2023))
    with django_assert_max_num_queries(8):
        text = admin_client.get(LIST).content.decode()
    assert "2021" in text.split('field-last_sign_in">')[1].split("</td>")[0]
    assert "2023" in text.split('field-last_push">')[1].split("</td>")[0]
    assert "QR code on a computer<br>inside WeChat" in text
    assert "nobody: no keypair is complete" in text


def test_providers_are_switched_off_and_on(admin_client: Client) -> None:
    row, other = WebProviderFactory(), WebProviderFactory(enabled=False)
    assert "1 provider is switched off" in act(admin_client, "disable", row, other)
    assert not WeChatProvider.objects.filter(enabled=True).exists()
    assert "2 providers are switched on" in act(admin_client, "enable", row, other)
    assert WeChatProvider.objects.filter(enabled=True).count() == 2


def test_an_incomplete_provider_is_not_switched_on(admin_client: Client) -> None:
    row = WebProviderFactory(name="empty", client_secret="", enabled=False)
    text = act(admin_client, "enable", row)
    assert "no keypair is complete: empty" in text
    assert "switched on." not in text.replace("Not switched on", "")
    assert not WeChatProvider.objects.get().enabled


def test_who_may_only_look_switches_nothing(client: Client) -> None:
    row = WebProviderFactory()
    looking = staff(client, "view_wechatprovider")
    assert "switched" not in act(looking, "disable", row)
    assert WeChatProvider.objects.get().enabled


# ── Providers of the settings ───────────────────────────────────────────────────────────────────────────────


def test_a_provider_of_the_settings_is_only_looked_at(admin_client: Client, in_settings: WeChatProvider) -> None:
    text = page(admin_client, in_settings)
    assert "set up in the settings" in text
    assert "授权回调域 (callback domain)" in text
    assert SECRETS["client_secret"] not in text
    assert "…4f2a" not in text
    url = f"{LIST}{in_settings.pk}/"
    assert admin_client.post(f"{url}change/", {"name": "mine"}).status_code == 403
    assert admin_client.post(f"{url}delete/", {"post": "yes"}).status_code == 403


def test_a_provider_of_the_settings_is_checked_like_any_other(
    admin_client: Client, in_settings: WeChatProvider, settings: Any
) -> None:
    nowhere = dict.fromkeys(("API_BASE_URL", "OPEN_BASE_URL", "MP_BASE_URL"), "http://127.0.0.1:9")
    settings.WECHAT = {**settings.WECHAT, **nowhere}
    url = f"{LIST}{in_settings.pk}/check/"
    assert "Check now" in admin_client.get(url).content.decode()
    assert admin_client.post(url).status_code == 302
    assert ProviderHealth.objects.get().checked_at


def test_the_switches_leave_it_alone(admin_client: Client, in_settings: WeChatProvider) -> None:
    assert "not changed here: fixed" in act(admin_client, "disable", in_settings)
    assert WeChatProvider.objects.get().enabled


def test_one_that_the_settings_no_longer_list_can_go(
    admin_client: Client, in_settings: WeChatProvider, settings: Any
) -> None:
    settings.WECHAT = {}
    assert admin_client.post(f"{LIST}{in_settings.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not WeChatProvider.objects.exists()


# ── QR sessions ─────────────────────────────────────────────────────────────────────────────────────────────


def qr_session(provider: WeChatProvider, number: int, **values: Any) -> QRSession:
    keys = {name: f"{name}-{number}" for name in ("public_id", "scene", "browser_hash", "confirm_hash")}
    values = {"expires_at": timezone.now() + timedelta(minutes=5), "appid": "wx00000000000000a2", **values}
    return QRSession.objects.create(provider=provider, **keys, **values)


def test_deleting_a_provider_takes_what_belongs_to_it_along(admin_client: Client) -> None:
    row = BothProviderFactory()
    qr_session(row, 1)
    ProviderHealth.objects.create(provider=row)
    VerificationFile.objects.create(provider=row, name="MP_verify_0123456789abcdef.txt", content="x")
    assert admin_client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not QRSession.objects.exists()


def test_qr_sessions_are_found_by_who_scanned(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    row = BothProviderFactory()
    openid = "ohS-VwAJ9GEXlplngwybJ3Z-ZHrI"
    account = AccountFactory(user=UserFactory(username="zhangsan"))
    IdentityFactory(account=account, appid="wx00000000000000a2", openid=openid)
    IdentityFactory(account=account, appid="wx00000000000000a9", openid="another")
    mine = qr_session(row, 1, openid=openid, status=Status.SCANNED)
    qr_session(row, 2, openid="another", expires_at=timezone.now() - timedelta(seconds=1))
    for term in ("zhangsan", f" {openid} "):
        found = admin_client.get(QR_LIST, {"q": term}).context["cl"].result_list
        assert [one.pk for one in found] == [mine.pk]
    assert admin_client.get(QR_LIST, {"q": "scene-1"}).context["cl"].result_count == 0
    with django_assert_max_num_queries(9):
        text = admin_client.get(QR_LIST).content.decode()
    assert "expired: waiting for a scan" in text
    assert text.count("zhangsan") == 1


def test_the_list_says_of_what_a_code_is_and_who_was_turned_away(admin_client: Client) -> None:
    row = BothProviderFactory()
    for number, (journey, notice) in enumerate([("follow", ""), ("program_code", "wrong_entry"), ("later", "later")]):
        qr_session(row, number, request={"journey": journey}, notice=notice)
    qr_session(row, 9)
    listed = admin_client.get(QR_LIST).content.decode()
    for words in ("following the official account", "scanning the mini program’s code", "a phone was turned away"):
        assert listed.count(words) == 1, words
    assert 'field-notice_words">later<' in listed
    turned_away = QRSession.objects.get(notice="wrong_entry")
    assert "a phone was turned away" in admin_client.get(f"{QR_LIST}{turned_away.pk}/change/").content.decode()


def test_a_qr_session_shows_no_key(admin_client: Client) -> None:
    shown = qr_session(BothProviderFactory(), 1, openid="ohS-VwAJ9GEXlplngwybJ3Z-ZHrI")
    text = admin_client.get(f"{QR_LIST}{shown.pk}/change/").content.decode()
    assert "…ZHrI" in text
    for key in ("scene-1", "browser_hash-1", "confirm_hash-1", "ohS-VwAJ9GEXlplngwybJ3Z-ZHrI"):
        assert key not in text
    unscanned = qr_session(BothProviderFactory(), 2)
    assert (
        "…"
        not in admin_client.get(f"{QR_LIST}{unscanned.pk}/change/").content.decode().split("field-openid_end")[1][:400]
    )


@pytest.mark.parametrize("action", ["change", "delete"])
def test_qr_sessions_are_read_only(admin_client: Client, action: str) -> None:
    shown = qr_session(BothProviderFactory(), 1)
    assert admin_client.post(f"{QR_LIST}{shown.pk}/{action}/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{QR_LIST}add/").status_code == 403


def test_who_has_no_permission_sees_no_qr_session(client: Client) -> None:
    shown = qr_session(BothProviderFactory(), 1)
    nobody = staff(client)
    assert nobody.get(QR_LIST).status_code == 403
    assert nobody.get(f"{QR_LIST}{shown.pk}/change/").status_code == 403
