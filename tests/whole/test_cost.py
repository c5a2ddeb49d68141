"""What does a step cost? Statements and requests to WeChat, counted, so that nobody makes them grow unnoticed."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.setup import provider_settings
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import code_exchanges, push_receipts, qr_sessions
from tests.factories import AccountFactory, IdentityFactory, MiniProgramFactory, WebProviderFactory
from tests.visitor import LOGIN, Visitor
from tests.web.programs.program import MINI_PROGRAM, Program

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
    signed in (tests/web/phone/test_confirm.py), and what a program is answered at its second delivery. The test client
    cannot tell.
    """
    sent = [query["sql"] for query in step.captured_queries]
    after = (_notes_session, _keeps_answer)
    asked = [sql for sql in sent if "django_wechat_signinattempt" not in sql and not any(is_it(sql) for is_it in after)]
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for sql in asked)


def _notes_session(sql: str) -> bool:
    return sql.startswith("UPDATE") and "django_wechat_qrsession" in sql and "session_keys" in sql


def _keeps_answer(sql: str) -> bool:
    changed = sql.partition(" WHERE ")[0]
    return changed.startswith("UPDATE") and "codeexchange" in changed and "person" not in changed


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


@pytest.mark.parametrize(("tokens", "most"), [("allauth", 12), ("simplejwt", 8)])
def test_a_returning_mini_program(visitor: Visitor, settings: Any, tokens: str, most: int) -> None:
    """Without the list of sessions and simplejwt's blacklist, which are apps of their own."""
    settings.WECHAT = {**settings.WECHAT, "TOKENS": tokens}
    MiniProgramFactory()
    program = Program(visitor.simulator)
    program.sign_in()
    UserSession.objects.all().delete()
    body = {"code": program.code()}
    with CaptureQueriesContext(connection) as step:
        assert program.post(MINI_PROGRAM, body).status_code == 200
    others = sum("usersessions_" in query["sql"] or "token_blacklist" in query["sql"] for query in step)
    assert statements(step) - others == most + (6 if connection.vendor == "mysql" else 0)
    assert program.platform.count("/api/sns/jscode2session") == 2
