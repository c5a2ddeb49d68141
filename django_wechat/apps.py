"""How does Django load us? The app's configuration and what is wired at start."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class DjangoWeChatConfig(AppConfig):
    """The app of `INSTALLED_APPS = [..., "django_wechat", ...]`."""

    name = "django_wechat"
    label = "django_wechat"
    verbose_name = _("WeChat sign-in")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers, register the system checks, and let people confirm by WeChat."""
        from django_wechat.setup import (  # noqa: PLC0415
            people_checks,
            program_checks,
            provider_checks,
            site_checks,
            system_checks,
        )
        from django_wechat.web import email_confirmed, receivers, sign_up_form  # noqa: PLC0415

        del email_confirmed, receivers, sign_up_form
        del people_checks, program_checks, provider_checks, site_checks, system_checks
        if not hasattr(settings, "ACCOUNT_ADAPTER"):
            settings.ACCOUNT_ADAPTER = "django_wechat.adapters.WeChatAccountAdapter"
        if apps.is_installed("allauth.headless"):
            from django_wechat.web.programs import allauths_door  # noqa: PLC0415
            from django_wechat.web.reauthenticating import headless  # noqa: PLC0415

            headless.install()
            allauths_door.install()
