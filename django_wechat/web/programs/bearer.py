"""Whom does the token in a request's headers name? The authentication classes of Django REST framework say.

Imported by name, since a site need not have REST framework.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication, BasicAuthentication, SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

NO_TOKENS = (BasicAuthentication, SessionAuthentication)
"""A password and a cookie are no tokens, though REST framework takes both where a site names no classes."""


def user_of(request: HttpRequest, own: str) -> Any:
    """Return who it is by the site's own classes, then by the one called `own` ("" for none); None for nobody.

    None too for a token that is over, garbled, or of somebody who was switched off.
    """
    for authentication in _classes(own):
        try:
            found = authentication().authenticate(Request(request))
        except (APIException, PermissionDenied, Http404):  # what REST framework takes for a no, too
            return None
        if found:
            return _in_the_database(found[0])
    return None


def _classes(own: str) -> Iterator[type[BaseAuthentication]]:
    named = [*api_settings.DEFAULT_AUTHENTICATION_CLASSES, *([import_string(own)] if own else [])]
    return (one for one in dict.fromkeys(named) if not issubclass(one, NO_TOKENS))


def _in_the_database(user: Any) -> Any:
    """Some classes believe the token without looking; whose account it is to be has to be there, and switched on."""
    model = get_user_model()
    found = user if isinstance(user, model) else model._default_manager.filter(pk=user.pk).first()
    return found if found is not None and found.is_active else None
