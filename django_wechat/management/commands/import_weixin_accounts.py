"""How do WeChat people of other packages become ours? `manage.py import_weixin_accounts`, as often as one likes."""

import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_wechat.people.weixin_import import Outcome, Report, take_over
from django_wechat.people.weixin_rows import Source, allauth_rows, social_auth_rows
from django_wechat.protocol.oauth import APPID

LABELS = {
    Outcome.TAKEN_OVER: gettext_lazy("taken over"),
    Outcome.ALREADY_THERE: gettext_lazy("already there"),
    Outcome.JOINED: gettext_lazy("joined to an account of the same user"),
    Outcome.DUPLICATE: gettext_lazy("taken over, and noted as duplicates: two users look like one person"),
    Outcome.CONFLICT: gettext_lazy("conflicts: left alone"),
    Outcome.UNREADABLE: gettext_lazy("unreadable: left alone"),
}
REASONS = {
    Outcome.CONFLICT: gettext_lazy(
        "%(source)s, row %(pk)s was left alone: its WeChat identity belongs to another user already. Compare the two "
        "users in the admin, delete the social account of the wrong one, and run this command again."
    ),
    Outcome.UNREADABLE: gettext_lazy(
        "%(source)s, row %(pk)s was left alone: it holds no openid. Its user can connect WeChat anew after signing in "
        "another way."
    ),
}


@dataclass(frozen=True)
class Origin:
    """Where rows may come from, and how to learn which app they belong to.

    `known` is the AppID that the settings name for certain, `proposed` one that is likely; "" for none.
    """

    name: str
    option: str
    rows: QuerySet[Any] | None
    known: str = ""
    proposed: str = ""
    in_place: bool = False


class Command(BaseCommand):
    """Takes accounts over in transactions of some hundred rows; stopped and run again, it goes on where it was."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the AppID of each app that people signed in with: the rows do not say."""
        parser.description = _(
            "Take over the people of allauth’s own provider weixin, and of social-auth’s backends weixin and "
            "weixinapp. Nobody’s account changes hands. It can be run again at any time."
        )
        parser.add_argument("--appid", help=_("AppID of the app that allauth’s provider weixin uses."))
        for backend in ("weixin", "weixinapp"):
            parser.add_argument(
                f"--social-auth-{backend}-appid",
                help=_("AppID of social-auth’s backend %(backend)s. Default: %(setting)s.")
                % {"backend": backend, "setting": f"SOCIAL_AUTH_{backend.upper()}_KEY"},
            )
        parser.add_argument("--dry-run", action="store_true", help=_("Say what would happen, and write nothing."))
        parser.add_argument("--no-input", "--noinput", action="store_false", dest="interactive", help=_("Never ask."))

    def handle(self, **options: Any) -> None:
        """Take over what there is, and say how much it was."""
        found = [origin for origin in _origins() if origin.rows is not None and origin.rows.exists()]
        sources = [self._source(origin, options) for origin in found]
        if not sources:
            self.stdout.write(_("There is nothing to take over: no other package has WeChat accounts here."))
            return
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing is written."))
        counts: dict[str, Counter[Outcome]] = {source.name: Counter() for source in sources}
        totals = {source.name: source.rows.count() for source in sources}

        def tell(source: Source, report: Report) -> None:
            counts[source.name] += report.counts
            self._show_progress(source.name, counts[source.name].total(), totals[source.name])
            for pk, outcome in report.left_alone:
                self.stderr.write(REASONS[outcome] % {"source": source.name, "pk": pk})

        take_over(sources, tell, dry_run=options["dry_run"])
        for source in sources:
            self._show(source, counts[source.name])

    def _source(self, origin: Origin, options: dict[str, Any]) -> Source:
        given = options[origin.option.removeprefix("--").replace("-", "_")] or origin.known
        asks = options["interactive"] and sys.stdin.isatty()
        appid = given or (_ask(origin) if asks else "")
        if not appid:
            raise CommandError(_missing(origin))
        if not APPID.fullmatch(appid):
            raise CommandError(
                _(
                    "“%(appid)s” cannot be the AppID of %(source)s: an AppID is “wx” and 16 digits or letters a to f, "
                    "all in lower case. Copy it from WeChat’s console and give it as %(option)s."
                )
                % {"appid": appid, "source": origin.name, "option": origin.option}
            )
        return Source(origin.name, appid, origin.rows, origin.in_place)  # type: ignore[arg-type]

    def _show_progress(self, name: str, done: int, total: int) -> None:
        if self.stdout.isatty():
            line = _("%(source)s: %(done)s of %(total)s") % {"source": name, "done": done, "total": total}
            self.stdout.write(line, ending="\r")

    def _show(self, source: Source, counts: Counter[Outcome]) -> None:
        self.stdout.write(_("%(source)s, AppID %(appid)s:") % {"source": source.name, "appid": source.appid})
        for outcome, label in LABELS.items():
            self.stdout.write(f"{counts[outcome]:>8} {label}")


def _origins() -> list[Origin]:
    apps = get_adapter().list_apps(None, provider="weixin")
    proposed = apps[0].client_id if len(apps) == 1 else ""
    origins = [Origin("allauth weixin", "--appid", allauth_rows(), proposed=proposed, in_place=True)]
    for backend in ("weixin", "weixinapp"):
        key = getattr(settings, f"SOCIAL_AUTH_{backend.upper()}_KEY", None) or ""
        option = f"--social-auth-{backend}-appid"
        origins.append(Origin(f"social-auth {backend}", option, social_auth_rows(backend), known=key))
    return origins


def _ask(origin: Origin) -> str:
    """Return what is typed; only Enter takes the proposal."""
    question = _("AppID of the app that people of %(source)s signed in with") % {"source": origin.name}
    try:
        typed = input(f"{question} [{origin.proposed}]: " if origin.proposed else f"{question}: ")
    except EOFError:
        return ""
    return typed.strip() or origin.proposed


def _missing(origin: Origin) -> str:
    if origin.proposed:
        return _(
            "Which app did the people of %(source)s sign in with? Their rows do not say. allauth is set up with "
            "%(appid)s; if that was always so, add: %(option)s %(appid)s"
        ) % {"source": origin.name, "appid": origin.proposed, "option": origin.option}
    return _(
        "Which app did the people of %(source)s sign in with? Their rows do not say. Give its AppID as %(option)s "
        "wx…: it stands in the settings of that package (allauth: the social application’s client id, in the admin or "
        "in SOCIALACCOUNT_PROVIDERS) and in WeChat’s console."
    ) % {"source": origin.name, "option": origin.option}
