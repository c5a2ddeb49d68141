"""Does any secret get out? Every page, log, traceback, dump and the database itself are searched for all of them."""

import io
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from django_wechat.models import (
    SignInAttempt,
    SigninMethod,
    VerificationFile,
    WeChatAvatar,
    WeChatDuplicate,
    WeChatIdentity,
    WeChatProvider,
)
from django_wechat.protocol import crypto, transport
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AccountFactory, FollowProviderFactory, IdentityFactory, UserFactory
from tests.pushes import GH, OPENID, fields, xml
from tests.visitor import Visitor, in_wechat

pytestmark = pytest.mark.django_db(transaction=True)

OLD_KEY = "Z" * 43
SECRETS = (
    seeds.WEBSITE_APP_SECRET,
    seeds.OFFICIAL_ACCOUNT_SECRET,
    seeds.OFFICIAL_ACCOUNT_TOKEN,
    seeds.OFFICIAL_ACCOUNT_AES_KEY,
    OLD_KEY,
)
MODELS = (
    WeChatProvider,
    WeChatIdentity,
    WeChatDuplicate,
    SigninMethod,
    SignInAttempt,
)


@pytest.fixture
def row(wechat_simulator: SimulatorServer) -> WeChatProvider:
    provider: WeChatProvider = FollowProviderFactory(name="web", previous_encoding_aes_key=OLD_KEY)
    return provider


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any logger says, at DEBUG, tracebacks included."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def push_to(client: Client, row: WeChatProvider) -> Any:
    """A genuine push in safe mode."""
    inner = xml(fields("subscribe", "qrscene_x"))
    encrypted = crypto.encrypt(inner, seeds.OFFICIAL_ACCOUNT_AES_KEY, row.client_id_2)
    stamp, nonce = str(int(time.time())), "nonce"
    query = {"timestamp": stamp, "nonce": nonce, "openid": OPENID, "encrypt_type": "aes"}
    query["signature"] = crypto.sign(seeds.OFFICIAL_ACCOUNT_TOKEN, stamp, nonce)
    query["msg_signature"] = crypto.sign(seeds.OFFICIAL_ACCOUNT_TOKEN, stamp, nonce, encrypted)
    body = xml({"ToUserName": GH, "Encrypt": encrypted})
    url = reverse("wechat_events", args=[row.name])
    return client.post(url, body, content_type="text/xml", query_params=query)


def changelist(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def admin_pages(row: WeChatProvider) -> list[str]:
    change = reverse("admin:django_wechat_wechatprovider_change", args=[row.pk])
    base = reverse("admin:django_wechat_wechatprovider_changelist")
    of_row = [change, f"{base}{row.pk}/history/", f"{base}{row.pk}/delete/", f"{base}{row.pk}/check/", f"{base}add/"]
    return [reverse("admin:index"), *map(changelist, MODELS), *of_row]


def test_no_page_of_the_admin_holds_one(row: WeChatProvider, admin_client: Client) -> None:
    for page in admin_pages(row):
        response = admin_client.get(page)
        assert response.status_code == 200, page
        assert not leaks(response.content.decode()), page
    check = reverse("admin:django_wechat_wechatprovider_changelist") + f"{row.pk}/check/"
    assert not leaks(admin_client.post(check, follow=True).content.decode())


def test_no_page_of_the_visitor_and_no_log_holds_one(
    row: WeChatProvider, wechat_simulator: SimulatorServer, log: io.StringIO
) -> None:
    platform, pages = wechat_simulator.platform, []
    visitor = Visitor(wechat_simulator)
    pages += [visitor.client.get("/accounts/login/"), visitor.client.get("/accounts/wechat/login/")]
    url = visitor.start()
    pages += [visitor.come_back(url, visitor.allow(url)), visitor.come_back(url, "again")]
    phone = in_wechat(wechat_simulator)
    pages += [phone.sign_in(), phone.client.get("/accounts/wechat/login/")]
    opened = visitor.client.post("/accounts/wechat/qr/")
    pages += [opened, visitor.client.get(opened.json()["status_url"]), visitor.client.post(opened.json()["finish_url"])]
    pages.append(push_to(visitor.client, row))
    platform.reset_secret(seeds.WEBSITE_APP_APPID)
    platform.reset_secret(seeds.OFFICIAL_ACCOUNT_APPID)
    other = Visitor(wechat_simulator, person="xiaohua")
    pages += [other.sign_in(), other.client.post("/accounts/wechat/qr/")]
    for page in pages:
        assert not leaks(page.content.decode()), page.request["PATH_INFO"]
    assert "errcode" in log.getvalue() or "40125" in log.getvalue()
    assert not leaks(log.getvalue())


@pytest.mark.parametrize("journey", ["callback", "qr", "push", "check"])
def test_no_traceback_holds_one(
    journey: str,
    row: WeChatProvider,
    wechat_simulator: SimulatorServer,
    log: io.StringIO,
    settings: Any,
    admin_client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mistake of ours, with DEBUG on: Django's page then shows every variable of every frame."""
    settings.DEBUG = True
    visitor = Visitor(wechat_simulator)
    visitor.client.raise_request_exception = admin_client.raise_request_exception = False
    url = visitor.start()
    code = visitor.allow(url)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(transport._sessions, "get", broken)
    monkeypatch.setattr("django_wechat.protocol.push._parse", broken)
    change = reverse("admin:django_wechat_wechatprovider_changelist")
    response = {
        "callback": lambda: visitor.come_back(url, code),
        "qr": lambda: visitor.client.post("/accounts/wechat/qr/"),
        "push": lambda: push_to(visitor.client, row),
        "check": lambda: admin_client.post(f"{change}{row.pk}/check/"),
    }[journey]()
    assert response.status_code == 500
    assert "a mistake" in response.content.decode()
    assert not leaks(response.content.decode())
    assert not leaks(log.getvalue())


def test_no_dump_and_no_column_holds_one(row: WeChatProvider, wechat_simulator: SimulatorServer) -> None:
    Visitor(wechat_simulator).sign_in()
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    assert not leaks(dump.getvalue())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert not leaks(repr(cursor.fetchall())), table


STAFF_PAGES = ("", "add/", "{pk}/change/", "{pk}/delete/", "{pk}/history/")
EXTRA_POSTS = (
    "wechatprovider/{provider}/check/",
    "signinmethod/fill/",
    "wechatduplicate/?action=merge",
)


def test_staff_without_permission_see_and_change_nothing(row: WeChatProvider, client: Client) -> None:
    identity = IdentityFactory(account=AccountFactory(), unionid="u1")
    duplicate = WeChatDuplicate.objects.create(identity=identity, account=AccountFactory(), unionid="u1")
    method = SigninMethod.objects.create(method="password")
    attempt = SignInAttempt.objects.create(outcome="failed")
    client.force_login(UserFactory(is_staff=True))
    for one in (row, identity, duplicate, method, attempt):
        for page in STAFF_PAGES:
            url = changelist(type(one)) + page.format(pk=one.pk)
            assert client.get(url).status_code == 403, url
            assert client.post(url, {"post": "yes", "_selected_action": one.pk}).status_code == 403, url
    for page in EXTRA_POSTS:
        url = "/admin/django_wechat/" + page.format(provider=row.pk)
        assert client.post(url).status_code == 403, url
    assert "django_wechat" not in client.get("/admin/").content.decode()
    assert [WeChatProvider.objects.count(), WeChatIdentity.objects.count(), SigninMethod.objects.count()] == [1, 1, 1]
    assert not VerificationFile.objects.exists()
    assert not WeChatAvatar.objects.exists()


def test_staff_who_may_only_look_change_nothing(row: WeChatProvider, client: Client) -> None:
    user = UserFactory(is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="django_wechat", codename__startswith="view_")
    )
    client.force_login(user)
    base = changelist(WeChatProvider)
    page = client.get(f"{base}{row.pk}/change/").content.decode()
    assert not leaks(page)
    assert "ends in" not in page
    for url in (f"{base}{row.pk}/change/", f"{base}{row.pk}/check/", f"{base}{row.pk}/delete/"):
        assert client.post(url, {"name": "changed", "post": "yes"}).status_code == 403, url
    assert WeChatProvider.objects.get().name == "web"
