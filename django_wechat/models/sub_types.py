"""What is a provider, and what follows a scan? The choices of the admin's form."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SubType(models.TextChoices):
    """What a provider is: whom it signs in."""

    WEB = "web", _("PCs and WeChat (Web)")
    MOBILE = "mobile", _("WeChat only (Mobile)")
    MINI_PROGRAM = "mini_program", _("Mini program")
    APP = "app", _("App")


WITH_PAGES = frozenset({SubType.WEB, SubType.MOBILE})
"""What signs in browsers, on pages."""

PROGRAMS = frozenset(SubType) - WITH_PAGES
"""What sends a code of its own, in JSON."""


class FollowUpAction(models.TextChoices):
    """What follows the scan of the official account’s QR code."""

    OPEN = "open", _("Go on with the Open Platform QR code")
    MEDIA = "media", _("Sign in with the official account")
