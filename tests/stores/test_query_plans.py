"""Does every question that is asked often have an index, on whichever database the suite runs?

The statements are those that the product sends; the database is asked how it would answer them.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_wechat.admin import looking
from django_wechat.models import CodeExchange, PushReceipt, QRSession, SignInAttempt, WeChatIdentity
from django_wechat.people import identities
from django_wechat.protocol.oauth import Profile
from django_wechat.simulator import seeds
from django_wechat.stores import attempts, code_exchanges, push_receipts, qr_sessions
from tests.factories import AccountFactory, BothProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

MANY = 400
LARGE = (
    "auth_user",
    "django_wechat_codeexchange",
    "django_wechat_pushreceipt",
    "django_wechat_qrsession",
    "django_wechat_signinattempt",
    "django_wechat_wechatidentity",
    "django_wechat_wechatunionid",
    "socialaccount_socialaccount",
)
APPID = "wx0000000000000001"


@pytest.fixture(autouse=True)
def _rows() -> None:
    """So many that a database which is small enough to be read whole is not what decides."""
    provider = BothProviderFactory(name="site")
    users = [UserFactory.build(username=f"u{number}", email="", password="!") for number in range(MANY)]
    accounts = [
        AccountFactory._meta.model(user=user, provider="wechat", uid=f"p{number}")
        for number, user in enumerate(UserFactory._meta.model.objects.bulk_create(users))
    ]
    WeChatIdentity.objects.bulk_create(
        WeChatIdentity(appid=APPID, openid=f"o{number}", unionid=f"p{number}", account=account)
        for number, account in enumerate(AccountFactory._meta.model.objects.bulk_create(accounts))
    )
    now = timezone.now()
    QRSession.objects.bulk_create(
        QRSession(
            public_id=f"{number:022}",
            scene=f"scene-{number}",
            confirm_hash=f"confirm-{number}",
            browser_hash=qr_sessions._hash("browser", str(number)),
            provider=provider,
            appid=APPID,
            expires_at=now + timedelta(seconds=number),
        )
        for number in range(MANY)
    )
    # Each was changed at a moment of its own; one UPDATE for all would make the newest change that of every session.
    for number, session in enumerate(QRSession.objects.order_by("pk")):
        session.changed_at = now - timedelta(seconds=number)
        QRSession.objects.filter(pk=session.pk).update(changed_at=session.changed_at)
    SignInAttempt.objects.bulk_create(
        SignInAttempt(
            created_at=now - timedelta(hours=number), provider_name="site", journey="web_qr", outcome="signed_in"
        )
        for number in range(10 * MANY)
    )
    CodeExchange.objects.bulk_create(
        CodeExchange(state_hash=f"s{number}", code_hash="c", browser="b", state="") for number in range(MANY)
    )
    PushReceipt.objects.bulk_create(PushReceipt(key_hash=f"k{number}", body_hash="b") for number in range(MANY))


def planned(sql: str) -> list[dict[str, Any]]:
    """Return what the database says of a statement, a dict for each line; PostgreSQL sorts only if it must."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", "sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        if connection.vendor == "mysql":
            sql = re.sub(r"FROM `(\w+)`(?! `)(?=.*ORDER BY)", _in_order, sql, count=1)
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _in_order(found: re.Match[str]) -> str:
    """Have MariaDB take a table in an index's order, as it does by itself where there is much to sort."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, found[1]).items()
    indexes = ", ".join(f"`{name}`" for name, constraint in constraints if constraint["index"])
    return f"{found[0]} FORCE INDEX FOR ORDER BY ({indexes})"


def is_read_whole(line: dict[str, Any]) -> bool:
    """Return whether a line of a plan reads every row of a large table; the end of an index is not all of it."""
    if connection.vendor == "mysql":
        # Few rows are read whole although an index is there: that one could be used is what counts.
        could = line["possible_keys"] or (line["type"] == "index" and "Using where" not in str(line["Extra"]))
        return line["table"] in (*LARGE, "U0") and line["type"] in ("ALL", "index") and not could
    words = str(line.get("detail") or line.get("QUERY PLAN"))
    whole = r"^SCAN (\S+)(?!.* USING )" if connection.vendor == "sqlite" else r"Seq Scan on (\S+)"
    found = re.search(whole, words)
    return found is not None and found[1] in (*LARGE, "U0")


def is_sorted(line: dict[str, Any]) -> bool:
    """Return whether a line of a plan sorts what no index has in order."""
    words = " ".join(map(str, line.values())).replace("Incremental Sort", "")
    return any(told in words for told in ("USE TEMP B-TREE FOR ORDER BY", "Using filesort", "Sort  (cost"))


@contextmanager
def statements() -> Iterator[list[str]]:
    """Give the statements that are sent in the block, once it has ended."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield sent
    sent += [
        query["sql"]
        for query in captured
        if re.match(r"SELECT|UPDATE|DELETE|\(SELECT", query["sql"]) and any(table in query["sql"] for table in LARGE)
    ]


def sign_in() -> None:
    profile = identities.settle(Profile(appid=APPID, openid="o7", unionid="p7", account_uid="p7"))
    known = identities.find(profile.appid, profile.openid)
    assert known
    account = known.account
    account.extra_data = {"appid": APPID, "openid": "o7", "unionid": "p7"}
    identities.record(account)


def scan_to_end() -> None:
    session = qr_sessions.find_by_scene("scene-300", APPID)
    assert session
    assert qr_sessions.scan(session, "o1", confirmed=False)
    assert qr_sessions.find_for_phone("nobody's") is None
    assert qr_sessions.confirm(session)
    assert qr_sessions.redeem(session)


def watch() -> None:
    since = timezone.now() - timedelta(seconds=5)
    assert qr_sessions.changes(since, {f"{300:022}"})
    assert qr_sessions.changes(None, set())


def once() -> None:
    exchange = code_exchanges.claim("state", "code", "cookie", {})
    assert exchange
    assert code_exchanges.state_of("state", "code", "cookie") == {}
    assert code_exchanges.clear_old() == push_receipts.clear_old() == 0


HOT: dict[str, Callable[[], object]] = {
    "a sign-in": sign_in,
    "whose unionid it is": lambda: (identities.owner_of("p7"), identities.owner_of("nobody's")),
    "a poll": lambda: qr_sessions.snapshot(f"{7:022}", "7"),
    "a scan": scan_to_end,
    "a code of a tab": lambda: qr_sessions._expire_surplus(qr_sessions._hash("browser", "7")),
    "the watcher's look": watch,
    "what happens once": once,
    "cleaning up": lambda: (qr_sessions.clear_expired(), attempts.clear_old()),
}


@pytest.mark.parametrize("name", HOT)
def test_no_table_is_read_whole(name: str) -> None:
    with statements() as sent:
        HOT[name]()
    assert sent
    for sql in sent:
        plan = planned(sql)
        assert [line for line in plan if is_read_whole(line)] == [], f"{sql}\n{plan}"


@pytest.mark.parametrize("page", ["wechatprovider", "wechatidentity", "qrsession", "signinattempt"])
def test_no_list_of_the_admin_reads_or_sorts_a_table(client: Client, page: str) -> None:
    staff: AbstractBaseUser = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(staff)
    with statements() as sent:
        assert client.get(f"/admin/django_wechat/{page}/").status_code == 200
    lists = [sql for sql in sent if not sql.startswith("UPDATE")]
    assert lists
    for sql in lists:
        plan = planned(sql)
        # What is in an index's order is read from its end, and no further than the page goes.
        whole = [line for line in plan if is_read_whole(line)] if "LIMIT" not in sql else []
        # What is sorted is a handful: the providers there are, and the chart's outcomes of one day.
        few = "GROUP BY" in sql or page == "wechatprovider"
        assert whole == [], f"{sql}\n{plan}"
        assert few or not any(map(is_sorted, plan)), f"{sql}\n{plan}"


def test_a_plan_without_an_index_is_seen() -> None:
    table = WeChatIdentity._meta.db_table
    assert any(map(is_read_whole, planned(f"SELECT * FROM {table} WHERE follows IS NULL")))
    assert any(map(is_sorted, planned(f"SELECT * FROM {table} ORDER BY first_seen_at")))


def test_cleaning_up_goes_on_until_all_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr_sessions, "DELETE_AT_ONCE", 150)
    with statements() as sent:
        assert qr_sessions.clear_expired(before=timezone.now() + timedelta(days=1)) == MANY
    assert len([sql for sql in sent if sql.startswith("DELETE")]) == 3


def test_identities_are_listed_by_app_and_only_the_newest(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "NEWEST", 3)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    page = client.get("/admin/django_wechat/wechatidentity/")
    assert "Only the newest 3" in page.content.decode()
    assert [identity.openid for identity in page.context["cl"].result_list[:3]] == ["o399", "o398", "o397"]
    other = client.get("/admin/django_wechat/wechatidentity/", {"appid": seeds.WEBSITE_APP_APPID})
    assert list(other.context["cl"].result_list) == []
