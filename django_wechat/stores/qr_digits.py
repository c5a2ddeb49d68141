"""Were the digits typed that the phone shows? A few tries for each QR session, then it counts as refused."""

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from django_wechat.models import QRSession, Status

MAX_WRONG = 3
"""Wrong digits that a computer may send: to mistype is human, to guess takes fifty."""


def are_right(qr_session: QRSession, typed: str) -> bool:
    """Return whether the digits of a confirmed session were typed; count it if they were not."""
    if constant_time_compare(typed, qr_session.digits):
        return True
    confirmed = QRSession.objects.filter(pk=qr_session.pk, status=Status.CONFIRMED)
    confirmed.update(wrong_digits=F("wrong_digits") + 1)
    confirmed.filter(wrong_digits__gte=MAX_WRONG).update(status=Status.REFUSED, changed_at=timezone.now())
    qr_session.refresh_from_db(fields=["status", "wrong_digits"])
    return False


def tries_left(qr_session: QRSession) -> int:
    """Return how many more wrong digits may be typed, the last of which ends it."""
    return max(0, MAX_WRONG - qr_session.wrong_digits)
