"""Are the providers of the settings filled in as the admin's form asks? System checks for WECHAT["PROVIDERS"]."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _

from django_wechat import conf
from django_wechat.forms import WeChatProviderForm
from django_wechat.provider_settings import KEYS, values_of
from django_wechat.verification import FILES, is_content, is_name


class _EntryForm(WeChatProviderForm):
    """The admin's form over one dict; it asks the database nothing."""

    def validate_unique(self) -> None:
        """Names are compared among the dicts."""

    def validate_constraints(self) -> None:
        """The model has none that a dict could break."""


@register("django_wechat")
def check_providers(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse what the admin's form would refuse, in its words; no message holds a value."""
    del app_configs
    entries = conf.get("PROVIDERS")
    if not isinstance(entries, (list, tuple)) or not all(
        isinstance(one, Mapping) and one.get("name") for one in entries
    ):
        hint = "PROVIDERS = [{'name': 'web', 'client_id': 'wx…', 'client_secret': os.environ[…]}]"
        words = _("WECHAT['PROVIDERS'] must be a list of dicts, each with a name.")
        return [Error(words, hint=hint, id=f"{_ID}E010")]
    return [*_doubled(entries), *(message for order, one in enumerate(entries) for message in _messages(one, order))]


def _doubled(entries: Sequence[Mapping[str, Any]]) -> list[CheckMessage]:
    names = [str(one["name"]) for one in entries]
    words = _("WECHAT['PROVIDERS'] has %(name)r more than once.")
    return [
        Error(words % {"name": name}, hint=_("Give each a name of its own."), id=f"{_ID}E011")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def _messages(entry: Mapping[str, Any], order: int) -> list[CheckMessage]:
    where = f"WECHAT['PROVIDERS'][{order}] ({entry['name']!r})"
    words, hint = _("%(where)s: %(key)r is no field."), _("Known: %(known)s.") % {"known": ", ".join(sorted(KEYS))}
    unknown = [
        Error(words % {"where": where, "key": key}, hint=hint, id=f"{_ID}E012")
        for key in sorted(set(entry) - KEYS - {FILES}, key=str)
    ]
    return [*unknown, *_bad_files(where, entry.get(FILES, {})), *_breaches(where, entry, order)]


def _bad_files(where: str, files: Any) -> list[CheckMessage]:
    right = isinstance(files, Mapping) and all(is_name(str(name)) and is_content(str(files[name])) for name in files)
    if right:
        return []
    message = _("%(where)s, verification_files: this is not {file name: content} as WeChat’s console gives them out.")
    hint = _("For instance {'MP_verify_0123456789abcdef.txt': '0123456789abcdef'}.")
    return [Error(message % {"where": where}, hint=hint, id=f"{_ID}E014")]


def _breaches(where: str, entry: Mapping[str, Any], order: int) -> list[CheckMessage]:
    defaults = {name: field.initial for name, field in _EntryForm.base_fields.items()}
    data = {**defaults, **{key: entry[key] for key in KEYS & set(entry)}, **values_of(entry, order)}
    errors = _EntryForm(data).errors
    words = _("%(where)s, %(field)s: %(problems)s")
    return [
        Error(words % {"where": where, "field": field, "problems": " ".join(map(str, found))}, id=f"{_ID}E013")
        for field, found in errors.items()
    ]


_ID = "django_wechat."
