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

CONNECT = "connect"
"""allauth's word for connecting an account instead of signing in."""

KEY = "KEY"
"""Stands in `request["confirm_url"]` for the key that only the link on the phone holds."""


def begin(
    provider: WeChatProvider, account: OfficialAccount, browser_key: str, *, seconds: int, request: dict[str, Any]
) -> tuple[QRSession, str]:
    """Open a QR session and return it with what its QR code has to show; raise a `WeChatError` if WeChat gives none.

    `request` is what the phone's page will say: where, when and by what the sign-in was asked for. What follows the
    scan is decided here, too, so that words and steps agree if the admin changes it meanwhile.
    """
    scene = qr_sessions.new_scene()
    content = clients.official_account_client(account).fetch_qr_content(scene, seconds)
    # To connect somebody's WeChat is always asked: what a scan alone would do could not be seen on the phone.
    asks = provider.confirm_on_phone or request["process"] == CONNECT
    plan = {"action": provider.follow_up_action, "asks": asks}
    session = qr_sessions.open_session(
        provider, browser_key, scene=scene, appid=account.appid, seconds=seconds, request={**request, **plan}
    )
    return session, content


def on_push(account: OfficialAccount, event: PushEvent) -> str:
    """Take the scan in `event` in, and return what the person is told; "" for an event that is no scan of ours."""
    session = qr_sessions.find_by_scene(event.scene, account.appid)
    if session is None:
        return ""
    confirmed = _signs_in(session) and not session.request["asks"]
    with translation.override(session.request["language"] or None):
        if not session.provider.enabled or not qr_sessions.scan(session, event.openid, confirmed=confirmed):
            return _("This QR code is no longer valid. Please refresh it on the computer and scan again.")
        return _answer(session)


def next_step(session: QRSession) -> str:
    """Return what the tab does now: "" (wait), "confirm" (on the phone), "open_platform" or "finish"."""
    if qr_sessions.is_expired(session):
        return ""
    if session.status == Status.CONFIRMED:
        return "finish"
    if session.status == Status.SCANNED:
        return "confirm" if _signs_in(session) else "open_platform"
    return ""


def finish(account: OfficialAccount, session: QRSession) -> Profile:
    """Return who scanned; raise a `WeChatError` if WeChat has to be asked for the unionid and does not say."""
    client = clients.official_account_client(account)
    return identities.follower_profile(
        session.appid, session.openid, lambda: client.fetch_follower(session.openid).unionid
    )


def _signs_in(session: QRSession) -> bool:
    """Whether the official account itself signs in, or only leads on to the Open Platform."""
    return bool(session.request["action"] == FollowUpAction.MEDIA)


def _answer(session: QRSession) -> str:
    words = {"site": session.request["site_name"]}
    connects = session.request["process"] == CONNECT
    if not _signs_in(session):
        return _("Thank you! Please go on at the computer: scan the second QR code to sign in to %(site)s.") % words
    if not session.request["asks"]:
        return _("You are being signed in to %(site)s on the computer.") % words
    words["link"] = session.request["confirm_url"].replace(KEY, qr_sessions.confirm_key(session.scene))
    if connects:
        return _("Connect your WeChat to an account on %(site)s? Open this page and confirm:\n%(link)s") % words
    return _("Sign in to %(site)s on a computer? Open this page and confirm:\n%(link)s") % words
