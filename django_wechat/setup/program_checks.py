"""Are the settings about mini programs, apps and new people what they have to be?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from django_wechat import conf

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
    if name == "allauth":
        if apps.is_installed("allauth.headless"):
            return []
        words = _("WECHAT['TOKENS'] is 'allauth', and allauth.headless is not installed.")
        hint = _("Add it to INSTALLED_APPS, or name a function (request, user) -> dict.")
        return [Error(words, hint=hint, id="django_wechat.E017")]
    return [] if _is_function(name) else [_no_function(str(name))]


def _no_function(name: str) -> CheckMessage:
    words = _("WECHAT['TOKENS'] is “%(name)s”, which cannot be imported as a function.") % {"name": name}
    return Error(
        words, hint=_("'allauth', or the dotted path of a function (request, user) -> dict."), id="django_wechat.E017"
    )


def _is_function(name: object) -> bool:
    try:
        return callable(import_string(str(name)))
    except ImportError:
        return False
