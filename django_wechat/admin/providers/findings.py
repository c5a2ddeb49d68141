"""How is a check's result shown on a page of the admin? Each line with the way to where it is mended, and the value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django_wechat import conf
from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.setup import check as setup_check
from django_wechat.setup.check.places import place_of, to_paste
from django_wechat.setup.console_values import console_page


@dataclass(frozen=True)
class Line:
    """One finding, and what leads on from it: the form's field by name and label, a console by address and host."""

    finding: setup_check.Finding
    field: str = ""
    label: Any = ""
    console: str = ""
    console_name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Result:
    """What the last check found: what needs a look, what is in order, all on one line."""

    summary: setup_check.Summary
    lines: Sequence[Line]
    in_order: Sequence[Line]


def result_of(health: ProviderHealth | None) -> Result:
    """Return the last check's result; nothing but the summary when the provider was changed since."""
    found = setup_check.restore(health.findings) if health and health.checked_at else []
    lines = [_line(finding) for finding in found]
    wrong = [line for line in lines if line.finding.verdict != setup_check.Verdict.OK]
    return Result(setup_check.summarise(health), wrong, [line for line in lines if line not in wrong])


def _line(finding: setup_check.Finding) -> Line:
    place = place_of(finding)
    field: Any = WeChatProvider._meta.get_field(place.field) if place.field else None
    console = console_page(conf.base_url(place.console), conf.DEFAULTS[place.console]) if place.console else ""
    return Line(
        finding, place.field, field.verbose_name if field else "", console, urlsplit(console).netloc, to_paste(finding)
    )
