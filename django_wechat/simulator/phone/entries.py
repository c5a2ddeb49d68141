"""What does a program show that was opened by a code or a link? What its site says it is about, and how that ended."""

from dataclasses import dataclass

from django_wechat.simulator.acts.confirmations import said
from django_wechat.simulator.acts.open_programs import OpenProgram
from django_wechat.simulator.push.program_requests import SiteAnswer


@dataclass(frozen=True)
class Said:
    """What the site answered: `words` are its own, of a refusal."""

    answer: SiteAnswer
    values: dict[str, object]
    words: str

    @property
    def is_good(self) -> bool:
        """Whether the site said yes."""
        return self.answer.status == 200


def entry_context(shown: OpenProgram) -> dict[str, object]:
    """Return the question and its end; nothing where the program was opened from the list."""
    if shown.launch is None:
        return {}
    return {"launch": shown.launch, "question": _said(shown.asked), "end": _said(shown.ended)}


def _said(answer: SiteAnswer | None) -> Said | None:
    if answer is None:
        return None
    values = said(answer)
    error = values.get("error")
    words = str(error.get("message", "")) if isinstance(error, dict) else ""
    return Said(answer, values, words)
