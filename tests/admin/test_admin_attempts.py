"""Does the admin find what happened to a visitor, and see at a glance how sign-ins go?"""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from django_wechat.admin import attempts_chart, looking
from django_wechat.admin.errcode_words import WORDS, in_words
from django_wechat.models import Outcome, SignInAttempt
from django_wechat.protocol.errcodes import EXCEPTIONS
from tests.factories import WebProviderFactory

pytestmark = pytest.mark.django_db

URL = "/admin/django_wechat/signinattempt/"


@pytest.fixture(autouse=True)
def _in_the_middle_of_an_hour() -> Iterator[None]:
    """No hour of the chart ends while a test looks at it."""
    with time_machine.travel(timezone.now().replace(minute=30), tick=True):
        yield


def log(outcome: str = "signed_in", *, ago: timedelta = timedelta(0), **values: Any) -> SignInAttempt:
    filled = {"provider_name": "web", "journey": "web_qr", "duration_ms": 1234, **values}
    return SignInAttempt.objects.create(outcome=outcome, created_at=timezone.now() - ago, **filled)


def page_of(client: Client, **query: str) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200, response
    return response.content.decode()


def listed(client: Client, **query: str) -> list[SignInAttempt]:
    return list(client.get(URL, query).context["cl"].result_list)


def test_a_line_in_words(admin_client: Client) -> None:
    log("misconfigured", problem="misconfigured", errcode=40125, reference="1a2b3c4d")
    page = page_of(admin_client)
    for words in ("QR code on a computer", "wrong settings", "The AppSecret is wrong or was reset (40125)", "1.23"):
        assert words in page
    assert "1a2b3c4d" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"errcode": 12345}, "unknown to this package (12345)"),
        ({"problem": "qr_over"}, "This QR code has run out"),
        ({"problem": "refused_on_phone"}, "On the phone, the person said that it was not them"),
        ({"problem": "wrong_entry", "journey": "program_code"}, "had been sent to somebody was opened; nobody"),
        ({"journey": "program_code"}, "scanning the mini program’s code"),
        ({"journey": "program_link"}, "opening the mini program from a phone’s browser"),
        ({"journey": "mini_program"}, ">mini program<"),
        ({"problem": "of_a_later_version"}, "of_a_later_version"),
        ({}, ">-<"),
        ({"journey": "", "duration_ms": None}, ">-<"),
        ({"journey": "of_a_later_version"}, "of_a_later_version"),
    ],
)
def test_reasons(admin_client: Client, values: dict[str, Any], words: str) -> None:
    log("failed", **values)
    assert words in page_of(admin_client)


@pytest.mark.parametrize("typed", ["1a2b3c4d", " 1A2B3C4D ", "(1a2b3c4d)."])
def test_a_reference_is_found(admin_client: Client, typed: str) -> None:
    mine = log("failed", reference="1a2b3c4d")
    log("failed", reference="1a2b3c4e")
    log()
    assert listed(admin_client, q=typed) == [mine]


def test_filters(admin_client: Client) -> None:
    WebProviderFactory(name="web")
    WebProviderFactory(name="other")
    here, there = log(), log("failed", provider_name="other", journey="follow", ago=timedelta(days=3))
    assert listed(admin_client) == [here, there]
    assert listed(admin_client, provider="other") == [there]
    assert listed(admin_client, journey="follow") == [there]
    assert listed(admin_client, outcome__exact="failed") == [there]
    since = (timezone.now() - timedelta(days=1)).isoformat()
    assert listed(admin_client, created_at__gte=since) == [here]


def test_nobody_changes_the_log(admin_client: Client) -> None:
    entry = log()
    assert admin_client.get(f"{URL}add/").status_code == 403
    assert admin_client.get(f"{URL}{entry.pk}/change/").status_code == 200
    assert admin_client.post(f"{URL}{entry.pk}/change/", {}).status_code == 403
    assert admin_client.post(f"{URL}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(URL, {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"})
    assert SignInAttempt.objects.get() == entry


def test_only_who_may_look_sees_the_log(client: Client) -> None:
    log()
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(URL).status_code == 403
    assert not [query for query in asked if "signinattempt" in query["sql"]]
    assert "Sign-in log" not in client.get("/admin/").content.decode()
    staff.user_permissions.add(Permission.objects.get(codename="view_signinattempt"))
    assert "QR code on a computer" in page_of(client)


def test_the_chart_is_a_picture_and_a_table(admin_client: Client) -> None:
    for _ in range(3):
        log()
    log("misconfigured")
    log("expired", ago=timedelta(days=2))
    page = page_of(admin_client)
    assert page.count("<rect") == 2
    table = page.partition("<details>")[2].partition("</details>")[0]
    assert re.findall(r'scope="col">([^<]+)', table) == ["hour", "signed in", "wrong settings"]
    assert re.findall(r"<td>(\d+)</td>", table)[-2:] == ["3", "1"]
    assert len(re.findall(r'scope="row"', table)) == 24
    chart = page.partition('<section class="wechat-chart')[2].partition("</section>")[0]
    assert "style=" not in chart
    assert "<script" not in chart


def test_the_chart_of_a_quiet_day(admin_client: Client) -> None:
    log(ago=timedelta(days=2))
    page = page_of(admin_client)
    assert "No sign-in ended in the last 24 hours" in page
    assert "<rect" not in page


def test_bars_stay_in_the_picture_and_one_in_a_thousand_is_seen() -> None:
    for _ in range(300):
        log()
    log("failed")
    log("refused", ago=timedelta(hours=3))
    chart = attempts_chart.last_24_hours()
    parts = [part for hour in chart.hours for part in hour.parts]
    assert [(part.outcome, part.number) for part in parts] == [
        (Outcome.REFUSED, 1),
        (Outcome.SIGNED_IN, 300),
        (Outcome.FAILED, 1),
    ]
    assert all(part.height >= 1 and 0 <= part.y <= part.y + part.height <= chart.height + 1 for part in parts)
    assert chart.highest == 301


def test_the_attempts_of_a_long_day_are_counted_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts_chart, "MANY", 2)
    monkeypatch.setattr(attempts_chart, "KEPT_FOR", 3)
    highest = []
    for _ in range(4):
        log()
        highest.append(attempts_chart.last_24_hours().highest)
    assert highest == [1, 2, 3, 3]
    time.sleep(3.2)
    assert attempts_chart.last_24_hours().highest == 4


def test_a_long_day_is_shown_without_a_cache(
    admin_client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(attempts_chart, "MANY", 0)
    nobody = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {**settings.CACHES, "away": nobody}
    settings.WECHAT = {**settings.WECHAT, "CACHE_ALIAS": "away"}
    log()
    assert "<rect" in page_of(admin_client)
    assert "The cache does not answer" in caplog.text


@pytest.mark.parametrize("language", ["de", "zh-hans", "zh-hant"])
def test_numbers_in_the_picture_are_numbers_in_every_language(
    admin_client: Client, language: str, settings: Any
) -> None:
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGES = [(language, language)]
    settings.LANGUAGE_CODE = language
    log()
    page = page_of(admin_client)
    assert 'viewBox="0 0 480 96"' in page
    assert re.search(r'<rect class="wechat-signed_in" x="460" y="0" width="16" height="96">', page)


def test_a_log_that_is_off_says_so(admin_client: Client, settings: Any) -> None:
    settings.WECHAT = {"LOG_DAYS": 0}
    assert "The log is switched off" in page_of(admin_client)


def test_the_newest_are_counted_and_no_more(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "NEWEST", 3)
    for _ in range(3):
        log()
    assert "Only the newest 3" in page_of(admin_client)
    log()
    assert admin_client.get(URL).context["cl"].result_count == 3


def test_what_the_list_asks_the_database(admin_client: Client) -> None:
    """Each kind once: a bounded count, one page of rows, the chart, the providers' names."""
    WebProviderFactory()
    for _ in range(5):
        log()
    with CaptureQueriesContext(connection) as asked:
        page_of(admin_client)
    ours = [query["sql"] for query in asked if "django_wechat" in query["sql"]]
    about_the_log = [sql for sql in ours if "signinattempt" in sql]
    assert len(ours) == 4
    counts = [sql for sql in about_the_log if "COUNT(" in sql and "GROUP BY" not in sql]
    assert len(counts) == 1
    assert "LIMIT 10000" in counts[0]
    assert sum("GROUP BY" in sql for sql in about_the_log) == 1
    assert len(about_the_log) == 3


def test_every_errcode_that_the_package_knows_has_words() -> None:
    known = {errcode for errcodes in EXCEPTIONS.values() for errcode in errcodes}
    assert known == set(WORDS)
    with translation.override("en"):
        assert in_words(-1) == "WeChat is busy (-1)"
