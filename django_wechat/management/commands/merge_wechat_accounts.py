"""How are users who are one person merged from a terminal? `manage.py merge_wechat_accounts`, first without --apply."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from django_wechat.models import WeChatDuplicate
from django_wechat.people import merging
from django_wechat.people.merging import MergePlan, MergeRefused


class Command(BaseCommand):
    """Shows duplicates with their evidence and what merging them would do; merges them with --apply."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask which duplicates, whom to keep, and whether to do it."""
        parser.description = gettext(
            "Show users whom WeChat says are one person, and what merging them would do. "
            "Nothing is changed without --apply."
        )
        parser.add_argument(
            "ids", nargs="*", type=int, help=gettext("Numbers of duplicates, as printed. Without any: all of them.")
        )
        parser.add_argument(
            "--keep",
            default="older",
            help=gettext("Whom to keep: older (default), newer, or the username or primary key of one of the two."),
        )
        parser.add_argument(
            "--apply", action="store_true", help=gettext("Merge. Without it, only say what would be done.")
        )

    def handle(self, *, ids: list[int], keep: str, apply: bool, **_options: Any) -> None:
        """Go through the duplicates one by one, each merge in its own transaction."""
        numbers = list(_chosen(ids).values_list("pk", flat=True))
        if not numbers:
            self.stdout.write(gettext("There are no duplicates: nobody is known to have two users."))
            return
        done = [self._one(number, keep, apply=apply) for number in numbers]
        self._sum_up(done.count(True), apply=apply)
        if apply and (refused := done.count(False)):
            raise CommandError(
                ngettext("%(count)d duplicate was not merged.", "%(count)d duplicates were not merged.", refused)
                % {"count": refused}
            )

    def _one(self, number: int, keep: str, *, apply: bool) -> bool | None:
        """Return whether the duplicate was merged, or could be; None if there is nothing to merge any more."""
        # Read again: an earlier merge of this run may have changed or settled it.
        duplicate = _chosen([]).filter(pk=number).first()
        if duplicate is None:
            return None
        try:
            kept = _user_to_keep(duplicate, keep)
            if merging.is_one_user(duplicate):
                self._settle(duplicate, apply=apply)
                return None
            self._show(merging.plan_for(duplicate, keep=kept))
            return merging.merge(duplicate, keep=kept) is not None if apply else True
        except MergeRefused as refusal:
            self.stderr.write(f"{_title(duplicate)} {refusal}")
            return False

    def _settle(self, duplicate: WeChatDuplicate, *, apply: bool) -> None:
        self.stdout.write(f"{_title(duplicate)} {gettext('Both are one user already; only this note is removed.')}")
        if apply:
            merging.merge(duplicate, keep=duplicate.account.user)

    def _show(self, plan: MergePlan) -> None:
        self.stdout.write(f"{_title(plan.duplicate)} {merging.noticed(plan.duplicate)}")
        for title, user in (
            (gettext("Kept: %(user)s"), plan.kept),
            (gettext("Merged and deactivated: %(user)s"), plan.merged),
        ):
            self.stdout.write(f"  {title % {'user': merging.name_of(user)}}")
            for line in merging.evidence_of(user):
                self.stdout.write(f"    {line}")
        moves = ", ".join(map(str, plan.moves))
        self.stdout.write("  " + gettext("Goes to the kept user: %(identities)s") % {"identities": moves})

    def _sum_up(self, count: int, *, apply: bool) -> None:
        if apply:
            text = ngettext("Merged %(count)d duplicate.", "Merged %(count)d duplicates.", count)
        else:
            text = ngettext(
                "%(count)d duplicate would be merged. Nothing was changed; add --apply to do it.",
                "%(count)d duplicates would be merged. Nothing was changed; add --apply to do it.",
                count,
            )
        self.stdout.write(text % {"count": count})


def _chosen(ids: list[int]) -> QuerySet[WeChatDuplicate]:
    """Return the duplicates with these numbers, all without any; `CommandError` if one does not exist."""
    known = WeChatDuplicate.objects.select_related("identity__account__user", "account__user").order_by("pk")
    if not ids:
        return known
    missing = sorted(set(ids) - set(known.filter(pk__in=ids).values_list("pk", flat=True)))
    if missing:
        raise CommandError(
            gettext("There is no duplicate %(ids)s. Run the command without numbers to see all.")
            % {"ids": ", ".join(map(str, missing))}
        )
    return known.filter(pk__in=ids)


def _user_to_keep(duplicate: WeChatDuplicate, keep: str) -> AbstractBaseUser:
    """Return whom --keep means; `MergeRefused` unless it is exactly one of the two."""
    older, newer = merging.by_age(duplicate)
    named = {"older": older, "newer": newer}.get(keep)
    if named:
        return named
    meant = {user for user in (older, newer) if keep in (user.get_username(), str(user.pk))}
    if len(meant) != 1:
        raise merging.NotOneOfTheTwo(
            gettext("--keep %(keep)s does not name one of its two users: %(older)s, %(newer)s. It was left as it is.")
            % {"keep": keep, "older": merging.name_of(older), "newer": merging.name_of(newer)}
        )
    return meant.pop()


def _title(duplicate: WeChatDuplicate) -> str:
    return gettext("Duplicate %(number)s.") % {"number": duplicate.pk}
