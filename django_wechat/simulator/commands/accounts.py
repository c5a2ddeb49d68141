"""What can be done by name with official accounts? Their part of the table of commands."""

from django_wechat.simulator.commands.values import Command, Result, Values, is_on, plain, text
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push.sending import Push
from django_wechat.simulator.world.account_qrs import AccountQR


def describe_account_qr(platform: Platform, qr: AccountQR) -> Result:
    """Return a QR code as plain values; `path` is its address below the mount."""
    return {
        "appid": qr.app.appid,
        "scene": qr.scene,
        "ticket": qr.ticket,
        "path": f"/q/{qr.token}",
        "seconds_left": platform.seconds_left(qr),
        "scanned_by": qr.scanned_by,
    }


def _push(push: Push | None) -> Result:
    return plain(push) if push else {}


def _scan_account_qr(platform: Platform, values: Values) -> Result:
    """Scan an account's QR code {ticket?: ticket or address, else the newest, person?, wait?: true}."""
    outcome = platform.scan_account_qr(text(values, "ticket"), text(values, "person"), wait=_wait(values))
    return plain(outcome) | {"push": _push(outcome.push)}


def _who(values: Values) -> tuple[str, str]:
    return text(values, "appid"), text(values, "person")


def _wait(values: Values) -> bool:
    return is_on(values, "wait", default=True)


def _follow(platform: Platform, values: Values) -> Result:
    """Tap 关注 {appid, person?, wait?: true}."""
    return plain(platform.follow(*_who(values), wait=_wait(values)))


def _unfollow(platform: Platform, values: Values) -> Result:
    """Stop following {appid, person?, wait?: true}."""
    return plain(platform.unfollow(*_who(values), wait=_wait(values)))


def _revoke_authorization(platform: Platform, values: Values) -> Result:
    """Withdraw the grant given to an app {appid, person?, wait?: true}."""
    return plain(platform.revoke_authorization(*_who(values), wait=_wait(values)))


def _cancel_wechat(platform: Platform, values: Values) -> Result:
    """Give up one's WeChat account; one app is told {appid, person?, wait?: true}."""
    return plain(platform.cancel_wechat(*_who(values), wait=_wait(values)))


def _send_text(platform: Platform, values: Values) -> Result:
    """Write to an account {appid, text, person?, wait?: true}."""
    appid, person = _who(values)
    return plain(platform.send_text(appid, text(values, "text"), person, wait=_wait(values)))


def _menu_click(platform: Platform, values: Values) -> Result:
    """Tap a menu entry {appid, key: a key or an address, person?, wait?: true}."""
    appid, person = _who(values)
    return plain(platform.menu_click(appid, text(values, "key"), person, wait=_wait(values)))


def _send_location(platform: Platform, values: Values) -> Result:
    """Report a location {appid, person?, wait?: true}."""
    return plain(platform.send_location(*_who(values), wait=_wait(values)))


def _show_account(platform: Platform, values: Values) -> Result:
    """Open an account on the phone {appid?: empty closes it}."""
    platform.show_account(text(values, "appid"))
    return {"shown_account": platform.shown_account}


def _chat(platform: Platform, values: Values) -> Result:
    """Return a chat {appid, person?}."""
    return {"messages": [plain(message) | {"links": message.links} for message in platform.chat(*_who(values))]}


def _last_push(platform: Platform, values: Values) -> Result:
    """Return the newest push {appid} and what became of it."""
    return _push(platform.last_push(text(values, "appid")))


def _push_raw(platform: Platform, values: Values) -> Result:
    """POST anything to the push URL {appid, body, query: {…}}."""
    query = values.get("query")
    if not isinstance(query, dict):
        raise ValueError("query must be an object")
    words = {str(name): str(value) for name, value in query.items()}
    return plain(platform.push_raw(text(values, "appid"), text(values, "body").encode(), words))


def _verify_push_url(platform: Platform, values: Values) -> Result:
    """Check the push URL {appid} as it is configured."""
    return plain(platform.verify_push_url(text(values, "appid")))


def _server_config(platform: Platform, values: Values) -> Result:
    """Submit in the console {appid, push_url?, server_token?, aes_key?, push_mode?, push_format?}."""
    changes = {name: str(value) for name, value in values.items()}
    return plain(platform.submit_server_config(text(values, "appid"), changes))


def _revoke_api_tokens(platform: Platform, values: Values) -> Result:
    """Kill an account's API access tokens {appid}."""
    platform.revoke_api_tokens(text(values, "appid"))
    return {}


ACCOUNT_COMMANDS: dict[str, Command] = {
    "scan_account_qr": _scan_account_qr,
    "follow": _follow,
    "unfollow": _unfollow,
    "revoke_authorization": _revoke_authorization,
    "cancel_wechat": _cancel_wechat,
    "send_text": _send_text,
    "menu_click": _menu_click,
    "send_location": _send_location,
    "show_account": _show_account,
    "chat": _chat,
    "last_push": _last_push,
    "push_raw": _push_raw,
    "verify_push_url": _verify_push_url,
    "server_config": _server_config,
    "revoke_api_tokens": _revoke_api_tokens,
}
