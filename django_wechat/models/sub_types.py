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


PROGRAM_PAGE = "pages/wechat-login/index"
"""What a mini program is expected to call the page that asks whether to sign in on the computer."""


class ProgramVersion(models.TextChoices):
    """Which version of a mini program its code opens (reference section 13.1, `env_version`)."""

    RELEASE = "release", _("Released")
    TRIAL = "trial", _("Trial version (体验版)")
    DEVELOP = "develop", _("Development version (开发版)")


class OpensProgram(models.Model):
    """What is asked of a provider whose code on the PC opens a mini program."""

    mini_program_page = models.CharField(
        _("Page of the mini program"),
        max_length=128,
        blank=True,
        default=PROGRAM_PAGE,
        help_text=_(
            "The page that asks whether to sign in on the computer, as in the program’s app.json: no slash first."
        ),
    )
    mini_program_version = models.CharField(
        _("Version of the mini program"),
        max_length=10,
        choices=ProgramVersion,
        default=ProgramVersion.RELEASE,
        help_text=_("Which one the code opens. Trial and development versions open for the program’s members only."),
    )
    strict_entry = models.BooleanField(
        _("Camera only"),
        default=True,
        help_text=_(
            "Refuse a code that was scanned from a picture or a chat: such a code was sent to the person. Without it, "
            "whoever sends a visitor a code can be signed in as that visitor."
        ),
    )

    class Meta:
        abstract = True

    @property
    def opens_for_members_only(self) -> bool:
        """Whether WeChat refuses the program to everybody but its members."""
        return self.mini_program_version != ProgramVersion.RELEASE
