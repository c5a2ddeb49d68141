"""WeChat said who confirmed. Is it who is signed in, and where does the browser go on?"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from django_wechat.models import Outcome
from django_wechat.people import identities
from django_wechat.protocol.oauth import Profile
from django_wechat.stores.attempts import Attempt
from django_wechat.web.reauthenticating import connected_here, fresh


def why_not(request: HttpRequest, profile: Profile) -> str:
    """Return the code of the problem if the person in `profile` may not confirm here; "" for who is signed in.

    Nothing is taken in of anybody.
    """
    account = identities.account_of(profile)
    if account is None or account.user_id != request.user.pk:
        return "wrong_person"
    return "cannot_confirm" if connected_here.is_one(request, account) else ""


def confirmed(request: HttpRequest, state: dict[str, Any], attempt: Attempt | None) -> HttpResponse:
    """Note that it is who is signed in, and return where the browser goes on; raise `SignInFirst` if nobody is."""
    fresh.note(request, goes_on=not state.get("headless"))
    response = way_on(state)
    if attempt is not None:
        attempt.end(response, Outcome.REAUTHENTICATED)
    return response


def way_on(state: dict[str, Any]) -> HttpResponse:
    """Lead to our page, which goes on where allauth was going; a headless frontend back to where it drew its own."""
    next_url = state.get("next") or ""
    if state.get("headless"):
        return HttpResponseRedirect(next_url or "/")
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    return HttpResponseRedirect(reverse("wechat_reauthenticate") + query)
