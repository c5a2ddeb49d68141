"""Does everything else work when the folders of the simulator and of the demo, which needs it, are deleted?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "django_wechat"

SETTINGS = """
SECRET_KEY = "a-secret-key-of-this-test-only-that-is-long-enough-for-the-check"
DEBUG = True
ROOT_URLCONF = "site_urls"
USE_TZ = True
STATIC_URL = "/static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = [
    "django_wechat",
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "allauth", "allauth.account", "allauth.socialaccount",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware", "allauth.account.middleware.AccountMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend", "allauth.account.auth_backends.AuthenticationBackend",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
"""
URLS = """
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.urls")), path("admin/", admin.site.urls)]
"""
# Import every module, then ask for the login page of a site with one provider.
USE_IT = """
import importlib, pkgutil
import django
django.setup()
import django_wechat
for module in pkgutil.walk_packages(django_wechat.__path__, "django_wechat."):
    importlib.import_module(module.name)
from django.core.management import call_command
from django.test import Client
call_command("check", fail_level="WARNING")
call_command("migrate", verbosity=0)
from django_wechat.models import WeChatProvider
WeChatProvider.objects.create(name="web", display_name="WeChat", client_id="wx0000000000000001", client_secret="s")
page = Client(HTTP_HOST="localhost", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64)").get("/accounts/login/")
assert page.status_code == 200, page.status_code
assert b'id="wechat-tab-wechat"' in page.content
print("all is well")
"""


def test_the_rest_works_with_the_folders_deleted(tmp_path: Path) -> None:
    shutil.copytree(
        PACKAGE, tmp_path / "django_wechat", ignore=shutil.ignore_patterns("simulator", "demo", "__pycache__")
    )
    (tmp_path / "site_settings.py").write_text(SETTINGS)
    (tmp_path / "site_urls.py").write_text(URLS)
    (tmp_path / "use_it.py").write_text(USE_IT)
    assert not (tmp_path / "django_wechat" / "simulator").exists()

    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))},
        "DJANGO_SETTINGS_MODULE": "site_settings",
        "PYTHONPATH": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "use_it.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.stdout.endswith("all is well\n"), run.stdout + run.stderr
