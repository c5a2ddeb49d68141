"""What is Django REST framework's token? One a person, for all their devices: `rest_framework.authtoken`."""

from typing import Any

from django.http import HttpRequest
from rest_framework.authtoken.models import Token


def tokens_for(request: HttpRequest, user: Any) -> dict[str, Any]:
    """Return `{"token"}`, a new one if the person has none."""
    del request
    token, _created = Token.objects.get_or_create(user=user)
    return {"token": token.key}
