"""Which sign-in did this browser start? Kept as it begins, looked at when it comes back, then taken out for good.

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
from django.utils.crypto import get_random_string

from django_wechat.flows.journey import FOR_WHO_IS_SIGNED_IN, LeadsAway
from django_wechat.flows.visitor import Visitor
from django_wechat.models import WeChatProvider
from django_wechat.protocol.oauth import STATE, AppCredentials
from django_wechat.stores import origins

STATE_KEY = "wechat"
"""Where the provider and journey of a sign-in are kept in allauth's state."""
ENDED_KEY = "wechat_exchange"
"""Where a session keeps which callback it came from, for its end: sign-out takes the way back in along."""
STATE_LENGTH = 32
WAYS_BACK_KEY = "wechat_ways_back"
WAYS_BACK = 5
LONGEST_WAY_BACK = 200
"""Some sites keep sessions in a cookie, which has room for 4,096 characters in all."""


class _Copy(SessionBase):
    """What a session held at one moment; nothing that happens to it is kept."""

    def save(self, must_create: bool = False) -> None:
        """Keep nothing."""


def still_counts(state: dict[str, Any], visitor: Visitor) -> bool:
    """Return whether what `state` started may end for the visitor of now.

    Django keeps what a session holds when somebody signs in, so a state may be older than that: planted, or of who sat
    at the computer before. A connect or a confirmation ends for the very user who started it; a sign-in changes nobody
    who signed in meanwhile.
    """
    started_by = (state.get(STATE_KEY) or {}).get("user", "")
    if state.get("process") in FOR_WHO_IS_SIGNED_IN:
        return bool(started_by) and started_by == visitor.user_id
    return not visitor.is_signed_in or started_by == visitor.user_id


def begin(
    provider: Provider,
    request: HttpRequest,
    visitor: Visitor,
    row: WeChatProvider,
    journey: LeadsAway,
    *,
    state_id: str | None = None,
    **kept: Any,
) -> tuple[AppCredentials, str]:
    """Keep the state of a new sign-in; return the keypair and the id that it is begun with.

    `kept` is what a headless start adds. `state_id` renews the state of an earlier QR code in the same tab, so that no
    other sign-in is evicted. Raises `SignInFirst` where somebody has to be signed in.
    """
    origins.note(visitor.address)
    app = journey.app(row)
    start_with = {"provider": row.pk, "journey": journey.name, "appid": app.appid, "user": visitor.started_by}
    # Letters and digits: a state that fits both of WeChat's flows (reference section 2.1).
    fresh = state_id or get_random_string(STATE_LENGTH)
    kept[STATE_KEY] = start_with
    _keep_way_back(request.session, fresh, visitor.next_url)
    provider.stash_redirect_state(request, visitor.purpose, visitor.next_url, state_id=fresh, **kept)
    return app, fresh


def _keep_way_back(session: SessionBase, state_id: str, next_url: str) -> None:
    """allauth forgets a state after ten minutes; where it leads to is no secret, and an old tab ends there still."""
    if not next_url or len(next_url) > LONGEST_WAY_BACK:
        return
    others = {state: url for state, url in session.get(WAYS_BACK_KEY, {}).items() if state != state_id}
    session[WAYS_BACK_KEY] = dict([*others.items(), (state_id, next_url)][-WAYS_BACK:])


def way_back(session: SessionBase, state_id: str) -> str:
    """Return where the sign-in with this state was to lead to, also long after; "" if that is not known."""
    return str(session.get(WAYS_BACK_KEY, {}).get(state_id, ""))


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
