"""Which settings are there, what are their defaults and what do they mean?

All live in one dict, `WECHAT`, in the site's settings. They are read at each use, so `override_settings` works.
"""

from typing import Any

from django.conf import settings as django_settings

DEFAULTS: dict[str, Any] = {
    # WeChat's servers; another address is for the simulator (a check warns of it when DEBUG is off).
    "API_BASE_URL": "https://api.weixin.qq.com",
    "OPEN_BASE_URL": "https://open.weixin.qq.com",
    "MP_BASE_URL": "https://mp.weixin.qq.com",
    # Seconds to wait: for a connection, and for an answer. One number stands for both.
    "TIMEOUT": (3.05, 8),
    # Seconds after which a known person's nickname and avatar are read again at sign-in. 0: at each sign-in.
    "PROFILE_MAX_AGE": 86400,
    # Storage (an alias in STORAGES) for the site's own copies of avatars, whose addresses die when people change them.
    # None: no copies are made.
    "AVATAR_STORAGE": None,
    # Hosts that avatars are copied from, each with a port if it is not 443.
    "AVATAR_HOSTS": ("thirdwx.qlogo.cn", "wx.qlogo.cn"),
    # What an unfollow means for what is known of the person: "keep" or "erase" (docs: people.md).
    "ON_UNFOLLOW": "keep",
    # Seconds a QR code on the login page is good for.
    "QR_LIFETIME": 300,
    # What each browser and each client address may ask for: how often, within how many seconds.
    "RATE_LIMITS": {
        # A browser that had a code before.
        "qr_open_browser": (20, 60),
        "qr_open_browser_hour": (100, 3600),
        # New browsers at one address: a campus has one. The IPv6 networks around it, /56 and /48: 2 and 4 times that.
        "qr_open_address": (300, 60),
        "qr_open_address_hour": (3000, 3600),
        # New browsers at an address that tells no visitor apart: none at all, or a proxy's of the site's own.
        "qr_open_unknown": (1200, 60),
        "qr_open_unknown_hour": (12_000, 3600),
        # What one network gets of the next rule's number, once half of that is gone.
        "qr_open_network_day": (4_500, 86_400),
        # WeChat makes 100,000 QR codes of an official account a day; nobody shall use them all up.
        "qr_open_site_day": (90_000, 86_400),
        "qr_status_browser": (240, 60),
        # Codes from one address that WeChat refused: who makes them up costs a question each. Around it as above.
        "codes_refused_address": (300, 600),
        "codes_refused_unknown": (3000, 600),
        # The same of programs and apps, whose people share few addresses of their carriers.
        "program_codes_refused_address": (1000, 600),
        "program_codes_refused_unknown": (3000, 600),
        # How often one person may change name and picture in a mini program: each picture is drawn anew.
        "profile_person": (20, 600),
        # Round codes of one mini program, below the 5,000 a minute that WeChat draws.
        "program_codes_minute": (4_500, 60),
        # What one network gets of that number, once half of it is gone.
        "program_codes_network_minute": (450, 60),
        # Links into one mini program, below WeChat's own 500,000 a day.
        "program_links_day": (450_000, 86_400),
        "program_links_network_day": (22_500, 86_400),
        # What the sign-in log takes in of one kind of failure, from all visitors together.
        "log_problem": (60, 60),
    },
    # Days an entry of the sign-in log is kept. 0: no log at all.
    "LOG_DAYS": 30,
    # Dotted path of a function that turns a client address into a place ("Hangzhou, China"); None: no place is shown.
    "PLACE_FINDER": None,
    # Whether WeChat has to say, silently, that who answers on the phone is who scanned: "auto" (wherever somebody
    # signed in inside WeChat before), True or False. Needs the site's host as 网页授权域名 of the official account.
    "CONFIRM_SCANNER": "auto",
    # Providers of a site that sets them up here instead of in the admin: dicts with the field names of its form.
    "PROVIDERS": (),
    # The tokens that clients get: "allauth" (needs allauth.headless), "simplejwt", "drf", or the dotted path of a
    # function (request, user) -> dict. None: "allauth" where allauth.headless is installed.
    "TOKENS": None,
    # What becomes of people whom only WeChat knows: "sign_up", or "bind_only": WeChat makes no accounts for them.
    "NEW_PEOPLE": "sign_up",
    # Whether a mini program's code of the phone-number button is taken to WeChat, which costs money, and the number is
    # given to allauth as verified. Needs an account adapter of the site's that keeps numbers.
    "PHONE_NUMBER": False,
    # Fernet keys for the secrets in the database, newest first. Empty: derived from SECRET_KEY and its fallbacks.
    "ENCRYPTION_KEYS": (),
    # The Django cache shared by all processes of the site.
    "CACHE_ALIAS": "default",
}


def get(name: str) -> Any:
    """Return the setting `WECHAT[name]` or its default; a name that is not in `DEFAULTS` is a `KeyError`."""
    configured = getattr(django_settings, "WECHAT", {})
    if not isinstance(configured, dict):  # check E001 says so; it has to be reached first
        return DEFAULTS[name]
    value = configured.get(name, DEFAULTS[name])
    # A site that changes one limit keeps the others.
    return {**DEFAULTS[name], **value} if name == "RATE_LIMITS" and isinstance(value, dict) else value


def unknown() -> list[str]:
    """Return the keys of `WECHAT` that mean nothing, sorted."""
    return sorted(set(getattr(django_settings, "WECHAT", {})) - set(DEFAULTS), key=str)


def base_url(name: str) -> str:
    """Return one of the three `*_BASE_URL` settings without a slash or a line break at its end."""
    return str(get(name)).strip().rstrip("/")


def timeouts() -> tuple[float, float]:
    """Return seconds to wait for a connection and seconds to wait for an answer."""
    value = get("TIMEOUT")
    connect, read = value if isinstance(value, (tuple, list)) else (value, value)
    return float(connect), float(read)
