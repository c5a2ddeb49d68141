"""What is djangorestframework-simplejwt's pair of tokens? That of the site's own serializer: its claims, its lifetimes.

Refreshing, rotation and the blacklist are simplejwt's own addresses, which a site has already.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework_simplejwt.settings import api_settings

from django_wechat.web.programs.problems import Refused


def tokens_for(request: HttpRequest, user: Any) -> dict[str, Any]:
    """Return `{"access", "refresh"}`, or `{"token"}` of a sliding one; raise `Refused` if the site's rule says no."""
    del request
    if not api_settings.USER_AUTHENTICATION_RULE(user):
        raise Refused("site_refused", 403)
    token = import_string(api_settings.TOKEN_OBTAIN_SERIALIZER).get_token(user)
    access = getattr(token, "access_token", None)
    return {"token": str(token)} if access is None else {"access": str(access), "refresh": str(token)}
