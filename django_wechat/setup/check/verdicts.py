"""How bad is it?"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Verdict(StrEnum):
    """What a finding means for the site."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"

    @property
    def sign(self) -> str:
        """One character that says it without a colour."""
        return _SIGNS[self]

    @property
    def label(self) -> Promise:
        """One word for people who do not see the sign."""
        return _LABELS[self]


_SIGNS = {Verdict.OK: "✔", Verdict.WARNING: "!", Verdict.ERROR: "✖", Verdict.UNKNOWN: "?"}
_LABELS: dict[Verdict, Promise] = {
    Verdict.OK: _("In order"),
    Verdict.WARNING: _("Warning"),
    Verdict.ERROR: _("Error"),
    Verdict.UNKNOWN: _("Not known"),
}
