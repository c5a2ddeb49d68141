"""What does a fresh demo need? An administrator, and a WeChat provider that the pretend WeChat knows."""

import os
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from django_wechat.models import WeChatProvider
from django_wechat.simulator import seeds

ADMIN_NAME = "admin"
ACCOUNT_PROVIDER = "account"


class Command(BaseCommand):
    """Seed the demo; what is there already is left as it is."""

    help = "Create the demo's administrator and, with the simulator, its WeChat provider. Safe to repeat."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        """Create what is missing and print the administrator's password."""
        if not settings.DEBUG:
            raise CommandError("seed_demo makes a known administrator: it works only with DEBUG on.")
        password = self._admin()
        if settings.USE_SIMULATOR:
            self._providers()
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

    def _providers(self) -> None:
        """One provider for QR codes of the Open Platform and for WeChat itself, one for following the account."""
        WeChatProvider.objects.get_or_create(
            name="web",
            defaults={
                "display_name": "WeChat",
                "sub_type": "web",
                "client_id": seeds.WEBSITE_APP_APPID,
                "client_secret": seeds.WEBSITE_APP_SECRET,
                "client_id_2": seeds.OFFICIAL_ACCOUNT_APPID,
                "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET,
            },
        )
        WeChatProvider.objects.get_or_create(
            name=ACCOUNT_PROVIDER,
            defaults={
                "display_name": "WeChat",
                "order": 1,
                "client_id": seeds.WEBSITE_APP_APPID,
                "client_secret": seeds.WEBSITE_APP_SECRET,
                "client_id_2": seeds.OFFICIAL_ACCOUNT_APPID,
                "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET,
                "access_token": seeds.OFFICIAL_ACCOUNT_TOKEN,
                "encoding_aes_key": seeds.OFFICIAL_ACCOUNT_AES_KEY,
                "enable_qr_code": True,
                "follow_up_action": "media",
            },
        )
