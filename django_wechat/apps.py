"""How does Django load us? The app's configuration and what is wired at start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DjangoWeChatConfig(AppConfig):
    """The app of `INSTALLED_APPS = [..., "django_wechat", ...]`."""

    name = "django_wechat"
    label = "django_wechat"
    verbose_name = _("WeChat sign-in")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers and register the system checks."""
        from django_wechat import checks, provider_checks, receivers, sign_up_form  # noqa: PLC0415

        del checks, provider_checks, receivers, sign_up_form
