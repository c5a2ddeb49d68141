"""What does WeChat's sign-in page for PCs say to our link? It is the only place that knows the callback domain."""

import re
from enum import Enum

from django_wechat.protocol.transport import Query, Transport

PATH = "/connect/qrconnect"
STATE = "setupcheck"

_TITLE = re.compile(r'<h4[^>]*\bclass="[^"]*\bweui_msg_title\b[^"]*"[^>]*>\s*([^<]{1,200})')
_QR_PICTURE = "/connect/qrcode/"


class Answer(Enum):
    """What the page showed; `OTHER` is anything that the reference does not know (section 1.1)."""

    QR_CODE = "a QR code"
    REDIRECT_URI = "redirect_uri"
    SCOPE = "Scope"
    APPID = "AppID"
    OTHER = "something else"


def fetch_answer(transport: Transport, *, appid: str, redirect_uri: str) -> Answer:
    """Ask for the page as a visitor's browser does; raises a `WeChatError` if it does not come.

    `transport` is that of the authorize pages. The QR code that WeChat makes for it runs out unseen.
    """
    query = Query(appid=appid, redirect_uri=redirect_uri, response_type="code", scope="snsapi_login", state=STATE)
    return _read(transport.get_page(PATH, query))


def _read(page: str) -> Answer:
    title = _TITLE.search(page)
    if title:
        known = (answer for answer in (Answer.REDIRECT_URI, Answer.SCOPE, Answer.APPID) if answer.value in title[1])
        return next(known, Answer.OTHER)
    return Answer.QR_CODE if _QR_PICTURE in page else Answer.OTHER
