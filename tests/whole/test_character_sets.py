"""Do people with emoji in their nicknames get in where the database does not hold them? Runs on MariaDB and MySQL."""

import pytest
from django.db import connection

from tests import own_process


@pytest.mark.services
@pytest.mark.skipif(connection.vendor != "mysql", reason="other databases hold every character")
@pytest.mark.parametrize(
    ("tables", "spoken"),
    [("utf8mb3", "utf8mb4"), ("utf8mb4", "utf8mb3"), ("gbk", "utf8mb4"), ("latin1", "utf8mb4"), ("utf8mb4", "gbk")],
)
def test_the_journeys_of_a_site_with_this_database(tables: str, spoken: str) -> None:
    environment = {"NARROW_TABLES": tables, "NARROW_CONNECTION": spoken}
    own_process.passes("tests.narrow.settings", "tests/narrow/journeys.py", **environment)
