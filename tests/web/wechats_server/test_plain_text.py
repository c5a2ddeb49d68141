"""Does whatever WeChat's server reads have a length, without any middleware?"""

from typing import Any

import pytest
from django.test import Client

from django_wechat.models import VerificationFile, WeChatProvider
from tests.factories import BothProviderFactory
from tests.pushes import TOKEN, fields, query, xml

pytestmark = pytest.mark.django_db

URL = "/accounts/wechat/site/events/"
FILE = "MP_verify_0123456789abcdef.txt"


@pytest.fixture(autouse=True)
def row(settings: Any) -> WeChatProvider:
    settings.MIDDLEWARE = []
    created: WeChatProvider = BothProviderFactory(name="site", access_token=TOKEN)
    return created


def post(asked: dict[str, str]) -> Any:
    return Client().post(URL, xml(fields("CLICK")), content_type="text/xml", query_params=asked)


def assert_plain(response: Any, status: int, content: bytes) -> None:
    assert (response.status_code, response.content) == (status, content)
    assert response["Content-Length"] == str(len(content))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_consoles_question() -> None:
    assert_plain(
        Client().get(URL, query() | {"echostr": "你好4375120948345356249"}), 200, "你好4375120948345356249".encode()
    )


def test_a_push_and_one_that_is_refused() -> None:
    assert_plain(post(query()), 200, b"success")
    assert_plain(post(query("another")), 403, b"refused")


def test_the_verification_file(row: WeChatProvider) -> None:
    VerificationFile.objects.create(provider=row, name=FILE, content="abc\r\n")
    assert_plain(Client().get(f"/{FILE}"), 200, b"abc\r\n")
    assert Client().head(f"/{FILE}")["Content-Length"] == "5"
