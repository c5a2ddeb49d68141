"""Which settings does the demo have? Those of a small site with allauth, and the pretend WeChat in its own process."""

import os
import secrets
from pathlib import Path
from typing import Any

import django

APPS = [
    "django_wechat.demo",  # its layout is that of allauth's pages
    "django_wechat",
    "django_wechat.simulator",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
]
MIDDLEWARE = [
    "django_wechat.demo.own_names.own_names_only",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "django_wechat.demo.views.beside",
]
CONSOLE = "django.core.mail.backends.console.EmailBackend"


def demo_settings(site: str, folder: Path) -> dict[str, Any]:
    """Return the settings of a demo at the address `site`, which keeps its files in `folder`."""
    return {
        "DEBUG": True,
        "SECRET_KEY": _secret_key(folder),
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost"],
        "INSTALLED_APPS": APPS,
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "django_wechat.demo.urls",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": CONTEXT},
            }
        ],
        "DATABASES": {"default": _database(folder)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "SITE_ID": 1,
        "WECHAT": {
            **{f"{host.upper()}_BASE_URL": f"{site}/simulator/{host}" for host in ("api", "open", "mp")},
            "PROFILE_MAX_AGE": 0,
            "AVATAR_STORAGE": "default",
            "AVATAR_HOSTS": [site],
        },
        "MEDIA_ROOT": folder / "media",
        "MEDIA_URL": "/media/",
        "STATIC_URL": "/static/",
        "LANGUAGE_CODE": "en",
        "LANGUAGES": [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")],
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Shanghai",
        **_accounts(),
    }


def _secret_key(folder: Path) -> str:
    """Return a random key, the same for as long as there is the database, whose secrets it encrypts."""
    path = folder / "secret_key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def _database(folder: Path) -> dict[str, Any]:
    # The server has many threads: a writer waits for the one before it instead of failing.
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "demo.sqlite3", "OPTIONS": options}


def _accounts() -> dict[str, Any]:
    mail = {"MAILERS": {"default": {"BACKEND": CONSOLE}}} if django.VERSION >= (6, 1) else {"EMAIL_BACKEND": CONSOLE}
    return mail | {
        "AUTHENTICATION_BACKENDS": [
            "django.contrib.auth.backends.ModelBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "LOGIN_REDIRECT_URL": "home",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "home",
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_USER_DISPLAY": "django_wechat.names.display_name",
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "email", "password1*", "password2*"],
    }
