"""What did a check find, and how is it said? A code that stays, a verdict, and words in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from django_wechat.models import moments
from django_wechat.setup.check.text import Words
from django_wechat.setup.check.texts import TEXTS
from django_wechat.setup.check.verdicts import Verdict
from django_wechat.setup.shapes import restored

Value = str | int


@dataclass(frozen=True)
class Finding:
    """One line of the result; `code` is a key of `texts.TEXTS`, `values` fill its words. Nothing secret is in it.

    `title`, `reason` and `todo` are in the language that is active when they are read; the last two may be "".
    """

    code: str
    verdict: Verdict
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What is the case."""
        return self._words(TEXTS[self.code].title)

    @property
    def reason(self) -> str:
        """Why, or how it was found out."""
        return self._words(TEXTS[self.code].reason)

    @property
    def todo(self) -> str:
        """What to do next, and where."""
        return self._words(TEXTS[self.code].todo)

    def as_dict(self) -> dict[str, str]:
        """Return everything, in words, for a machine."""
        return {
            "code": self.code,
            "verdict": self.verdict.value,
            "title": self.title,
            "reason": self.reason,
            "todo": self.todo,
        }

    def stored(self) -> dict[str, Any]:
        """Return what the database keeps: no words, they are made anew for each reader."""
        return {"code": self.code, "verdict": self.verdict.value, "values": dict(self.values)}

    def _words(self, words: Words) -> str:
        shown = {name: _shown(name, value) for name, value in self.values.items()}
        return str(words) % shown if words else ""


def found(code: str, verdict: Verdict | None = None, **values: Value | datetime) -> Finding:
    """Return a finding with the verdict that its code usually has, or another."""
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
    return Finding(code, verdict or TEXTS[code].verdict, plain)


def restore(stored: Any) -> list[Finding]:
    """Return the findings of an earlier check; what this version no longer knows is left out."""
    return [
        Finding(one["code"], Verdict(one["verdict"]), one.get("values", {})) for one in stored if one["code"] in TEXTS
    ]


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict that decides: error, then warning; what is not known counts as in order."""
    return next((verdict for verdict in (Verdict.ERROR, Verdict.WARNING) if verdict in verdicts), Verdict.OK)


_LABELS = {"appid", "secret", "fields"}


def _shown(name: str, value: Value) -> str:
    """Times are kept in a form for machines, and labels in English: both are said in the reader's language."""
    if name.endswith("_at"):
        moment = moments.from_text(str(value))
        return moments.shown(moment) if moment else ""
    if name == "why":
        return restored(str(value))
    if name in _LABELS:
        return ", ".join(gettext(label) for label in str(value).split("|"))
    return str(value)
