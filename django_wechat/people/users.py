"""What does a site's user model know of rank and deactivation? It may be any model, and lack either."""

from typing import Any


def is_superuser(user: Any) -> bool:
    """Return whether `user` may do everything; nobody may where the user model has no superusers."""
    return bool(getattr(user, "is_superuser", False))


def has_rank(user: Any) -> bool:
    """Return whether `user` is of the staff, or may do everything anyway."""
    return bool(getattr(user, "is_staff", False)) or is_superuser(user)


def can_be_deactivated(user: Any) -> bool:
    """Return whether `user`, which may be the user model itself, has the column that keeps somebody out."""
    return any(field.name == "is_active" for field in user._meta.get_fields())


def deactivate(user: Any) -> None:
    """Keep `user` from signing in; nothing else of the user is written."""
    user.is_active = False
    user.save(update_fields=["is_active"])
