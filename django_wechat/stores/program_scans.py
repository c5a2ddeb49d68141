"""How does a QR session move on when a mini program opens its code? The program asks, its person answers.

    waiting ──ask──▶ scanned ──confirm──▶ confirmed      (`qr_sessions` has the rest)

Whoever asks has no name yet: several phones may ask, and the first that confirms is it. Every arrow is one conditional
UPDATE, as everywhere.
"""

from django.utils import timezone
from django.utils.crypto import get_random_string

from django_wechat.models import ProgramCode, QRSession, Status
from django_wechat.models.rows import delete_some
from django_wechat.protocol.program_codes import Picture
from django_wechat.stores import qr_sessions

SCENE_LENGTH = 22
"""Letters and digits: more than 128 bits, and nothing that an old WeChat cuts off (section 13.1)."""

WRONG_ENTRY = "wrong_entry"
_DELETE_AT_MOST = 100


def keep(qr_session: QRSession, picture: Picture) -> None:
    """Keep the picture for the browser that will ask for it; those of codes that ran out go."""
    delete_some(ProgramCode.objects.filter(expires_at__lt=timezone.now()), at_most=_DELETE_AT_MOST)
    ProgramCode.objects.create(
        public_id=qr_session.public_id,
        content=picture.content,
        content_type=picture.content_type,
        expires_at=qr_session.expires_at,
    )


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


def turn_away(qr_session: QRSession) -> None:
    """Tell the tab that a phone came in a wrong way; its code lives on."""
    waiting = qr_sessions.alive(qr_session).filter(status=Status.WAITING)
    waiting.exclude(notice=WRONG_ENTRY).update(notice=WRONG_ENTRY, changed_at=timezone.now())


def confirm(qr_session: QRSession, openid: str, unionid: str, *, new_digits: bool) -> bool:
    """Say yes, by whose phone it is; return whether that counted.

    `new_digits`: who confirmed gets digits that no other phone was told, for the computer to ask.
    """
    values = {"digits": _digits()} if new_digits else {}
    asked = {**qr_session.request, "unionid": unionid}
    scanned = qr_sessions.alive(qr_session).filter(status=Status.SCANNED)
    until = qr_sessions.time_to_redeem()
    moved = qr_sessions.move(scanned, Status.CONFIRMED, openid=openid, request=asked, expires_at=until, **values)
    qr_session.refresh_from_db(fields=["status", "digits", "openid"])
    return moved or (qr_session.openid == openid and qr_session.status in (Status.CONFIRMED, Status.USED))


def refuse(qr_session: QRSession) -> bool:
    """Say no; return whether that came before anybody was signed in."""
    undecided = [Status.SCANNED, Status.CONFIRMED]
    open_one = qr_sessions.alive(qr_session).filter(status__in=undecided)
    return qr_sessions.move(open_one, Status.REFUSED)


def _digits() -> str:
    return get_random_string(2, "0123456789")
