"""Which messages does WeChat push to an account's site? Events and texts of one person, in the order of the fields."""

from django_wechat.simulator.push.envelopes import Message
from django_wechat.simulator.world.account_qrs import AccountQR
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App

#: Events of people who cannot be told anything any more.
FAREWELLS = frozenset({"unsubscribe", "user_authorization_revoke", "user_authorization_cancellation"})


def _head(app: App, person: Person, created_at: int, kind: str) -> dict[str, str | int]:
    return {
        "ToUserName": app.original_id,
        "FromUserName": person.openid(app.appid),
        "CreateTime": created_at,
        "MsgType": kind,
    }


def _event(app: App, person: Person, created_at: int, name: str) -> dict[str, str | int]:
    return {**_head(app, person, created_at, "event"), "Event": name}


def subscribed(app: App, person: Person, created_at: int, qr: AccountQR | None) -> Message:
    """Follow, through a QR code or without one."""
    event = {**_event(app, person, created_at, "subscribe"), "EventKey": f"qrscene_{qr.scene}" if qr else ""}
    return event | ({"Ticket": qr.ticket} if qr else {})


def scanned(app: App, person: Person, created_at: int, qr: AccountQR) -> Message:
    """Scan a QR code as a follower: the bare scene."""
    return {**_event(app, person, created_at, "SCAN"), "EventKey": qr.scene, "Ticket": qr.ticket}


def unsubscribed(app: App, person: Person, created_at: int) -> Message:
    """Unfollow."""
    return {**_event(app, person, created_at, "unsubscribe"), "EventKey": ""}


def authorization_revoked(app: App, person: Person, created_at: int) -> Message:
    """Withdraw the grant; the event names the person and the app once more."""
    return _about(app, person, created_at, "user_authorization_revoke") | {"RevokeInfo": "301"}


def authorization_cancelled(app: App, person: Person, created_at: int) -> Message:
    """Give up the WeChat account itself."""
    return _about(app, person, created_at, "user_authorization_cancellation")


def _about(app: App, person: Person, created_at: int, name: str) -> dict[str, str | int]:
    named: dict[str, str | int] = {"OpenID": person.openid(app.appid), "AppID": app.appid}
    return _event(app, person, created_at, name) | named


def menu_tapped(app: App, person: Person, created_at: int, key: str) -> Message:
    """Tap a menu entry: an address is a VIEW, anything else a CLICK."""
    name = "VIEW" if key.startswith(("http://", "https://")) else "CLICK"
    return {**_event(app, person, created_at, name), "EventKey": key}


def located(app: App, person: Person, created_at: int) -> Message:
    """Report where the person is."""
    place = {"Latitude": "23.137466", "Longitude": "113.352425", "Precision": "119.385040"}
    return {**_event(app, person, created_at, "LOCATION"), **place}


def said(app: App, person: Person, created_at: int, text: str, message_id: int) -> Message:
    """Write a text message."""
    return {**_head(app, person, created_at, "text"), "Content": text, "MsgId": message_id}
