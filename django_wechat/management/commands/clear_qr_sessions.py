"""How is what has ended removed: QR sign-ins, receipts, the log? `manage.py clear_qr_sessions`, once a day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from django_wechat.stores import attempts, code_exchanges, program_scans, push_receipts, qr_sessions


class Command(BaseCommand):
    """Deletes what has ended; nothing that is under way is touched."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take nothing; only say what the command does."""
        parser.description = _(
            "Delete QR sessions that ended a day ago or more, receipts of old pushes and callbacks, and entries of "
            "the sign-in log that are older than LOG_DAYS."
        )

    def handle(self, **_options: Any) -> None:
        """Delete, and say how many."""
        ended, receipts = qr_sessions.clear_expired(), push_receipts.clear_old()
        program_scans.clear_expired()
        callbacks, entries = code_exchanges.clear_old(), attempts.clear_old()
        words = _(
            "Deleted %(sessions)d QR sessions, %(receipts)d receipts of pushes and %(callbacks)d of callbacks, "
            "%(entries)d entries of the sign-in log."
        )
        numbers = {"sessions": ended, "receipts": receipts, "callbacks": callbacks, "entries": entries}
        self.stdout.write(words % numbers)
