"""How did each sign-in end? Rows for the admin's log, written once the visitor has the answer.

What can be known without asking is collected while the response is made; the row is written when the server closes
the response, after the last byte was sent and outside of any transaction of the request.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncHour
from django.http.response import HttpResponseBase
from django.utils import timezone

from django_wechat import conf
from django_wechat.models import Outcome, SignInAttempt
from django_wechat.models.rows import delete_all
from django_wechat.stores import limits

logger = logging.getLogger("django_wechat.attempts")

DELETE_AT_ONCE = 1000
_COLUMN_LIMIT = 2**31
"""What the column cannot hold; no errcode of WeChat's is anywhere near it."""

_OUTCOMES = {
    "cancelled": Outcome.CANCELLED,
    "state_lost": Outcome.EXPIRED,
    "qr_over": Outcome.EXPIRED,
    "code_rejected": Outcome.REFUSED,
    "permission_gone": Outcome.REFUSED,
    "not_following": Outcome.REFUSED,
    "account_limited": Outcome.REFUSED,
    "too_many_codes": Outcome.REFUSED,
    "refused": Outcome.REFUSED,
    "snapshot_user": Outcome.REFUSED,
    "wrong_entry": Outcome.REFUSED,
    "unavailable": Outcome.UNREACHABLE,
    "qr_unavailable": Outcome.UNREACHABLE,
    "quota_used_up": Outcome.REFUSED,
    "misconfigured": Outcome.MISCONFIGURED,
}
_MADE_BY_PEOPLE = (Outcome.SIGNED_IN, Outcome.CONNECTED, Outcome.REAUTHENTICATED)
"""Endings that take a person with WeChat, so that no script can fill the table with them."""


@dataclass(frozen=True)
class Attempt:
    """One attempt under way: the names of its provider and journey, "" where not known, and when its end began."""

    provider_name: str = ""
    journey: str = ""
    started: float = field(default_factory=time.monotonic)

    def end(
        self,
        response: HttpResponseBase,
        outcome: Outcome,
        *,
        problem: str = "",
        error: Exception | None = None,
        reference: str = "",
    ) -> None:
        """Have the end written once `response` was sent; nothing if the site keeps no log.

        Costs no statement before that, and never fails: whatever comes in the way is a line in the server's log.
        """
        if not conf.get("LOG_DAYS"):
            return
        row = SignInAttempt(
            provider_name=self.provider_name,
            journey=self.journey,
            outcome=outcome,
            problem=problem,
            errcode=_errcode(error),
            duration_ms=round((time.monotonic() - self.started) * 1000),
            reference=reference,
        )
        # How Django itself has things done when the server closes a response; there is no public name for it.
        response._resource_closers.append(partial(_write, row))  # type: ignore[attr-defined]

    def end_with_problem(
        self, response: HttpResponseBase, problem: str, *, error: Exception | None = None, reference: str = ""
    ) -> None:
        """Do the same for the code of a problem that a visitor was told."""
        self.end(response, _OUTCOMES.get(problem, Outcome.FAILED), problem=problem, error=error, reference=reference)


def per_hour(since: datetime) -> Iterator[tuple[datetime, str, int]]:
    """Yield (hour, outcome, how many) for the attempts from `since` on; hours begin as UTC's do. One statement."""
    # In UTC, which every database knows without a table of time zones.
    hour = TruncHour("created_at", tzinfo=UTC if settings.USE_TZ else None)
    recent = SignInAttempt.objects.filter(created_at__gte=since).order_by()
    yield from recent.annotate(hour=hour).values_list("hour", "outcome").annotate(number=Count("pk"))


def clear_old() -> int:
    """Delete what is older than the setting LOG_DAYS, in batches; return how many. Everything if no log is kept."""
    old = SignInAttempt.objects.filter(created_at__lt=timezone.now() - timedelta(days=conf.get("LOG_DAYS")))
    return delete_all(old.order_by(), at_once=DELETE_AT_ONCE)


def _errcode(error: Exception | None) -> int | None:
    errcode: int | None = getattr(error, "errcode", None)
    return errcode if errcode is not None and abs(errcode) < _COLUMN_LIMIT else None


def _write(row: SignInAttempt) -> None:
    """A flood of failures fills neither the table nor, under their own count, hides another kind of failure."""
    if row.outcome not in _MADE_BY_PEOPLE and limits.seconds_to_wait("log_problem", row.problem):
        return
    try:
        row.save(force_insert=True)
    except Exception:
        # The visitor's sign-in has ended as it has; that the log misses it is for the server's log.
        logger.warning("An entry of the sign-in log could not be written", exc_info=True)
