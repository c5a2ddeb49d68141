"""Are secrets kept encrypted, survive key changes, and never come out by accident?"""

import io
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from django.forms import model_to_dict

from django_wechat.models import WeChatIdentity, WeChatProvider
from django_wechat.models.fields import SecretUnreadable
from tests.factories import AccountFactory, IdentityFactory, WebProviderFactory

pytestmark = pytest.mark.django_db
SECRET = "5ecret5ecret5ecret5ecret5ecret12"


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = WebProviderFactory(client_secret=SECRET)
    return WeChatProvider.objects.get(pk=created.pk)


def stored(row: WeChatProvider) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM django_wechat_wechatprovider WHERE id = %s", [row.pk])
        return str(cursor.fetchone()[0])


def test_the_database_never_sees_the_secret(row: WeChatProvider) -> None:
    assert row.client_secret == SECRET
    assert SECRET not in stored(row)


def test_the_same_secret_is_stored_differently_each_time(row: WeChatProvider) -> None:
    assert stored(row) != stored(WebProviderFactory(client_secret=SECRET))


def test_saving_what_was_not_touched_keeps_it_as_it_stands(row: WeChatProvider) -> None:
    before = stored(row)
    row.display_name = "微信"
    row.save()
    assert stored(row) == before


def test_a_new_secret_replaces_the_old(row: WeChatProvider) -> None:
    row.client_secret = "new"
    assert row.client_secret == "new"
    row.save()
    assert WeChatProvider.objects.get().client_secret == "new"


def test_blank_stays_blank(row: WeChatProvider) -> None:
    assert row.access_token == ""
    row.client_secret = ""
    row.save()
    assert stored(row) == ""
    assert WeChatProvider.objects.get().client_secret == ""


def test_none_is_no_secret(row: WeChatProvider) -> None:
    row.client_secret = None
    row.save()
    assert WeChatProvider.objects.get().client_secret == ""


def test_update_and_bulk_update_encrypt_too(row: WeChatProvider) -> None:
    WeChatProvider.objects.update(client_secret="by update")
    assert stored(row) != "by update"
    row = WeChatProvider.objects.get()
    assert row.client_secret == "by update"
    row.client_secret = "in bulk"
    WeChatProvider.objects.bulk_update([row], ["client_secret"])
    assert "in bulk" not in stored(row)
    assert WeChatProvider.objects.get().client_secret == "in bulk"


def test_a_deferred_secret_is_read_when_it_is_used(row: WeChatProvider) -> None:
    assert WeChatProvider.objects.defer("client_secret").get(pk=row.pk).client_secret == SECRET


def test_it_survives_a_rotation_of_secret_key(row: WeChatProvider, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one"
    assert WeChatProvider.objects.get().client_secret == SECRET


def test_keys_of_our_own_come_first(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.WECHAT = {"ENCRYPTION_KEYS": [old]}
    WebProviderFactory(client_secret=SECRET)
    settings.WECHAT = {"ENCRYPTION_KEYS": [new, old]}
    assert WeChatProvider.objects.get().client_secret == SECRET


def test_a_lost_key_is_a_named_error_and_the_row_can_still_be_used(row: WeChatProvider, settings: Any) -> None:
    settings.SECRET_KEY = "lost"
    lost = WeChatProvider.objects.get()
    with pytest.raises(SecretUnreadable, match=rf"AppSecret \(Client Secret\) \({row.name}\)"):
        _ = lost.client_secret
    assert lost.has_open_platform
    lost.display_name = "still saved"
    lost.save()
    lost.client_secret = "entered again"
    lost.save()
    assert WeChatProvider.objects.get().client_secret == "entered again"


def test_dumps_hold_no_secret_and_load_again(row: WeChatProvider) -> None:
    output = io.StringIO()
    call_command("dumpdata", "django_wechat", stdout=output)
    assert SECRET not in output.getvalue()
    WeChatProvider.objects.all().delete()
    for loaded in serializers.deserialize("json", output.getvalue()):
        loaded.save()
    assert WeChatProvider.objects.get().client_secret == SECRET


def test_an_unsaved_rows_secret_is_dumped_encrypted() -> None:
    assert SECRET not in serializers.serialize("json", [WeChatProvider(name="x", client_secret=SECRET)])


def test_a_forms_initial_value_is_never_the_secret(row: WeChatProvider) -> None:
    assert SECRET not in str(model_to_dict(row))


def test_the_attribute_on_the_class_is_not_a_value() -> None:
    assert WeChatProvider.client_secret is not None


def test_openids_that_differ_by_case_are_two_people() -> None:
    account = AccountFactory()
    IdentityFactory(account=account, openid="oAbC", unionid="uAbC")
    IdentityFactory(account=account, openid="oabc", unionid="uabc")
    assert WeChatIdentity.objects.filter(openid="oAbC").count() == 1
    assert WeChatIdentity.objects.filter(unionid="uabc").count() == 1


def test_long_and_emoji_values_fit() -> None:
    WebProviderFactory(display_name="🌸" * 60, hosts="a.example\n" * 100)
    AccountFactory(extra_data={"nickname": "李小花🌸"}, user__first_name="李小花🌸")
    assert WeChatProvider.objects.get().display_name == "🌸" * 60
