"""How are ended QR sign-ins and old receipts removed? `manage.py clear_qr_sessions`, once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from django_wechat import code_exchanges, push_receipts, qr_sessions


class Command(BaseCommand):
    """Deletes what has ended; nothing that is under way is touched."""

    help = "Delete QR sessions that ended an hour ago or more, and receipts of old pushes and callbacks."

    def handle(self, **_options: Any) -> None:
        """Delete, and say how many."""
        sessions, receipts = qr_sessions.clear_expired(), push_receipts.clear_old()
        callbacks = code_exchanges.clear_old()
        self.stdout.write(
            f"Deleted {sessions} QR sessions, {receipts} receipts of pushes and {callbacks} of callbacks."
        )
