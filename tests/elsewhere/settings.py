"""A site whose users have a model and a database of their own, which keeps no time zone, and is atomic everywhere."""

import os
import tempfile
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS as USUAL_APPS

_NOT_FOR_THIS_MODEL = {"social_django", "rest_framework.authtoken", "dj_rest_auth"}
INSTALLED_APPS = [app for app in USUAL_APPS if app not in _NOT_FOR_THIS_MODEL] + ["tests.elsewhere"]
AUTH_USER_MODEL = "elsewhere.Person"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email", "password1*", "password2*"]
USE_TZ = False
TIME_ZONE = "Asia/Shanghai"


def _database(name: str) -> dict[str, object]:
    file = Path(tempfile.gettempdir()) / f"django_wechat_{name}_{os.getpid()}.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "TEST": {"NAME": file, "DEPENDENCIES": []},
        "ATOMIC_REQUESTS": True,
    }


DATABASES = {"default": _database("default"), "people": _database("people")}
DATABASE_ROUTERS = ["tests.elsewhere.router.Router"]
