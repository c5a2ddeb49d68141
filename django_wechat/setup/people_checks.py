"""Can the site's tables take in people who come by WeChat? System checks of the user model."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.checks import CheckMessage, register

from django_wechat.models.columns import character_sets
from django_wechat.models.transactions import peoples_database
from django_wechat.setup import sign_up_fields
from django_wechat.setup.check.findings import Finding, found

_IDS = {"columns_optional": "W020", "columns_unfilled": "W021", "characters_lost": "W022"}


@register("django_wechat")
def check_user_model(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn of columns that WeChat cannot fill. What only the database can tell is for the check of a provider."""
    del app_configs
    columns = sign_up_fields.gaps(ask_database=False)
    label = get_user_model()._meta.label
    return [_message(found(code, columns=f"{', '.join(names)} ({label})")) for code, names in columns.items()]


@register(checks.Tags.database)
def check_character_sets(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **_kwargs: Any
) -> list[CheckMessage]:
    """Warn of columns for names that cannot hold every name; `manage.py check --database default` asks for it."""
    del app_configs
    if peoples_database().alias not in (databases or ()):
        return []
    columns = list(character_sets.narrow())
    return [_message(found("characters_lost", columns=", ".join(columns)))] if columns else []


def _message(finding: Finding) -> CheckMessage:
    """Say it as the check of a provider does."""
    words = f"{finding.title}. {finding.reason}"
    return checks.Warning(words, hint=finding.todo, id=f"django_wechat.{_IDS[finding.code]}")
