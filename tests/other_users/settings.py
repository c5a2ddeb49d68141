"""The tests' site with the user model that the environment names."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, SQLITE
from tests.settings import INSTALLED_APPS as USUAL_APPS

MODEL = os.environ["OTHER_USER"]
_NOT_FOR_THIS_MODEL = {"social_django", "rest_framework.authtoken", "dj_rest_auth"}
INSTALLED_APPS = [app for app in USUAL_APPS if app not in _NOT_FOR_THIS_MODEL] + ["tests.other_users"]
AUTH_USER_MODEL = f"other_users.{MODEL}"
if not DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": f"test_{SQLITE.stem}"}
if os.environ.get("OTHER_USER_FORM"):
    ACCOUNT_SIGNUP_FORM_CLASS = "tests.other_users.forms.PhoneForm"
    ACCOUNT_ADAPTER = "tests.other_users.forms.PhoneAdapter"
# The model has no migrations, and points to auth's groups: their tables have to be made with its own.
MIGRATION_MODULES = {"auth": None, "contenttypes": None}
