"""How does a QR session move on when a mini program opens its code? The program asks, its person answers.

    waiting ──ask──▶ scanned ──confirm──▶ confirmed      (`qr_sessions` has the rest)

Whoever asks has no name yet: several phones may ask, and the first that confirms is it. Every arrow is one conditional
UPDATE, as everywhere.
"""

from functools import partial

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from django_wechat.models import ProgramCode, QRSession, Status
from django_wechat.models.rows import clean_up, delete_all, delete_some
from django_wechat.protocol.program_codes import Picture
from django_wechat.stores import qr_sessions

SCENE_LENGTH = 22
"""Letters and digits: more than 128 bits, and nothing that an old WeChat cuts off (section 13.1)."""

WRONG_ENTRY = "wrong_entry"
_DELETE_AT_MOST = 100


def keep(qr_session: QRSession, picture: Picture) -> None:
    """Keep the picture for the browser that will ask for it."""
    ProgramCode.objects.create(
        public_id=qr_session.public_id,
        content=picture.content,
        content_type=picture.content_type,
        expires_at=qr_session.expires_at,
    )
    clean_up(partial(_clear_some, qr_session.browser_hash))


def clear_expired() -> int:
    """Delete the pictures of all codes that ran out, in batches; return how many."""
    return delete_all(_expired(), at_once=_DELETE_AT_MOST)


def picture_of(qr_session: QRSession) -> Picture | None:
    """Return the picture, as long as its code is good."""
    found = ProgramCode.objects.filter(public_id=qr_session.public_id, expires_at__gt=timezone.now()).first()
    return Picture(bytes(found.content), found.content_type) if found else None


def ask(qr_session: QRSession) -> bool:
    """Note that a program asks what it was opened for; return whether it may be told, also once more.

    `qr_session` learns the digits that both screens show. Who it is will be known when they confirm.
    """
    waiting = qr_sessions.alive(qr_session).filter(status=Status.WAITING)
    moved = qr_sessions.move(waiting, Status.SCANNED, digits=_digits(), notice="")
    if not moved and not qr_sessions.alive(qr_session).exists():
        return False
    qr_session.refresh_from_db(fields=["status", "digits"])
    return qr_session.status == Status.SCANNED


def turn_away(qr_session: QRSession) -> bool:
    """Tell the tab that a phone came in a wrong way; its code lives on. Return whether that is news."""
    waiting = qr_sessions.alive(qr_session).filter(status=Status.WAITING).exclude(notice=WRONG_ENTRY)
    return waiting.update(notice=WRONG_ENTRY, changed_at=timezone.now()) == 1


def confirm(qr_session: QRSession, openid: str, unionid: str, *, new_digits: bool) -> bool:
    """Say yes, by whose phone it is; return whether that counted.

    `new_digits`: who confirmed gets digits that no other phone was told, for the computer to ask.
    """
    values = {"digits": _digits()} if new_digits else {}
    named = {"openid": openid, "unionid": unionid, "expires_at": qr_sessions.time_to_redeem()}
    scanned = qr_sessions.alive(qr_session).filter(status=Status.SCANNED)
    moved = qr_sessions.move(scanned, Status.CONFIRMED, **named, **values)
    now = QRSession.objects.filter(pk=qr_session.pk).first()
    if now is None:  # erased at this moment
        return False
    qr_session.digits = now.digits
    return moved or (now.openid == openid and now.status in (Status.CONFIRMED, Status.USED))


def refuse(qr_session: QRSession) -> bool:
    """Say no; return whether that came before anybody was signed in."""
    undecided = [Status.SCANNED, Status.CONFIRMED]
    open_one = qr_sessions.alive(qr_session).filter(status__in=undecided)
    return qr_sessions.move(open_one, Status.REFUSED, openid="", unionid="")


def _clear_some(browser_hash: str) -> int:
    """Those that ran out, and those that the same browser has replaced."""
    replaced = QRSession.objects.filter(browser_hash=browser_hash, expires_at__lte=timezone.now())
    theirs = ProgramCode.objects.filter(
        public_id__in=list(replaced.values_list("public_id", flat=True)[:_DELETE_AT_MOST])
    )
    return delete_some(_expired(), at_most=_DELETE_AT_MOST) + delete_some(theirs, at_most=_DELETE_AT_MOST)


def _expired() -> QuerySet[ProgramCode]:
    return ProgramCode.objects.filter(expires_at__lte=timezone.now())


def _digits() -> str:
    return get_random_string(2, "0123456789")
