"""What happens as a whole, and in which database? A router may keep a site's people outside `default`.

Our tables stand in one database with allauth's and the site's users, because they point to them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from django_wechat.models import WeChatIdentity

View = TypeVar("View", bound=Callable[..., Any])


def all_or_nothing() -> AbstractContextManager[None]:
    """Return a transaction of the database that holds the people, for a `with`."""
    return transaction.atomic(using=_database())


def take_all_back() -> None:
    """Have the transaction under way end as if nothing had happened."""
    transaction.set_rollback(True, using=_database())


def afterwards(step: Callable[[], object]) -> None:
    """Call `step` once the transaction under way is saved, if it is; at once if there is none."""
    transaction.on_commit(step, using=_database())


def peoples_database() -> BaseDatabaseWrapper:
    """Return this thread's connection to the database that holds the people."""
    return connections[_database()]


def outside_transactions(view: View) -> View:
    """Mark a view that ATOMIC_REQUESTS of no database spans: it asks WeChat, or waits for another request."""
    for database in connections:
        view = transaction.non_atomic_requests(using=database)(view)
    return view


def _database() -> str:
    return router.db_for_write(WeChatIdentity)
