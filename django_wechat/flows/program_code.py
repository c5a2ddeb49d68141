"""How does a visitor at a PC sign in by a mini program? Its round code is scanned, and the program asks (section 13.4).

The code opens the program on the phone; the program asks this site what it was opened for, and shows it. Whoever
confirms there sends a fresh code of `wx.login`, and lets the PC's browser, and no other, redeem the QR session.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from django_wechat.flows.journey import Opened
from django_wechat.flows.opens_program import OpensProgram
from django_wechat.models import WeChatProvider
from django_wechat.protocol.user_agent import Browser, Container
from django_wechat.stores import program_scans, qr_sessions


class ProgramCode(OpensProgram):
    """The mini program's code in the tab."""

    name = "program_code"
    words = gettext_lazy("scanning the mini program’s code")
    template = "django_wechat/parts/qr_panel.html"
    lead_template = "django_wechat/parts/program_lead.html"
    kind = "mini_program"
    entries = frozenset({1047})
    quota = "program_codes_minute"

    def serves(self, browser: Browser) -> bool:
        """Return whether a phone can scan this screen."""
        return browser.container is Container.BROWSER and not browser.phone

    def begin(self, row: WeChatProvider, browser_key: str, *, seconds: int, request: dict[str, Any]) -> Opened:
        """Open a QR session with a code that WeChat drew."""
        client, scene = self.client(row, row.client_id), qr_sessions.new_scene(program_scans.SCENE_LENGTH)
        picture = client.fetch_code(scene, page=row.mini_program_page, version=row.mini_program_version)
        qr_session = qr_sessions.open_session(
            row, browser_key, scene=scene, appid=row.client_id, seconds=seconds, request=request
        )
        program_scans.keep(qr_session, picture)
        image_url = reverse("wechat_qr_picture", args=[qr_session.public_id])
        return Opened(qr_session, {"image_url": image_url})


JOURNEY = ProgramCode()
