"""Settings of the example site: everything from the environment, and without it a demo that needs nothing else.

Without `WECHAT_API_BASE_URL`, `WECHAT_OPEN_BASE_URL` and `WECHAT_MP_BASE_URL` a pretend WeChat is served by this
very site, under /simulator/ (only with DEBUG on).
"""

import os
import secrets
from pathlib import Path

import django
import environ

BASE_DIR = Path(__file__).resolve().parent
env = environ.Env()
# Where the demo keeps its database, its key and its administrator's password: here, ignored by git.
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR)))


def _local_secret_key() -> str:
    """Return this checkout's own random key, written on first use and ignored by git."""
    path = STATE_DIR / ".secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default="") or (_local_secret_key() if DEBUG else env.str("SECRET_KEY"))

# What `make demo` tells us: where this site will be reached (`python -m example_project.demo` sets both).
SITE_HOST = env.str("LAN", default="127.0.0.1")
SITE_PORT = env.int("PORT", default=8000)
SITE_URL = f"http://{SITE_HOST}:{SITE_PORT}"

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", SITE_HOST] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# ── WeChat, or the pretend one ──────────────────────────────────────────────────────────────────────────────

WECHAT = {
    key: env.str(f"WECHAT_{key}")
    for key in ("API_BASE_URL", "OPEN_BASE_URL", "MP_BASE_URL")
    if f"WECHAT_{key}" in os.environ
}
# One provider from the environment, so that no secret is in the database: WECHAT_CLIENT_ID, WECHAT_CLIENT_SECRET, …
PROVIDER_FIELDS = ("sub_type", "client_id", "client_secret", "client_id_2", "client_secret_2", "access_token")
PROVIDER_FIELDS += ("encoding_aes_key", "follow_up_action", "hosts", "enable_qr_code", "confirm_on_phone")
PROVIDER_FIELDS += ("mini_program_page", "mini_program_version", "strict_entry")
PROVIDER_FROM_ENVIRONMENT = {
    name: env.str(f"WECHAT_{name.upper()}") for name in PROVIDER_FIELDS if f"WECHAT_{name.upper()}" in os.environ
}
USE_SIMULATOR = DEBUG and not WECHAT and not PROVIDER_FROM_ENVIRONMENT
if USE_SIMULATOR:
    WECHAT = {
        "API_BASE_URL": f"{SITE_URL}/simulator/api",
        "OPEN_BASE_URL": f"{SITE_URL}/simulator/open",
        "MP_BASE_URL": f"{SITE_URL}/simulator/mp",
        # The phone's switches for names and pictures shall show at once.
        "PROFILE_MAX_AGE": 0,
        # The pretend WeChat has no TLS, so that its own addresses of pictures are of no use on a page.
        "AVATAR_STORAGE": "default",
        "AVATAR_HOSTS": [SITE_URL],
    }

# The same for REST framework and simplejwt: a site of its own, which `python -m example_project.demo` serves beside it.
DRF_EXAMPLE_PORT = env.str("DRF_EXAMPLE_PORT", default="")
DRF_EXAMPLE_URL = f"http://{SITE_HOST}:{DRF_EXAMPLE_PORT}" if USE_SIMULATOR and DRF_EXAMPLE_PORT else ""

if PROVIDER_FROM_ENVIRONMENT:
    WECHAT["PROVIDERS"] = [{"name": "environment", **PROVIDER_FROM_ENVIRONMENT}]

# ── Django ──────────────────────────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "django_wechat.pages",  # before "allauth", like the next: the frame and the looks of all its pages
    "django_wechat",  # before "allauth": its login page with the tabs wins
    *(["django_wechat.simulator"] if USE_SIMULATOR else []),
    "example_project",
    "example_project.admin_config.ExampleAdminConfig",  # django.contrib.admin, its lists in the order of their use
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's lists of passkeys and of sessions say "a minute ago"
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"
ASGI_APPLICATION = "example_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "example_project.context.example",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'demo.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # The server has many threads: a writer waits for the one before it instead of failing.
    DATABASES["default"].setdefault("OPTIONS", {}).update(transaction_mode="IMMEDIATE", timeout=20)
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static_root"
MEDIA_URL = "/media/"
MEDIA_ROOT = STATE_DIR / "media"

# ── Signing in ──────────────────────────────────────────────────────────────────────────────────────────────

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "example_project.adapters.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_DISPLAY = "django_wechat.names.display_name"
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
# Passkeys over plain HTTP: browsers allow that at http://localhost alone, and there is no TLS in front of a demo.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
HEADLESS_FRONTEND_URLS = {"socialaccount_login_error": f"{SITE_URL}/"}
CONSOLE = "django.core.mail.backends.console.EmailBackend"
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": CONSOLE}}
else:
    EMAIL_BACKEND = CONSOLE

# ── With DEBUG off the site is taken to stand behind a proxy that speaks TLS ────────────────────────────────

if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
