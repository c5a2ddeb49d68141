"""What does a fresh demo need? An administrator, the site's name, providers that the pretend WeChat knows, a past."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.core.management.base import BaseCommand
from django.db import transaction

from django_wechat.demo import history, providers

ADMIN_NAME = "admin"
SITE_NAME = "茶馆 Teahouse"


class Command(BaseCommand):
    """Fill the demo; what is there already is left as it is, but for the password."""

    help = "Fill the database of `python -m django_wechat.demo`, and print the administrator's new password."

    @transaction.atomic
    def handle(self, **options: Any) -> None:  # noqa: ARG002
        """Create what is missing and print the administrator's password."""
        domain = urlsplit(str(settings.WECHAT["API_BASE_URL"])).netloc
        Site.objects.update_or_create(pk=1, defaults={"domain": domain, "name": SITE_NAME})
        password = secrets.token_urlsafe(9)
        admin, _ = get_user_model().objects.get_or_create(
            username=ADMIN_NAME, defaults={"is_staff": True, "is_superuser": True}
        )
        admin.set_password(password)
        admin.save()
        providers.create()
        history.fill()
        self.stdout.write(password)
