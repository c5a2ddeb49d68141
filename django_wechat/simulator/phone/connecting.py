"""What does a developer copy into a site, to point it at the pretend WeChat? The setting, and what each app has."""

from django_wechat.simulator.platform import Platform
from django_wechat.simulator.world.registry import App

CALLS_OF_SITES = ("/api/", "/open/")

Pairs = list[tuple[str, str]]


def connect_context(platform: Platform, base: str, *, mounted: bool) -> dict[str, object]:
    """Return what the card "Connect a site" shows; it is unfolded where no site has found the way yet."""
    is_connected = mounted or any(request.path.startswith(CALLS_OF_SITES) for request in platform.requests)
    return {
        "wechat_setting": wechat_setting(base),
        "connect_apps": [(app, _pairs(app)) for app in platform.apps.values()],
        "connect_open": not is_connected,
    }


def wechat_setting(base: str) -> str:
    """Return the site's setting as Python."""
    lines = (f'    "{name}_BASE_URL": "{base}/{name.lower()}",' for name in ("API", "OPEN", "MP"))
    return "\n".join(["WECHAT = {", *lines, "}"])


def _pairs(app: App) -> Pairs:
    pairs = [("AppID", app.appid), ("AppSecret", app.secret)]
    server = [("Token", app.server_token), ("EncodingAESKey", app.aes_key)]
    return pairs + [(name, value) for name, value in server if value]
