"""Were the digits typed that the phone shows? A few tries for each QR session, then it counts as refused."""

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string

from django_wechat.models import QRSession, Status
from django_wechat.models.rows import one

MAX_WRONG = 3
"""Wrong digits that a computer may send: to mistype is human, to guess takes fifty."""


def are_right(qr_session: QRSession, typed: str) -> bool:
    """Return whether the digits of a session were typed; count it if they were not, as long as it stands as it did."""
    if constant_time_compare(typed, qr_session.digits):
        return True
    same = QRSession.objects.filter(pk=qr_session.pk, status=qr_session.status)
    same.update(wrong_digits=F("wrong_digits") + 1)
    same.filter(wrong_digits__gte=MAX_WRONG).update(status=Status.REFUSED, changed_at=timezone.now())
    qr_session.refresh_from_db(fields=["status", "wrong_digits"])
    return False


def renew(public_id: str, **asked: Any) -> bool:
    """Make new digits for a used session, for the phone alone: they are asked for something else now, `asked`.

    Return False if there is none any more, or the phone took it back.
    """
    qr_session = used(public_id)
    if qr_session is None:
        return False
    values = {"digits": get_random_string(2, "0123456789"), "wrong_digits": 0}
    still = QRSession.objects.filter(pk=qr_session.pk, status=Status.USED)
    return still.update(**values, request={**qr_session.request, **asked}) == 1


def used(public_id: str) -> QRSession | None:
    """Return a session that was used, unless the phone took it back."""
    return one(QRSession.objects.select_related("provider").filter(public_id=public_id, status=Status.USED))


def tries_left(qr_session: QRSession) -> int:
    """Return how many more wrong digits may be typed, the last of which ends it."""
    return max(0, MAX_WRONG - qr_session.wrong_digits)
