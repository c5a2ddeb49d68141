"""Is WeChat sign-in set up rightly? `manage.py wechat_doctor`, for people and, with `--json`, for monitoring."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from django_wechat.models import WeChatProvider
from django_wechat.setup import check as setup_check
from django_wechat.setup import provider_settings, signin_methods
from django_wechat.setup.check import Finding, Verdict, people

Results = Mapping[str, Sequence[Finding]]

FAILS_ON = {"error": {Verdict.ERROR}, "warning": {Verdict.ERROR, Verdict.WARNING}}


class Command(BaseCommand):
    """Checks providers one after the other. Exit status 0: in order, 1: not, 2: asked wrongly."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take names, the form of the output, and what counts as failed."""
        parser.description = _(
            "Check WeChat providers, here and at WeChat, and say in words what is wrong. Prints no secret."
        )
        which = _("Providers to check; none: all that are enabled.")
        parser.add_argument("names", nargs="*", metavar="name", help=which)
        parser.add_argument(
            "--url", default="", help=_("Where visitors reach the site, such as https://www.example.com.")
        )
        parser.add_argument("--json", action="store_true", help=_("Print JSON."))
        parser.add_argument("--fail-on", choices=sorted(FAILS_ON), default="error", help=_("What makes the status 1."))

    def handle(self, *, names: Sequence[str], url: str, json: bool, fail_on: str, **_options: Any) -> None:
        """Check, print, and raise `CommandError` if something is wrong."""
        if url and not _is_address(url):
            raise CommandError(_("--url takes an address such as https://www.example.com."), returncode=2)
        results = {provider.name: setup_check.check(provider, seen=url) for provider in _providers(names)}
        bad = sum(finding.verdict in FAILS_ON[fail_on] for findings in results.values() for finding in findings)
        if not results and signin_methods.locked_out():
            bad = 1
        self.stdout.write(_as_json(results, ok=not bad) if json else "\n".join(_lines(results)))
        if bad:
            raise CommandError(_("%(count)d of the findings must be put right.") % {"count": bad}, returncode=1)


def _providers(names: Sequence[str]) -> list[WeChatProvider]:
    provider_settings.sync_once()
    rows = WeChatProvider.objects.filter(name__in=names) if names else WeChatProvider.objects.filter(enabled=True)
    # Where nobody gets in any more, those that are switched off say so.
    providers = list(rows) or (list(WeChatProvider.objects.all()) if not names and signin_methods.locked_out() else [])
    if unknown := sorted(set(names) - {provider.name for provider in providers}):
        words = _("There is no WeChat provider called %(names)s.")
        raise CommandError(words % {"names": ", ".join(unknown)}, returncode=2)
    return providers


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _lines(results: Results) -> Iterator[str]:
    if not results:
        yield _("No WeChat provider is enabled.")
        yield from map(_line, people.locked_out())
    for name, findings in results.items():
        yield f"{name}:"
        yield from (f"  {_line(finding)}" for finding in findings)


def _line(finding: Finding) -> str:
    reason = f" — {finding.reason}" if finding.reason else ""
    todo = f" → {finding.todo}" if finding.todo else ""
    return f"{finding.verdict.sign} {finding.title}{reason}{todo}"


def _as_json(results: Results, *, ok: bool) -> str:
    providers = [
        {"name": name, "findings": [finding.as_dict() for finding in findings]} for name, findings in results.items()
    ]
    return json.dumps({"providers": providers, "ok": ok}, ensure_ascii=False, indent=2)
