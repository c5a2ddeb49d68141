"""Is a signed query good for one use only? In plain mode it is all that a push can prove (reference section 5.3)."""

import time
from collections.abc import Callable

import pytest
from django.test import Client

from django_wechat.models import PushReceipt, WeChatProvider
from django_wechat.protocol import crypto
from tests.factories import BothProviderFactory
from tests.pushes import TOKEN, fields, query, xml

pytestmark = pytest.mark.django_db

Query = dict[str, str]
CLICK, SUBSCRIBE = xml(fields("CLICK", "menu")), xml(fields("subscribe"))


@pytest.fixture(autouse=True)
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(name="site", access_token=TOKEN, client_id_2="wx00000000000000b1")
    return created


def ask(asked: Query, name: str = "site", echostr: str = "1") -> int:
    return Client().get(f"/accounts/wechat/{name}/events/", asked | {"echostr": echostr}).status_code


def post(asked: Query, body: bytes = CLICK, name: str = "site") -> int:
    url = f"/accounts/wechat/{name}/events/"
    return Client().post(url, body, content_type="text/xml", query_params=asked).status_code


def exchanged() -> tuple[Query, Query]:
    """The nonce is a time as well, and the two change places."""
    now = int(time.time())
    asked = query(at=now, nonce=str(now - 1))
    return asked, asked | {"timestamp": asked["nonce"], "nonce": asked["timestamp"]}


def moved() -> tuple[Query, Query]:
    """A zero goes from the end of the nonce to the front of the timestamp."""
    asked = query(nonce="000")
    return asked, asked | {"timestamp": f"0{asked['timestamp']}", "nonce": "00"}


@pytest.mark.parametrize("cut", [exchanged, moved])
@pytest.mark.parametrize("body", [CLICK, SUBSCRIBE])
def test_another_cut_of_the_same_signature_is_refused(cut: Callable[[], tuple[Query, Query]], body: bytes) -> None:
    asked, anew = cut()
    assert crypto.is_signed(anew["signature"], TOKEN, anew["timestamp"], anew["nonce"])
    assert post(asked) == 200
    assert (post(anew, body), ask(anew)) == (403, 403)
    assert (post(asked), PushReceipt.objects.count()) == (200, 2)


@pytest.mark.parametrize("appid", ["wx00000000000000b1", "wx00000000000000b2"])
def test_it_is_not_good_at_another_row_with_the_same_token(appid: str) -> None:
    BothProviderFactory(name="second", access_token=TOKEN, client_id_2=appid)
    for first, other in [("site", "second"), ("second", "site")]:
        asked = query()
        assert post(asked, name=first) == 200
        assert (post(asked, name=other), ask(asked, other)) == (403, 403)
        assert post(asked, name=first) == 200


def test_the_consoles_question_is_answered_with_one_echo() -> None:
    asked = query()
    assert [ask(asked), ask(asked), ask(asked, echostr="2"), post(asked, b"1")] == [200, 200, 403, 403]


def test_a_push_is_no_question_of_the_console() -> None:
    asked = query()
    assert [post(asked), ask(asked), ask(asked, echostr=CLICK.decode())] == [200, 403, 403]


@pytest.mark.parametrize("seconds", [-310, 310])
def test_a_question_of_the_console_gets_stale(seconds: int) -> None:
    assert ask(query(at=time.time() + seconds)) == 403
    assert PushReceipt.objects.count() == 0


def test_wechats_next_try_is_signed_anew_and_taken_for_a_repeat() -> None:
    assert [post(query(nonce=f"n{number}")) for number in range(3)] == [200, 200, 200]
    assert PushReceipt.objects.count() == 3 + 1
