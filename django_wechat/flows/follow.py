"""How does a visitor at a PC sign in by scanning the official account's QR code? (reference sections 4.4, 5.4)

The code is opened on the PC and scanned on the phone; WeChat pushes the scan to `webhook`. The answer to that push
holds a link; whoever confirms behind it lets the PC's browser, and no other, redeem the QR session.
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from django_wechat import clients, profiles, qr_sessions
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
    qr_session = qr_sessions.open_session(
        provider, browser_key, scene=scene, appid=account.appid, seconds=seconds, request={**request, **plan}
    )
    return qr_session, content


def on_push(provider: WeChatProvider, account: OfficialAccount, event: PushEvent) -> str:
    """Take the scan in `event` in, and return what the person is told; "" for an event that is no scan of ours.

    `provider` is the one whose address WeChat pushed to; the code may be another one's with the same `account`.
    """
    qr_session = qr_sessions.find_by_scene(event.scene, account.appid)
    if qr_session is None:
        return ""
    if qr_session.provider_id == provider.pk:
        qr_session.provider = provider
    confirmed = _signs_in(qr_session) and not qr_session.request["asks"]
    with translation.override(qr_session.request["language"] or None):
        if not qr_session.provider.enabled or not qr_sessions.scan(qr_session, event.openid, confirmed=confirmed):
            return too_late()
        return answer(qr_session)


def next_step(qr_session: QRSession) -> str:
    """Return what the tab does now: "" (wait), "confirm" (on the phone), "open_platform" or "finish"."""
    if qr_sessions.is_expired(qr_session):
        return ""
    if qr_session.status == Status.CONFIRMED:
        return "finish"
    if qr_session.status == Status.SCANNED:
        return "confirm" if _signs_in(qr_session) else "open_platform"
    return ""


def progress(qr_session: QRSession) -> dict[str, Any]:
    """Return what the tab is told of its session: its status, the seconds it is good for, and what to do now."""
    status = "expired" if qr_sessions.is_expired(qr_session) else qr_session.status
    return {"status": status, "expires_in": qr_sessions.seconds_left(qr_session), "next": next_step(qr_session)}


def is_over(told: dict[str, Any]) -> bool:
    """Return whether nothing can follow that the tab would have to wait for, after it was `told` this."""
    return not (told["status"] == Status.WAITING or told["next"] == "confirm")


def finish(account: OfficialAccount, qr_session: QRSession) -> Profile:
    """Return who scanned; raise a `WeChatError` if WeChat has to be asked for the unionid and does not say."""
    client = clients.official_account_client(account)
    return profiles.follower_profile(
        qr_session.appid, qr_session.openid, lambda: client.fetch_follower(qr_session.openid).unionid
    )


def too_late() -> str:
    """Return what a person is told in the chat whose scan comes too late, or of a code that is not ours any more."""
    return _("This QR code is no longer valid. Please refresh it on the computer and scan again.")


def answer(qr_session: QRSession) -> str:
    """Return what the person who scanned `qr_session` is told in the chat, in the language that is active."""
    words = {"site": qr_session.request["site_name"]}
    connects = qr_session.request["process"] == CONNECT
    if not _signs_in(qr_session) and connects:
        return _("Thank you! Please go on at the computer: scan the second QR code to connect your account.")
    if not _signs_in(qr_session):
        return _("Thank you! Please go on at the computer: scan the second QR code to sign in to %(site)s.") % words
    if not qr_session.request["asks"]:
        return _("You are being signed in to %(site)s on the computer.") % words
    words["link"] = qr_session.request["confirm_url"].replace(KEY, qr_sessions.confirm_key(qr_session.scene))
    if connects:
        return _("Connect your WeChat to an account on %(site)s? Open this page and confirm:\n%(link)s") % words
    return _("Sign in to %(site)s on a computer? Open this page and confirm:\n%(link)s") % words


def _signs_in(qr_session: QRSession) -> bool:
    """Whether the official account itself signs in, or only leads on to the Open Platform."""
    return bool(qr_session.request["action"] == FollowUpAction.MEDIA)
