"""How do people keep their users when WeChat changes their openids? `manage.py change_wechat_openids FILE`."""

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_wechat.people import openid_changes, openid_table
from django_wechat.people.openid_changes import Change, Report
from django_wechat.people.openid_table import ContradictoryTable, Table
from django_wechat.protocol.oauth import APPID

LABELS = {
    Change.CHANGED: gettext_lazy("changed"),
    Change.JOINED: gettext_lazy("joined: the same user has signed in with the new openid already"),
    Change.ALREADY: gettext_lazy("already changed"),
    Change.UNKNOWN: gettext_lazy("unknown: neither openid ever signed in here"),
    Change.CONFLICT: gettext_lazy("conflicts: the new openid has another user; left alone, and noted as duplicates"),
}
TWO_USERS = gettext_lazy(
    "%(old)s and its new openid belong to two users, noted as duplicate %(number)s. Merge the two, or dismiss it."
)
WOULD_BE_TWO = gettext_lazy("%(old)s and its new openid belong to two users: they would be noted as a duplicate.")
UNREADABLE = gettext_lazy("Line %(line)d was left out: it is not two openids.")


class Command(BaseCommand):
    """Changes some hundred people in each transaction; stopped and run again, it goes on where it was."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the table, and for the app whose openids it speaks of."""
        parser.description = _(
            "Change the openids of people as WeChat’s table says, for example after an official account was moved. "
            "Nobody’s account changes hands. It can be run again at any time."
        )
        parser.add_argument(
            "file", help=_("A table with two columns, old openid and new openid (CSV); - for standard input.")
        )
        parser.add_argument("--appid", required=True, help=_("AppID that the new openids belong to."))
        parser.add_argument("--old-appid", help=_("AppID that the old openids belong to, if it is another one."))
        parser.add_argument("--dry-run", action="store_true", help=_("Say what would happen, and write nothing."))

    def handle(self, *, file: str, appid: str, old_appid: str | None, dry_run: bool, **_options: Any) -> None:
        """Read, check, change, and say how much it was."""
        old_appid = old_appid or appid
        for option, value in (("--appid", appid), ("--old-appid", old_appid)):
            if not APPID.fullmatch(value):
                words = _("“%(value)s” cannot be an AppID (%(option)s): copy it from WeChat’s console.")
                raise CommandError(words % {"value": value, "option": option})
        table = _read(file)
        try:
            openid_table.check(table, same_app=appid == old_appid)
        except ContradictoryTable as refusal:
            raise CommandError(str(refusal)) from None
        for line in table.unreadable:
            self.stderr.write(UNREADABLE % {"line": line})
        if dry_run:
            self.stdout.write(_("Dry run: nothing is written."))
        counts: Counter[Change] = Counter()

        def tell(report: Report) -> None:
            counts.update(report.counts)
            for duplicate in report.conflicts:
                words = WOULD_BE_TWO if dry_run else TWO_USERS
                self.stderr.write(words % {"old": duplicate.identity, "number": duplicate.pk})

        openid_changes.change(table.pairs, old_appid, appid, tell, dry_run=dry_run)
        self._sum_up(table, counts)

    def _sum_up(self, table: Table, counts: Counter[Change]) -> None:
        pairs = len(table.pairs)
        words = ngettext("%(count)d pair of openids:", "%(count)d pairs of openids:", pairs)
        self.stdout.write(words % {"count": pairs})
        for change, label in LABELS.items():
            self.stdout.write(f"{counts[change]:>8} {label}")
        if table.unreadable:
            self.stdout.write(f"{len(table.unreadable):>8} {_('lines left out: unreadable')}")


def _read(name: str) -> Table:
    if name == "-":
        return openid_table.read(sys.stdin)
    try:
        text = Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        words = _("%(file)s cannot be read (%(reason)s). Give a file with text in UTF-8, or - for standard input.")
        raise CommandError(words % {"file": name, "reason": getattr(error, "strerror", None) or error}) from None
    return openid_table.read(text.splitlines())
