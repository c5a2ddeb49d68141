"""Settings of a site whose clients speak JSON and simplejwt: one page, an API, and a pretend WeChat to try it with.

`SITE` in the environment is where it is reached; `SIMULATOR` is the address of another pretend WeChat than its own.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django

from django_wechat.simulator import seeds

BASE_DIR = Path(__file__).resolve().parent
STATE_DIR = Path(os.environ.get("STATE_DIR", BASE_DIR))
SITE = os.environ.get("SITE", "http://127.0.0.1:8000")

DEBUG = True
# Whoever knows it can make tokens for anybody: a site that others can reach needs one of its own.
SECRET_KEY = os.environ.get("SECRET_KEY", "known to everybody, so for this machine alone")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", urlsplit(SITE).hostname]

# ── WeChat ──────────────────────────────────────────────────────────────────────────────────────────────────

OWN_SIMULATOR = "SIMULATOR" not in os.environ
SIMULATOR = os.environ.get("SIMULATOR", f"{SITE}/simulator")

WECHAT = {
    "TOKENS": "simplejwt",
    # With the real WeChat the next four lines go, and the keys below are yours (docs/configuration.md of the package).
    "API_BASE_URL": f"{SIMULATOR}/api",
    "OPEN_BASE_URL": f"{SIMULATOR}/open",
    "MP_BASE_URL": f"{SIMULATOR}/mp",
    "PROFILE_MAX_AGE": 0,
    "PROVIDERS": [
        {
            "name": "web",
            "client_id": seeds.WEBSITE_APP_APPID,
            "client_secret": seeds.WEBSITE_APP_SECRET,
            # For people who open the page inside WeChat.
            "client_id_2": seeds.OFFICIAL_ACCOUNT_APPID,
            "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET,
        },
        {
            "name": "account",
            "client_id_2": seeds.OFFICIAL_ACCOUNT_APPID,
            "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET,
            "access_token": seeds.OFFICIAL_ACCOUNT_TOKEN,
            "encoding_aes_key": seeds.OFFICIAL_ACCOUNT_AES_KEY,
            "enable_qr_code": True,
            "follow_up_action": "media",
        },
        {
            "name": "mini",
            "sub_type": "mini_program",
            "client_id": seeds.MINI_PROGRAM_APPID,
            "client_secret": seeds.MINI_PROGRAM_SECRET,
        },
    ],
}

# ── The API: a token says who somebody is, and nothing else does ────────────────────────────────────────────

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    # Each refresh token is good once.
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
}

# ── allauth: it makes the accounts, and shows no page ───────────────────────────────────────────────────────

HEADLESS_ONLY = True
# Where a sign-in ends that failed before anybody knew which page it was for.
HEADLESS_FRONTEND_URLS = {"socialaccount_login_error": f"{SITE}/"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_DISPLAY = "django_wechat.names.display_name"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# allauth needs a session on the way through WeChat. Nobody's API reads it.
SESSION_COOKIE_AGE = 15 * 60
# Two sites on one host, each on a port of its own, share their cookies: other names than the demo's.
SESSION_COOKIE_NAME = "drf_sessionid"
CSRF_COOKIE_NAME = "drf_csrftoken"  # app.js reads it

# ── Django ──────────────────────────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "django_wechat",
    *(["django_wechat.simulator"] if OWN_SIMULATOR else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.headless",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATE_DIR / "drf_simplejwt.sqlite3",
        # The server has many threads: a writer waits for the one before it instead of failing.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "page"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
USE_TZ = True
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
