"""What happens when a phone says, after the end, that it was somebody else who signed in on the computer?

The browser that was signed in is signed out; what was connected is taken apart again; the site hears of it.
"""

import logging
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY

from django_wechat.flows.journey import CONNECT
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.models.fields import SecretUnreadable
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import erasure, identities
from django_wechat.signals import sign_in_disowned
from django_wechat.stores import qr_sessions

logger = logging.getLogger("django_wechat.sign_in")


def take_back(qr_session: QRSession) -> bool | None:
    """Undo the sign-in or the connection of a used session; return whether a browser was signed out by that.

    None if there is nothing to take back (any more).
    """
    with all_or_nothing():
        if not qr_sessions.disown(qr_session):
            return None
        user_id, ended = _end_session(qr_session)
        if qr_session.request["process"] == CONNECT:
            _disconnect(qr_session)
    row = qr_session.provider
    said = f"the browser of user {user_id} was signed out" if ended else "no session of Django's was found to end"
    logger.warning("A phone took back a sign-in by provider %s: %s", row, said)
    sign_in_disowned.send_robust(WeChatProvider, provider=row, user_id=user_id, ended=ended)
    return ended


def _end_session(qr_session: QRSession) -> tuple[str, bool]:
    """Delete Django's sessions; return whose they were and whether somebody was signed in by one."""
    try:
        keys = qr_session.session_keys.split()
    except SecretUnreadable:
        keys = []
    user_ids = [user_id for key in keys if (user_id := _end(key))]
    return (user_ids or [""])[0], bool(user_ids)


def _end(session_key: str) -> str:
    djangos: Any = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user_id = str(djangos.get(SESSION_KEY, ""))
    djangos.flush()
    return user_id


def _disconnect(qr_session: QRSession) -> None:
    """Erase the WeChat account that this very session connected; one from before is none of its business."""
    identity = identities.find(qr_session.appid, qr_session.openid)
    if identity is None or str(identity.account.user_id) != qr_session.request["user"]:
        return
    if identity.account.date_joined >= qr_session.created_at:
        erasure.erase(identity.account)
