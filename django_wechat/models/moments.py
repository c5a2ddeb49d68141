"""When was that, as this site keeps time? With USE_TZ off a moment has no time zone, and is the server's own."""

from datetime import datetime

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime, make_aware, make_naive


def as_kept(moment: datetime) -> datetime:
    """Return `moment` as the database takes it, and as `timezone.now()` can be compared with it."""
    if is_aware(moment) == settings.USE_TZ:
        return moment
    return make_aware(moment) if settings.USE_TZ else make_naive(moment)


def from_text(text: str) -> datetime | None:
    """Return the moment that `isoformat()` wrote, as the site keeps it; None for what is none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return as_kept(moment) if moment else None


def shown(moment: datetime, form: str = "SHORT_DATETIME_FORMAT") -> str:
    """Return `moment` in the reader's language, by the clock of the site."""
    return date_format(localtime(moment) if is_aware(moment) else moment, form)
