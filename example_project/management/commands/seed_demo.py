"""What does a fresh demo need? An administrator, WeChat providers that the pretend WeChat knows, and a past."""

import os
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from django_wechat.demo import history, providers

ADMIN_NAME = "admin"


class Command(BaseCommand):
    """Seed the demo; what is there already is left as it is."""

    help = "Create the demo's administrator and, with the simulator, providers and a week of sign-ins. Safe to repeat."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        """Create what is missing and print the administrator's password."""
        if not settings.DEBUG:
            raise CommandError("seed_demo makes a known administrator: it works only with DEBUG on.")
        password = self._admin()
        if settings.USE_SIMULATOR:
            providers.create()
            providers.create_programs()
            history.fill()
        self.stdout.write(password)

    def _admin(self) -> str:
        """Return the administrator's password, which is random for each database."""
        file = settings.STATE_DIR / ".admin_password"
        user, created = get_user_model().objects.get_or_create(
            username=ADMIN_NAME, defaults={"is_staff": True, "is_superuser": True}
        )
        known = file.read_text().strip() if file.exists() else ""
        if not created and known and user.check_password(known):
            return known
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.save()
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(password)
        return password
