"""How is an encryption key replaced? Put the new one first, run `manage.py rotate_wechat_secrets`, drop the old one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_wechat.setup.secret_rotation import rotate


class Command(BaseCommand):
    """Re-encrypts the providers' secrets; can be repeated at any time."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take nothing; only say what the command does."""
        parser.description = _(
            "Encrypt the stored secrets of all WeChat providers with the newest key (the first of "
            "WECHAT['ENCRYPTION_KEYS'], else SECRET_KEY), so that older keys can be removed."
        )

    def handle(self, **_options: Any) -> None:
        """Rotate and say how many; exit with an error if a secret cannot be read with any key."""
        done = rotate()
        words = ngettext("%(count)d secret was encrypted anew.", "%(count)d secrets were encrypted anew.", done.rotated)
        self.stdout.write(words % {"count": done.rotated})
        words = ngettext(
            "%(count)d was under the newest key already.", "%(count)d were under the newest key already.", done.current
        )
        self.stdout.write(words % {"count": done.current})
        if done.unreadable:
            message = _(
                "No key in use can decrypt these: %(names)s. Keep the old keys, put back the one that is missing, or "
                "enter these values again in the admin."
            )
            raise CommandError(message % {"names": ", ".join(done.unreadable)})
