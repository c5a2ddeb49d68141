"""How does a visitor at a PC sign in by scanning the official account's QR code? (reference sections 4.4, 5.4)

The code is opened on the PC and scanned on the phone; WeChat pushes the scan to `webhook`. The answer to that push
holds a link; whoever confirms behind it lets the PC's browser, and no other, redeem the QR session.
"""

from typing import Any

import segno
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from django.utils.translation import gettext_lazy

from django_wechat.clients.official_account import official_account_client
from django_wechat.flows import chat
from django_wechat.flows.journey import CONNECT, FOR_WHO_IS_SIGNED_IN, Opened, WaitsForPhone
from django_wechat.models import QRSession, Status, WeChatProvider
from django_wechat.people import profiles
from django_wechat.protocol.oauth import Profile
from django_wechat.protocol.push import OfficialAccount, PushEvent
from django_wechat.protocol.user_agent import Browser, Container
from django_wechat.stores import qr_sessions


class Follow(WaitsForPhone):
    """The official account's QR code in the tab."""

    name = "follow"
    words = gettext_lazy("following the official account")
    template = "django_wechat/parts/qr_panel.html"
    lead_template = "django_wechat/parts/follow_lead.html"
    kind = "official_account"

    def serves(self, browser: Browser) -> bool:
        """Return whether a phone can scan this screen."""
        return browser.container is Container.BROWSER and not browser.phone

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether the official account is filled in, pushes and all, and its QR code is switched on."""
        return row.official_account_qr_complete

    def counted_by(self, row: WeChatProvider) -> str:
        """Return the official account's AppID."""
        return row.client_id_2

    def begin(self, row: WeChatProvider, browser_key: str, *, seconds: int, request: dict[str, Any]) -> Opened:
        """Open a QR session with a code of the official account.

        What follows the scan is decided here, too, so that words and steps agree if the admin changes it meanwhile.
        """
        # To connect somebody's WeChat, or to confirm, is always asked: what a scan alone would do could not be seen on
        # the phone.
        asks = row.confirm_on_phone or request["process"] in FOR_WHO_IS_SIGNED_IN
        plan = {"action": row.follow_up_action, "asks": asks}
        if chat.signs_in(plan) and not request["origin"]:
            raise ImproperlyConfigured(
                "The link for the phone has no host that is certain: name the hosts of the site one by one in "
                f"ALLOWED_HOSTS, or in Hosts of WeChat provider {row}."
            )
        account = _account(row, row.client_id_2)
        scene = qr_sessions.new_scene()
        content = official_account_client(account).fetch_qr_content(scene, seconds)
        qr_session = qr_sessions.open_session(
            row, browser_key, scene=scene, appid=account.appid, seconds=seconds, request={**request, **plan}
        )
        svg = segno.make(content, error="m").svg_inline(scale=5, border=0)
        # Who scans gets the digits, and then this browser: nobody can show them beside a code of his own making.
        return Opened(qr_session, {"svg": svg, "digits": ""})

    def on_push(self, row: WeChatProvider, account: OfficialAccount, event: PushEvent) -> str:
        """Take the scan in `event` in, and return what the person is told; "" for an event that is no scan of ours.

        `row` is the one whose address WeChat pushed to; the code may be another one's with the same `account`.
        """
        qr_session = qr_sessions.find_by_scene(event.scene, account.appid)
        if qr_session is None:
            return ""
        if qr_session.provider_id == row.pk:
            qr_session.provider = row
        asked = qr_session.request
        confirmed = chat.signs_in(asked) and not asked["asks"]
        with translation.override(asked["language"] or None):
            if not qr_session.provider.enabled or not qr_sessions.scan(qr_session, event.openid, confirmed=confirmed):
                return chat.too_late()
            return chat.answer(asked, qr_session.digits, qr_sessions.confirm_key(qr_session.scene))

    def next_step(self, qr_session: QRSession) -> str:
        """Return what the tab does now; after a scan that only leads on, the Open Platform's code takes over."""
        if qr_sessions.is_expired(qr_session):
            return ""
        if qr_session.status == Status.CONFIRMED:
            return "finish"
        if qr_session.status == Status.SCANNED:
            return "confirm" if chat.signs_in(qr_session.request) else "open_platform"
        return ""

    def wants_digits(self, qr_session: QRSession) -> bool:
        """Return whether something is connected: a bystander's phone may have scanned first."""
        return bool(qr_session.request.get("process") == CONNECT)

    def progress(self, qr_session: QRSession) -> dict[str, Any]:
        """Tell the digits as well, from the scan on; not where the computer will ask for them."""
        shown = "" if self.wants_digits(qr_session) else qr_session.digits
        return {**super().progress(qr_session), "digits": shown}

    def finish(self, qr_session: QRSession) -> Profile:
        """Return who scanned; WeChat is asked for a unionid that is not known."""
        client = official_account_client(_account(qr_session.provider, qr_session.appid))
        return profiles.follower_profile(
            qr_session.appid, qr_session.openid, lambda: client.fetch_follower(qr_session.openid).unionid
        )

    def signed_in(self, profile: Profile) -> None:
        """Note that the person follows, and that WeChat was asked for the unionid."""
        profiles.note_follower(profile)


JOURNEY = Follow()


def _account(row: WeChatProvider, appid: str) -> OfficialAccount:
    """Return the official account of `row`; raise `ImproperlyConfigured` if it is no longer `appid`."""
    account = row.official_account
    if account is None or account.appid != appid:
        raise ImproperlyConfigured(f"The second keypair of WeChat provider {row} was changed.")
    return account
