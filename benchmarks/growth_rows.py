"""Where do a million people come from? INSERT … SELECT from a list of numbers, as all three databases know it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from django_wechat.models import QRSession, SignInAttempt, WeChatIdentity, WeChatUnionid
from django_wechat.stores import qr_sessions

PEOPLE, SESSIONS, ENTRIES = 1_000_000, 100_000, 1_000_000
APPID = "wx00000000000bench"
BROWSER = "browser-key"
LOG_DAYS = 30
_FIRST = 1_000
"""Primary keys from here on are the benchmark's."""

_DIGITS = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(10))


class Sql(str):
    """An expression in place of a value."""


def public_id(number: int) -> str:
    """The id in the addresses of a session."""
    return f"session-{number}"


def fill(provider: int, start: float, end: float) -> None:
    """Make the people, sessions and entries from the share `start` of all to `end`."""
    people, now = (int(PEOPLE * start), int(PEOPLE * end)), timezone.now()
    user = {"username": _text("u"), "password": "!", "first_name": "", "last_name": "", "email": ""}
    _insert(
        get_user_model(),
        people,
        user | {"is_superuser": False, "is_staff": False, "is_active": True, "date_joined": now},
    )
    account = {"user_id": Sql(f"n + {_FIRST}"), "provider": "wechat", "uid": _text("p"), "extra_data": "{}"}
    _insert(SocialAccount, people, account | {"last_login": now, "date_joined": now})
    account_id = Sql(f"n + {_FIRST}")
    identity = {"appid": APPID, "openid": _text("o"), "unionid": _text("p"), "account_id": account_id}
    _insert(WeChatIdentity, people, identity | {"first_seen_at": now, "filled": "{}"})
    _insert(WeChatUnionid, people, {"unionid": _text("p"), "account_id": account_id, "first_seen_at": now})
    _sessions(provider, (int(SESSIONS * start), int(SESSIONS * end)))
    _entries(int(ENTRIES * start), int(ENTRIES * end))
    _look_over()


def age() -> None:
    """Let all sessions have ended, and half of the entries be too old to be kept."""
    QRSession.objects.update(expires_at=timezone.now() - timedelta(days=2))
    old = SignInAttempt.objects.filter(created_at__lt=timezone.now() - timedelta(days=LOG_DAYS / 2))
    old.update(created_at=F("created_at") - timedelta(days=LOG_DAYS))


def _sessions(provider: int, numbers: tuple[int, int]) -> None:
    """All changed a while ago, and can still be asked for."""
    now = timezone.now()
    session = {
        "public_id": _text("session-"),
        "scene": _text("scene-"),
        "confirm_hash": _text("confirm-"),
        "browser_hash": qr_sessions._hash("browser", BROWSER),
        "digits": "12",
        "wrong_digits": 0,
        "session_keys": "",
        "status": "waiting",
        "provider_id": provider,
        "appid": APPID,
        "openid": "",
        "unionid": "",
        "notice": "",
        "request": "{}",
        "created_at": now - timedelta(minutes=10),
        "changed_at": now - timedelta(minutes=10),
        "expires_at": now + timedelta(hours=1),
    }
    _insert(QRSession, numbers, session)


def _entries(start: int, end: int) -> None:
    """Spread over the days that a log is kept, whatever their number."""
    step, now = max(1, (end - start) // (LOG_DAYS * 24)), timezone.now()
    for hour, first in enumerate(range(start, end, step)):
        entry = {
            "created_at": now - timedelta(hours=hour % (LOG_DAYS * 24)),
            "provider_name": "site",
            "journey": "web_qr",
        }
        ending = {"outcome": "signed_in", "problem": "", "duration_ms": 300, "reference": ""}
        _insert(SignInAttempt, (first, min(first + step, end)), entry | ending)


def _text(prefix: str) -> Sql:
    return Sql(f"CONCAT('{prefix}', n)" if connection.vendor == "mysql" else f"'{prefix}' || n")


def _insert(model: type[models.Model], numbers: tuple[int, int], values: dict[str, Any]) -> None:
    """A row for each number; its primary key is the number, too, but in the log, which grows meanwhile."""
    key = {} if model is SignInAttempt else {"id": Sql(f"n + {_FIRST}")}
    columns = key | values
    plain: Sequence[Any] = [value for value in columns.values() if not isinstance(value, Sql)]
    words = ", ".join(value if isinstance(value, Sql) else _typed(model, name) for name, value in columns.items())
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    rows = f"SELECT {words} FROM ({_numbers(*numbers)}) numbers WHERE n < {numbers[1]}"
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({quoted}) {rows}", [_adapted(value) for value in plain])


def _numbers(start: int, end: int) -> str:
    """The numbers from `start` to `end`, and some more."""
    places = range(len(str(end - start)))
    added = " + ".join(f"{10**place} * t{place}.d" for place in places)
    return f"SELECT {start} + {added} AS n FROM " + ", ".join(f"({_DIGITS}) t{place}" for place in places)


def _typed(model: type[models.Model], column: str) -> str:
    """PostgreSQL does not guess the type of a value in a SELECT."""
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    return f"CAST(%s AS {field.db_type(connection)})" if connection.vendor == "postgresql" else "%s"


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if hasattr(value, "tzinfo") else value


def _look_over() -> None:
    """Let the database see what is in its tables, as it does by itself in time."""
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            for model in (SocialAccount, WeChatIdentity, QRSession, SignInAttempt):
                cursor.execute(f"ANALYZE TABLE {model._meta.db_table}")
                cursor.fetchall()
        else:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
