"""Are the providers of the settings filled in as the admin's form asks? System checks for WECHAT["PROVIDERS"]."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage, Error, Info, register
from django.utils.translation import gettext as _

from django_wechat import conf
from django_wechat.models.entries import PASTED, SWITCHES, clean_entry
from django_wechat.setup.forms import WeChatProviderForm
from django_wechat.setup.provider_settings import KEYS, values_of
from django_wechat.setup.verification import FILES, is_content, is_name


class _EntryForm(WeChatProviderForm):
    """The admin's form over one dict; it asks the database nothing, which need not be there yet."""

    def __init__(self, data: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(data)
        self.others = others

    def other_with(self, appid: str) -> str:
        """AppIDs are compared among the dicts, too: its own row is in the database."""
        names = (str(one["name"]) for one in self.others if appid in (one.get("client_id"), one.get("client_id_2")))
        return next(names, "")

    def validate_unique(self) -> None:
        """Names are compared among the dicts."""

    def validate_constraints(self) -> None:
        """The model has none that a dict could break."""


@register("django_wechat")
def check_providers(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse what the admin's form would refuse, in its words; no message holds a value."""
    del app_configs
    entries = conf.get("PROVIDERS")
    if not isinstance(entries, (list, tuple)) or not all(clean_entry(one).get("name") for one in entries):
        hint = "PROVIDERS = [{'name': 'web', 'client_id': 'wx…', 'client_secret': os.environ[…]}]"
        words = _("WECHAT['PROVIDERS'] must be a list of dicts, each with a name.")
        return [Error(words, hint=hint, id=f"{_ID}E010")]
    cleaned = [clean_entry(one) for one in entries]
    return [*_doubled(cleaned), *(message for order in range(len(entries)) for message in _messages(entries, order))]


def _doubled(entries: Sequence[Mapping[str, Any]]) -> list[CheckMessage]:
    names = [str(one["name"]) for one in entries]
    words = _("WECHAT['PROVIDERS'] has %(name)r more than once.")
    return [
        Error(words % {"name": name}, hint=_("Give each a name of its own."), id=f"{_ID}E011")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def _messages(entries: Sequence[Mapping[str, Any]], order: int) -> list[CheckMessage]:
    entry = entries[order]
    where = f"WECHAT['PROVIDERS'][{order}] ({clean_entry(entry)['name']!r})"
    words, hint = _("%(where)s: %(key)r is no field."), _("Known: %(known)s.") % {"known": ", ".join(sorted(KEYS))}
    unknown = [
        Error(words % {"where": where, "key": key}, hint=hint, id=f"{_ID}E012")
        for key in sorted(set(entry) - KEYS - {FILES}, key=str)
    ]
    return [*unknown, *_bad_files(where, entry.get(FILES, {})), *_breaches(where, entries, order)]


def _bad_files(where: str, files: Any) -> list[CheckMessage]:
    right = isinstance(files, Mapping) and all(is_name(str(name)) and is_content(str(files[name])) for name in files)
    if right:
        return []
    message = _("%(where)s, verification_files: this is not {file name: content} as WeChat’s console gives them out.")
    hint = _("For instance {'MP_verify_0123456789abcdef.txt': '0123456789abcdef'}.")
    return [Error(message % {"where": where}, hint=hint, id=f"{_ID}E014")]


def _breaches(where: str, entries: Sequence[Mapping[str, Any]], order: int) -> list[CheckMessage]:
    """The form gets what is pasted as it stands in the settings, to say what is left out of it."""
    entry = entries[order]
    cleaned = clean_entry(entry)
    others = [clean_entry(one) for one in (*entries[:order], *entries[order + 1 :])]
    defaults = {name: field.initial for name, field in _EntryForm.base_fields.items()}
    switches = [key for key in SWITCHES if not isinstance(cleaned.get(key, False), bool)]
    pasted = {key: entry[key] for key in PASTED if key in cleaned}
    used = {key: cleaned[key] for key in KEYS & set(cleaned)}
    form = _EntryForm({**defaults, **used, **values_of(cleaned, order), **pasted}, others)
    words = _("%(where)s, %(field)s: %(problems)s")
    refused = {field: " ".join(map(str, found)) for field, found in form.errors.items()}
    refused |= {key: _("Neither yes nor no: use True or False.") for key in switches}
    doubted = {field: str(found) for field, found in form.doubts.items()}
    left_out = {field: found.says + " " + _("It is left out.") for field, found in form.left_out.items()}
    return [
        kind(words % {"where": where, "field": field, "problems": problems}, id=f"{_ID}{number}")
        for kind, number, found in (
            (Error, "E013", refused),
            (checks.Warning, "W030", doubted),
            (Info, "I001", left_out),
        )
        for field, problems in found.items()
    ]


_ID = "django_wechat."
