"""Are the settings about mini programs, apps and new people what they have to be?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from django_wechat import conf
from django_wechat.setup.token_kinds import ALLAUTH, KINDS, Kind

NEW_PEOPLE = ("sign_up", "bind_only")


@register("django_wechat")
def check_programs(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Name values of TOKENS and NEW_PEOPLE that mean nothing: a typing error would let everybody in, or nobody."""
    del app_configs
    return [*_new_people(), *_tokens()]


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


def _no_function(name: str) -> CheckMessage:
    words = _("WECHAT['TOKENS'] is “%(name)s”, which cannot be imported as a function.") % {"name": name}
    hint = _("'allauth', 'simplejwt', 'drf', or the dotted path of a function (request, user) -> dict.")
    return Error(words, hint=hint, id="django_wechat.E017")


def _can_be_imported(name: object) -> bool:
    try:
        return callable(import_string(str(name)))
    except ImportError:
        return False
