"""How did each sign-in end? The admin's log, without an openid, a code or a token."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """How one attempt to sign in ended."""

    SIGNED_IN = "signed_in", _("signed in")
    CONNECTED = "connected", _("connected")
    REAUTHENTICATED = "reauthenticated", _("confirmed that it is them")
    CANCELLED = "cancelled", _("cancelled by the visitor")
    EXPIRED = "expired", _("expired")
    REFUSED = "refused", _("refused by WeChat")
    UNREACHABLE = "unreachable", _("WeChat not reachable")
    MISCONFIGURED = "misconfigured", _("wrong settings")
    FAILED = "failed", _("failed")


class SignInAttempt(models.Model):
    """One attempt. Provider and journey are written by name, so that the log outlives the rows it speaks of.

    `reference` is what the visitor was shown on an error page; `duration_ms` what this site and WeChat's server took,
    in milliseconds.
    """

    created_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    provider_name = models.CharField(_("WeChat provider"), max_length=50, blank=True)
    journey = models.CharField(_("journey"), max_length=20, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome)
    problem = models.CharField(_("problem"), max_length=32, blank=True)
    errcode = models.IntegerField(_("errcode"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration (ms)"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=16, blank=True, db_index=True)

    class Meta:
        verbose_name = _("sign-in log entry")
        verbose_name_plural = _("sign-in log entries")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["provider_name", "outcome", "created_at"], name="wechat_attempt_provider"),
            models.Index(fields=["outcome", "created_at"], name="wechat_attempt_outcome"),
            models.Index(fields=["journey", "created_at"], name="wechat_attempt_journey"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_name} {self.outcome} {self.created_at:%Y-%m-%d %H:%M:%S}"
