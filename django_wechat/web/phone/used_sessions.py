"""Which of Django's sessions did a QR code sign in? Noted, so that the phone can still take it back.

Where allauth asks for more first (a form, a second factor), a mark in the session waits for the moment it is done.
"""

import logging
from functools import partial

from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from django_wechat.models import QRSession
from django_wechat.problems import problem_response
from django_wechat.stores import qr_sessions
from django_wechat.web.visitors import provider_for

logger = logging.getLogger("django_wechat.sign_in")

_MARK = "wechat_qr_session"
_CAME_BY = "wechat_used_qr_session"
_CONFIRMED_BY = "wechat_confirming_qr_session"


def note(request: HttpRequest, response: HttpResponseBase, qr_session: QRSession) -> None:
    """Note the browser that `response` signs in, once it has the answer; else mark it for when it is signed in."""
    if request.user.is_authenticated:
        request.session[_CAME_BY] = qr_session.public_id
        _remember(request, response, qr_session)
    else:
        request.session[_MARK] = qr_session.public_id


def note_confirmation(request: HttpRequest, response: HttpResponseBase, qr_session: QRSession) -> None:
    """Note the browser in which somebody who is signed in confirmed, once it has the answer."""
    request.session[_CONFIRMED_BY] = qr_session.public_id
    _remember(request, response, qr_session)


def note_new_key(request: HttpRequest) -> None:
    """Note a session that goes on under another key, as after a new password: the phone can still end it."""
    for mark in (_CAME_BY, _CONFIRMED_BY):
        if public_id := request.session.get(mark):
            _note_later(public_id, request.session.session_key or "")


def _remember(request: HttpRequest, response: HttpResponseBase, qr_session: QRSession) -> None:
    step = partial(_note_later, qr_session.public_id, request.session.session_key or "")
    # How Django itself has things done when the server closes a response; there is no public name for it.
    response._resource_closers.append(step)  # type: ignore[attr-defined]


def note_marked(request: HttpRequest | None) -> None:
    """Note a browser that was just signed in, if it is marked; sign it out if the phone took it back meanwhile."""
    if request is None or not hasattr(request, "session"):
        return
    public_id = request.session.pop(_MARK, "")
    if public_id:
        request.session[_CAME_BY] = public_id
    if not public_id or qr_sessions.note_session(public_id, request.session.session_key or ""):
        return
    logger.warning("A sign-in that the phone had taken back went on; it was ended")
    logout(request)
    # In the middle of allauth's own sign-in, which nothing else stops.
    raise ImmediateHttpResponse(problem_response(request, provider_for(request), "qr_over"))


def close(request: HttpRequest | None) -> None:
    """Let a sign-out be the end of the QR code that signed in, too: its form, sent once more, signs nobody in."""
    if public_id := getattr(request, "session", {}).get(_CAME_BY):
        qr_sessions.close(public_id)


def _note_later(public_id: str, session_key: str) -> None:
    try:
        qr_sessions.note_session(public_id, session_key)
    except Exception:
        # The visitor is signed in; that the phone cannot take it back is for the server's log.
        logger.warning("The session of a sign-in by QR code could not be noted", exc_info=True)
