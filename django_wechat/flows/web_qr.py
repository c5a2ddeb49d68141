"""How does a visitor at a PC sign in with the Open Platform's QR code? (reference section 1)"""

from django.utils.translation import gettext_lazy as _

from django_wechat.clients import addresses
from django_wechat.flows.journey import LeadsAway
from django_wechat.models import WeChatProvider
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials
from django_wechat.protocol.user_agent import Browser, Container


class WebQR(LeadsAway):
    """The website app's QR code: in an iframe of the tab, or as a page of WeChat's own."""

    name = "web_qr"
    words = _("QR code on a computer")
    template = "django_wechat/parts/qr_panel.html"
    start_template = "django_wechat/parts/full_page.html"
    kind = "open_platform"
    full_page = True

    def serves(self, browser: Browser) -> bool:
        """Return whether a phone can scan this screen; WeChat's own page would also serve any other."""
        return browser.container is Container.BROWSER and not browser.phone

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether the website app's keypair is filled in."""
        return row.has_open_platform

    def keypair(self, row: WeChatProvider) -> AppCredentials | None:
        """Return the website app's keypair."""
        return row.open_platform

    def url(self, app: AppCredentials, *, redirect_uri: str, state: str) -> str:
        """Return WeChat's full page with the QR code."""
        return oauth.qrconnect_url(
            addresses.open_base_url(),
            appid=app.appid,
            redirect_uri=redirect_uri,
            state=state,
            lang=addresses.page_lang(),
        )

    def frame_url(self, app: AppCredentials, *, redirect_uri: str, state: str) -> str:
        """Return the page with the QR code for the iframe in the WeChat tab."""
        return oauth.qrconnect_frame_url(
            addresses.open_base_url(),
            appid=app.appid,
            redirect_uri=redirect_uri,
            state=state,
            lang=addresses.page_lang(),
        )


JOURNEY = WebQR()
