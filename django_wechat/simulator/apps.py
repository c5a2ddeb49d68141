"""How does Django load the simulator? Its app configuration, and the check that keeps it out of production."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


def check_debug_is_on(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    **kwargs: object,  # noqa: ARG001
) -> list[checks.CheckMessage]:
    """Refuse to start a site that has the simulator installed with DEBUG off."""
    if settings.DEBUG:
        return []
    return [
        checks.Error(
            "The WeChat simulator is installed while DEBUG is off.",
            hint="Anybody can be anybody in it: remove 'django_wechat.simulator' from INSTALLED_APPS. "
            "(`manage.py test` turns DEBUG off: run it with --debug-mode.)",
            id="wechat_simulator.E001",
        )
    ]


class WeChatSimulatorConfig(AppConfig):
    """The app of `INSTALLED_APPS = [..., "django_wechat.simulator", ...]`."""

    name = "django_wechat.simulator"
    label = "wechat_simulator"
    verbose_name = "WeChat simulator"

    def ready(self) -> None:
        """Register the system check."""
        checks.register(check_debug_is_on)
