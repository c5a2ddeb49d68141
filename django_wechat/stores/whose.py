"""May somebody still sign in, for whom something is kept? Not who is gone, switched off, or has a new password."""

import hmac
from typing import Any

from django.contrib.auth import get_user_model


def noted(user: Any) -> dict[str, str]:
    """Return what to keep of `user`, for `find`."""
    return {"user": str(user.pk), "key": user.get_session_auth_hash()}


def find(kept: dict[str, Any]) -> Any:
    """Return the user that `noted` was told of; None for one who may not sign in with what was kept."""
    user = get_user_model()._default_manager.filter(pk=kept["user"]).first()
    # Not in the filter: a site's user model need not have the column.
    if user is None or not user.is_active:
        return None
    return user if hmac.compare_digest(user.get_session_auth_hash(), str(kept["key"])) else None
