"""What does a step cost? Statements and requests to WeChat, counted, so that nobody makes them grow unnoticed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_wechat.simulator.server import SimulatorServer
from tests.factories import WebProviderFactory
from tests.visitor import LOGIN, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer) -> Visitor:
    WebProviderFactory()
    return Visitor(wechat_simulator)


def statements(step: CaptureQueriesContext) -> int:
    """Count what asks or changes data; savepoints are sent along for free."""
    return sum(
        not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in step.captured_queries
    )


def test_the_login_page_asks_for_the_rows_once(visitor: Visitor) -> None:
    with CaptureQueriesContext(connection) as step:
        visitor.client.get("/accounts/login/")
    ours = [query for query in step.captured_queries if "django_wechat" in query["sql"]]
    assert len(ours) == 1


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
    assert counts == [22, 19]
