"""How does somebody in a mobile app sign in? The app sends the code of WeChat's SDK (reference section 15)."""

from django.utils.translation import gettext_lazy as _

from django_wechat.flows.journey import TakesCode
from django_wechat.models import SubType, WeChatProvider
from django_wechat.protocol.oauth import AppCredentials


class MobileApp(TakesCode):
    """A mobile app of the Open Platform: its code is exchanged as a website app's is, with its own keypair."""

    name = "app"
    words = _("mobile app")

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether the mobile app's keypair is filled in."""
        return row.is_filled_as(SubType.APP)

    def keypair(self, row: WeChatProvider) -> AppCredentials | None:
        """Return the mobile app's keypair."""
        return row.mobile_app


JOURNEY = MobileApp()
