"""How does a visitor at a PC sign in by scanning the official account's QR code? (reference sections 4.4, 5.4)

The code is opened on the PC and scanned on the phone; WeChat pushes the scan to `webhook`. The answer to that push
holds a link; whoever confirms behind it lets the PC's browser, and no other, redeem the QR session.
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from django_wechat import clients, identities, qr_sessions
from django_wechat.models import FollowUpAction, QRSession, Status, WeChatProvider
from django_wechat.protocol.oauth import Profile
from django_wechat.protocol.push import OfficialAccount, PushEvent

KEY = "KEY"
"""Stands in `request["confirm_url"]` for the key that only the link on the phone holds."""


def begin(
    provider: WeChatProvider, account: OfficialAccount, browser_key: str, *, seconds: int, request: dict[str, Any]
) -> tuple[QRSession, str]:
    """Open a QR session and return it with what its QR code has to show; raise a `WeChatError` if WeChat gives none.

    `request` is what the phone's page will say: where, when and by what the sign-in was asked for.
    """
    session = qr_sessions.open_session(provider, browser_key, appid=account.appid, seconds=seconds, request=request)
    content = clients.official_account_client(account).fetch_qr_content(session.scene, seconds)
    return session, content


def on_push(provider: WeChatProvider, event: PushEvent) -> str:
    """Take the scan in `event` in, and return what the person is told; "" for an event that is no scan of ours."""
    session = qr_sessions.find_by_scene(event.scene, provider)
    if session is None:
        return ""
    confirmed = provider.follow_up_action == FollowUpAction.MEDIA and not provider.confirm_on_phone
    with translation.override(session.request.get("language") or None):
        if not qr_sessions.scan(session, event.openid, confirmed=confirmed):
            return _("This QR code is no longer valid. Please refresh it on the computer and scan again.")
        return _answer(provider, session, confirmed=confirmed)


def next_step(session: QRSession) -> str:
    """Return what the tab does now: "" (wait), "confirm" (on the phone), "open_platform" or "finish"."""
    if qr_sessions.is_expired(session):
        return ""
    if session.status == Status.CONFIRMED:
        return "finish"
    if session.status == Status.SCANNED:
        media = session.provider.follow_up_action == FollowUpAction.MEDIA
        return "confirm" if media else "open_platform"
    return ""


def finish(account: OfficialAccount, session: QRSession) -> Profile:
    """Return who scanned; raise a `WeChatError` if WeChat has to be asked for the unionid and does not say."""
    client = clients.official_account_client(account)
    return identities.follower_profile(
        session.appid, session.openid, lambda: client.fetch_follower(session.openid).unionid
    )


def _answer(provider: WeChatProvider, session: QRSession, *, confirmed: bool) -> str:
    site = session.request.get("site_name", "")
    if provider.follow_up_action == FollowUpAction.OPEN:
        words = _("Thank you! Please go on at the computer: scan the second QR code to sign in to %(site)s.")
        return words % {"site": site}
    if confirmed:
        return _("You are being signed in to %(site)s on the computer.") % {"site": site}
    link = session.request.get("confirm_url", "").replace(KEY, qr_sessions.confirm_key(session.scene))
    return _("Sign in to %(site)s on a computer? Open this page and confirm:\n%(link)s") % {"site": site, "link": link}
