"""Can an old key be thrown away after the rotation, and is a lost one named instead of crashing?"""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from django_wechat.models import WeChatProvider
from tests.factories import BothProviderFactory

pytestmark = pytest.mark.django_db

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
AES_KEY = "a" * 43


def keys(*fernet_keys: str) -> override_settings:
    return override_settings(WECHAT={"ENCRYPTION_KEYS": fernet_keys})


def rotated() -> str:
    out = StringIO()
    call_command("rotate_wechat_secrets", stdout=out)
    return out.getvalue()


def filled() -> WeChatProvider:
    row: WeChatProvider = BothProviderFactory(
        name="web", access_token="tokentoken", encoding_aes_key=AES_KEY, previous_encoding_aes_key="b" * 43
    )
    return row


def secrets() -> list[str]:
    row = WeChatProvider.objects.get()
    columns = (row.client_secret, row.client_secret_2, row.access_token, row.encoding_aes_key)
    return [*columns, row.previous_encoding_aes_key]


def test_after_it_the_old_key_is_not_needed() -> None:
    with keys(OLD):
        filled()
        before = secrets()
    with keys(NEW, OLD):
        assert "5 secrets were encrypted anew" in rotated()
        assert "0 secrets were encrypted anew.\n5 were under the newest key already." in rotated()
    with keys(NEW):
        assert secrets() == before


def test_keys_of_their_own_do_not_read_what_secret_key_wrote() -> None:
    filled()
    before = secrets()
    with override_settings(WECHAT={"ENCRYPTION_KEYS": [NEW]}), pytest.raises(CommandError, match="web: client_secret,"):
        rotated()
    assert secrets() == before


def test_with_a_new_secret_key_and_the_old_one_as_fallback() -> None:
    with override_settings(SECRET_KEY="old"):
        filled()
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        rotated()
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
        assert secrets()[3] == AES_KEY


def test_what_no_key_reads_is_named_and_left_and_the_rest_is_rotated() -> None:
    with keys(OTHER):
        filled()
    with keys(OLD):
        row = WeChatProvider.objects.get()
        row.client_secret_2 = "readable"
        row.save()
    with keys(NEW, OLD):
        with pytest.raises(CommandError) as error:
            rotated()
        assert "web: client_secret, web: access_token" in str(error.value)
        assert "client_secret_2" not in str(error.value)
    with keys(NEW):
        assert WeChatProvider.objects.get().client_secret_2 == "readable"
    with keys(NEW, OTHER):
        assert secrets()[2] == "tokentoken"
