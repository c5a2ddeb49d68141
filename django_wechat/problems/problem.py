"""What is a dead end, before it has words? What a visitor is told, and which way on is offered."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

TRY_AGAIN = _("Try again")
OTHER_WAYS = _("Other ways to sign in")


@dataclass(frozen=True)
class Problem:
    """One dead end, in words for the visitor. `reference` is shown where the site's admin could help.

    `retry`: the same request may succeed a little later. `is_outage`: to be seen in the server's log, although no admin
    can mend it. `status` is that of the page.
    """

    code: str
    title: Words
    what: Words
    why: Words = ""
    next_step: Words = ""
    action_label: Words = TRY_AGAIN
    action_url: str = ""
    reference: str = ""
    for_admin: bool = False
    retry: bool = False
    is_outage: bool = False
    status: int = 401
