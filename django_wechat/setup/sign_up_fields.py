"""What does allauth's sign-up form ask people who come by WeChat? The site's settings, and its own form, say so."""

from enum import IntEnum
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.socialaccount import app_settings
from allauth.utils import get_form_class
from django.conf import settings

from django_wechat.models.columns import user_columns

FORM = "allauth.socialaccount.forms.SignupForm"
"""By name: it imports the form of the site, which may not be imported before the site's models are."""


class Asked(IntEnum):
    """Whether the form asks for a column. UNKNOWN: the site has a form of its own, which may, in another field."""

    NO = 0
    UNKNOWN = 1
    OPTIONAL = 2
    REQUIRED = 3


def asked(columns: list[str]) -> Asked:
    """Return what is true of all `columns` of the user model."""
    return min(map(_asked, columns), default=Asked.REQUIRED)


def gaps(*, ask_database: bool = True) -> dict[str, list[str]]:
    """Return the columns that stand in the way of new people, by what is the case; those the form asks for are none.

    "columns_optional": it asks for them, and says that they may be left out. "columns_unfilled": nothing asks.
    """
    found: dict[str, list[str]] = {}
    for column in user_columns.never_filled(ask_database=ask_database):
        is_asked = asked([column])
        if is_asked is not Asked.REQUIRED:
            code = "columns_optional" if is_asked is Asked.OPTIONAL else "columns_unfilled"
            found.setdefault(code, []).append(column)
    return found


def name_in_form(column: str) -> str:
    """Return the form's name of a column: allauth calls two of them always the same."""
    own_names = {
        account_settings.USER_MODEL_EMAIL_FIELD: "email",
        account_settings.USER_MODEL_USERNAME_FIELD: "username",
    }
    return str(own_names.get(column, column))


def _asked(column: str) -> Asked:
    name = name_in_form(column)
    if name == "email" and app_settings.EMAIL_REQUIRED:
        return Asked.REQUIRED
    if name in account_settings.SIGNUP_FIELDS:
        return Asked.REQUIRED if account_settings.SIGNUP_FIELDS[name]["required"] else Asked.OPTIONAL
    field = None if name in ("email", "username") else _form_fields().get(name)
    if field is not None:
        return Asked.REQUIRED if field.required else Asked.OPTIONAL
    return Asked.UNKNOWN if _has_own_form() else Asked.NO


def _form_fields() -> dict[str, Any]:
    form = get_form_class(app_settings.FORMS, "signup", FORM)
    fields: dict[str, Any] = form.base_fields
    return fields


def _has_own_form() -> bool:
    return "signup" in app_settings.FORMS or bool(getattr(settings, "ACCOUNT_SIGNUP_FORM_CLASS", None))
