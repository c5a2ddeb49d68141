"""How does one QR sign-in live? Open, scan, confirm or refuse, redeem once, expire.

    waiting ──scan──▶ scanned ──confirm──▶ confirmed ──redeem──▶ used ──disown──▶ disowned
       │                 └──────────refuse─────────────┴──refuse──▶ refused
       └──scan (no question wanted)──▶ confirmed

Every arrow is one conditional UPDATE: whichever process comes first takes it, the others change nothing. The scene and
the addresses in the page open nothing; the browser's own key does, and the key in the link on the phone.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from django_wechat.models import QRSession, Status, WeChatProvider
from django_wechat.models.rows import delete_all, found_by, one
from django_wechat.models.transactions import all_or_nothing

MAX_OPEN = 5
"""Codes one browser may have waiting at once: its tabs. An older one expires when a sixth is opened."""

REDEEM_TIME = timedelta(seconds=60)
"""How long a confirmed code waits at least for its browser to come and get it."""

KEPT_FOR = timedelta(days=1)
"""How long an ended one stays in the database: for the phone's page to say how it ended, and to take it back."""

DELETE_AT_ONCE = 1000

REPEAT_WINDOW = timedelta(seconds=10)
"""How long after its use a session signs the same browser in once more: for a form that was sent more than once."""

MAX_NOTED = 15

ENDED = (Status.USED, Status.REFUSED, Status.DISOWNED)
"""Nothing that is still to come could run out of time."""

PUBLIC_ID = r"[A-Za-z0-9]{22}"
"""What the id in a tab's addresses looks like."""

_ID_LENGTH, _SCENE_LENGTH, _SESSION_KEY_LENGTH = 22, 32, 64
_KEY_LENGTH = 32  # 128 bits, short enough for a line or two of a chat


def new_scene(length: int = _SCENE_LENGTH) -> str:
    """Return what the QR code of a new session will carry; nobody guesses it."""
    return get_random_string(length)


def open_session(
    provider: WeChatProvider, browser_key: str, *, scene: str, appid: str, seconds: int, request: dict[str, Any]
) -> QRSession:
    """Return a new waiting session for the browser with `browser_key`; its oldest ones beyond MAX_OPEN expire."""
    browser_hash = _hash("browser", browser_key)
    _expire_surplus(browser_hash)
    return QRSession.objects.create(
        public_id=get_random_string(_ID_LENGTH),
        scene=scene,
        browser_hash=browser_hash,
        confirm_hash=_hash("confirmation", confirm_key(scene)),
        provider=provider,
        appid=appid,
        request=request,
        expires_at=timezone.now() + timedelta(seconds=seconds),
    )


def snapshot(public_id: str, browser_key: str) -> QRSession | None:
    """Return the session as it stands, to its own browser only."""
    if not browser_key:
        return None
    mine = QRSession.objects.filter(public_id=public_id, browser_hash=_hash("browser", browser_key))
    return one(mine.select_related("provider"))


def belongs_to(qr_session: QRSession, browser_key: str) -> bool:
    """Return whether the browser with `browser_key` opened the session."""
    return bool(browser_key) and constant_time_compare(qr_session.browser_hash, _hash("browser", browser_key))


def changes(since: datetime | None, asked: Collection[str]) -> list[dict[str, Any]]:
    """Return what changed at `since` or later, and in any case the sessions with an `asked` public id.

    One query for all who wait; `since` None: what changed last of all. The dicts are `QRSession`s; one may come twice.
    """
    columns = ("public_id", "browser_hash", "status", "digits", "notice", "expires_at", "changed_at", "request")
    rows = QRSession.objects.values(*columns)
    if since is None:
        newest = QRSession.objects.order_by("-changed_at").values("changed_at")[:1]
        changed = rows.filter(changed_at=Subquery(newest))
    else:
        changed = rows.filter(changed_at__gte=since)
    # Each half has an index of its own, which an OR would not use everywhere.
    found: list[Any] = list(changed.union(rows.filter(public_id__in=asked), all=True) if asked else changed)
    return found


def find_for_phone(key: str) -> QRSession | None:
    """Return the session behind the link on the phone."""
    found = QRSession.objects.filter(confirm_hash=_hash("confirmation", key))
    return one(found.select_related("provider"))


def find_by_scene(scene: str, appid: str) -> QRSession | None:
    """Return the session whose code was scanned: of any provider of the account, WeChat knows but one address."""
    found = found_by(QRSession, "scene", scene) if scene else None
    return found if found and found.appid == appid else None


def scan(qr_session: QRSession, openid: str, *, confirmed: bool) -> bool:
    """Note who scanned; return whether this person now holds the session (also at a repeated push).

    `qr_session` learns the digits that were made for this person. `confirmed` skips the question on the phone, for
    admins who switched it off.
    """
    waiting = alive(qr_session).filter(status=Status.WAITING)
    values: dict[str, Any] = {"openid": openid, "digits": get_random_string(2, "0123456789")}
    if confirmed:
        moved = move(waiting, Status.CONFIRMED, **values, expires_at=time_to_redeem())
    else:
        moved = move(waiting, Status.SCANNED, **values)
    held = [Status.SCANNED, Status.CONFIRMED, Status.USED]
    mine = QRSession.objects.filter(pk=qr_session.pk, openid=openid, status__in=held)
    digits = [values["digits"]] if moved else list(mine.values_list("digits", flat=True))
    qr_session.digits = digits[0] if digits else ""
    return bool(digits)


def confirm(qr_session: QRSession) -> bool:
    """Say yes on the phone; return whether that counted."""
    return move(alive(qr_session).filter(status=Status.SCANNED), Status.CONFIRMED, expires_at=time_to_redeem())


def refuse(qr_session: QRSession) -> bool:
    """Say "it wasn't me" on the phone; return whether that came before the sign-in."""
    undecided = QRSession.objects.filter(pk=qr_session.pk, status__in=[Status.SCANNED, Status.CONFIRMED])
    return move(undecided, Status.REFUSED)


def redeem(qr_session: QRSession) -> bool:
    """Use a confirmed session up; return True to exactly one caller, ever."""
    return move(alive(qr_session).filter(status=Status.CONFIRMED), Status.USED)


def redeem_again(qr_session: QRSession) -> bool:
    """Return whether a session was used a moment ago, so that its browser, asking once more, ends as it did then.

    As the first statement of a transaction it makes requests of the same browser wait for each other.
    """
    used = alive(qr_session).filter(status=Status.USED, changed_at__gte=timezone.now() - REPEAT_WINDOW)
    return used.update(expires_at=F("expires_at")) == 1


def close(public_id: str) -> None:
    """End a used session for good: who was signed in by it signed out."""
    QRSession.objects.filter(public_id=public_id, status=Status.USED).update(expires_at=timezone.now())


def note_session(public_id: str, session_key: str) -> bool:
    """Note which of Django's sessions a used one signed in; return False if the phone took it back meanwhile."""
    mine = QRSession.objects.filter(public_id=public_id)
    used = mine.filter(status=Status.USED)
    # Sessions in a cookie have no key that could be noted.
    key = session_key if len(session_key) <= _SESSION_KEY_LENGTH else ""
    if used.filter(session_keys="").update(session_keys=key) or _note_one_more(used, key):
        return True
    return not mine.filter(status=Status.DISOWNED).exists()


def disown(qr_session: QRSession) -> bool:
    """Say "it wasn't me" after the end; return True to exactly one caller, who has to undo it."""
    return move(QRSession.objects.filter(pk=qr_session.pk, status=Status.USED), Status.DISOWNED)


def replace(public_id: str, browser_key: str) -> None:
    """Let the code that the same tab showed before expire, unless somebody is on the way with it."""
    mine = QRSession.objects.filter(public_id=public_id, browser_hash=_hash("browser", browser_key))
    now = timezone.now()
    mine.filter(status=Status.WAITING, expires_at__gt=now).update(expires_at=now, changed_at=now)


def is_expired(qr_session: QRSession) -> bool:
    """Return whether time ran out before the session came to an end."""
    return qr_session.status not in ENDED and qr_session.expires_at <= timezone.now()


def seconds_left(qr_session: QRSession) -> int:
    """Return how many whole seconds the session is still good for."""
    return max(0, int((qr_session.expires_at - timezone.now()).total_seconds()))


def clear_expired(*, before: datetime | None = None) -> int:
    """Delete what ended a day ago or more, in batches; return how many."""
    ended = QRSession.objects.filter(expires_at__lt=before or timezone.now() - KEPT_FOR)
    return delete_all(ended, at_once=DELETE_AT_ONCE)


def forget(appid: str, openid: str, unionid: str = "") -> int:
    """Delete every session that a person scanned, ended or not; return how many."""
    deleted = QRSession.objects.filter(appid=appid, openid=openid).delete()[0]
    return deleted + (QRSession.objects.filter(unionid=unionid).delete()[0] if unionid else 0)


def confirm_key(scene: str) -> str:
    """Return the key of the link on the phone: the same for each repeat of a push, and not to be had from the scene."""
    return salted_hmac("django_wechat.qr_sessions.link", scene, algorithm="sha256").hexdigest()[:_KEY_LENGTH]


def _note_one_more(used: QuerySet[QRSession], session_key: str) -> bool:
    """Note a session beside those of the same browser's other requests."""
    with all_or_nothing():
        # A write first, for which the others wait, on every database.
        if not used.update(expires_at=F("expires_at")):
            return False
        keys = [*used.get().session_keys.split(), *session_key.split()]
        used.update(session_keys=" ".join(keys[-MAX_NOTED:]))
    return True


def alive(qr_session: QRSession) -> QuerySet[QRSession]:
    """Return the row of a session, as long as it is good for anything."""
    return QRSession.objects.filter(pk=qr_session.pk, expires_at__gt=timezone.now())


def move(qr_sessions: QuerySet[QRSession], status: Status, **values: Any) -> bool:
    """Move the session in `qr_sessions` on, if it is there; return whether it was."""
    return qr_sessions.update(status=status, changed_at=timezone.now(), **values) == 1


def time_to_redeem() -> Greatest:
    """Return how long a confirmed session waits for its browser."""
    return Greatest(F("expires_at"), timezone.now() + REDEEM_TIME)


def _expire_surplus(browser_hash: str) -> None:
    now = timezone.now()
    waiting = QRSession.objects.filter(browser_hash=browser_hash, status=Status.WAITING, expires_at__gt=now)
    surplus = list(waiting.order_by("-created_at", "-pk").values_list("pk", flat=True)[MAX_OPEN - 1 :])
    if surplus:
        QRSession.objects.filter(pk__in=surplus).update(expires_at=now, changed_at=now)


def _hash(kind: str, value: str) -> str:
    return salted_hmac(f"django_wechat.qr_sessions.{kind}", value, algorithm="sha256").hexdigest()
