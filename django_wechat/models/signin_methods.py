"""Which ways to sign in does the login page offer, and where? The admin's table."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Method(models.TextChoices):
    """A way to sign in."""

    PASSWORD = "password", _("Password")
    CODE = "code", _("Verification code")
    PASSKEY = "passkey", _("Passkey")
    WECHAT = "wechat", _("WeChat")


class Rule(models.TextChoices):
    """Where the login page shows a method."""

    TAB = "tab", _("Tab")
    BELOW = "below", _("Below the form")
    OFF = "off", pgettext_lazy("sign-in method", "Off")


class SigninMethod(models.Model):
    """One way to sign in on the login page. No rows: as allauth is configured, and WeChat when it can serve."""

    method = models.CharField(_("Method"), max_length=16, choices=Method, unique=True)
    display_name = models.CharField(
        _("Display name"),
        max_length=60,
        blank=True,
        help_text=_("What the tab or button is called. Blank: the method’s name in the visitor’s language."),
    )
    rule = models.CharField(_("Rule"), max_length=8, choices=Rule, default=Rule.TAB)
    order = models.PositiveIntegerField(_("Order"), default=0, help_text=_("Lower numbers come first."))

    class Meta:
        verbose_name = _("sign-in method")
        verbose_name_plural = _("sign-in methods")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.display_name or str(self.get_method_display())
