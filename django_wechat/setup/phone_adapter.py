"""Does the site's account adapter keep phone numbers? allauth's own has only the methods, and they raise."""

from allauth.account.adapter import DefaultAccountAdapter, get_adapter

NEEDED = ("set_phone", "get_user_by_phone")


def missing() -> list[str]:
    """Return the methods that the site's adapter would need to keep a number, and does not have."""
    adapter = type(get_adapter())
    return [name for name in NEEDED if getattr(adapter, name) is getattr(DefaultAccountAdapter, name)]
