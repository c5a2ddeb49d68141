"""How does Django load the pages? Templates and nothing else."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The app of `INSTALLED_APPS = ["django_wechat.pages", "django_wechat", ...]`."""

    name = "django_wechat.pages"
    label = "django_wechat_pages"
