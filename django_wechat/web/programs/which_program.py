"""Which mini program or app is a code of? The one that was named, or the only one there is."""

from django.http import HttpRequest

from django_wechat.flows import table
from django_wechat.flows.journey import TakesCode
from django_wechat.models import WeChatProvider
from django_wechat.web.programs import problems
from django_wechat.web.programs.problems import Refused
from django_wechat.web.visitors import rows_of


def row_for(request: HttpRequest, journey: TakesCode, appid: str) -> WeChatProvider:
    """Return the row with this `appid` ("": the only one) that serves the request; raise `Refused`."""
    rows = table.rows_with_code(journey, rows_of(request), appid)
    if not rows:
        raise Refused("not_available", 409, words=problems.NO_SUCH_APP)
    if len(rows) > 1 and not appid:
        raise Refused("bad_request", 400, words=problems.WHICH_APP)
    return rows[0]
