"""Are the settings about mini programs, apps and new people what they have to be?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from django_wechat import conf
from django_wechat.setup import phone_adapter
from django_wechat.setup.token_kinds import ALLAUTH, KINDS, Kind

NEW_PEOPLE = ("sign_up", "bind_only")


@register("django_wechat")
def check_programs(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Name values that mean nothing: a typing error in TOKENS or NEW_PEOPLE would let everybody in, or nobody."""
    del app_configs
    return [*_new_people(), *_tokens(), *_phone_number()]


def _new_people() -> list[CheckMessage]:
    if conf.get("NEW_PEOPLE") in NEW_PEOPLE:
        return []
    words = _("WECHAT['NEW_PEOPLE'] must be 'sign_up' or 'bind_only'.")
    hint = _("bind_only: WeChat signs in only people who connected it to their account before.")
    return [Error(words, hint=hint, id="django_wechat.E016")]


def _tokens() -> list[CheckMessage]:
    name = conf.get("TOKENS")
    if name is None:
        return []
    if name == ALLAUTH:
        return [] if apps.is_installed("allauth.headless") else [_not_installed(ALLAUTH, "allauth.headless")]
    if kind := KINDS.get(str(name)):
        return _kind(str(name), kind)
    return [] if _can_be_imported(name) else [_no_function(str(name))]


def _kind(name: str, kind: Kind) -> list[CheckMessage]:
    """The app first: without it the import says nothing that helps."""
    if kind.app and not apps.is_installed(kind.app):
        return [_not_installed(name, kind.app)]
    if _can_be_imported(kind.authentication):
        return []
    words = _("WECHAT['TOKENS'] is '%(name)s', which needs %(package)s; it cannot be imported.")
    hint = _("Install %(package)s into the environment of the site.") % {"package": kind.package}
    return [Error(words % {"name": name, "package": kind.package}, hint=hint, id="django_wechat.E017")]


def _not_installed(name: str, app: str) -> CheckMessage:
    words = _("WECHAT['TOKENS'] is '%(name)s', and %(app)s is not installed.") % {"name": name, "app": app}
    hint = _("Add it to INSTALLED_APPS, or name a function (request, user) -> dict.")
    return Error(words, hint=hint, id="django_wechat.E017")


def _phone_number() -> list[CheckMessage]:
    wanted = conf.get("PHONE_NUMBER")
    if wanted not in (True, False):
        words = _("WECHAT['PHONE_NUMBER'] must be True or False.")
        hint = _("True: WeChat is asked for the phone numbers that people choose in a mini program.")
        return [Error(words, hint=hint, id="django_wechat.E018")]
    missing = phone_adapter.missing() if wanted else []
    return [_keeps_none(missing)] if missing else []


def _keeps_none(missing: Sequence[str]) -> CheckMessage:
    words = _("WECHAT['PHONE_NUMBER'] is on, and the account adapter keeps no phone numbers: none is asked for.")
    hint = _("Let ACCOUNT_ADAPTER name an adapter of yours that has %(methods)s.")
    return checks.Warning(words, hint=hint % {"methods": ", ".join(missing)}, id="django_wechat.W023")


def _no_function(name: str) -> CheckMessage:
    words = _("WECHAT['TOKENS'] is “%(name)s”, which cannot be imported as a function.") % {"name": name}
    hint = _("'allauth', 'simplejwt', 'drf', or the dotted path of a function (request, user) -> dict.")
    return Error(words, hint=hint, id="django_wechat.E017")


def _can_be_imported(name: object) -> bool:
    try:
        return callable(import_string(str(name)))
    except ImportError:
        return False
