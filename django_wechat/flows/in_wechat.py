"""How does a visitor inside WeChat sign in with one tap? (reference section 2)

Never begun on page load: WeChat answers a forced request with a snapshot page and a virtual identity (section 2.5).
"""

from django.utils.translation import gettext_lazy as _

from django_wechat.clients import addresses
from django_wechat.flows.journey import LeadsAway
from django_wechat.models import WeChatProvider
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials
from django_wechat.protocol.user_agent import Browser, Container
from django_wechat.stores import web_authorizations


class InWeChat(LeadsAway):
    """The official account's web authorisation, by one tap."""

    name = "in_wechat"
    words = _("inside WeChat")
    template = start_template = "django_wechat/parts/in_wechat.html"
    inside_wechat = True

    def serves(self, browser: Browser) -> bool:
        """Return whether the page is open inside WeChat, on a phone or a desktop."""
        return browser.container is Container.WECHAT

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether the official account's keypair is filled in."""
        return row.has_in_wechat_app

    def keypair(self, row: WeChatProvider) -> AppCredentials | None:
        """Return the official account's keypair."""
        return row.in_wechat_app

    def url(self, app: AppCredentials, *, redirect_uri: str, state: str) -> str:
        """Return the official account's authorize page."""
        return oauth.in_wechat_url(addresses.open_base_url(), appid=app.appid, redirect_uri=redirect_uri, state=state)

    def note_way_back(self, app: AppCredentials, host: str) -> None:
        """The account's web authorisation works here, so that it can say who answers on a phone."""
        web_authorizations.note(app.appid, host)


JOURNEY = InWeChat()
