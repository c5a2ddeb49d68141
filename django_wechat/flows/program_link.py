"""How does a visitor sign in whose phone's browser is outside WeChat? By a link into the mini program (section 14).

WeChat brings nobody back from there: the page says so, and asks how far it is whenever it is seen again. Such a link is
for whoever holds it, so it lives shortly, serves this browser alone, and the program names the site before it asks.
"""

import time
from typing import Any

from django.utils.translation import gettext_lazy

from django_wechat.exceptions import WeChatError
from django_wechat.flows.journey import Opened
from django_wechat.flows.opens_program import OpensProgram
from django_wechat.models import WeChatProvider
from django_wechat.protocol.user_agent import Browser, Container
from django_wechat.stores import limits, program_scans, qr_sessions

SHORTEST = 60
"""Seconds; WeChat takes no link that ends earlier (85401)."""
FOR_AN_HOUR = 3600
NOT_FOR_INDIVIDUALS = (40002, 85079, 85407, 85408)
"""No link will be had of this program until somebody changes something at WeChat."""


class ProgramLink(OpensProgram):
    """A link that opens the mini program on the very phone that shows the page."""

    name = "program_link"
    words = gettext_lazy("opening the mini program from a phone’s browser")
    kind = "mini_program_link"
    entries = frozenset({1065, 1194, 1286})
    shows_digits = False
    quota = "program_links_day"

    def serves(self, browser: Browser) -> bool:
        """Return whether it is a phone's browser outside WeChat."""
        return browser.container is Container.BROWSER and browser.phone

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether WeChat makes links of this program, as far as it said."""
        return super().works_with(row) and not limits.kept(_without_links(row))

    def begin(self, row: WeChatProvider, browser_key: str, *, seconds: int, request: dict[str, Any]) -> Opened:
        """Open a QR session with a link that WeChat made."""
        client, scene = self.client(row, row.client_id), qr_sessions.new_scene(program_scans.SCENE_LENGTH)
        until = int(time.time()) + max(seconds, SHORTEST) + SHORTEST
        try:
            link = client.fetch_link(scene, page=row.mini_program_page, version=row.mini_program_version, until=until)
        except WeChatError as error:
            if error.errcode in NOT_FOR_INDIVIDUALS:
                limits.keep(_without_links(row), True, FOR_AN_HOUR)
            raise
        qr_session = qr_sessions.open_session(
            row, browser_key, scene=scene, appid=row.client_id, seconds=seconds, request=request
        )
        return Opened(qr_session, {"link": link})


JOURNEY = ProgramLink()


def _without_links(row: WeChatProvider) -> str:
    return f"no_links:{row.client_id}"
