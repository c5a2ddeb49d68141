"""What does a step cost? Statements and requests to WeChat, counted, so that nobody makes them grow unnoticed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.setup import provider_settings
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import code_exchanges, push_receipts, qr_sessions
from tests.factories import AccountFactory, IdentityFactory, WebProviderFactory
from tests.visitor import LOGIN, Visitor

pytestmark = pytest.mark.django_db

RETURNING = 21 if connection.vendor == "mysql" else 16
"""Statements of a sign-in of somebody known; MariaDB cannot find the person and hold the account in one."""


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    WebProviderFactory()
    # What one in many pays for the others.
    monkeypatch.setattr(code_exchanges, "_CLEAN_UP_EVERY", 10**9)
    monkeypatch.setattr(push_receipts, "CLEAN_UP_EVERY", 10**9)
    # What the first request of a process pays once.
    provider_settings.sync_once()
    return Visitor(wechat_simulator)


def statements(step: CaptureQueriesContext) -> int:
    """Count what asks or changes data before the answer is sent; savepoints are sent along for free.

    The line of the sign-in log is written after that (tests/stores/test_attempts.py), and so is which session a QR code
    signed in (tests/web/phone/test_confirm.py); the test client cannot tell.
    """
    sent = [query["sql"] for query in step.captured_queries]
    asked = [sql for sql in sent if "django_wechat_signinattempt" not in sql and not _notes_session(sql)]
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for sql in asked)


def _notes_session(sql: str) -> bool:
    return sql.startswith("UPDATE") and "django_wechat_qrsession" in sql and "session_keys" in sql


def test_the_login_page_asks_for_the_rows_once(visitor: Visitor) -> None:
    with CaptureQueriesContext(connection) as step:
        visitor.client.get("/accounts/login/")
    ours = [query["sql"] for query in step.captured_queries if "django_wechat" in query["sql"]]
    assert len([sql for sql in ours if "wechatprovider" in sql]) == 1
    assert len([sql for sql in ours if "signinmethod" in sql]) == 1
    assert len(ours) == 2


def test_the_start_page(visitor: Visitor) -> None:
    with CaptureQueriesContext(connection) as step:
        visitor.client.get(LOGIN)
    assert statements(step) == 1


def test_a_first_and_a_returning_sign_in(visitor: Visitor) -> None:
    counts = []
    for _ in range(2):
        browser = Visitor(visitor.simulator)
        url = browser.start()
        code = browser.allow(url)
        with CaptureQueriesContext(connection) as step:
            browser.come_back(url, code)
        counts.append(statements(step))
    assert counts == [29, RETURNING]


def test_each_step_of_following(visitor: Visitor) -> None:
    row = WeChatProvider.objects.get()
    row.client_id_2, row.client_secret_2 = seeds.OFFICIAL_ACCOUNT_APPID, seeds.OFFICIAL_ACCOUNT_SECRET
    row.access_token, row.enable_qr_code, row.follow_up_action = "tokentoken", True, "media"
    row.save()
    account = AccountFactory(uid="u1")
    IdentityFactory(account=account, appid=row.client_id_2, openid="o1", unionid="u1")
    visitor.open_qr()
    asked = len(visitor.simulator.platform.requests)
    with CaptureQueriesContext(connection) as opening:
        opened = visitor.open_qr()
    counts = [statements(opening)]
    assert len(visitor.simulator.platform.requests) - asked == 1
    with CaptureQueriesContext(connection) as polling:
        visitor.client.get(opened["status_url"])
    counts.append(statements(polling))
    qr_sessions.scan(QRSession.objects.get(public_id=opened["id"]), "o1", confirmed=True)
    with CaptureQueriesContext(connection) as finishing:
        visitor.client.post(opened["finish_url"])
    counts.append(statements(finishing))
    assert len(visitor.simulator.platform.requests) - asked == 1
    assert visitor.user == account.user
    assert counts == [3, 1, RETURNING - 4]
