"""How does a visitor inside WeChat sign in with one tap? (reference section 2)

Never begun on page load: WeChat answers a forced request with a snapshot page and a virtual identity (section 2.5).
"""

from functools import partial

from django_wechat import clients, profiles
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials, Profile


def begin(app: AppCredentials, *, redirect_uri: str, state: str) -> str:
    """Return the official account's authorize page."""
    return oauth.in_wechat_url(clients.open_base_url(), appid=app.appid, redirect_uri=redirect_uri, state=state)


def finish(app: AppCredentials, code: str) -> Profile:
    """Return who allowed it; raise `SnapshotUser` for a virtual identity, else a `WeChatError` if there is none."""
    client = clients.sign_in_client(app)
    grant = client.fetch_grant(code)
    return profiles.profile_of(grant, partial(client.fetch_profile, grant))
