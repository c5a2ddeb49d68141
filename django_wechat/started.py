"""Which sign-in did this browser start? Looked at first, taken out once the code is claimed.

allauth saves the session at the moment it takes a state out. Two deliveries of one callback (reference section 9,
traps 1 to 3) would race there: the second could find neither the state nor yet the claim of the first. So a delivery
looks, claims its code, and only then takes.
"""

from copy import deepcopy
from typing import Any

from allauth.socialaccount.providers.base import Provider
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from django_wechat.protocol.oauth import STATE


class _Copy(SessionBase):
    """What a session held at one moment; nothing that happens to it is kept."""

    def save(self, must_create: bool = False) -> None:
        """Keep nothing."""


def look(provider: Provider, request: HttpRequest, state_id: str) -> dict[str, Any] | None:
    """Return the state that allauth keeps under `state_id`, and leave it there; None if there is none."""
    glance = HttpRequest()
    glance.session = _Copy()
    glance.session.update(deepcopy(dict(request.session.items())))
    return take(provider, glance, state_id)


def take(provider: Provider, request: HttpRequest, state_id: str) -> dict[str, Any] | None:
    """Take the state out of the session, for good: it starts nothing else. None if there is none."""
    if not STATE.fullmatch(state_id):
        return None
    try:
        state: dict[str, Any] = provider.unstash_redirect_state(request, state_id)
    except PermissionDenied:
        return None
    except UpdateError:
        # Another delivery signed in meanwhile, and the session that it replaced is gone with all states.
        request.session = request.session.__class__()
        return None
    return state
