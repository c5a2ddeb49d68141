"""What may happen only once? Callbacks and pushes that were handled, each under a unique key."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, models
from django.db.models import QuerySet

from django_wechat.fields import EncryptedCharField

logger = logging.getLogger("django_wechat.models")


class CodeExchange(models.Model):
    """One callback that reached us, so that a second delivery of it can end as the first did (traps 1 to 3).

    `browser` is a keyed hash of the session cookie that came with it; `outcome` is blank while WeChat is being asked.
    """

    state_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    browser = models.CharField(max_length=64)
    state = EncryptedCharField(max_length=4000)
    outcome = EncryptedCharField(max_length=4000, blank=True)
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


def delete_some(rows: QuerySet[Any], *, at_most: int) -> int:
    """Delete up to `at_most` of `rows`, chosen first so that no lock spans the table; return how many."""
    chosen = list(rows.values_list("pk", flat=True)[:at_most])
    deleted, _per_model = rows.model._default_manager.filter(pk__in=chosen).delete()
    return int(deleted)


def clean_up(clear: Callable[[], int]) -> None:
    """Clean up beside other work: whatever comes in its way, that work was done."""
    try:
        clear()
    except DatabaseError:
        logger.warning("Old rows could not be deleted now", exc_info=True)
