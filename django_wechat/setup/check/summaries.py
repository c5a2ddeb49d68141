"""Is a provider in working order, on one line? From the last check and from what came of pushes since."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_wechat.models import ProviderHealth, moments
from django_wechat.setup.check.findings import restore, worst
from django_wechat.setup.check.server_push import is_doubtful
from django_wechat.setup.check.verdicts import Verdict

_TEXTS: dict[Verdict, Promise] = {
    Verdict.OK: _("In order"),
    Verdict.WARNING: _("Warnings"),
    Verdict.ERROR: _("Does not work"),
    Verdict.UNKNOWN: _("Not checked yet"),
}


@dataclass(frozen=True)
class Summary:
    """A provider's health; `str()` says it in words, with the time of the last check.

    `outdated`: the provider was changed since that.
    """

    verdict: Verdict
    checked_at: datetime | None = None
    outdated: bool = False

    def __str__(self) -> str:
        if self.outdated:
            return gettext("Changed since the last check")
        if self.checked_at is None:
            return str(_TEXTS[self.verdict])
        when = moments.shown(self.checked_at)
        return gettext("%(health)s (checked %(when)s)") % {"health": _TEXTS[self.verdict], "when": when}


def summarise(health: ProviderHealth | None) -> Summary:
    """Return the health of a provider; None is one that was neither checked nor called by WeChat."""
    if health is None:
        return Summary(Verdict.UNKNOWN)
    if health.push_failure and not is_doubtful(health):
        return Summary(Verdict.ERROR, health.checked_at)
    if health.checked_at is None:
        return Summary(Verdict.UNKNOWN, outdated=bool(health.findings))
    findings = restore(health.findings)
    if _pushed_since(health):
        findings = [finding for finding in findings if not finding.code.startswith("push_")]
    return Summary(worst([finding.verdict for finding in findings]), health.checked_at)


def _pushed_since(health: ProviderHealth) -> bool:
    """Whether what the check said of pushes is out of date."""
    seen = (health.last_push_at, health.url_verified_at)
    return any(moment and health.checked_at and moment > health.checked_at for moment in seen)
