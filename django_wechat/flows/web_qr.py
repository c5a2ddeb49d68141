"""How does a visitor at a PC sign in with the Open Platform's QR code? (reference section 1)"""

from functools import partial

from django_wechat import clients, profiles
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials, Profile


def begin(app: AppCredentials, *, redirect_uri: str, state: str) -> str:
    """Return WeChat's full page with the QR code."""
    return oauth.qrconnect_url(
        clients.open_base_url(), appid=app.appid, redirect_uri=redirect_uri, state=state, lang=clients.page_lang()
    )


def begin_in_frame(app: AppCredentials, *, redirect_uri: str, state: str) -> str:
    """Return the page with the QR code for the iframe in the WeChat tab."""
    return oauth.qrconnect_frame_url(
        clients.open_base_url(), appid=app.appid, redirect_uri=redirect_uri, state=state, lang=clients.page_lang()
    )


def finish(app: AppCredentials, code: str) -> Profile:
    """Return who scanned; raise a `WeChatError` if WeChat does not say."""
    client = clients.sign_in_client(app)
    grant = client.fetch_grant(code)
    return profiles.profile_of(grant, partial(client.fetch_profile, grant))
