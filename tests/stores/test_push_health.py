"""Does the site know whether WeChat's pushes arrive, and why not?"""

import json
import time

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.protocol import crypto
from django_wechat.stores import push_health
from django_wechat.stores.push_health import Reason
from tests.factories import BothProviderFactory
from tests.pushes import GH, KEY, TOKEN, fields, query, xml

pytestmark = pytest.mark.django_db
URL = "/accounts/wechat/site/events/"
PLAIN_PUSH = xml(fields("SCAN", "nobody"))


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(name="site", access_token=TOKEN)
    return created


def post(body: bytes = PLAIN_PUSH, asked: dict[str, str] | None = None) -> int:
    asked = query() if asked is None else asked
    return Client().post(URL, body, content_type="text/xml", query_params=asked).status_code


def sealed(appid: str, *, token: str = TOKEN, as_json: bool = False) -> tuple[bytes, dict[str, str]]:
    asked = query(token)
    encrypted = crypto.encrypt(PLAIN_PUSH, KEY, appid)
    asked["msg_signature"] = crypto.sign(token, asked["timestamp"], asked["nonce"], encrypted)
    values = {"ToUserName": GH, "Encrypt": encrypted}
    return json.dumps(values).encode() if as_json else xml(values), asked


def health() -> ProviderHealth:
    return ProviderHealth.objects.get()


def test_the_console_and_a_push_are_noted(row: WeChatProvider) -> None:
    assert Client().get(URL, query() | {"echostr": "1"}).status_code == 200
    assert (health().url_verified_at is not None, health().last_push_at) == (True, None)
    assert post() == 200
    assert health().last_push_at is not None


def test_a_console_that_asks_twice_at_once_is_one_write(row: WeChatProvider) -> None:
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        Client().get(URL, query() | {"echostr": "1"})
        provider = WeChatProvider.objects.select_related("health").get()
        with CaptureQueriesContext(connection) as queries:
            push_health.note_verified(provider)
    assert queries.captured_queries == []


def test_good_pushes_are_written_once_a_minute(row: WeChatProvider) -> None:
    with time_machine.travel("2026-03-01 12:00Z", tick=False) as clock:
        post()
        first = health().last_push_at
        clock.shift(59)
        push_health._looked_at.clear()
        post()
        assert health().last_push_at == first
        clock.shift(2)
        push_health._looked_at.clear()
        post()
        assert health().last_push_at != first


def test_a_refused_push_names_the_reason_and_a_good_one_ends_it(row: WeChatProvider) -> None:
    with time_machine.travel("2026-03-01 12:00Z", tick=False) as clock:
        post()
        for _ in range(2):
            clock.shift(61)
            assert post(asked=query("another")) == 403
        assert (health().push_failures, health().push_failure) == (2, Reason.TOKEN)
        post()
        assert (health().push_failures, health().push_failure) == (0, "")


def test_a_new_token_starts_anew(row: WeChatProvider) -> None:
    post()
    push_health.forget(row)
    assert (health().last_push_at, health().url_verified_at, health().push_failure) == (None, None, "")


def test_a_flood_of_refused_pushes_is_one_write_a_second(row: WeChatProvider) -> None:
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        for _ in range(5):
            post(asked=query("another"))
    assert health().push_failures == 1


def test_a_console_that_saves_anew_ends_the_old_failures(row: WeChatProvider) -> None:
    assert Client().get(URL, query("another") | {"echostr": "1"}).status_code == 403
    assert health().push_failure == Reason.TOKEN
    Client().get(URL, query() | {"echostr": "1"})
    assert (health().push_failure, health().url_verified_at is not None) == ("", True)


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
def test_a_stranger_is_not_counted(row: WeChatProvider, missing: str) -> None:
    asked = query("another") | {missing: ""}
    assert post(asked=asked) == 403
    assert not ProviderHealth.objects.exists()


def test_a_provider_that_takes_no_pushes_counts_none(row: WeChatProvider) -> None:
    row.access_token = ""
    row.save()
    assert post() == 403
    assert not ProviderHealth.objects.exists()


def test_a_stale_push_is_the_clock(row: WeChatProvider) -> None:
    assert post(asked=query(at=time.time() - 600)) == 403
    assert health().push_failure == Reason.CLOCK


def test_a_timestamp_that_is_no_number_is_the_clock(row: WeChatProvider) -> None:
    asked = {"timestamp": "soon", "nonce": "1", "signature": crypto.sign(TOKEN, "soon", "1")}
    assert post(asked=asked) == 403
    assert health().push_failure == Reason.CLOCK


def test_a_broken_body_is_neither(row: WeChatProvider) -> None:
    assert post(b"<xml>") == 403
    assert health().push_failure == Reason.OTHER


def test_safe_mode_there_and_plain_mode_here(row: WeChatProvider) -> None:
    assert post(*sealed(row.client_id_2)) == 403
    assert health().push_failure == Reason.SAFE


def test_plain_mode_there_and_safe_mode_here(row: WeChatProvider) -> None:
    WeChatProvider.objects.update(encoding_aes_key=KEY)
    assert post() == 403
    assert health().push_failure == Reason.PLAIN


@pytest.mark.parametrize("as_json", [False, True])
def test_another_key(row: WeChatProvider, *, as_json: bool) -> None:
    WeChatProvider.objects.update(encoding_aes_key="A" * 43)
    assert post(*sealed(row.client_id_2, as_json=as_json)) == 403
    assert health().push_failure == Reason.AES_KEY


def test_another_token_in_safe_mode(row: WeChatProvider) -> None:
    WeChatProvider.objects.update(encoding_aes_key=KEY)
    assert post(*sealed(row.client_id_2, token="another")) == 403
    assert health().push_failure == Reason.TOKEN


def test_a_database_that_does_not_take_it_stops_nothing(row: WeChatProvider, caplog: pytest.LogCaptureFixture) -> None:
    def full(*_args: object) -> None:
        raise OperationalError("disk full")

    provider = WeChatProvider.objects.select_related("health").get()
    with caplog.at_level("WARNING"), connection.execute_wrapper(full):
        push_health.note_push(provider)
    assert "could not be written" in caplog.text


@pytest.mark.parametrize("is_known", [True, False])
def test_an_ordinary_push_costs_nothing(row: WeChatProvider, *, is_known: bool) -> None:
    if is_known:
        push_health.note_push(row)
        push_health._looked_at.clear()
    provider = WeChatProvider.objects.select_related("health").get()
    with CaptureQueriesContext(connection) as queries:
        push_health.note_push(provider)
    assert bool(queries.captured_queries) is not is_known


def test_where_pushes_come_by_the_hundred_one_look_a_second_is_enough(
    row: WeChatProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(push_health, "monotonic", lambda: clock[0])
    looks = []
    for moment in (100.0, 100.2, 100.9, 101.1, 101.2):
        clock[0] = moment
        with CaptureQueriesContext(connection) as queries:
            assert post(PLAIN_PUSH.replace(b"nobody", str(moment).encode())) == 200
        looks.append("providerhealth" in str(queries.captured_queries))
    assert looks == [True, False, False, True, False]


def test_what_was_refused_is_history_with_the_very_next_push(row: WeChatProvider) -> None:
    assert post() == 200
    assert post(asked=query("another")) == 403
    assert health().push_failure == Reason.TOKEN
    assert post(PLAIN_PUSH.replace(b"nobody", b"somebody")) == 200
    assert health().push_failure == ""
