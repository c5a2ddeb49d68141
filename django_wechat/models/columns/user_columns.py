"""Which columns of the site's user model does a sign-in with WeChat leave unfilled, though they may not stay so?

WeChat tells no email address and no phone number. A column that is required, or unique and never null, is a problem
unless the model gives it a value or allauth's sign-up form asks for it (`setup/sign_up_fields.py`).
"""

from collections.abc import Iterator
from typing import Any

from allauth.account import app_settings as account_settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.db.models.expressions import BaseExpression

from django_wechat.models.transactions import peoples_database

Columns = tuple[str, ...]

FILLED = object()
"""The value of a column that the model, the database or allauth fills, differently for each person."""

_FILL_NOTHING = (models.Field, models.DateField, models.DateTimeField, models.TimeField)
"""Whose `pre_save` makes no value up, `auto_now` and `auto_now_add` apart."""


def never_filled(model: type[models.Model] | None = None, *, ask_database: bool = True) -> list[str]:
    """Return the columns of a user model, by default the site's, that stand in the way of a new person.

    Constraints with a condition need the database to know whether they are meant; without it they are left out.
    """
    model = model or get_user_model()
    blank = {field.name: _blank(field) for field in model._meta.concrete_fields}
    required = [name for name, value in blank.items() if value is None and _is_required(model, name)]
    return _ordered(model, [*required, *_repeated(model, blank, blank if ask_database else None)])


def unfilled(user: models.Model) -> list[str]:
    """Return the columns of a new `user`, as it goes to the database, that cannot or must not be saved like this."""
    model, fields = type(user), user._meta.concrete_fields
    # A generated column has no value yet.
    values = {field.name: getattr(user, field.attname, FILLED) for field in fields}
    # What somebody has for their own is never in the way.
    same = {field.name: FILLED if values[field.name] != _blank(field) else values[field.name] for field in fields}
    required = [name for name, value in values.items() if value is None and _is_required(model, name)]
    return _ordered(model, [*required, *_repeated(model, same, values)])


def leave_empty(user: models.Model) -> None:
    """Keep nothing as NULL where it may be and must differ, of which there may be many; allauth writes ""."""
    for field in user._meta.concrete_fields:
        if field.null and getattr(user, field.attname) == "" and _is_in_unique(type(user), field):
            setattr(user, field.attname, None)


def labels(columns: list[str], model: type[models.Model] | None = None) -> list[str]:
    """Return what people call `columns`, in the language of now."""
    meta = (model or get_user_model())._meta
    return [str(meta.get_field(name).verbose_name) for name in columns]  # type: ignore[union-attr]


def _blank(field: Any) -> Any:
    """Return what a column has for everybody who comes by WeChat, or FILLED."""
    if field.name in ("password", account_settings.USER_MODEL_USERNAME_FIELD):
        return FILLED
    if field.name == account_settings.USER_MODEL_EMAIL_FIELD:
        return None if field.null else ""
    if isinstance(field, models.AutoField) or _fills_itself(field):
        return FILLED
    return field.get_default()


def _fills_itself(field: Any) -> bool:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) or field.has_db_default():
        return True
    own_value = type(field).pre_save not in {kind.pre_save for kind in _FILL_NOTHING}
    parent_link = bool(field.remote_field and getattr(field.remote_field, "parent_link", False))
    made = field.has_default() and callable(field.default)
    return own_value or parent_link or field.generated or made


def _is_required(model: type[models.Model], name: str) -> bool:
    field: Any = model._meta.get_field(name)
    return not (field.null or isinstance(field, models.AutoField) or _fills_itself(field))


def _repeated(model: type[models.Model], values: dict[str, Any], known: dict[str, Any] | None) -> Iterator[str]:
    """Yield the columns that must differ, and have the same value for everybody; `known` is what conditions look at."""
    for columns, condition in _uniques(model):
        if any(values.get(name, FILLED) in (FILLED, None) for name in columns):
            continue
        if condition is not None and not (known and _is_meant(condition, known)):
            continue
        fields: list[Any] = [model._meta.get_field(name) for name in columns]
        yield from [field.name for field in fields if not field.has_default()] or columns


def _uniques(model: type[models.Model]) -> Iterator[tuple[Columns, Q | None]]:
    meta = model._meta
    yield from (((field.name,), None) for field in meta.concrete_fields if field.unique)
    yield from ((tuple(columns), None) for columns in meta.unique_together)
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            named = [name for expression in constraint.expressions for name in _names(expression)]
            yield (*constraint.fields, *named), constraint.condition


def _names(expression: Any) -> Iterator[str]:
    if hasattr(expression, "name"):  # an F
        yield expression.name
    elif isinstance(expression, BaseExpression):
        for source in expression.get_source_expressions():
            yield from _names(source)


def _is_in_unique(model: type[models.Model], field: Any) -> bool:
    return any(field.name in columns for columns, _condition in _uniques(model))


def _is_meant(condition: Q, known: dict[str, Any]) -> bool:
    """Whether a constraint with this condition is about a person with these values."""
    plain = {name: "-" if value is FILLED or hasattr(value, "as_sql") else value for name, value in known.items()}
    return condition.check(plain, using=peoples_database().alias)


def _ordered(model: type[models.Model], columns: list[str]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name in columns]
