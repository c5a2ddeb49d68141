"""Is it the person who scanned that answers on the phone? WeChat says so without a word (scope snsapi_base).

The link in the chat is a bearer: it may be passed on. Where the account's web authorisation works, an answer takes a
detour through WeChat, and counts only if the openid that comes back is the one that scanned.
"""

from django.core.exceptions import ImproperlyConfigured

from django_wechat import conf
from django_wechat.clients import addresses
from django_wechat.clients.sign_in import sign_in_client
from django_wechat.models import QRSession
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials
from django_wechat.stores import web_authorizations


def is_asked(qr_session: QRSession) -> bool:
    """Return whether WeChat has to say who answers: the setting CONFIRM_SCANNER, by default where that is possible."""
    setting = conf.get("CONFIRM_SCANNER")
    if setting == "auto":
        return web_authorizations.works(qr_session.appid, _host(qr_session))
    return bool(setting)


def url(qr_session: QRSession, *, redirect_uri: str, state: str) -> str:
    """Return WeChat's address that sends the phone straight back; raise `ImproperlyConfigured` without its keypair."""
    app = _app(qr_session)
    return oauth.who_is_it_url(addresses.open_base_url(), appid=app.appid, redirect_uri=redirect_uri, state=state)


def is_who_scanned(qr_session: QRSession, code: str) -> bool:
    """Return whether the person behind `code` scanned the QR code; raise a `WeChatError` if WeChat does not say."""
    grant = sign_in_client(_app(qr_session)).fetch_grant(code)
    web_authorizations.note(qr_session.appid, _host(qr_session))
    return grant.openid == qr_session.openid


def _host(qr_session: QRSession) -> str:
    return str(qr_session.request["origin"]).partition("://")[2]


def _app(qr_session: QRSession) -> AppCredentials:
    app = qr_session.provider.in_wechat_app
    if app is None or app.appid != qr_session.appid:
        raise ImproperlyConfigured(f"The second keypair of WeChat provider {qr_session.provider} was changed.")
    return app
