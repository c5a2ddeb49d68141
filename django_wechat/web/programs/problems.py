"""Which problem is a failure to a program or an app, and with what status? The words are those of `problems`."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_wechat.exceptions import AccountLimited, SignInRejected, UnknownPerson, WeChatBusy
from django_wechat.problems import code_for, json_problem
from django_wechat.stores.attempts import Attempt

TOO_OFTEN = _("There were too many codes from here, or of this person. Wait a minute, then send a fresh one.")
NO_SUCH_APP = _("No mini program, or app, with this AppID is set up here, or it does not serve this host.")
WHICH_APP = _("This site has several of them: say which one in “appid”.")
ALLAUTHS_TOKENS = _(
    "This site speaks allauth’s own tokens: its headless API answers with them, and nothing is changed here."
)
OWN_CODE_INVALID = _("This code was used already, is over a minute old, or is another browser’s. Sign in once more.")
ASK_FIRST = _("Ask …/scan/ first what this is, and show it: nobody confirms what they have not seen.")
LINK_PASSED_ON = _(
    "This link was passed on to you: whoever sent it could sign in as you. Open the sign-in page in your own browser, "
    "and tap the button there."
)
MINUTE = 60
"""Seconds after which WeChat lets one person's codes in again (errcode 45011)."""
TOO_MANY_A_MINUTE = 45011

STATUSES: Mapping[str, int] = {"code_invalid": 401, "code_blocked": 401, "unknown_person": 403, "refused": 503}
"""By problem; every other is a 503."""

MAY_COME_AGAIN = frozenset({"unavailable", "too_often", "quota_used_up", "misconfigured"})
"""After these the same code may still be good; a second delivery is a new try."""


class Refused(Exception):
    """What the program is told instead of tokens; `words` in place of the problem's own, `wait` in seconds.

    `attempt` is what ended, for the sign-in log.
    """

    def __init__(
        self,
        code: str,
        status: int,
        *,
        error: Exception | None = None,
        words: str | Promise = "",
        wait: int = 0,
        attempt: Attempt | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.status, self.error, self.words, self.wait = code, status, error, words, wait
        self.attempt = attempt

    @property
    def may_come_again(self) -> bool:
        """Whether the code was, as far as we know, not used up."""
        return self.code in MAY_COME_AGAIN


def refused(error: Exception) -> Refused:
    """Return what `error` is to a program."""
    if isinstance(error, WeChatBusy) and error.errcode == TOO_MANY_A_MINUTE:
        return Refused("too_often", 429, error=error, words=TOO_OFTEN, wait=MINUTE)
    code = _code(error)
    return Refused(code, STATUSES.get(code, 503), error=error)


def answer(refusal: Refused) -> HttpResponse:
    """Return it in JSON; what ends with it stands in the sign-in log."""
    return json_problem(
        refusal.code, refusal.status, refusal.error, wait=refusal.wait, attempt=refusal.attempt, words=refusal.words
    )


def _code(error: Exception) -> str:
    if isinstance(error, AccountLimited):
        return "code_blocked"
    if isinstance(error, UnknownPerson):
        return "unknown_person"
    return "code_invalid" if isinstance(error, SignInRejected) else code_for(error)
