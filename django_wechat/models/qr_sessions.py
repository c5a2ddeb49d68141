"""How far is a QR sign-in? One row from the opened code to the signed-in browser."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_wechat.models.fields import EncryptedCharField, IdentifierField
from django_wechat.models.providers import WeChatProvider


class Status(models.TextChoices):
    """Where a QR session stands. Expired is read from the clock and never stored."""

    WAITING = "waiting", _("waiting for a scan")
    SCANNED = "scanned", _("scanned")
    CONFIRMED = "confirmed", _("confirmed on the phone")
    USED = "used", _("used")
    REFUSED = "refused", _("refused on the phone")
    DISOWNED = "disowned", _("used, then taken back on the phone")


class QRSession(models.Model):
    """One QR code, an official account's or a mini program's, on one browser. Its life is in `stores/qr_sessions.py`.

    `public_id` is in the tab's addresses, `scene` in the picture; neither opens anything. `browser_hash` stands for the
    browser key in the visitor's cookie, `confirm_hash` for the key in the link on the phone. `digits` are made at the
    scan, and `wrong_digits` counts what a computer typed instead. `session_keys` name Django's sessions of who was
    signed in (more than one where the browser asked more than once), for a phone that says it was somebody else.
    `notice` is what the tab is told while nothing else has changed: a phone was turned away.
    """

    public_id = models.CharField(max_length=32, unique=True)
    scene = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64, db_index=True)
    confirm_hash = models.CharField(max_length=64, unique=True)
    digits = models.CharField(max_length=2, blank=True)
    wrong_digits = models.PositiveSmallIntegerField(default=0)
    session_keys = EncryptedCharField(max_length=1000, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    provider = models.ForeignKey(
        WeChatProvider, on_delete=models.CASCADE, related_name="qr_sessions", verbose_name=_("WeChat provider")
    )
    appid = IdentifierField(_("AppID"), max_length=32)
    openid = IdentifierField(_("OpenID"), max_length=128, blank=True)
    unionid = IdentifierField(max_length=128, blank=True, db_index=True)
    notice = models.CharField(max_length=20, blank=True)
    request = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True, db_index=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("QR session")
        verbose_name_plural = _("QR sessions")

    def __str__(self) -> str:
        return self.public_id


class ProgramCode(models.Model):
    """The picture of a mini program's code, as WeChat drew it for the QR session with this `public_id`.

    No foreign key: thousands of sessions are deleted in a statement, and this one goes much earlier.
    """

    public_id = models.CharField(max_length=32, unique=True)
    content = models.BinaryField()
    content_type = models.CharField(max_length=20)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"
