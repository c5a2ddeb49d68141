"""How does the site get the avatars that a sign-in could not copy? `manage.py copy_wechat_avatars`, from cron."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from django_wechat import conf
from django_wechat.people import avatars


class Command(BaseCommand):
    """Copies what is missing or outdated; a failure is logged and does not stop the rest."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number of avatars to try."""
        parser.description = _(
            "Copy avatars that are missing in WECHAT['AVATAR_STORAGE'] or outdated, latest sign-ins first."
        )
        parser.add_argument("--limit", type=int, help=_("How many avatars to try at most. Without it: all."))

    def handle(self, *, limit: int | None, **_options: Any) -> None:
        """Copy, and say how many."""
        if not conf.get("AVATAR_STORAGE"):
            raise CommandError(
                _(
                    "WECHAT['AVATAR_STORAGE'] is not set, so there is no place for copies. "
                    "Set it to an alias in STORAGES, for example 'default'."
                )
            )
        if limit is not None and limit < 0:
            raise CommandError(_("--limit is the number of avatars to try: 0 or more."))
        counts = avatars.copy_missing(limit)
        words = _("Copied %(copied)d avatars; %(failed)d could not be copied (see the log).")
        self.stdout.write(words % {"copied": counts["copied"], "failed": counts["failed"]})
