"""What may happen only once? Callbacks and pushes that were handled, each under a unique key."""

from django.db import models

from django_wechat.models.fields import EncryptedCharField


class CodeExchange(models.Model):
    """One callback that reached us, so that a second delivery of it can end as the first did (traps 1 to 3).

    `browser` is a keyed hash of the session cookie that came with it, `person` one of the (appid, openid) that came
    back; `outcome` is blank while WeChat is being asked.
    """

    state_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    browser = models.CharField(max_length=64)
    state = EncryptedCharField(max_length=4000)
    outcome = EncryptedCharField(max_length=4000, blank=True)
    person = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state_hash", "code_hash"], name="wechat_exchange_once")]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class PushReceipt(models.Model):
    """One push that was handled: WeChat delivers each up to three times (reference section 5.5).

    `key_hash` stands for the event, or in plain mode for the signed query; `body_hash` for what came with it.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    body_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"
