"""How is a row found, and many deleted, without costing more than it has to?"""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, connections, models, router
from django.db.models import QuerySet

logger = logging.getLogger("django_wechat.models")

Row = TypeVar("Row", bound=models.Model)


def all_by(model: type[Row], column: str, value: str | bool) -> list[Row]:
    """Return the rows of `model` whose `column` is `value`, in no order, by a statement that Django need not compile.

    For what every sign-in and push asks: compiling takes Django three times as long as all else about such a query.
    """
    database = router.db_for_read(model)
    return list(model._default_manager.using(database).raw(_select(model, column, database), [value]))


def found_by(model: type[Row], column: str, value: str) -> Row | None:
    """Return the only row of `model` whose unique `column` is `value`, as `all_by` does; None if there is none."""
    return next(iter(all_by(model, column, value)), None)


@cache
def _select(model: type[models.Model], column: str, database: str) -> str:
    """Columns by name: a `*` would change its meaning under open connections when a migration adds one."""
    quote = connections[database].ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {quote(column)} = %s"  # noqa: S608


def one(rows: QuerySet[Row]) -> Row | None:
    """Return the only row of `rows`, for those found by something unique; None if there is none.

    `first()` would have the database order them, and Django write that order: a third of what such a query costs it.
    """
    return next(iter(rows.order_by()), None)


def delete_some(rows: QuerySet[Any], *, at_most: int) -> int:
    """Delete up to `at_most` of `rows`, chosen first so that no lock spans the table; return how many."""
    chosen = list(rows.values_list("pk", flat=True)[:at_most])
    deleted, _per_model = rows.model._default_manager.filter(pk__in=chosen).delete()
    return int(deleted)


def delete_all(rows: QuerySet[Any], *, at_once: int) -> int:
    """Delete all `rows`, `at_once` in each transaction, so that nobody waits for long; return how many."""
    deleted, batch = 0, at_once
    while batch == at_once:
        batch = delete_some(rows, at_most=at_once)
        deleted += batch
    return deleted


def clean_up(clear: Callable[[], int]) -> None:
    """Clean up beside other work: whatever comes in its way, that work was done."""
    try:
        clear()
    except DatabaseError:
        logger.warning("Old rows could not be deleted now", exc_info=True)
